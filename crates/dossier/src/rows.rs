//! The rows of tables that say anything.

use std::collections::BTreeMap;

use crate::answers::Answers;
use crate::model::Table;
use crate::path::AnswerPath;

/// The rows of each table that say anything, in order, below those of the tables around it: answers are gone through once only.
pub(crate) struct Rows<'a>(BTreeMap<&'a str, BTreeMap<Vec<u32>, Vec<u32>>>);

impl<'a> Rows<'a> {
    pub(crate) fn of(answers: &'a Answers) -> Self {
        let mut tables: BTreeMap<&str, BTreeMap<Vec<u32>, Vec<u32>>> = BTreeMap::new();
        let mut before: Option<&AnswerPath> = None;
        for (path, answer) in answers.iter() {
            if crate::answers::is_blank(&answer.value) {
                continue;
            }
            // Most stand in the same rows as the one before.
            let known = before.map_or(0, |before| path.rows_shared(before));
            let at = path.rows();
            for (depth, row) in at.iter().enumerate().skip(known) {
                let rows = tables.entry(path.table(depth)).or_default().entry(at[..depth].to_vec()).or_default();
                if let Err(place) = rows.binary_search(row) {
                    rows.insert(place, *row);
                }
            }
            before = Some(path);
        }
        Self(tables)
    }

    /// The rows of a table, below these rows of the tables around it.
    pub(crate) fn in_table(&self, table: &str, above: &[u32]) -> &[u32] {
        self.0.get(table).and_then(|rows| rows.get(above)).map_or(&[], Vec::as_slice)
    }

    /// The path with each row as its place among the rows that say anything.
    pub(crate) fn close_up(&self, path: &AnswerPath) -> AnswerPath {
        let rows = path.rows();
        let tables = path.tables();
        let closed = tables.iter().enumerate().map(|(depth, table)| {
            let before = self.in_table(table, &rows[..depth]).partition_point(|row| *row < rows[depth]);
            1 + before as u32
        });
        let names = tables.iter().map(String::as_str).collect::<Vec<_>>();
        AnswerPath::of(path.id(), &names, &closed.collect::<Vec<_>>())
    }

    /// Every combination of rows of these tables below `above`, outermost first.
    pub(crate) fn each(&self, tables: &[&Table], above: &[u32]) -> Vec<Vec<u32>> {
        let Some((first, rest)) = tables.split_first() else { return vec![above.to_vec()] };
        let rows = self.in_table(&first.id, above).iter();
        rows.flat_map(|row| self.each(rest, &[above, &[*row]].concat())).collect()
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use proptest::prelude::*;

    use super::*;
    use crate::answers::Origin;

    proptest! {
        #[test]
        fn rows_are_those_of_the_paths_that_say_anything(
            said in prop::collection::vec(("a(\\[[1-9]\\])?\\.b(\\[[1-9]\\])?\\.[cd](\\[[1-9]\\])?", any::<bool>()), 0..40),
        ) {
            let mut answers = Answers::default();
            for (path, says) in &said {
                answers.put(path.parse().expect("a path"), if *says { "x" } else { " " }, Origin::Typed);
            }
            let rows = Rows::of(&answers);
            let mut simple: BTreeMap<(String, Vec<u32>), BTreeSet<u32>> = BTreeMap::new();
            for (path, _) in answers.iter().filter(|(path, _)| answers.value(path).is_some()) {
                for (depth, table) in path.tables().into_iter().enumerate() {
                    simple.entry((table, path.rows()[..depth].to_vec())).or_default().insert(path.rows()[depth]);
                }
            }
            let found = rows.0.iter().flat_map(|(table, below)| {
                below.iter().map(|(above, rows)| (((*table).to_owned(), above.clone()), rows.iter().copied().collect()))
            });
            prop_assert_eq!(found.collect::<BTreeMap<_, BTreeSet<_>>>(), simple);
            prop_assert!(rows.0.values().flat_map(BTreeMap::values).all(|rows| rows.is_sorted()));
        }
    }
}

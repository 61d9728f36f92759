//! Which answers a procedure asks for, row by row, in the order a person meets them.

use serde_json::Value;

use crate::answers::Answers;
use crate::model::{Condition, Field, Forms, Material, Need, Needs, Step, Table, Test};
use crate::path::AnswerPath;
use crate::procedure::Procedure;
use crate::rows::Rows;

/// A dossier's answers held against a procedure.
pub(crate) struct Walk<'a> {
    pub(crate) forms: &'a Forms,
    pub(crate) procedure: Procedure,
    pub(crate) answers: &'a Answers,
    pub(crate) rows: Rows<'a>,
}

/// One answer that is asked for.
pub(crate) struct Asked<'a> {
    pub(crate) field: &'a Field,
    pub(crate) rows: Vec<u32>,
    pub(crate) path: AnswerPath,
}

/// A table that is asked for, below these rows of the tables around it.
pub(crate) struct AskedTable<'a> {
    pub(crate) table: &'a Table,
    pub(crate) above: Vec<u32>,
}

/// A line of the walk.
pub(crate) enum Line<'a> {
    Field(Asked<'a>),
    Table(AskedTable<'a>),
}

impl<'a> Walk<'a> {
    pub(crate) fn new(forms: &'a Forms, procedure: Procedure, answers: &'a Answers) -> Self {
        Self { forms, procedure, answers, rows: Rows::of(answers) }
    }

    /// Everything that is asked for, step by step; what belongs to one scenario stands together.
    pub(crate) fn lines(&self) -> Vec<Line<'a>> {
        let mut lines = Vec::new();
        for step in &self.forms.asked[self.procedure as usize] {
            let mut keyed: Vec<((usize, u32), Line<'a>)> = Vec::with_capacity(step.len());
            for question in step {
                let field = &self.forms.fields[question.field];
                let standing = &self.forms.standing[question.field];
                let around = standing.around.iter().map(|at| &self.forms.tables[*at]).collect::<Vec<_>>();
                for depth in &question.opens {
                    for above in self.rows.each(&around[..*depth], &[]) {
                        let key = (question.group, above.first().copied().unwrap_or(0));
                        keyed.push((key, Line::Table(AskedTable { table: around[*depth], above })));
                    }
                }
                for rows in self.rows.each(&around, &[]) {
                    let key = (question.group, rows.first().copied().unwrap_or(0));
                    let path = AnswerPath::at(&standing.id, &standing.ends, &rows);
                    keyed.push((key, Line::Field(Asked { field, rows, path })));
                }
            }
            // Stable: within one scenario fields keep their order, and rows of inner tables theirs.
            keyed.sort_by_key(|(key, _)| *key);
            lines.extend(keyed.into_iter().map(|(_, line)| line));
        }
        lines
    }

    /// The value of a field in these rows.
    pub(crate) fn value(&self, field: &str, rows: &[u32]) -> Option<&'a Value> {
        self.answers.value(&self.forms.path(field, rows))
    }

    /// Whether it is needed here; `tables` and `rows` are where it stands.
    pub(crate) fn is_needed(&self, needs: &Needs, id: &str, rows: &[u32]) -> bool {
        match needs.of(self.procedure) {
            Some(Need::Required) => true,
            Some(Need::When(conditions)) => conditions.iter().any(|condition| self.holds(condition, id, rows)),
            Some(Need::Optional) | None => false,
        }
    }

    fn holds(&self, condition: &Condition, id: &str, rows: &[u32]) -> bool {
        let own = self.forms.tables_around(id);
        let other = self.forms.tables_around(&condition.field).collect::<Vec<_>>();
        let shared = own.zip(&other).zip(rows).take_while(|((own, other), _)| own.id == other.id).count();
        let places = self.rows.each(&other[shared..], &rows[..shared]);
        let mut values = places.iter().map(|rows| self.value(&condition.field, rows));
        match &condition.test {
            Test::Is(wanted) => values.any(|value| value.is_some_and(|value| is(value, wanted))),
            Test::IsNot(wanted) => values.all(|value| !value.is_some_and(|value| is(value, wanted))),
            Test::Answered(wanted) => values.any(|value| value.is_some()) == *wanted,
        }
    }

    /// The materials that are needed.
    pub(crate) fn materials(&self) -> impl Iterator<Item = &'a Material> {
        self.forms.materials_of(self.procedure).filter(|material| self.is_needed(&material.needs, &material.id, &[]))
    }
}

fn is(value: &Value, wanted: &Value) -> bool {
    value == wanted || value.as_array().is_some_and(|chosen| chosen.contains(wanted))
}

impl Forms {
    /// The path of a field in these rows, outermost first.
    pub fn path(&self, field: &str, rows: &[u32]) -> AnswerPath {
        if let Some(at) = self.index.get(field) {
            let standing = &self.standing[*at];
            return AnswerPath::at(&standing.id, &standing.ends, rows);
        }
        let tables = self.tables_around(field).map(|table| table.id.as_str()).collect::<Vec<_>>();
        AnswerPath::of(field, &tables, rows)
    }
}

/// Used by the walk and by whoever shows a wizard.
pub(crate) fn sections(step: &Step) -> impl Iterator<Item = (&str, &str)> {
    step.sections.iter().filter_map(|at| at.split_once('/'))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Questions are worked out when the forms are read; this is how they were found before, question by question.
    #[test]
    fn questions_of_one_outermost_table_stand_together_where_the_first_of_them_stands() {
        for procedure in Procedure::ALL {
            for step in &crate::forms().asked[procedure as usize] {
                let forms = crate::forms();
                let ids = step.iter().map(|question| forms.fields[question.field].id.as_str()).collect::<Vec<_>>();
                let mut met: Vec<&str> = Vec::new();
                for (at, question) in step.iter().enumerate() {
                    let around = forms.tables.iter().filter(|table| ids[at].starts_with(&format!("{}.", table.id)));
                    let around = around.map(|table| table.id.as_str()).collect::<Vec<_>>();
                    let group = around
                        .first()
                        .map_or(at, |top| ids.iter().position(|id| id.starts_with(&format!("{top}."))).unwrap_or(at));
                    assert_eq!(question.group, group, "{procedure} {}", ids[at]);
                    let opens = (0..around.len()).filter(|depth| !met.contains(&around[*depth])).collect::<Vec<_>>();
                    assert_eq!(question.opens, opens, "{procedure} {}", ids[at]);
                    met.extend(around);
                }
            }
        }
    }
}

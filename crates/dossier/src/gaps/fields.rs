//! Each field by itself.

use law::Text;

use super::{Gap, GapCode, Progress, gap};
use crate::fault::fault;
use crate::model::{Kind, Place};
use crate::path::AnswerPath;
use crate::walk::{Asked, AskedTable, Line, Walk};

pub(super) fn gaps(walk: &Walk<'_>) -> Vec<Gap> {
    walk.lines()
        .iter()
        .filter_map(|line| match line {
            Line::Field(asked) => of_field(walk, asked),
            Line::Table(asked) => of_table(walk, asked),
        })
        .collect()
}

pub(super) fn progress(walk: &Walk<'_>) -> Progress {
    let mut progress = Progress::default();
    for line in walk.lines() {
        match line {
            Line::Field(asked) if walk.is_needed(&asked.field.needs, &asked.field.id, &asked.rows) => {
                progress.required += 1;
                progress.answered += usize::from(walk.answers.value(&asked.path).is_some());
            }
            Line::Table(asked) if lacks_row(walk, &asked) => progress.required += 1,
            _ => {}
        }
    }
    progress
}

fn of_field(walk: &Walk<'_>, asked: &Asked<'_>) -> Option<Gap> {
    let Asked { field, rows, path } = asked;
    let Some(value) = walk.answers.value(path) else {
        let missing = || gap(walk, &field.id, rows, GapCode::Missing, Text::new("没有填写", "is not answered"), None);
        return walk.is_needed(&field.needs, &field.id, rows).then(missing).flatten();
    };
    let paper = match &field.kind {
        Kind::IdNumber { by } => walk.value(by, rows).and_then(|value| value.as_str()),
        _ => None,
    };
    let fault = fault(&field.kind, value, paper)?;
    gap(walk, &field.id, rows, fault.code, fault.what, None)
}

fn lacks_row(walk: &Walk<'_>, asked: &AskedTable<'_>) -> bool {
    let AskedTable { table, above } = asked;
    walk.rows.in_table(&table.id, above).is_empty() && walk.is_needed(&table.needs, &table.id, above)
}

fn of_table(walk: &Walk<'_>, asked: &AskedTable<'_>) -> Option<Gap> {
    let AskedTable { table, above } = asked;
    if !lacks_row(walk, asked) {
        return None;
    }
    let first = walk.forms.path(&table.id, above);
    let shown = &walk.forms.procedure(walk.procedure).forms;
    // A table stands where its first field stands.
    let places: Vec<Place> = walk
        .forms
        .fields_of(walk.procedure)
        .find(|field| field.id.strip_prefix(&table.id).is_some_and(|rest| rest.starts_with('.')))
        .map(|field| field.places.iter().filter(|place| shown.contains(&place.form)).cloned().collect())
        .unwrap_or_default();
    Some(Gap {
        code: GapCode::NoRow,
        path: first.to_string(),
        field: table.id.clone(),
        places,
        what: Text::new(format!("“{}”没有一行", table.title.zh), format!("“{}” has no row", table.title.en)),
        mend: Text::new(
            format!("在 `{first}[1]` 加一行。{}", table.guidance.zh),
            format!("add a row at `{first}[1]`. {}", table.guidance.en),
        ),
    })
}

/// Answers that no field asks for: a misspelt path would otherwise be lost in silence.
pub(super) fn strays(walk: &Walk<'_>, gaps: &mut Vec<Gap>) {
    for (path, _) in walk.answers.iter().filter(|(path, _)| !is_place(walk, path)) {
        let text = path.to_string();
        gaps.push(Gap {
            code: GapCode::NoField,
            field: path.field(),
            places: Vec::new(),
            what: Text::new(format!("`{text}`不是任何一栏"), format!("`{text}` is no line of any form")),
            mend: Text::new("删去，或者改为正确的位置。", "take it away, or put it where it belongs"),
            path: text,
        });
    }
}

/// Whether a path is that of a field somebody answers, with a row for each table it stands in and no other.
fn is_place(walk: &Walk<'_>, path: &AnswerPath) -> bool {
    walk.forms.takes(path)
}

//! A form as it would be printed: its blocks, and what is answered to each line. Documents are made from this.

use law::Text;
use serde::Serialize;
use serde_json::Value;

use crate::answers::{Answer, Answers, Origin};
use crate::items::items;
use crate::model::{Computed, Field, Form, Forms, Kind, Place, Section};
use crate::path::AnswerPath;
use crate::procedure::Procedure;
use crate::rows::Rows;

/// One line of a form.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Entry<'a> {
    /// The field.
    #[serde(skip)]
    pub field: &'a Field,
    /// Where its answer stands.
    pub path: AnswerPath,
    /// What the line is called here.
    pub title: &'a Text,
    /// What is answered.
    pub value: Option<Value>,
    /// Who answered; of what is worked out from other answers nobody did.
    pub origin: Option<Origin>,
}

/// One block of a form.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct SectionView<'a> {
    /// The block.
    pub section: &'a Section,
    /// Its lines; those of a table row by row.
    pub entries: Vec<Entry<'a>>,
}

/// A form with its answers, for one procedure: only what that procedure asks for.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct FormView<'a> {
    /// The form.
    pub form: &'a Form,
    /// Its blocks in order.
    pub sections: Vec<SectionView<'a>>,
}

/// A form with the answers to its lines; `None` where there is no such form.
pub fn view<'a>(forms: &'a Forms, form: &str, procedure: Procedure, answers: &Answers) -> Option<FormView<'a>> {
    let form = forms.form(form)?;
    let rows = Rows::of(answers);
    let sections = form.sections.iter().map(|section| {
        let mut entries: Vec<(Vec<u32>, Entry<'a>)> = Vec::new();
        for field in forms.fields_of(procedure) {
            let here = |place: &&Place| place.form == form.id && place.section == section.id;
            for place in field.places.iter().filter(here) {
                let tables = forms.tables_around(&field.id).collect::<Vec<_>>();
                let title = place.title.as_ref().unwrap_or(&field.title);
                let each = rows.each(&tables, &[]);
                entries.extend(each.into_iter().map(|at| (at.clone(), entry(forms, field, title, answers, &at))));
            }
        }
        // Row by row: what belongs to no table first, then a scenario with its tables, then the next.
        entries.sort_by(|(one, _), (other, _)| one.cmp(other));
        SectionView { section, entries: entries.into_iter().map(|(_, entry)| entry).collect() }
    });
    Some(FormView { form, sections: sections.collect() })
}

fn entry<'a>(forms: &'a Forms, field: &'a Field, title: &'a Text, answers: &Answers, rows: &[u32]) -> Entry<'a> {
    let path = forms.path(&field.id, rows);
    let answer = answers.get(&path);
    let value = match &field.kind {
        Kind::Computed { computed } => Some(worked_out(*computed, answers, rows)),
        _ => answers.value(&path).cloned(),
    };
    Entry { field, title, value, origin: answer.map(|answer: &Answer| answer.origin), path }
}

/// What stands in a line that nobody answers. Forms are filed in Chinese.
fn worked_out(computed: Computed, answers: &Answers, rows: &[u32]) -> Value {
    let names = |sensitive: bool| {
        let of = rows.first().map(|scenario| items(answers, *scenario)).unwrap_or_default();
        let of = of.into_iter().filter(|item| item.sensitive.unwrap_or(false) == sensitive && !item.name.is_empty());
        let names = of.map(|item| item.name).collect::<Vec<_>>().join("、");
        Value::from(if names.is_empty() { "无".to_owned() } else { names })
    };
    match computed {
        Computed::RowNumber => Value::from(rows.last().copied()),
        Computed::OrdinaryItems => names(false),
        Computed::SensitiveItems => names(true),
    }
}

//! The forms of a case, step by step, as they are filled in: derived from the one definition of the fields.

use std::collections::BTreeMap;

use cases::Case;
use dossier::{Asking, Choice, Field, Forms, Gap, Kind, Need, Origin, Procedure, Table, contents};
use law::{RuleBase, Status, Text};
use serde::Serialize;
use serde_json::Value;

/// All steps, with how many gaps each has.
#[derive(Debug, Serialize, schemars::JsonSchema)]
pub(crate) struct Steps {
    pub(crate) procedure: Text,
    pub(crate) steps: Vec<StepHead>,
    pub(crate) gaps: usize,
}

/// A step in the table of contents.
#[derive(Debug, Serialize, schemars::JsonSchema)]
pub(crate) struct StepHead {
    pub(crate) id: String,
    pub(crate) title: Text,
    pub(crate) gaps: usize,
    pub(crate) marks: usize,
    pub(crate) current: bool,
}

/// One step.
#[derive(Debug, Serialize, schemars::JsonSchema)]
pub(crate) struct WizardStep {
    pub(crate) id: String,
    pub(crate) title: Text,
    pub(crate) entries: Vec<Entry>,
    pub(crate) materials: Vec<MaterialView>,
    /// Gaps that stand at no single answer, such as two that do not agree.
    pub(crate) others: Vec<Gap>,
    pub(crate) before: Option<String>,
    pub(crate) next: Option<String>,
}

/// A question, or a table of them.
#[derive(Debug, Serialize, schemars::JsonSchema)]
#[serde(tag = "entry", rename_all = "kebab-case")]
pub(crate) enum Entry {
    Field(Box<FieldView>),
    Table(Box<TableView>),
}

/// A question.
#[derive(Debug, Serialize, schemars::JsonSchema)]
#[allow(clippy::struct_excessive_bools, reason = "what a page marks a question with; each by itself")]
pub(crate) struct FieldView {
    pub(crate) path: String,
    pub(crate) id: String,
    pub(crate) title: Text,
    #[serde(flatten)]
    pub(crate) kind: Kind,
    pub(crate) options: Vec<Choice>,
    pub(crate) expects: Text,
    pub(crate) value: Option<Value>,
    pub(crate) origin: Option<Origin>,
    pub(crate) from: Option<String>,
    pub(crate) required: bool,
    /// Asked only where something else was answered so.
    pub(crate) conditional: bool,
    pub(crate) personal: bool,
    pub(crate) guidance: Text,
    pub(crate) cite: String,
    pub(crate) certainty: Status,
    pub(crate) gaps: Vec<Gap>,
    /// Marks of an office that wait for an answer.
    pub(crate) marks: Vec<String>,
    /// Whether an officer changed it.
    pub(crate) edited: bool,
}

/// What is asked for several times.
#[derive(Debug, Serialize, schemars::JsonSchema)]
pub(crate) struct TableView {
    pub(crate) id: String,
    /// The path of the table in these rows, such as `scenario[1].item`.
    pub(crate) path: String,
    pub(crate) title: Text,
    pub(crate) guidance: Text,
    pub(crate) required: bool,
    pub(crate) rows: Vec<RowView>,
    /// The number of a row to add.
    pub(crate) next: u32,
    pub(crate) gaps: Vec<Gap>,
    pub(crate) marks: Vec<String>,
}

/// One row.
#[derive(Debug, Serialize, schemars::JsonSchema)]
pub(crate) struct RowView {
    pub(crate) no: u32,
    /// Its path, such as `scenario[1].item[3]`.
    pub(crate) path: String,
    /// Its first answer, by which people know it.
    pub(crate) label: Option<String>,
    pub(crate) entries: Vec<Entry>,
}

/// A paper to attach.
#[derive(Debug, Serialize, schemars::JsonSchema)]
pub(crate) struct MaterialView {
    pub(crate) id: String,
    pub(crate) title: Text,
    pub(crate) guidance: Text,
    pub(crate) cite: String,
    pub(crate) certainty: Status,
    pub(crate) required: bool,
    pub(crate) media_types: Vec<String>,
    pub(crate) attached: Option<dossier::Attached>,
    pub(crate) gaps: Vec<Gap>,
    pub(crate) marks: Vec<String>,
}

/// Which step asks for a place: a field, a row, or a material.
pub(crate) fn step_of(forms: &Forms, procedure: Procedure, at: &str) -> Option<String> {
    let id = at.parse::<dossier::AnswerPath>().map_or_else(|_| at.to_owned(), |path| path.field());
    let steps = contents(forms, procedure);
    let within = |field: &Field| field.id == id || field.id.strip_prefix(&id).is_some_and(|rest| rest.starts_with('.'));
    let found = steps.iter().find(|step| {
        step.fields.iter().any(|field| within(field)) || step.materials.iter().any(|material| material.id == at)
    });
    found.map(|step| step.step.id.clone())
}

/// Rows that are shown though nothing stands in them yet.
#[derive(Debug, Default)]
pub(crate) struct Blank {
    /// The path of a table that is given one row more.
    pub(crate) add: String,
    /// Rows that were on the page already, by their paths.
    pub(crate) kept: Vec<String>,
}

/// The forms of a case in one step (the first, where none is named), and the table of contents. `None`: there is no such step.
pub(crate) fn wizard(
    forms: &Forms,
    base: &RuleBase,
    procedure: Procedure,
    case: &Case,
    on: jiff::civil::Date,
    step: Option<&str>,
    blank: &Blank,
) -> Option<(Steps, WizardStep)> {
    let all = contents(forms, procedure);
    let at = match step {
        Some(id) => all.iter().position(|one| one.step.id == id)?,
        None => 0,
    };
    let current = all.get(at)?;
    let gaps = dossier::gaps(forms, base, procedure, &case.dossier, on);
    let sheet = Sheet::new(forms, procedure, case, &gaps, blank);
    let mut heads: Vec<StepHead> = all
        .iter()
        .map(|one| StepHead {
            id: one.step.id.clone(),
            title: one.step.title.clone(),
            gaps: 0,
            marks: 0,
            current: false,
        })
        .collect();
    heads[at].current = true;
    let mut others = Vec::new();
    for gap in &gaps {
        let place = if forms.material(&gap.field).is_some() { &gap.field } else { &gap.path };
        let of = step_of(forms, procedure, place);
        match of.and_then(|id| heads.iter_mut().find(|head| head.id == id)) {
            Some(head) => head.gaps += 1,
            None => others.push(gap.clone()),
        }
    }
    for mark in case.open_marks() {
        let of = step_of(forms, procedure, &mark.at);
        if let Some(head) = of.and_then(|id| heads.iter_mut().find(|head| head.id == id)) {
            head.marks += 1;
        }
    }
    let id = |at: usize| all.get(at).map(|one| one.step.id.clone());
    let step = WizardStep {
        id: current.step.id.clone(),
        title: current.step.title.clone(),
        entries: sheet.entries(&current.fields, 0, &[]),
        materials: current.materials.iter().map(|material| sheet.material(material)).collect(),
        others,
        before: at.checked_sub(1).and_then(id),
        next: id(at + 1),
    };
    let steps = Steps { procedure: forms.procedure(procedure).title.clone(), steps: heads, gaps: gaps.len() };
    Some((steps, step))
}

struct Sheet<'a> {
    forms: &'a Forms,
    procedure: Procedure,
    case: &'a Case,
    asking: Asking<'a>,
    gaps: BTreeMap<&'a str, Vec<&'a Gap>>,
    blank: &'a Blank,
}

impl<'a> Sheet<'a> {
    fn new(forms: &'a Forms, procedure: Procedure, case: &'a Case, gaps: &'a [Gap], blank: &'a Blank) -> Self {
        let mut by_place: BTreeMap<&str, Vec<&Gap>> = BTreeMap::new();
        for gap in gaps {
            by_place.entry(gap.path.as_str()).or_default().push(gap);
        }
        let asking = Asking::new(forms, procedure, &case.dossier.answers);
        Self { forms, procedure, case, asking, gaps: by_place, blank }
    }

    fn gaps_at(&self, place: &str) -> Vec<Gap> {
        self.gaps.get(place).into_iter().flatten().map(|gap| (*gap).clone()).collect()
    }

    fn marks_at(&self, place: &str) -> Vec<String> {
        self.case.open_marks().filter(|mark| mark.at == place).map(|mark| mark.text.clone()).collect()
    }

    /// Questions in order; those of one table stand together where its first one stands.
    fn entries(&self, fields: &[&'a Field], depth: usize, rows: &[u32]) -> Vec<Entry> {
        let forms = self.forms;
        let table = |field: &'a Field| forms.tables_around(&field.id).nth(depth);
        let mut entries = Vec::new();
        let mut met: Vec<&str> = Vec::new();
        for field in fields {
            match table(field) {
                None => entries.push(Entry::Field(Box::new(self.field(field, rows)))),
                Some(of) if met.contains(&of.id.as_str()) => {}
                Some(of) => {
                    met.push(&of.id);
                    let own: Vec<&Field> =
                        fields.iter().copied().filter(|f| table(f).is_some_and(|t| t.id == of.id)).collect();
                    entries.push(Entry::Table(Box::new(self.table(of, &own, depth, rows))));
                }
            }
        }
        entries
    }

    fn table(&self, table: &Table, fields: &[&'a Field], depth: usize, above: &[u32]) -> TableView {
        let said = self.asking.rows(&table.id, above);
        let required = self.asking.needs_row(table, above);
        let path = |no: u32| {
            // The path of a field of the row, cut behind the row.
            let whole =
                self.forms.path(&fields[0].id, &pad(above, no, self.forms.tables_around(&fields[0].id).count()));
            cut(&whole.to_string(), depth + 1)
        };
        // A row that is needed and not there yet is shown empty.
        let mut numbers = if said.is_empty() && required { vec![1] } else { said.to_vec() };
        let own = path(1);
        let own = own.rsplit_once('[').map_or(own.clone(), |(table, _)| table.to_owned());
        let of_own = |row: &String| row.strip_prefix(&own)?.strip_prefix('[')?.strip_suffix(']')?.parse::<u32>().ok();
        numbers.extend(self.blank.kept.iter().filter_map(of_own));
        numbers.sort_unstable();
        numbers.dedup();
        // What was asked for is shown, though nothing stands in it yet.
        if self.blank.add == own {
            numbers.push(numbers.last().map_or(1, |last| last + 1));
        }
        let rows = numbers.iter().map(|no| {
            let at: Vec<u32> = above.iter().copied().chain([*no]).collect();
            let entries = self.entries(fields, depth + 1, &at);
            RowView { no: *no, path: path(*no), label: label(&entries), entries }
        });
        let rows: Vec<RowView> = rows.collect();
        TableView {
            id: table.id.clone(),
            gaps: self.gaps_at(&own),
            marks: self.marks_at(&own),
            path: own,
            title: table.title.clone(),
            guidance: table.guidance.clone(),
            required,
            next: numbers.last().map_or(1, |last| last + 1),
            rows,
        }
    }

    fn field(&self, field: &Field, rows: &[u32]) -> FieldView {
        let path = self.forms.path(&field.id, rows);
        let answer = self.case.dossier.answers.get(&path);
        let at = path.to_string();
        let need = field.needs.of(self.procedure);
        FieldView {
            id: field.id.clone(),
            title: field.title.clone(),
            options: field.kind.options().to_vec(),
            expects: field.kind.expects(),
            kind: field.kind.clone(),
            value: answer.map(|answer| answer.value.clone()),
            origin: answer.map(|answer| answer.origin),
            from: answer.and_then(|answer| answer.from.clone()),
            required: self.asking.needs_field(field, rows),
            conditional: matches!(need, Some(Need::When(_))),
            personal: field.personal,
            guidance: field.guidance.clone(),
            cite: field.cite.clone(),
            certainty: field.certainty_for(self.forms.procedure(self.procedure)),
            gaps: self.gaps_at(&at),
            marks: self.marks_at(&at),
            edited: self.case.edits.iter().any(|edit| edit.at == at),
            path: at,
        }
    }

    fn material(&self, material: &dossier::Material) -> MaterialView {
        MaterialView {
            id: material.id.clone(),
            title: material.title.clone(),
            guidance: material.guidance.clone(),
            cite: material.cite.clone(),
            certainty: material.certainty_for(self.procedure),
            required: self.asking.needs_material(material),
            media_types: material.media_types.clone(),
            attached: self.case.dossier.materials.iter().find(|attached| attached.material == material.id).cloned(),
            gaps: self.gaps_at(&material.id),
            marks: self.marks_at(&material.id),
        }
    }
}

/// Rows for a path as deep as its tables: this one, and the first of those below.
fn pad(above: &[u32], no: u32, depth: usize) -> Vec<u32> {
    above.iter().copied().chain([no]).chain(std::iter::repeat(1)).take(depth).collect()
}

/// A path up to its `depth`th row.
fn cut(path: &str, depth: usize) -> String {
    let end = path.match_indices(']').nth(depth - 1).map_or(path.len(), |(at, _)| at + 1);
    path[..end].to_owned()
}

/// What people know a row by.
fn label(entries: &[Entry]) -> Option<String> {
    entries.iter().find_map(|entry| match entry {
        Entry::Field(field) => {
            field.value.as_ref().and_then(Value::as_str).filter(|text| !text.is_empty()).map(str::to_owned)
        }
        Entry::Table(_) => None,
    })
}

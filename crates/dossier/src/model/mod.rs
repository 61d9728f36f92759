//! The forms as data: fields, tables, forms, materials, procedures.

mod field;
mod field_file;
mod file;
mod form;
mod kind;
mod need;
mod sound;

use std::collections::HashMap;
use std::sync::{Arc, OnceLock};

pub use field::{Field, Place, Source};
pub use form::{Form, Layout, Material, ProcedureForms, Section, Step, Table};
pub use kind::{Choice, Computed, Kind};
pub use need::{Condition, Need, Needs, Test};

use law::{Checked, Status};
use serde::{Deserialize, Serialize};

use crate::contents::Question;
use crate::procedure::Procedure;

/// Why forms cannot be used.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("forms `{file}`: {what}")]
pub struct FormsError {
    /// Path relative to `forms/`.
    pub file: String,
    /// What is wrong and how to mend it.
    pub what: String,
}

impl FormsError {
    pub(crate) fn new(file: &str, what: impl Into<String>) -> Self {
        Self { file: file.to_owned(), what: what.into() }
    }
}

/// Which forms these are: a case that was checked by them can say so.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Edition {
    /// Their version.
    pub version: String,
    /// SHA-256 of their files, each name and text ended by a zero byte.
    pub sha256: String,
    /// When they were last held against what, as a whole.
    pub last_checked: Checked,
    /// The lawyer who signed them; empty until one did.
    pub reviewed_by: String,
}

/// Every form, field, material and procedure: the one definition everything else is derived from.
#[derive(Debug, Clone, PartialEq)]
pub struct Forms {
    pub(crate) edition: Edition,
    pub(crate) fields: Vec<Field>,
    pub(crate) tables: Vec<Table>,
    pub(crate) forms: Vec<Form>,
    pub(crate) materials: Vec<Material>,
    pub(crate) procedures: Vec<ProcedureForms>,
    /// The place of each field in `fields`, by its id.
    pub(crate) index: HashMap<String, usize>,
    /// Of each field of `fields` the tables it stands in.
    pub(crate) standing: Vec<Standing>,
    /// What each step of each procedure asks.
    pub(crate) asked: Vec<Vec<Vec<Question>>>,
}

/// The tables a field stands in; worked out once, when the forms are read.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Standing {
    /// The field's id, to be shared by paths.
    pub(crate) id: Arc<str>,
    /// The places in `tables` of those around it, outermost first.
    pub(crate) around: Vec<usize>,
    /// Where in the id each of their names ends.
    pub(crate) ends: Vec<u32>,
}

impl Forms {
    /// Reads the files of `forms/`, each with its path. What does not fit together is refused, by file and id.
    pub fn parse<'a>(files: impl IntoIterator<Item = (&'a str, &'a str)>) -> Result<Self, FormsError> {
        let mut forms = file::read(files)?;
        // Of an id that stands there twice the last one is found until `sound` refuses it.
        forms.index = forms.fields.iter().enumerate().map(|(at, field)| (field.id.clone(), at)).collect();
        forms.standing = forms.fields.iter().map(|field| standing(&forms.tables, &field.id)).collect();
        sound::check(&forms)?;
        forms.asked = Procedure::ALL.map(|procedure| crate::contents::asked(&forms, procedure)).into();
        Ok(forms)
    }

    /// Which edition of the forms this is.
    pub fn edition(&self) -> &Edition {
        &self.edition
    }

    /// The version of the forms.
    pub fn version(&self) -> &str {
        &self.edition.version
    }

    /// Every field, in the order of the files.
    pub fn fields(&self) -> &[Field] {
        &self.fields
    }

    /// The field of that id.
    pub fn field(&self, id: &str) -> Option<&Field> {
        self.index.get(id).map(|at| &self.fields[*at])
    }

    /// The fields a procedure asks for.
    pub fn fields_of(&self, procedure: Procedure) -> impl Iterator<Item = &Field> {
        self.fields.iter().filter(move |field| field.needs.of(procedure).is_some())
    }

    /// Every table: what is asked for several times.
    pub fn tables(&self) -> &[Table] {
        &self.tables
    }

    /// The table of that id, such as `scenario.recipient`.
    pub fn table(&self, id: &str) -> Option<&Table> {
        self.tables.iter().find(|table| table.id == id)
    }

    /// The tables a field or table stands in, outermost first.
    pub fn tables_around<'a>(&'a self, id: &'a str) -> impl Iterator<Item = &'a Table> {
        let known = self.index.get(id).map(|at| self.standing[*at].around.as_slice());
        let tables = known.unwrap_or_default().iter().map(|at| &self.tables[*at]);
        // Of a table, of which there are few.
        let searched = self.tables.iter().filter(move |table| known.is_none() && is_around(table, id));
        tables.chain(searched)
    }

    /// Every form.
    pub fn forms(&self) -> &[Form] {
        &self.forms
    }

    /// The form of that id.
    pub fn form(&self, id: &str) -> Option<&Form> {
        self.forms.iter().find(|form| form.id == id)
    }

    /// Every material.
    pub fn materials(&self) -> &[Material] {
        &self.materials
    }

    /// The material of that id.
    pub fn material(&self, id: &str) -> Option<&Material> {
        self.materials.iter().find(|material| material.id == id)
    }

    /// The materials a procedure asks for.
    pub fn materials_of(&self, procedure: Procedure) -> impl Iterator<Item = &Material> {
        self.materials.iter().filter(move |material| material.needs.of(procedure).is_some())
    }

    /// Every procedure, in the order of [`Procedure::ALL`].
    pub fn procedures(&self) -> &[ProcedureForms] {
        &self.procedures
    }

    /// What a procedure is made of.
    pub fn procedure(&self, procedure: Procedure) -> &ProcedureForms {
        // `sound` has seen that each stands at its place.
        &self.procedures[procedure as usize]
    }
}

/// The forms that are compiled in.
///
/// # Panics
/// When `forms/` is bad, which the tests of this crate rule out before it ships.
pub fn forms() -> &'static Forms {
    static FORMS: OnceLock<Forms> = OnceLock::new();
    const FILES: &[(&str, &str)] = include!(concat!(env!("OUT_DIR"), "/forms.rs"));
    FORMS.get_or_init(|| Forms::parse(FILES.iter().copied()).unwrap_or_else(|error| panic!("{error}")))
}

fn standing(tables: &[Table], id: &str) -> Standing {
    // Tables stand in the order of depth: the reader sorts them.
    let around = (0..tables.len()).filter(|at| is_around(&tables[*at], id)).collect::<Vec<_>>();
    Standing { id: id.into(), ends: around.iter().map(|at| tables[*at].id.len() as u32).collect(), around }
}

/// Whether something of this id stands in the table.
fn is_around(table: &Table, id: &str) -> bool {
    id.strip_prefix(&table.id).is_some_and(|rest| rest.starts_with('.'))
}

/// The weaker of two statuses.
pub(crate) fn weaker(one: Status, other: Status) -> Status {
    one.max(other)
}

//! The files of `forms/` as they are written.

use std::collections::{BTreeMap, HashMap};

use law::{Checked, Status, Text};
use serde::Deserialize;

use super::field_file::{FieldFile, asked};
use super::form::{Form, Layout, Material, ProcedureForms, Section, Step, Table};
use super::need::WhenFile;
use super::{Edition, Forms, FormsError};
use crate::procedure::Procedure;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    version: Option<String>,
    last_checked: Option<Checked>,
    reviewed_by: Option<String>,
    #[serde(default)]
    field: Vec<FieldFile>,
    #[serde(default)]
    table: Vec<TableFile>,
    #[serde(default)]
    form: Vec<FormFile>,
    #[serde(default)]
    material: Vec<MaterialFile>,
    #[serde(default)]
    procedure: Vec<ProcedureFile>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct TableFile {
    id: String,
    title: Text,
    #[serde(default)]
    required: Vec<Procedure>,
    #[serde(default)]
    optional: Vec<Procedure>,
    #[serde(default)]
    required_when: Vec<WhenFile>,
    guidance: Text,
    cite: String,
    certainty: Status,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct FormFile {
    id: String,
    title: Text,
    edition: String,
    section: Vec<Section>,
    layout: Option<Layout>,
    unknown: Option<Text>,
    cite: String,
    source: Vec<String>,
    certainty: Status,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct MaterialFile {
    id: String,
    title: Text,
    #[serde(default)]
    required: Vec<Procedure>,
    #[serde(default)]
    optional: Vec<Procedure>,
    #[serde(default)]
    required_when: Vec<WhenFile>,
    #[serde(default)]
    sealed: Vec<Procedure>,
    #[serde(default)]
    template: bool,
    form: Option<String>,
    media_types: Vec<String>,
    media_certainty: Status,
    #[serde(default)]
    personal: bool,
    guidance: Text,
    cite: String,
    certainty: Status,
    #[serde(default)]
    certainty_in: BTreeMap<Procedure, Status>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct ProcedureFile {
    id: Procedure,
    title: Text,
    forms: Vec<String>,
    step: Vec<Step>,
    unknown: Option<Text>,
    cite: String,
    certainty: Status,
}

/// Reads every file; each may hold any of the parts.
pub(super) fn read<'a>(files: impl IntoIterator<Item = (&'a str, &'a str)>) -> Result<Forms, FormsError> {
    let mut editions = Vec::new();
    let mut bytes = Vec::new();
    let (mut fields, mut tables, mut forms) = (Vec::new(), Vec::new(), Vec::new());
    let (mut materials, mut procedures) = (Vec::new(), Vec::new());
    for (name, text) in files {
        let file: File = toml::from_str(text).map_err(|error| {
            let line = error.span().map_or(1, |span| text[..span.start].matches('\n').count() + 1);
            FormsError::new(name, format!("line {line}: {}", error.message().lines().collect::<Vec<_>>().join("; ")))
        })?;
        for part in [name, text] {
            bytes.extend_from_slice(part.as_bytes());
            bytes.push(0);
        }
        match (file.version, file.last_checked, file.reviewed_by) {
            (None, None, None) => {}
            (Some(version), Some(last_checked), Some(reviewed_by)) => {
                editions.push((version, last_checked, reviewed_by));
            }
            _ => return Err(FormsError::new(name, "`version`, `last_checked` and `reviewed_by` stand together")),
        }
        for field in file.field {
            fields.push(field.read(name)?);
        }
        for table in file.table {
            tables.push(table.read(name)?);
        }
        forms.extend(file.form.into_iter().map(|form| form.read(name)));
        for material in file.material {
            materials.push(material.read(name)?);
        }
        procedures.extend(file.procedure.into_iter().map(ProcedureFile::read));
    }
    tables.sort_by_key(|table: &Table| table.id.matches('.').count());
    procedures.sort_by_key(|procedure: &ProcedureForms| procedure.id);
    let mut editions = editions.into_iter();
    let (Some((version, last_checked, reviewed_by)), None) = (editions.next(), editions.next()) else {
        return Err(FormsError::new("procedures.toml", "`version` has to stand in exactly one file; it does not"));
    };
    let edition = Edition { version, sha256: transfer::digest(&bytes), last_checked, reviewed_by };
    let (index, standing, asked) = (HashMap::new(), Vec::new(), Vec::new());
    Ok(Forms { edition, fields, tables, forms, materials, procedures, index, standing, asked })
}

impl TableFile {
    fn read(self, file: &str) -> Result<Table, FormsError> {
        let needs = asked(file, &self.id, &self.required, &self.optional, self.required_when)?;
        Ok(Table {
            id: self.id,
            title: self.title,
            needs,
            guidance: self.guidance,
            cite: self.cite,
            certainty: self.certainty,
            file: file.to_owned(),
        })
    }
}

impl FormFile {
    fn read(self, file: &str) -> Form {
        Form {
            id: self.id,
            title: self.title,
            edition: self.edition,
            sections: self.section,
            layout: self.layout,
            unknown: self.unknown,
            cite: self.cite,
            source: self.source,
            certainty: self.certainty,
            file: file.to_owned(),
        }
    }
}

impl MaterialFile {
    fn read(self, file: &str) -> Result<Material, FormsError> {
        let needs = asked(file, &self.id, &self.required, &self.optional, self.required_when)?;
        Ok(Material {
            id: self.id,
            title: self.title,
            needs,
            sealed: self.sealed,
            template: self.template,
            form: self.form,
            media_types: self.media_types,
            media_certainty: self.media_certainty,
            personal: self.personal,
            guidance: self.guidance,
            cite: self.cite,
            certainty: self.certainty,
            certainty_in: self.certainty_in,
            file: file.to_owned(),
        })
    }
}

impl ProcedureFile {
    fn read(self) -> ProcedureForms {
        ProcedureForms {
            id: self.id,
            title: self.title,
            forms: self.forms,
            steps: self.step,
            unknown: self.unknown,
            cite: self.cite,
            certainty: self.certainty,
        }
    }
}

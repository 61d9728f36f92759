//! Forms, tables, materials and what a procedure is made of.

use std::collections::BTreeMap;

use law::{Status, Text};
use serde::{Deserialize, Serialize};

use super::need::Needs;
use crate::procedure::Procedure;

/// How a form is set on paper, where its office says so.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Layout {
    /// The Chinese font.
    pub font_zh: String,
    /// The font of letters and figures.
    pub font_latin: String,
    /// The size of letters, in half points.
    pub half_points: u32,
    /// The fixed height of a line, in points.
    pub line_points: u32,
    /// Margins above and below, in hundredths of a centimetre.
    pub margin_vertical: u32,
    /// Margins left and right, in hundredths of a centimetre.
    pub margin_horizontal: u32,
}

/// A block or heading of a form.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Section {
    /// Its id in the form.
    pub id: String,
    /// Its number as printed; empty where it has none.
    #[serde(default)]
    pub no: String,
    /// Its heading.
    pub title: Text,
}

/// One form.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Form {
    /// Stable id, such as `sa-declaration`.
    pub id: String,
    /// Official Chinese name, and English.
    pub title: Text,
    /// The edition.
    pub edition: String,
    /// Its blocks in order.
    pub sections: Vec<Section>,
    /// How it is set.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub layout: Option<Layout>,
    /// What of it is not known.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub unknown: Option<Text>,
    /// Where it stands.
    pub cite: String,
    /// Where its text or an account of it was seen.
    pub source: Vec<String>,
    /// How well it is attested.
    pub certainty: Status,
    /// The file of `forms/` it stands in.
    pub file: String,
}

impl Form {
    /// The section of that id.
    pub fn section(&self, id: &str) -> Option<&Section> {
        self.sections.iter().find(|section| section.id == id)
    }
}

/// Something that is asked for several times: scenarios, recipients, data items, members of a group.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Table {
    /// Its id: the beginning of the ids of its fields.
    pub id: String,
    /// What it holds.
    pub title: Text,
    /// Which procedures need a row.
    pub needs: Needs,
    /// How to fill it in.
    pub guidance: Text,
    /// The provision or document that asks for it.
    pub cite: String,
    /// How certain that is.
    pub certainty: Status,
    /// The file of `forms/` it stands in.
    pub file: String,
}

/// A paper that is filed along.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Material {
    /// Stable id, such as `uscc-certificate`.
    pub id: String,
    /// Official Chinese name, and English.
    pub title: Text,
    /// Which procedures need it.
    pub needs: Needs,
    /// The procedures in which the copy carries the unit's seal.
    pub sealed: Vec<Procedure>,
    /// Whether the office gives a template.
    pub template: bool,
    /// The form it is, where it is one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub form: Option<String>,
    /// Media types that are taken.
    pub media_types: Vec<String>,
    /// How certain those are: no office's list of them was seen.
    pub media_certainty: Status,
    /// Whether it holds personal data of people who file.
    pub personal: bool,
    /// How to prepare it.
    pub guidance: Text,
    /// The provision or document that asks for it.
    pub cite: String,
    /// How certain that is.
    pub certainty: Status,
    /// The procedures of which it is less certain.
    pub certainty_in: BTreeMap<Procedure, Status>,
    /// The file of `forms/` it stands in.
    pub file: String,
}

impl Material {
    /// How certain it is that a procedure asks for it.
    pub fn certainty_for(&self, procedure: Procedure) -> Status {
        self.certainty_in.get(&procedure).map_or(self.certainty, |own| super::weaker(*own, self.certainty))
    }
}

/// One step of a wizard.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Step {
    /// Its id in the procedure.
    pub id: String,
    /// Its name.
    pub title: Text,
    /// The sections whose fields it asks, each `form/section`.
    #[serde(default)]
    pub sections: Vec<String>,
    /// Whether materials are attached here.
    #[serde(default)]
    pub materials: bool,
}

/// What a procedure is made of.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct ProcedureForms {
    /// The procedure.
    pub id: Procedure,
    /// Official Chinese name, and English.
    pub title: Text,
    /// Its forms.
    pub forms: Vec<String>,
    /// The steps of a wizard, in order.
    pub steps: Vec<Step>,
    /// What of it is not known.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub unknown: Option<Text>,
    /// The provision.
    pub cite: String,
    /// How well it is attested.
    pub certainty: Status,
}

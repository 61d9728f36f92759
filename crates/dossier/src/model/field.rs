//! A field: defined once, wherever it stands.

use law::{Status, Text};
use serde::{Deserialize, Serialize};

use super::form::ProcedureForms;
use super::kind::Kind;
use super::need::Needs;

/// Where a field stands.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, schemars::JsonSchema)]
pub struct Place {
    /// The form's id.
    pub form: String,
    /// The section's id in that form.
    pub section: String,
    /// What it is called there, where that differs.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub title: Option<Text>,
    /// How certain it is that it stands there.
    pub certainty: Status,
}

/// What an answer can be derived from. Each is a path into an artefact of the transfer.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub enum Source {
    /// The handler's name in the transfer.
    #[serde(rename = "transfer.handler.name")]
    HandlerName,
    /// Its unified social credit code.
    #[serde(rename = "transfer.handler.uscc")]
    HandlerUscc,
    /// Whether it operates critical information infrastructure.
    #[serde(rename = "transfer.handler.ciio")]
    HandlerCiio,
    /// Persons whose personal information it processes.
    #[serde(rename = "transfer.handler.persons_held")]
    HandlerPersons,
    /// The division it is registered in, by name.
    #[serde(rename = "transfer.handler.city")]
    HandlerCity,
    /// The nine cities of the Greater Bay Area: the first four digits of its division.
    #[serde(rename = "transfer.handler.gba_city")]
    HandlerGbaCity,
    /// Its sector by a zone's list.
    #[serde(rename = "transfer.handler.sector")]
    HandlerSector,
    /// The zone it is registered in.
    #[serde(rename = "transfer.handler.zone")]
    HandlerZone,
    /// The recipient's name.
    #[serde(rename = "transfer.recipient.name")]
    RecipientName,
    /// The recipient's country or region.
    #[serde(rename = "transfer.recipient.country")]
    RecipientCountry,
    /// Where it keeps the data.
    #[serde(rename = "transfer.recipient.storage.place")]
    StoragePlace,
    /// Until when.
    #[serde(rename = "transfer.recipient.storage.until")]
    StorageUntil,
    /// The purpose in words.
    #[serde(rename = "transfer.purpose.text")]
    PurposeText,
    /// The scenario's name.
    #[serde(rename = "transfer.purpose.scenario")]
    PurposeScenario,
    /// The scenario of a zone's list.
    #[serde(rename = "transfer.list.scenario")]
    ListScenario,
    /// When the impact assessment was finished.
    #[serde(rename = "transfer.duties.pipia.done")]
    PipiaDone,
    /// The first day of the permit: the day a contract takes effect.
    #[serde(rename = "transfer.permit.effective")]
    PermitEffective,
    /// The number of the permit.
    #[serde(rename = "transfer.permit.number")]
    PermitNumber,
    /// The last day of the permit.
    #[serde(rename = "transfer.permit.expires")]
    PermitExpires,
    /// Whether personal information or important data leaves.
    #[serde(rename = "determination.facts.data")]
    DataKinds,
    /// Persons of ordinary personal information since 1 January.
    #[serde(rename = "determination.facts.persons.ordinary")]
    OrdinaryPersons,
    /// Persons of sensitive personal information since 1 January.
    #[serde(rename = "determination.facts.persons.sensitive")]
    SensitivePersons,
    /// Rows that apply of a zone's list.
    #[serde(rename = "determination.rules.list")]
    ListRows,
    /// Distinct persons the tables of the transfer are about.
    #[serde(rename = "inventory.persons.distinct")]
    InventoryPersons,
    /// Persons who left this year, by the private receipts.
    #[serde(rename = "receipts.persons.after")]
    ReceiptPersons,
    /// Whether any field that leaves is sensitive.
    #[serde(rename = "plan.sensitive")]
    PlanSensitive,
    /// A row of the necessity table: the item.
    #[serde(rename = "plan.item.name")]
    ItemName,
    /// Its description.
    #[serde(rename = "plan.item.description")]
    ItemDescription,
    /// Why it has to leave.
    #[serde(rename = "plan.item.why")]
    ItemWhy,
    /// A made-up value of its class.
    #[serde(rename = "sample.value")]
    ItemExample,
    /// The form in which it leaves.
    #[serde(rename = "plan.item.transform")]
    ItemTransform,
    /// Its columns.
    #[serde(rename = "plan.item.columns")]
    ItemColumns,
    /// Its class.
    #[serde(rename = "plan.item.class")]
    ItemClass,
    /// Whether it is sensitive.
    #[serde(rename = "plan.item.sensitive")]
    ItemSensitive,
}

/// One field of one or more forms.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Field {
    /// Stable id, such as `scenario.recipient.country`.
    pub id: String,
    /// Official Chinese name, and English.
    pub title: Text,
    /// The kind of its answer.
    #[serde(flatten)]
    pub kind: Kind,
    /// Whether its answer is personal data of people who file, or of contact persons.
    pub personal: bool,
    /// Where it stands.
    pub places: Vec<Place>,
    /// Which procedures need it.
    pub needs: Needs,
    /// What it can be derived from.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub derived: Option<Source>,
    /// How to fill it in.
    pub guidance: Text,
    /// The provision or document that asks for it.
    pub cite: String,
    /// How certain it is that it is asked for.
    pub certainty: Status,
    /// The file of `forms/` it stands in.
    pub file: String,
}

impl Field {
    /// How certain it is that a procedure asks for it: as certain as the best of its places in that procedure's forms.
    pub fn certainty_for(&self, forms: &ProcedureForms) -> Status {
        let here = self.places.iter().filter(|place| forms.forms.contains(&place.form));
        here.map(|place| place.certainty).min().unwrap_or(self.certainty)
    }

    /// Its places in one form.
    pub fn places_in<'a>(&'a self, form: &'a str) -> impl Iterator<Item = &'a Place> {
        self.places.iter().filter(move |place| place.form == form)
    }
}

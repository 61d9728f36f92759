//! One edition of a zone's list as its file writes it, and as the rule book and exports read it.

use jiff::civil::Date;
use serde::{Deserialize, Serialize};

use crate::book::rule::Checked;
use crate::book::scenario::Scenario;
use crate::{Path, Status, Text, source};

/// Whether a list says what needs a procedure, or what is free.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, schemars::JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum ListKind {
    /// A negative list: what needs a procedure; what is off it is free within its scenarios.
    Negative,
    /// A general list: what may leave freely after filing.
    General,
}

/// How much of an edition was seen.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, schemars::JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Extent {
    /// Every row.
    Whole,
    /// Some of it; what was not seen never frees anything.
    Partial,
}

/// What a row asks for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, schemars::JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum ListPath {
    /// Nothing.
    Free,
    /// Nothing, once it has been filed with the zone and the zone has answered.
    FreeAfterFiling,
    /// A standard contract or certification.
    StandardContractOrCertification,
    /// A security assessment.
    SecurityAssessment,
}

impl ListPath {
    /// The paths of an answer.
    pub fn paths(self) -> &'static [Path] {
        match self {
            ListPath::Free | ListPath::FreeAfterFiling => &[Path::Exempt],
            ListPath::StandardContractOrCertification => &[Path::StandardContract, Path::Certification],
            ListPath::SecurityAssessment => &[Path::SecurityAssessment],
        }
    }

    /// Whether nothing but a filing is asked.
    pub fn frees(self) -> bool {
        matches!(self, ListPath::Free | ListPath::FreeAfterFiling)
    }
}

/// From when to when.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, schemars::JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Term {
    /// First day.
    #[serde(deserialize_with = "source::deserialize_date")]
    pub from: Date,
    /// Last day, if it has ended.
    #[serde(default, deserialize_with = "source::deserialize_optional_date", skip_serializing_if = "Option::is_none")]
    pub to: Option<Date>,
    /// From which day it is certainly in force, where the first is not attested.
    #[serde(default, deserialize_with = "source::deserialize_optional_date", skip_serializing_if = "Option::is_none")]
    pub settled_from: Option<Date>,
}

/// A number of persons: `min` included (以上), `max` not (不满).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, schemars::JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Band {
    /// The least.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub min: Option<u64>,
    /// The first that is too many.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub max: Option<u64>,
}

/// The two numbers of persons; each is tested apart.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize, schemars::JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Bands {
    /// Persons of ordinary information.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub ordinary: Option<Band>,
    /// Persons of sensitive information.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub sensitive: Option<Band>,
}

impl Bands {
    /// The bands with the kind of person each counts.
    pub fn each(&self) -> impl Iterator<Item = (PersonKind, Band)> {
        let ordinary = self.ordinary.map(|band| (PersonKind::Ordinary, band));
        ordinary.into_iter().chain(self.sensitive.map(|band| (PersonKind::Sensitive, band)))
    }

    /// The band of one kind.
    pub fn of(&self, kind: PersonKind) -> Option<Band> {
        match kind {
            PersonKind::Ordinary => self.ordinary,
            PersonKind::Sensitive => self.sensitive,
        }
    }
}

/// Of which information persons are counted.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, schemars::JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum PersonKind {
    /// Ordinary personal information.
    Ordinary,
    /// Sensitive personal information.
    Sensitive,
}

impl PersonKind {
    /// Both.
    pub const BOTH: [PersonKind; 2] = [PersonKind::Ordinary, PersonKind::Sensitive];

    /// The fact that counts them.
    pub fn fact(self) -> &'static str {
        match self {
            PersonKind::Ordinary => "persons.ordinary",
            PersonKind::Sensitive => "persons.sensitive",
        }
    }
}

/// A sector the list covers.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, schemars::JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct ListSector {
    /// Its official name and the English one, of which `handler.sector` is made.
    pub name: Text,
    /// Its scenarios, as far as known.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub scenario: Vec<ListScenario>,
}

/// A scenario of a sector.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, schemars::JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct ListScenario {
    /// Its official name and the English one, of which `list.scenario` is made.
    pub name: Text,
    /// Other English names it goes by; each is as good.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub also: Vec<String>,
    /// What it covers.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub definition: Option<Text>,
    /// Ids of the field sets the list names for it.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub fields: Vec<String>,
}

/// Fields the list names.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, schemars::JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct FieldSet {
    /// Id within the edition.
    pub id: String,
    /// Ordinary or sensitive.
    pub kind: PersonKind,
    /// The list says 等 or 如: the fields are examples.
    #[serde(default)]
    pub open_ended: bool,
    /// Limits the list sets to some of them.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub limits: Option<Text>,
    /// How well the fields are attested.
    pub status: Status,
    /// The fields.
    pub fields: Vec<Text>,
}

/// A row: scenarios, numbers of persons, path; or data that counts as important.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, schemars::JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct ListRow {
    /// Id within the edition; the rule's id ends in it.
    pub id: String,
    /// Its number in the list, where it has one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub n: Option<String>,
    /// The sector's slug.
    pub sector: String,
    /// The scenarios' slugs.
    pub scenarios: Vec<String>,
    /// Persons of ordinary information.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub ordinary: Option<Band>,
    /// Persons of sensitive information.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub sensitive: Option<Band>,
    /// Numbers that have to hold beside, where the list was not seen to say more of them.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub provided: Option<Bands>,
    /// Data that counts as important, in our own words; such a row has no numbers.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub important: Option<Text>,
    /// What it asks for.
    pub path: ListPath,
    /// Exemptions of Order 16 under which persons leave without adding to this row's numbers.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub not_counted: Vec<String>,
    /// How well it is attested.
    pub status: Status,
    /// Readings less certain than its text, or doubts about a figure.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub reading: Vec<ListReading>,
    /// Remarks that weaken nothing.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub note: Option<Text>,
}

impl ListRow {
    /// Both numbers.
    pub fn bands(&self) -> Bands {
        Bands { ordinary: self.ordinary, sensitive: self.sensitive }
    }
}

/// A reading with its status.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, schemars::JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct ListReading {
    /// The reading.
    pub text: Text,
    /// It matters only where a count is exactly the row's least figure: whether the figure itself is in was not seen.
    #[serde(default)]
    pub at_the_figure: bool,
    /// How well it is attested.
    pub status: Status,
}

/// A row that sends whatever of the sector is not named to the national numbers.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, schemars::JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct ResidualRow {
    /// Id within the edition.
    pub id: String,
    /// Its number in the list.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub n: Option<String>,
    /// The sector's slug.
    pub sector: String,
    /// Persons of ordinary information: the national figure, restated.
    pub ordinary: Band,
    /// Or persons of sensitive information.
    pub sensitive: Band,
    /// What the national numbers ask for there.
    pub path: ListPath,
    /// Exemptions left out of the count.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub not_counted: Vec<String>,
    /// How well it is attested.
    pub status: Status,
}

/// Reference rules by which a handler's whole store counts as important data.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, schemars::JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct ScaleRule {
    /// Id within the edition.
    pub id: String,
    /// Persons held.
    pub persons_held: Band,
    /// What it says.
    pub what: Text,
    /// How well it is attested.
    pub status: Status,
    /// Doubts.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub reading: Vec<ListReading>,
}

/// What the list or its measures ask of whoever uses it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, schemars::JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct ListDuty {
    /// Stable id: `zone-filing` is to be met before anything leaves, `zone-report` after it.
    pub id: String,
    /// The provision.
    pub cite: String,
    /// What to do.
    pub text: Text,
    /// Ids of its clocks in `clocks.toml`.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub clocks: Vec<String>,
    /// How well it is attested.
    pub status: Status,
}

/// Whether another zone's list may be used here.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, schemars::JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Adoption {
    /// The provision.
    pub cite: String,
    /// What it says, and whom to ask.
    pub text: Text,
    /// How well it is attested.
    pub status: Status,
}

/// Another regime that stays beside the list.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, schemars::JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct ListRegime {
    /// Its name in English, the stable key.
    pub regime: String,
    /// Why to look at it.
    pub why: Text,
    /// Only in these sectors; empty: in all.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub sectors: Vec<String>,
    /// How well it is attested.
    pub status: Status,
}

/// How many there are by the publisher's own account.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, schemars::JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Published {
    /// Sectors.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub sectors: Option<u32>,
    /// Scenarios.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub scenarios: Option<u32>,
    /// Rows, items or subclasses.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub rows: Option<u32>,
    /// Fields.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub fields: Option<u32>,
}

/// One edition of one list.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, schemars::JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct ListEdition {
    /// Its id, which is the file's name.
    pub id: String,
    /// How it is cited, for example `Shanghai list (2024)`.
    pub short: String,
    /// Title.
    pub title: Text,
    /// Negative or general.
    pub kind: ListKind,
    /// The publisher's name of the edition.
    pub edition: String,
    /// Zones whose handlers may use it.
    #[serde(default)]
    pub zones: Vec<String>,
    /// Heads of division codes: handlers outside any zone who are registered there may use it too.
    #[serde(default)]
    pub cities: Vec<String>,
    /// Days in force.
    pub in_force: Term,
    /// The edition that took its place.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub superseded_by: Option<String>,
    /// How much of it was seen.
    pub known: Extent,
    /// What was not seen.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub missing: Option<Text>,
    /// Who may use it.
    pub users: Text,
    /// What it says of operators of critical information infrastructure.
    pub ciio: Text,
    /// How well the edition as such is attested: issuer, days, sectors.
    pub status: Status,
    /// Where it was seen.
    pub source: Vec<String>,
    /// When and against what it was last compared.
    pub last_checked: Checked,
    /// The lawyer who signed it; empty until one did.
    pub reviewed_by: String,
    /// What the publisher says it holds.
    #[serde(default)]
    pub published: Published,
    /// Whether another zone's list may be used; left out: no provision known.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub adopts: Option<Adoption>,
    /// Sectors with their scenarios.
    pub sector: Vec<ListSector>,
    /// Fields.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub field_set: Vec<FieldSet>,
    /// Rows.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub row: Vec<ListRow>,
    /// Rows that leave the rest of a sector to the national numbers.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub residual: Vec<ResidualRow>,
    /// Reference rules by scale.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub scale: Vec<ScaleRule>,
    /// Duties.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub duty: Vec<ListDuty>,
    /// Other regimes.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub also_check: Vec<ListRegime>,
    /// Whatever else is known of it.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub note: Vec<ListReading>,
    /// Worked cases.
    #[serde(default, skip_serializing)]
    pub scenario: Vec<Scenario>,
}

impl ListEdition {
    /// The head of its rules' ids.
    pub fn rule_prefix(&self) -> String {
        format!("cn.list.{}", self.id)
    }

    /// Whether it is in force on the day.
    pub fn in_force(&self, on: Date) -> bool {
        self.in_force.from <= on && self.in_force.to.is_none_or(|to| on <= to)
    }
}

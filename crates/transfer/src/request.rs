//! `transfer.toml`: what a handler wants to send, to whom, why, and on what it stands.

use std::path::PathBuf;

use deid::Transform;
use jiff::civil::Date;
use serde::{Deserialize, Serialize};

use crate::age_recipient::AgeRecipient;
use crate::permit::PermitKind;
use crate::terms::{PermitField, PermitItem, Terms};

/// A person's fingerprint has room for so many items.
pub const MAX_ITEMS: usize = 56;

/// Why a transfer file cannot be used.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum TransferError {
    /// It is not TOML, or a key is unknown or of the wrong type.
    #[error("line {line}: {message}")]
    Syntax {
        /// The line, from 1.
        line: usize,
        /// What is wrong.
        message: String,
    },
    /// Its parts contradict each other or something needed is missing.
    #[error("{0}")]
    Meaning(String),
}

/// The data handler.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Handler {
    /// Name.
    pub name: Option<String>,
    /// Unified social credit code: one tally for each.
    pub uscc: Option<String>,
    /// ISO 3166-2 of registration.
    pub region: Option<String>,
    /// GB/T 2260 code.
    pub city: Option<String>,
    /// The zone it is registered in, or `none`.
    pub zone: Option<String>,
    /// Its sector by the lists, or `none`.
    pub sector: Option<String>,
    /// Whether it operates critical information infrastructure.
    pub ciio: Option<bool>,
    /// Natural persons whose personal information it processes.
    pub persons_held: Option<u64>,
    /// Persons whose faces it stores.
    pub faces_held: Option<u64>,
    /// Whether other domestic companies of its group export too.
    pub group_exports: Option<bool>,
    /// A file that holds these for all transfers.
    pub profile: Option<PathBuf>,
    /// Refuse permits that no office signed.
    pub require_signed_permit: Option<bool>,
}

impl Handler {
    /// Takes from a profile what this transfer leaves out.
    pub fn or(self, profile: Self) -> Self {
        Self {
            name: self.name.or(profile.name),
            uscc: self.uscc.or(profile.uscc),
            region: self.region.or(profile.region),
            city: self.city.or(profile.city),
            zone: self.zone.or(profile.zone),
            sector: self.sector.or(profile.sector),
            ciio: self.ciio.or(profile.ciio),
            persons_held: self.persons_held.or(profile.persons_held),
            faces_held: self.faces_held.or(profile.faces_held),
            group_exports: self.group_exports.or(profile.group_exports),
            profile: self.profile,
            require_signed_permit: self.require_signed_permit.or(profile.require_signed_permit),
        }
    }
}

/// The overseas recipient.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Recipient {
    /// A short id: pseudonyms differ by it.
    pub id: String,
    /// Name.
    pub name: Option<String>,
    /// ISO 3166-1 alpha-2.
    pub country: Option<String>,
    /// HK, MO or TW where it is there.
    pub region: Option<String>,
    /// Whether it passes data on outside the Greater Bay Area.
    pub onward_outside_gba: Option<bool>,
    /// Where and until when it keeps the data.
    pub storage: Option<Storage>,
}

/// Where and until when the recipient keeps the data.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Storage {
    /// The last day.
    #[serde(default, deserialize_with = "law::deserialize_optional_date")]
    pub until: Option<Date>,
    /// The place.
    pub place: Option<String>,
}

/// Why the data leaves.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Purpose {
    /// The scenario.
    pub scenario: Option<String>,
    /// In words.
    pub text: Option<String>,
}

/// Facts about the data that only a person can state.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct DataFacts {
    /// Whether it is personal information; left out: as found.
    pub personal: Option<bool>,
    /// `no`, `suspected`, `notified` or `published`.
    pub important: Option<String>,
    /// The day of the notice.
    #[serde(default, deserialize_with = "law::deserialize_optional_date")]
    pub notified_on: Option<Date>,
    /// Whether it is core data.
    pub core: Option<bool>,
    /// Whether the sector's authority approved.
    pub core_approved: Option<bool>,
    /// Whether it holds state secrets.
    pub state_secret: Option<bool>,
    /// Whether all of it was collected abroad.
    pub overseas_origin_only: Option<bool>,
    /// Whether it is pseudonymous and the key stays in China.
    pub pseudonymous: Option<bool>,
}

/// Counts of more than a year, which nobody counts here; this transfer included.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PersonsFacts {
    /// Persons of ordinary personal information since 1 January of the previous year (CAC Order 11 art 4).
    pub ordinary_two_years: Option<u64>,
    /// Persons of sensitive personal information since then.
    pub sensitive_two_years: Option<u64>,
    /// Persons of either, each once.
    pub any_two_years: Option<u64>,
}

/// Facts about the export activity as a whole.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Activity {
    /// The day it began (CAC Order 11 art 20).
    #[serde(default, deserialize_with = "law::deserialize_optional_date")]
    pub began_on: Option<Date>,
    /// What it already stands on.
    pub filed: Option<String>,
}

/// Facts about the end of an assessment's result.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Renewal {
    /// How near its end is.
    pub stage: Option<String>,
    /// Growth of persons in percent, rounded up.
    pub persons_growth: Option<u64>,
    /// Growth of important data in percent, rounded up.
    pub size_growth: Option<u64>,
    /// What has happened while it was valid.
    pub event: Option<String>,
}

/// Facts about a standard contract.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ContractFacts {
    /// What has happened to it.
    pub event: Option<String>,
}

/// The facts of Order 16 art 5.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Ground {
    /// `yes`, `no` or `unknown`.
    pub necessary: Option<String>,
    /// A contract to which the individual is party.
    pub contract_with_individual: Option<bool>,
    /// Lawful labour rules.
    pub hr_labour_rules: Option<bool>,
    /// A lawful collective contract.
    pub hr_collective_contract: Option<bool>,
    /// An emergency.
    pub emergency: Option<bool>,
    /// A statutory duty under PRC law.
    pub statutory_duty: Option<bool>,
    /// A duty under foreign law alone.
    pub foreign_duty: Option<bool>,
    /// A case that a sector's guide names as exempt.
    pub sector_guide: Option<String>,
}

/// Facts about a zone's list.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ListFacts {
    /// The scenario of the list, or `none`.
    pub scenario: Option<String>,
    /// Whether the fields are on the list; a field's own mark prevails.
    pub on_list: Option<bool>,
    /// Another zone's list that is to be used, by that zone's code, or `none`.
    pub adopted: Option<String>,
}

/// A request from abroad.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Request {
    /// Whether a foreign judicial or enforcement body asks.
    pub foreign_authority: Option<bool>,
    /// Whether the PRC authority approved.
    pub prc_approval: Option<bool>,
}

/// A source of data.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SourceSpec {
    /// Its name; left out: the file's stem.
    pub name: Option<String>,
    /// The file, relative to the transfer file.
    pub path: String,
    /// False: its rows are about nobody (a catalogue beside the orders). Left out: as `[data]` says.
    pub personal: Option<bool>,
}

impl SourceSpec {
    /// Its name.
    pub fn name(&self) -> String {
        let stem = || std::path::Path::new(&self.path).file_stem().map(|s| s.to_string_lossy().into_owned());
        self.name.clone().or_else(stem).unwrap_or_else(|| self.path.clone())
    }
}

/// Who the rows of a source are about.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Subject {
    /// The source; may be left out where there is only one.
    pub source: Option<String>,
    /// The columns that tell the person.
    pub key: Vec<String>,
    /// Columns that together join this subject with others.
    #[serde(default)]
    pub join: Vec<String>,
}

/// A field and what is needed of it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Field {
    /// The source, where two have the name.
    pub source: Option<String>,
    /// Its name.
    pub name: String,
    /// What is done to it.
    pub need: Transform,
    /// Labels of further classes that stand in it and may leave with it.
    #[serde(default)]
    pub holds: Vec<String>,
    /// The necessity statement.
    pub why: Option<String>,
    /// Whether a zone's list names it.
    pub on_list: Option<bool>,
    /// The item of the permit it belongs to.
    pub item: Option<String>,
}

/// The ground of PIPL 13.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Basis {
    /// Art 13(1).
    Consent,
    /// Art 13(2): a contract with the individual.
    Contract,
    /// Art 13(2): human resources management.
    Hr,
    /// Art 13(3).
    StatutoryDuty,
    /// Art 13(4).
    Emergency,
    /// Art 13(5).
    PublicInterest,
    /// Art 13(6): made public by the person or lawfully.
    Published,
    /// Art 13(7).
    OtherLaw,
}

/// An impact assessment.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Pipia {
    /// The day it was finished.
    #[serde(deserialize_with = "law::deserialize_date")]
    pub done: Date,
    /// The report.
    pub file: Option<PathBuf>,
}

/// A notice to the individuals.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Notice {
    /// Its version.
    pub version: String,
    /// Since when it is given.
    #[serde(deserialize_with = "law::deserialize_date")]
    pub since: Date,
}

/// What must be done whatever the path.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Duties {
    /// The impact assessment (PIPL 55).
    pub pipia: Option<Pipia>,
    /// The notice (PIPL 39).
    pub notice: Option<Notice>,
    /// The ground of PIPL 13.
    pub basis: Option<Basis>,
}

/// Where consents stand.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Consent {
    /// A source of this transfer, or a file of its own.
    pub source: String,
    /// The column, or columns, of the person.
    #[serde(deserialize_with = "one_or_many")]
    pub key: Vec<String>,
    /// The column of the day it was given.
    pub given: String,
    /// The column of the day it was withdrawn.
    pub withdrawn: Option<String>,
    /// A column that is filled where a guardian gave it (PIPL 31).
    pub guardian: Option<String>,
}

/// One value, or a list of them.
fn one_or_many<'de, D: serde::Deserializer<'de>, T: serde::de::DeserializeOwned>(
    deserializer: D,
) -> Result<Vec<T>, D::Error> {
    let values = match toml::Value::deserialize(deserializer)? {
        toml::Value::Array(many) => many,
        one => vec![one],
    };
    let read = |value: toml::Value| {
        value.try_into().map_err(|error: toml::de::Error| serde::de::Error::custom(error.message()))
    };
    values.into_iter().map(read).collect()
}

/// Which persons an earlier file lists.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum EarlierKind {
    /// Ordinary personal information of them left.
    Ordinary,
    /// Sensitive personal information of them left.
    Sensitive,
    /// Both.
    Both,
}

/// Other exports of this handler this year.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "EarlierTable")]
pub enum Earlier {
    /// A named person says that there were none.
    None {
        /// Who says so.
        by: String,
    },
    /// A file of identifiers: exact.
    File {
        /// The file.
        file: PathBuf,
        /// The column.
        key: String,
        /// What left of them.
        kind: EarlierKind,
    },
    /// Numbers, added whole.
    Numbers {
        /// Persons with ordinary personal information.
        ordinary: u64,
        /// Persons with sensitive personal information.
        sensitive: u64,
    },
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct EarlierTable {
    none: Option<bool>,
    by: Option<String>,
    file: Option<PathBuf>,
    key: Option<String>,
    kind: Option<EarlierKind>,
    ordinary: Option<u64>,
    sensitive: Option<u64>,
}

impl TryFrom<EarlierTable> for Earlier {
    type Error = String;

    fn try_from(table: EarlierTable) -> Result<Self, String> {
        match table {
            EarlierTable { none: Some(true), by: Some(by), file: None, ordinary: None, sensitive: None, .. }
                if !by.trim().is_empty() =>
            {
                Ok(Self::None { by })
            }
            EarlierTable { none: Some(_), .. } => {
                Err("`none = true` in [earlier] needs `by = \"the name of the person who says so\"` and nothing else"
                    .into())
            }
            EarlierTable {
                file: Some(file),
                key: Some(key),
                kind: Some(kind),
                ordinary: None,
                sensitive: None,
                ..
            } => Ok(Self::File { file, key, kind }),
            EarlierTable { file: Some(_), .. } => {
                Err("`file` in [earlier] needs `key` (the column) and `kind = \"ordinary\" | \"sensitive\" | \"both\"`"
                    .into())
            }
            EarlierTable { ordinary: Some(ordinary), sensitive: Some(sensitive), .. } => {
                Ok(Self::Numbers { ordinary, sensitive })
            }
            _ => Err("[earlier] needs `none = true` with `by`, or `file`, or both `ordinary` and `sensitive`".into()),
        }
    }
}

/// A permit as the handler states it.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct DeclaredPermit {
    /// A signed permit in a file.
    pub file: Option<PathBuf>,
    /// What opens the gate.
    pub kind: Option<PermitKind>,
    /// Its number.
    pub number: Option<String>,
    /// First day.
    #[serde(default, deserialize_with = "law::deserialize_optional_date")]
    pub effective: Option<Date>,
    /// The day it was filed.
    #[serde(default, deserialize_with = "law::deserialize_optional_date")]
    pub filed: Option<Date>,
    /// Last day.
    #[serde(default, deserialize_with = "law::deserialize_optional_date")]
    pub expires: Option<Date>,
    /// The fields it covers; left out: those of the first release under it.
    pub fields: Option<Vec<PermitField>>,
    /// The items it covers, where it was decided item by item.
    pub items: Option<Vec<PermitItem>>,
    /// The persons it covers.
    pub persons: Option<u64>,
    /// The recipients it covers, by id or name; left out: that of the first release under it.
    pub recipients: Option<Vec<String>>,
    /// The purposes it covers; left out: that of the first release under it.
    pub purposes: Option<Vec<String>>,
    /// Until when the recipient may keep the data.
    #[serde(default, deserialize_with = "law::deserialize_optional_date")]
    pub stored_until: Option<Date>,
    /// Where the recipient may keep it.
    pub places: Option<Vec<String>>,
}

/// Where a permit comes from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum PermitSource<'a> {
    /// None is stated.
    Absent,
    /// Typed here.
    Declared(Box<Terms>),
    /// A signed file.
    File(&'a PathBuf),
}

/// The form of released files.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Form {
    /// Parquet.
    #[default]
    Parquet,
    /// CSV.
    Csv,
}

/// Where the release goes.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Destination {
    /// A folder that does not exist yet, relative to the transfer file.
    pub path: String,
    /// The form of its files.
    #[serde(default)]
    pub format: Form,
    /// The keys to which every data file is encrypted; none: they lie there readable.
    #[serde(default, deserialize_with = "crate::age_recipient::some")]
    pub encrypt_to: Vec<AgeRecipient>,
}

/// A whole transfer file.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Transfer {
    /// The day; left out: today.
    #[serde(default, deserialize_with = "law::deserialize_optional_date")]
    pub on: Option<Date>,
    /// Who sends.
    #[serde(default)]
    pub handler: Handler,
    /// To whom.
    pub recipient: Recipient,
    /// Why.
    #[serde(default)]
    pub purpose: Purpose,
    /// About the data.
    #[serde(default)]
    pub data: DataFacts,
    /// Order 16 art 5.
    #[serde(default)]
    pub ground: Ground,
    /// Counts of more than a year.
    #[serde(default)]
    pub persons: PersonsFacts,
    /// The activity as a whole.
    #[serde(default)]
    pub activity: Activity,
    /// The end of an assessment's result.
    #[serde(default)]
    pub renewal: Renewal,
    /// A standard contract.
    #[serde(default)]
    pub contract: ContractFacts,
    /// A zone's list.
    #[serde(default)]
    pub list: ListFacts,
    /// A request from abroad.
    #[serde(default)]
    pub request: Request,
    /// The sources.
    #[serde(default)]
    pub source: Vec<SourceSpec>,
    /// Who the rows are about.
    #[serde(default)]
    pub subject: Vec<Subject>,
    /// The fields.
    #[serde(default)]
    pub field: Vec<Field>,
    /// Duties.
    #[serde(default)]
    pub duties: Duties,
    /// Consents: one table, or several.
    #[serde(default, deserialize_with = "one_or_many")]
    pub consent: Vec<Consent>,
    /// Earlier exports.
    pub earlier: Option<Earlier>,
    /// The permit.
    #[serde(default)]
    pub permit: DeclaredPermit,
    /// Where to.
    pub destination: Option<Destination>,
}

impl Transfer {
    /// Reads a transfer file. Errors name the line or the part and how to mend it.
    pub fn parse(text: &str) -> Result<Self, TransferError> {
        let transfer: Self = toml::from_str(text).map_err(|error| {
            let line = error.span().map_or(1, |span| text[..span.start].matches('\n').count() + 1);
            let message = error.message().lines().collect::<Vec<_>>().join("; ");
            TransferError::Syntax { line, message }
        })?;
        transfer.check()?;
        Ok(transfer)
    }

    fn check(&self) -> Result<(), TransferError> {
        let meaning = |text: String| Err(TransferError::Meaning(text));
        if self.source.is_empty() {
            return meaning("no source: add `[[source]]` with `path = \"table.csv\"`".to_owned());
        }
        let names = self.source.iter().map(SourceSpec::name).collect::<Vec<_>>();
        for (index, name) in names.iter().enumerate() {
            if names[..index].contains(name) {
                return meaning(format!("two sources are called `{name}`: give one of them a `name`"));
            }
            if name.contains(['/', '\\', '\0']) || name.starts_with('.') {
                return meaning(format!("the source name `{name}` cannot be the name of a file: give it a `name`"));
            }
        }
        if self.recipient.id.trim().is_empty() {
            return meaning("`id` in [recipient] is empty".to_owned());
        }
        let named = self.field.iter().map(|field| (field.source.as_ref(), "[[field]]"));
        let subjects = self.subject.iter().map(|subject| (subject.source.as_ref(), "[[subject]]"));
        for (source, part) in named.chain(subjects) {
            match source {
                Some(source) if !names.contains(source) => {
                    return meaning(format!("{part} names the source `{source}`; there are: {}", names.join(", ")));
                }
                _ => {}
            }
        }
        for subject in &self.subject {
            if subject.key.is_empty() {
                return meaning("a [[subject]] has an empty `key`".to_owned());
            }
            if subject.source.is_none() && names.len() > 1 {
                return meaning("a [[subject]] needs `source`: there are several sources".to_owned());
            }
        }
        Ok(())
    }

    /// The subjects of a source.
    pub fn subjects<'a>(&'a self, source: &'a str) -> impl Iterator<Item = &'a Subject> {
        self.subject.iter().filter(move |subject| subject.source.as_deref().is_none_or(|name| name == source))
    }

    /// The fields that may be meant for a source.
    pub fn fields<'a>(&'a self, source: &'a str) -> impl Iterator<Item = &'a Field> {
        self.field.iter().filter(move |field| field.source.as_deref().is_none_or(|name| name == source))
    }

    /// Where the permit comes from.
    pub fn permit_source(&self) -> Result<PermitSource<'_>, TransferError> {
        let meaning = |text: &str| Err(TransferError::Meaning(text.to_owned()));
        let permit = &self.permit;
        match (&permit.file, permit.kind) {
            (Some(file), None) if (DeclaredPermit { file: None, ..permit.clone() }) == DeclaredPermit::default() => {
                Ok(PermitSource::File(file))
            }
            (Some(_), _) => meaning("[permit] has `file` and more: what a signed permit says is not typed again"),
            (None, Some(PermitKind::Determination)) => {
                meaning("`kind = \"determination\"` is made by `clear`, not typed")
            }
            (None, Some(kind)) => {
                let items = match (&permit.fields, &permit.items) {
                    (Some(_), Some(_)) => {
                        return meaning("[permit] has both `fields` and `items`: put the fields into the items");
                    }
                    (Some(fields), None) => {
                        Some(vec![PermitItem { name: String::new(), fields: fields.clone(), persons: None }])
                    }
                    (None, items) => items.clone(),
                };
                if items.as_ref().is_some_and(|items| items.len() > MAX_ITEMS) {
                    return meaning("[permit] has more than 56 items: persons are spent per item in one pass");
                }
                Ok(PermitSource::Declared(Box::new(Terms {
                    kind,
                    number: permit.number.clone(),
                    handler: None,
                    recipients: permit.recipients.clone(),
                    purposes: permit.purposes.clone(),
                    effective: permit.effective,
                    filed: permit.filed,
                    expires: permit.expires,
                    items,
                    persons: permit.persons,
                    stored_until: permit.stored_until,
                    places: permit.places.clone(),
                })))
            }
            (None, None) => Ok(PermitSource::Absent),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const SMALL: &str = "[recipient]\nid = \"x\"\n[[source]]\npath = \"a.csv\"\n";

    fn check(more: &str, expected: &str) {
        let error = Transfer::parse(&format!("{SMALL}{more}")).expect_err("must not parse").to_string();
        assert!(error.contains(expected), "{error}");
        assert_eq!(error.lines().count(), 1, "{error}");
    }

    #[test]
    fn mistakes_are_named() {
        assert!(Transfer::parse(SMALL).is_ok());
        check("[[field]]\nname = \"n\"\nneed = \"shred\"\n", "shred");
        check("[handler]\nciio = \"no\"\n", "line 6");
        check("[handler]\ncolour = 1\n", "colour");
        check("[[source]]\npath = \"b/a.csv\"\n", "two sources are called `a`");
        check("[[field]]\nsource = \"b\"\nname = \"n\"\nneed = \"keep\"\n", "there are: a");
        check("[earlier]\nnone = true\n", "needs `by");
        let key = "AGE-SECRET-KEY-1GQ9778VQXMMJVE8SK7J6VT8UJ4HDQAJUVSFCWCM02D8GEWQ72PVQ2Y5J33";
        let to = |keys: &str| format!("[destination]\npath = \"out\"\nencrypt_to = [{keys}]\n");
        check(&to("\"age1x\""), "line 7: is no public key of age");
        check(&to(&format!("\"{key}\"")), "line 7: this is a secret key");
        check(&format!("[destination]\npath = \"out\"\nencrypt_to = \"{key}\"\n"), "line 7: `encrypt_to` is a list");
        check(&to(""), "line 7: `encrypt_to` is empty");
        let error = Transfer::parse(&format!("{SMALL}{}", to(&format!("\"{key}\"")))).expect_err("refuses").to_string();
        assert!(!error.contains("GQ9778"), "{error}");
        check("[earlier]\nordinary = 3\n", "both `ordinary` and `sensitive`");
    }

    #[test]
    fn earlier_exports_come_in_three_forms() {
        let earlier = |more: &str| Transfer::parse(&format!("{SMALL}[earlier]\n{more}")).expect("parses").earlier;
        assert_eq!(earlier("none = true\nby = \"Li\"\n"), Some(Earlier::None { by: "Li".into() }));
        assert_eq!(earlier("ordinary = 3\nsensitive = 1\n"), Some(Earlier::Numbers { ordinary: 3, sensitive: 1 }));
        let file = Earlier::File { file: "e.csv".into(), key: "id".into(), kind: EarlierKind::Both };
        assert_eq!(earlier("file = \"e.csv\"\nkey = \"id\"\nkind = \"both\"\n"), Some(file));
    }
}

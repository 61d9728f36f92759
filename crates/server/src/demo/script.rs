//! What the files of `script/` say.

use std::collections::BTreeMap;

use cases::{Handler, Role};
use serde::Deserialize;
use serde_json::Value;

use super::DemoError;

const PEOPLE: (&str, &str) = ("people.toml", include_str!("script/people.toml"));
const WORDS: (&str, &str) = ("words.toml", include_str!("script/words.toml"));
/// One file a handler, and one for what offices file themselves.
const HANDLERS: [(&str, &str); 11] = [
    ("hospital.toml", include_str!("script/hospital.toml")),
    ("airline.toml", include_str!("script/airline.toml")),
    ("cars.toml", include_str!("script/cars.toml")),
    ("retail.toml", include_str!("script/retail.toml")),
    ("bank.toml", include_str!("script/bank.toml")),
    ("pharma.toml", include_str!("script/pharma.toml")),
    ("model.toml", include_str!("script/model.toml")),
    ("parcels.toml", include_str!("script/parcels.toml")),
    ("chips.toml", include_str!("script/chips.toml")),
    ("hotels.toml", include_str!("script/hotels.toml")),
    ("offices.toml", include_str!("script/offices.toml")),
];

/// All of it.
pub(super) struct Script {
    pub(super) offices: Vec<Office>,
    pub(super) people: Vec<Person>,
    pub(super) guests: Vec<Guest>,
    /// What is answered where nothing else is said, by field.
    pub(super) words: BTreeMap<String, String>,
    pub(super) handlers: Vec<HandlerScript>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct PeopleFile {
    office: Vec<Office>,
    person: Vec<Person>,
    guest: Vec<Guest>,
}

/// An office.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Office {
    pub(super) id: String,
    pub(super) name: String,
    pub(super) region: Option<String>,
    pub(super) sector: Option<String>,
}

/// Somebody with an account.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Person {
    pub(super) login: String,
    pub(super) name: String,
    pub(super) role: Role,
    /// The handler they act for, by its id in the script.
    pub(super) handler: Option<String>,
    /// The office they work in.
    pub(super) office: Option<String>,
    /// The province they have to do with.
    pub(super) province: Option<String>,
}

/// Somebody who is invited to one case.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Guest {
    pub(super) case: String,
    pub(super) role: Role,
    pub(super) name: String,
    pub(super) email: Option<String>,
    /// Who invites, by login.
    pub(super) by: String,
}

/// A handler and its cases.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct HandlerScript {
    pub(super) handler: HandlerWords,
    #[serde(default)]
    pub(super) scenario: Vec<Scenario>,
    pub(super) case: Vec<CaseScript>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct HandlerWords {
    pub(super) id: String,
    pub(super) uscc: String,
    pub(super) name: String,
    pub(super) region: String,
    pub(super) sector: Option<String>,
    /// Answers by path.
    #[serde(default)]
    pub(super) answers: BTreeMap<String, Value>,
}

/// What leaves, to whom and what for.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Scenario {
    pub(super) id: String,
    /// Answers of the scenario, by what stands behind `scenario[1].`.
    pub(super) answers: BTreeMap<String, Value>,
    /// Answers of its recipient.
    pub(super) recipient: BTreeMap<String, Value>,
    /// Its data items, each with its answers.
    pub(super) items: Vec<BTreeMap<String, Value>>,
}

/// One case.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct CaseScript {
    pub(super) key: String,
    pub(super) procedure: String,
    pub(super) title: String,
    pub(super) scenario: Option<String>,
    pub(super) office: Option<String>,
    pub(super) follows: Option<String>,
    #[serde(default)]
    pub(super) channel: cases::Channel,
    /// Days ago on which the validity of its result ended (below 0: will end): the steps count from the day of that result.
    pub(super) ended: Option<i64>,
    /// How much of the forms is filled in, in hundredths.
    #[serde(default = "whole")]
    pub(super) filled: usize,
    /// Answers of this case alone, by path.
    #[serde(default)]
    pub(super) answers: BTreeMap<String, Value>,
    pub(super) steps: Vec<Step>,
}

fn whole() -> usize {
    100
}

/// One action.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Step {
    pub(super) on: On,
    #[serde(rename = "do")]
    pub(super) action: String,
    /// Who, by login; otherwise whoever of the case's people may.
    pub(super) by: Option<String>,
    pub(super) text: Option<String>,
    /// What an office marks, or why a mark was not followed.
    #[serde(default)]
    pub(super) marks: BTreeMap<String, String>,
    /// Answers, by path.
    #[serde(default)]
    pub(super) set: BTreeMap<String, Value>,
    /// Items that are refused, by name, and why; the others are approved.
    #[serde(default)]
    pub(super) refuse: BTreeMap<String, String>,
    /// The most persons of an item that is approved.
    #[serde(default)]
    pub(super) persons: BTreeMap<String, u64>,
    /// Days that are stated.
    #[serde(default)]
    pub(super) days: BTreeMap<String, On>,
    pub(super) number: Option<String>,
    pub(super) workdays: Option<u32>,
    pub(super) publish: Option<bool>,
    /// The officer it is given to, by login.
    pub(super) assign: Option<String>,
    /// A handler of the same group, by its id in the script.
    pub(super) member: Option<String>,
    /// Another case, by its name in the script.
    pub(super) case: Option<String>,
    /// Papers, by their names.
    #[serde(default)]
    pub(super) papers: Vec<String>,
    pub(super) release: Option<ReleaseScript>,
    /// Hours before the step at which what is reported was found.
    pub(super) hours: Option<i64>,
}

/// What left.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct ReleaseScript {
    /// Persons so far, as the handler counts them.
    pub(super) persons: u64,
    /// Columns that left beside those permitted.
    #[serde(default)]
    pub(super) also: Vec<String>,
    /// Whether the whole was to somebody else than permitted.
    pub(super) to: Option<String>,
}

/// A day: so many days before today, or before the day the case counts from; `w5`: working days before today; `t5`: days before today, whatever the
/// case counts from.
#[derive(Deserialize, Clone)]
#[serde(untagged)]
pub(super) enum On {
    Days(i64),
    Words(String),
}

impl Script {
    pub(super) fn embedded() -> Result<Self, DemoError> {
        let people: PeopleFile = read(PEOPLE)?;
        let words = read(WORDS)?;
        let handlers = HANDLERS.into_iter().map(read).collect::<Result<_, _>>()?;
        Ok(Self { offices: people.office, people: people.person, guests: people.guest, words, handlers })
    }

    /// Every case with the handler whose it is.
    pub(super) fn cases(&self) -> impl Iterator<Item = (&HandlerScript, &CaseScript)> {
        self.handlers.iter().flat_map(|handler| handler.case.iter().map(move |case| (handler, case)))
    }

    /// The case with this name.
    pub(super) fn case(&self, key: &str) -> Option<&CaseScript> {
        self.cases().map(|(_, case)| case).find(|case| case.key == key)
    }

    pub(super) fn handler(&self, id: &str) -> Option<&HandlerWords> {
        self.handlers.iter().map(|script| &script.handler).find(|handler| handler.id == id)
    }
}

impl HandlerWords {
    pub(super) fn as_handler(&self) -> Handler {
        let (uscc, name, region) = (self.uscc.clone(), self.name.clone(), self.region.clone());
        Handler { uscc, name, region, sector: self.sector.clone() }
    }
}

fn read<T: serde::de::DeserializeOwned>((file, text): (&'static str, &str)) -> Result<T, DemoError> {
    toml::from_str(text).map_err(|error| DemoError::Script { file, what: error.to_string() })
}

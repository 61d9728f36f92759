//! The rule base: all files of `lawbook/` parsed, joined and checked for what can be checked one file at a time.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;
use std::sync::Arc;

use jiff::civil::Date;
use serde::Deserialize;
use sha2::{Digest, Sha256};

use crate::calendar::Calendar;
use crate::calendar_file::parse_calendar;
use crate::clock::{self, Clock, ClockBook};
use crate::definition::FactDefinition;
use crate::rule::{Effect, Instrument, Rule};
use crate::rule_file::parse_rule;
use crate::vocabulary::{Vocabulary, parse_definitions};
use crate::{LawError, source};

/// Facts, rules, clocks and calendar of one version of the lawbook.
#[derive(Clone)]
pub struct RuleBase {
    version: String,
    sha256: String,
    covers_from: Date,
    last_checked: Date,
    vocabulary: Arc<Vocabulary>,
    instruments: BTreeMap<String, Instrument>,
    rules: Vec<Rule>,
    clocks: ClockBook,
    calendar: Calendar,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Book {
    version: String,
    covers: Covers,
    #[serde(deserialize_with = "source::deserialize_date")]
    last_checked: Date,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Covers {
    #[serde(deserialize_with = "source::deserialize_date")]
    from: Date,
}

/// Its name, not its thousand lines.
impl fmt::Debug for RuleBase {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "RuleBase({} {})", self.version, self.sha256)
    }
}

impl RuleBase {
    /// Parses the lawbook from its files: path relative to `lawbook/` with `/`, and text. Order does not matter.
    ///
    /// Files that are not TOML (a README) are left alone; a TOML file in a place the rule base does not know is an error, so
    /// that no provision is skipped in silence.
    pub fn parse<'a>(files: impl IntoIterator<Item = (&'a str, &'a str)>) -> Result<RuleBase, LawError> {
        let mut texts = BTreeMap::new();
        for (path, text) in files.into_iter().filter(|(path, _)| is_toml(path)) {
            if texts.insert(path, text).is_some() {
                return Err(LawError::file(path, "is given twice; keep one"));
            }
        }
        let need = |path: &'static str| {
            texts.get(path).copied().ok_or_else(|| LawError::file(path, "is missing; every rule base has one"))
        };
        let book: Book = source::parse("book.toml", need("book.toml")?)?;
        let (facts, contradictions) = parse_definitions("facts.toml", need("facts.toml")?)?;
        let instruments = source::parse("instruments.toml", need("instruments.toml")?)?;
        let clocks = clock::parse_clocks("clocks.toml", need("clocks.toml")?, &instruments)?;
        let calendar = parse_calendar("calendar.toml", need("calendar.toml")?)?;
        let mut rules = Vec::new();
        for (path, text) in &texts {
            match path.split('/').count() {
                3 => rules.push(parse_rule(path, text, &facts, &instruments)?),
                1 if SINGLE_FILES.contains(path) => {}
                _ => {
                    return Err(LawError::file(
                        path,
                        "has no place in the lawbook; a provision lies in `<country>/<instrument>/<article>.toml`",
                    ));
                }
            }
        }
        check_references(&rules)?;
        Ok(RuleBase {
            version: book.version,
            sha256: digest(&texts),
            covers_from: book.covers.from,
            last_checked: book.last_checked,
            vocabulary: Arc::new(Vocabulary { facts, contradictions }),
            instruments,
            rules,
            clocks,
            calendar,
        })
    }

    /// The rule base's own version, apart from the program's.
    pub fn version(&self) -> &str {
        &self.version
    }

    /// SHA-256 over all TOML files, lower-case hex: for each in path order the length (64 bit, big endian) and bytes of path and text.
    pub fn sha256(&self) -> &str {
        &self.sha256
    }

    /// The first day the rule base can speak about.
    pub fn covers_from(&self) -> Date {
        self.covers_from
    }

    /// The day the rule base as a whole was last compared with the law.
    pub fn last_checked(&self) -> Date {
        self.last_checked
    }

    /// All provisions, in the order of their ids' files.
    pub fn rules(&self) -> &[Rule] {
        &self.rules
    }

    /// The provision with this id.
    pub fn rule(&self, id: &str) -> Option<&Rule> {
        self.rules.iter().find(|r| r.id == id)
    }

    /// The vocabulary, in the order of `facts.toml`.
    pub fn facts(&self) -> &[FactDefinition] {
        &self.vocabulary.facts
    }

    /// The definition of one fact.
    pub fn fact(&self, id: &str) -> Option<&FactDefinition> {
        self.vocabulary.facts.iter().find(|f| f.id == id)
    }

    /// The instruments by id.
    pub fn instruments(&self) -> &BTreeMap<String, Instrument> {
        &self.instruments
    }

    /// Every statutory clock.
    pub fn clocks(&self) -> &[Clock] {
        self.clocks.clocks()
    }

    /// The clocks with their conventions and what renewals are made of.
    pub fn clock_book(&self) -> &ClockBook {
        &self.clocks
    }

    /// The working-day calendar.
    pub fn calendar(&self) -> &Calendar {
        &self.calendar
    }

    pub(crate) fn vocabulary(&self) -> &Arc<Vocabulary> {
        &self.vocabulary
    }
}

const SINGLE_FILES: [&str; 5] = ["book.toml", "facts.toml", "instruments.toml", "clocks.toml", "calendar.toml"];

fn is_toml(path: &str) -> bool {
    path.rsplit('.').next() == Some("toml")
}

/// Lengths keep two different sets of files from giving the same bytes.
fn digest(texts: &BTreeMap<&str, &str>) -> String {
    let mut hash = Sha256::new();
    for (path, text) in texts {
        for part in [path, text] {
            hash.update((part.len() as u64).to_be_bytes());
            hash.update(part.as_bytes());
        }
    }
    let mut hex = String::with_capacity(64);
    for byte in hash.finalize() {
        for nibble in [byte >> 4, byte & 15] {
            hex.push(char::from_digit(u32::from(nibble), 16).unwrap_or('0'));
        }
    }
    hex
}

/// Every rule and duty named by another exists, and no rule gives way to itself by a detour.
fn check_references(rules: &[Rule]) -> Result<(), LawError> {
    let ids: BTreeSet<&str> = rules.iter().map(|r| r.id.as_str()).collect();
    let duties: BTreeSet<&str> = rules
        .iter()
        .filter_map(|r| if let Effect::Obligations(duties) = &r.effect { Some(duties) } else { None })
        .flatten()
        .map(|d| d.id.as_str())
        .collect();
    for rule in rules {
        let mut named: Vec<&String> = rule.exception_to.iter().collect();
        if let Effect::Adds { to, .. } = &rule.effect {
            named.extend(to);
        }
        if let Some(missing) = named.iter().find(|id| !ids.contains(id.as_str())) {
            return Err(LawError::file(&rule.id, format!("names `{missing}`, which is no rule; mend the id")));
        }
        if let Effect::Affirms(ids) = &rule.effect
            && let Some(missing) = ids.iter().find(|id| !duties.contains(id.as_str()))
        {
            return Err(LawError::file(&rule.id, format!("affirms `{missing}`, which is no duty; mend the id")));
        }
        if overridden_by(rules, rule).contains(rule.id.as_str()) {
            return Err(LawError::file(&rule.id, "is an exception to itself by way of others; break the circle"));
        }
    }
    Ok(())
}

/// The ids of all rules that give way to `rule`, directly or through others.
pub(crate) fn overridden_by<'a>(rules: &'a [Rule], rule: &'a Rule) -> BTreeSet<&'a str> {
    let mut found = BTreeSet::new();
    let mut waiting: Vec<&str> = rule.exception_to.iter().map(String::as_str).collect();
    while let Some(id) = waiting.pop() {
        if found.insert(id)
            && let Some(next) = rules.iter().find(|r| r.id == id)
        {
            waiting.extend(next.exception_to.iter().map(String::as_str));
        }
    }
    found
}

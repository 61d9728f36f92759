//! The rule base: all files of `lawbook/` parsed, joined and checked for what can be checked one file at a time.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;
use std::sync::Arc;

use jiff::civil::Date;
use serde::Deserialize;
use sha2::{Digest, Sha256};

use crate::book::definition::FactDefinition;
use crate::book::rule::{Effect, Instrument, Rule};
use crate::book::rule_file::parse_rule;
use crate::book::scenario_table::{Case, NotExpressible, Tables, parse_page};
use crate::book::vocabulary::{Vocabulary, parse_definitions};
use crate::calendar::Calendar;
use crate::calendar_file::parse_calendar;
use crate::clock::{self, Clock, ClockBook};
use crate::lists::check::parse_edition;
use crate::lists::compile::Compiler;
use crate::lists::conditions::Conditions;
use crate::lists::edition::ListEdition;
use crate::lists::precedence::{self, Precedence};
use crate::logic::condition::Condition;
use crate::{LawError, RuleBaseId, source};

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
    lists: Vec<ListEdition>,
    clocks: ClockBook,
    calendar: Calendar,
    tables: Tables,
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
    /// Beside TOML only the tables of `scenarios/*.md` are read; other files (a README) are left alone. A TOML file in a place
    /// the rule base does not know is an error, so that no provision is skipped in silence.
    pub fn parse<'a>(files: impl IntoIterator<Item = (&'a str, &'a str)>) -> Result<RuleBase, LawError> {
        let mut texts = BTreeMap::new();
        let mut pages = BTreeMap::new();
        for (path, text) in files {
            let place = match path.rsplit('.').next() {
                Some("toml") => &mut texts,
                Some("md") if path.starts_with("scenarios/") => &mut pages,
                _ => continue,
            };
            if place.insert(path, text).is_some() {
                return Err(LawError::file(path, "is given twice; keep one"));
            }
        }
        let need = |path: &'static str| {
            texts.get(path).copied().ok_or_else(|| LawError::file(path, "is missing; every rule base has one"))
        };
        let book: Book = source::parse("book.toml", need("book.toml")?)?;
        let (facts, contradictions) = parse_definitions("facts.toml", need("facts.toml")?)?;
        let mut instruments = source::parse("instruments.toml", need("instruments.toml")?)?;
        let clocks = clock::parse_clocks("clocks.toml", need("clocks.toml")?, &instruments)?;
        let calendar = parse_calendar("calendar.toml", need("calendar.toml")?)?;
        let (mut rules, mut lists) = (Vec::new(), Vec::new());
        for (path, text) in &texts {
            match path.split('/').count() {
                3 => rules.push(parse_rule(path, text, &facts, &instruments)?),
                1 if SINGLE_FILES.contains(path) => {}
                2 if *path == precedence::FILE => {}
                2 if path.starts_with("lists/") => lists.push(parse_edition(path, text, &facts, clocks.clocks())?),
                _ => {
                    return Err(LawError::file(
                        path,
                        "has no place in the lawbook; a provision lies in `<country>/<instrument>/<article>.toml`, a zone's list in `lists/<edition>.toml`",
                    ));
                }
            }
        }
        if !lists.is_empty() {
            let precedence = Precedence::parse(need(precedence::FILE)?, &rules)?;
            rules.extend(compile(&lists, &facts, &precedence, &rules, &mut instruments)?);
        }
        check_references(&rules)?;
        let mut tables = Tables::default();
        for (path, text) in &pages {
            parse_page(path, text, &facts, &mut tables)?;
        }
        tables.check(&rules)?;
        Ok(RuleBase {
            version: book.version,
            sha256: digest(&texts),
            covers_from: book.covers.from,
            last_checked: book.last_checked,
            vocabulary: Arc::new(Vocabulary { facts, contradictions }),
            instruments,
            rules,
            lists,
            clocks,
            calendar,
            tables,
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

    /// How an answer names this rule base.
    pub fn id(&self) -> RuleBaseId {
        RuleBaseId { version: self.version.clone(), sha256: self.sha256.clone() }
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

    /// The ids of all rules that give way to this one, directly or through others, each with the conditions that have to
    /// hold beside it; of several sets of conditions for one rule, each is an entry of its own.
    pub fn overridden_by<'a>(&'a self, rule: &'a Rule) -> Vec<(&'a str, Vec<&'a Condition>)> {
        overridden_by(&self.rules, rule)
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

    /// Every edition of every zone's list, in the order of ids.
    pub fn lists(&self) -> &[ListEdition] {
        &self.lists
    }

    /// The edition with this id.
    pub fn list(&self, id: &str) -> Option<&ListEdition> {
        self.lists.iter().find(|edition| edition.id == id)
    }

    /// The rows of the scenario tables, file by file. They try the law and are no part of it: the digest leaves them out.
    pub fn cases(&self) -> &[Case] {
        &self.tables.cases
    }

    /// The cases that no facts of the vocabulary can hold, with the reason.
    pub fn not_expressible(&self) -> &[NotExpressible] {
        &self.tables.not_expressible
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

/// The rules all editions come down to; each edition becomes an instrument of its own.
fn compile(
    lists: &[ListEdition],
    names: &[FactDefinition],
    precedence: &Precedence,
    rules: &[Rule],
    instruments: &mut BTreeMap<String, Instrument>,
) -> Result<Vec<Rule>, LawError> {
    let mut found = Vec::new();
    for edition in lists {
        let file = format!("lists/{}.toml", edition.id);
        if let Some(id) = edition.superseded_by.as_ref().filter(|id| !lists.iter().any(|other| &other.id == *id)) {
            return Err(LawError::file(&file, format!("is superseded by `{id}`, which is no edition; mend the id")));
        }
        let compiler = Compiler { edition, conditions: Conditions { names }, precedence, rules };
        if instruments.insert(edition.id.clone(), compiler.instrument()).is_some() {
            return Err(LawError::file(&file, format!("has the id `{}`, which an instrument has too", edition.id)));
        }
        found.extend(compiler.rules()?);
    }
    Ok(found)
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
        let mut named: Vec<&String> = rule.exception_to.iter().map(|e| &e.rule).collect();
        named.extend(rule.gives_way_to.iter().chain(&rule.superseded_by));
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
        if overridden_by(rules, rule).iter().any(|(id, _)| *id == rule.id) {
            return Err(LawError::file(&rule.id, "is an exception to itself by way of others; break the circle"));
        }
    }
    Ok(())
}

/// The ids of all rules that give way to `rule`, directly or through others, each with every set of conditions under which
/// it does. A rule to which one chain of exceptions leads without condition has the empty set alone.
pub(crate) fn overridden_by<'a>(rules: &'a [Rule], rule: &'a Rule) -> Vec<(&'a str, Vec<&'a Condition>)> {
    let mut found: Vec<(&str, Vec<&Condition>)> = Vec::new();
    let mut reached: Vec<(&Rule, Vec<&Condition>)> = vec![(rule, Vec::new())];
    let mut next = 0;
    while let Some((from, conditions)) = reached.get(next).cloned() {
        next += 1;
        for exception in &from.exception_to {
            let mut all = conditions.clone();
            all.extend(exception.when.as_ref());
            if add(&mut found, &exception.rule, &all) {
                reached.extend(rules.iter().find(|r| r.id == exception.rule).map(|under| (under, all)));
            }
        }
    }
    // Whoever steps back of its own accord speaks for itself: it lends nobody what it prevails over.
    for (from, conditions) in reached {
        for under in rules.iter().filter(|r| r.gives_way_to.contains(&from.id)) {
            add(&mut found, &under.id, &conditions);
        }
    }
    found
}

/// Notes that a rule gives way under these conditions; `false` where it was known to do so under no more than some of them.
fn add<'a>(found: &mut Vec<(&'a str, Vec<&'a Condition>)>, id: &'a str, all: &[&'a Condition]) -> bool {
    let known = |(other, less): &(&str, Vec<&Condition>)| {
        *other == id && less.iter().all(|c| all.iter().any(|mine| std::ptr::eq(*mine, *c)))
    };
    if found.iter().any(known) {
        return false;
    }
    found.retain(|(other, _)| *other != id || !all.is_empty());
    found.push((id, all.to_vec()));
    true
}

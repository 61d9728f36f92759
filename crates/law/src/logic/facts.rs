//! What is known about one transfer. A fact that is not here is unknown, never false.

use std::collections::BTreeMap;
use std::fmt;
use std::sync::Arc;

use jiff::civil::Date;
use schemars::JsonSchema;
use serde::de::{Error, Unexpected, Visitor};
use serde::{Deserialize, Deserializer, Serialize};

use crate::book::definition::FactIndex;
use crate::book::vocabulary::Vocabulary;
use crate::logic::condition::{Lookup, Truth};
use crate::{LawError, RuleBase, source};

/// A fact's value. On the wire it is the bare JSON value; a date is its ISO text.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, JsonSchema)]
#[serde(untagged)]
pub enum Value {
    /// true or false
    Bool(bool),
    /// a whole number in the fact's unit
    Count(u64),
    /// a civil date; tried before text, because every date is also a text
    Date(Date),
    /// a word, a code or free text
    Text(String),
}

/// By hand, because trying one kind after another took most of the time in which stored questions are asked again.
impl<'de> Deserialize<'de> for Value {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        from.deserialize_any(ValueVisitor)
    }
}

struct ValueVisitor;

impl Visitor<'_> for ValueVisitor {
    type Value = Value;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("true, false, a whole number, a date or a text")
    }

    fn visit_bool<E: Error>(self, value: bool) -> Result<Value, E> {
        Ok(Value::Bool(value))
    }

    fn visit_u64<E: Error>(self, value: u64) -> Result<Value, E> {
        Ok(Value::Count(value))
    }

    fn visit_i64<E: Error>(self, value: i64) -> Result<Value, E> {
        u64::try_from(value).map(Value::Count).map_err(|_| E::invalid_value(Unexpected::Signed(value), &self))
    }

    fn visit_str<E: Error>(self, value: &str) -> Result<Value, E> {
        // A date begins with a digit of its year, or with a sign.
        let may_be = value.starts_with(|c: char| c.is_ascii_digit() || matches!(c, '+' | '-'));
        let date = may_be.then(|| value.parse().ok()).flatten();
        Ok(date.map_or_else(|| Value::Text(value.to_owned()), Value::Date))
    }
}

impl fmt::Display for Value {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Value::Bool(b) => write!(f, "{b}"),
            Value::Count(n) => f.write_str(&grouped(*n)),
            Value::Date(d) => write!(f, "{d}"),
            Value::Text(t) => write!(f, "\"{t}\""),
        }
    }
}

/// 1000000 as `1,000,000`.
pub(crate) fn grouped(n: u64) -> String {
    let digits = n.to_string();
    let mut out = String::new();
    for (place, digit) in digits.chars().enumerate() {
        if place > 0 && (digits.len() - place).is_multiple_of(3) {
            out.push(',');
        }
        out.push(digit);
    }
    out
}

/// Typed facts by id.
#[derive(Clone, Default, Serialize, Deserialize, JsonSchema)]
#[serde(transparent)]
pub struct Facts {
    values: BTreeMap<String, Value>,
    /// Unknown counts of which the least is known.
    #[serde(skip)]
    floors: BTreeMap<String, u64>,
    /// What may not be true together, taken along from the rule base that typed the values.
    #[serde(skip)]
    vocabulary: Option<Arc<Vocabulary>>,
}

/// The values alone, not the vocabulary they were typed by.
impl fmt::Debug for Facts {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let known = self.values.iter().map(|(id, value)| (id, value.to_string()));
        let floors = self.floors.iter().map(|(id, least)| (id, format!("at least {least}")));
        f.debug_map().entries(known.chain(floors)).finish()
    }
}

impl PartialEq for Facts {
    fn eq(&self, other: &Self) -> bool {
        self.values == other.values && self.floors == other.floors
    }
}

impl Eq for Facts {}

struct Lookups<'a>(&'a Vocabulary, &'a Facts);

impl Lookup for Lookups<'_> {
    fn value(&self, fact: FactIndex) -> Option<&Value> {
        self.1.get(&self.0.facts[fact.0].id)
    }
}

impl Facts {
    /// No fact known.
    pub fn new() -> Self {
        Facts::default()
    }

    /// Reads FACTS.toml: the facts and, where the text has one, the day `on`.
    ///
    /// An unknown key, a value of the wrong type and facts that contradict each other are errors that name the key.
    pub fn parse(base: &RuleBase, toml_text: &str) -> Result<(Facts, Option<Date>), LawError> {
        let table: toml::Table = toml::from_str(toml_text)
            .map_err(|error| LawError::FactsText { what: source::one_line(toml_text, &error) })?;
        let mut facts = Facts::new();
        let mut on = None;
        for (name, value) in &table {
            if name == "on" {
                let day = source::date(value);
                on = Some(day.ok_or_else(|| LawError::fact("on", "must be a date such as 2025-06-30"))?);
                continue;
            }
            let toml::Value::Table(group) = value else {
                return Err(LawError::fact(name, "is not a known table; write `[handler]`, `[data]`, … or `on`"));
            };
            for (key, value) in group {
                let id = format!("{name}.{key}");
                let definition = base.fact(&id).ok_or_else(|| unknown_fact(base, &id))?;
                let typed = source::value(value)
                    .ok_or_else(|| LawError::fact(&id, format!("must be {}", definition.expected())))?;
                facts.set(base, &id, typed)?;
            }
        }
        facts.check()?;
        Ok((facts, on))
    }

    /// Sets a fact; unknown ids and values of the wrong type are errors.
    pub fn set(&mut self, base: &RuleBase, id: &str, value: Value) -> Result<(), LawError> {
        let definition = base.fact(id).ok_or_else(|| unknown_fact(base, id))?;
        // JSON has no dates: a date fact takes its ISO text, and a text fact may look like a date.
        let value = match (definition.kind, value) {
            (crate::FactType::Date, Value::Text(text)) => text.parse().map_or(Value::Text(text), Value::Date),
            (crate::FactType::Text | crate::FactType::Code, Value::Date(day)) => Value::Text(day.to_string()),
            (_, value) => value,
        };
        definition.accepts(&value)?;
        self.vocabulary = Some(base.vocabulary().clone());
        self.values.insert(id.to_owned(), value);
        self.floors.remove(id);
        Ok(())
    }

    /// Leaves a count unknown but says the least it can be: what has been counted so far.
    pub fn set_at_least(&mut self, base: &RuleBase, id: &str, least: u64) -> Result<(), LawError> {
        let definition = base.fact(id).ok_or_else(|| unknown_fact(base, id))?;
        definition.accepts(&Value::Count(least))?;
        self.values.remove(id);
        self.floors.insert(id.to_owned(), least);
        Ok(())
    }

    /// The least an unknown count can be; 0 where nothing is known.
    pub fn at_least(&self, id: &str) -> u64 {
        self.floors.get(id).copied().unwrap_or(0)
    }

    /// The unknown counts of which the least is known.
    pub fn floors(&self) -> impl Iterator<Item = (&str, u64)> {
        self.floors.iter().map(|(id, least)| (id.as_str(), *least))
    }

    /// Makes a fact unknown again.
    pub fn forget(&mut self, id: &str) {
        self.values.remove(id);
        self.floors.remove(id);
    }

    /// The fact's value, `None` when unknown.
    pub fn get(&self, id: &str) -> Option<&Value> {
        self.values.get(id)
    }

    /// The known facts in the order of their ids.
    pub fn iter(&self) -> impl Iterator<Item = (&str, &Value)> {
        self.values.iter().map(|(id, value)| (id.as_str(), value))
    }

    /// Whether the known facts can all be true: an error names those that cannot.
    pub fn check(&self) -> Result<(), LawError> {
        self.vocabulary.as_ref().map_or(Ok(()), |vocabulary| self.check_against(vocabulary))
    }

    pub(crate) fn check_against(&self, vocabulary: &Vocabulary) -> Result<(), LawError> {
        let lookup = Lookups(vocabulary, self);
        for contradiction in &vocabulary.contradictions {
            if contradiction.when.truth(&lookup) == Truth::True {
                let facts = contradiction.when.facts();
                let known = facts.iter().map(|f| &vocabulary.facts[f.0].id).filter(|id| self.get(id).is_some());
                return Err(LawError::Contradiction {
                    id: contradiction.id.clone(),
                    what: contradiction.text.en.clone(),
                    facts: known.map(|id| format!("`{id}`")).collect::<Vec<_>>().join(", "),
                });
            }
        }
        Ok(())
    }
}

/// Names the nearest known fact, so that a misspelt key is mended at once.
fn unknown_fact(base: &RuleBase, id: &str) -> LawError {
    let (table, key) = id.split_once('.').unwrap_or(("", id));
    let same_key = base.facts().iter().find(|f| f.id.split_once('.').is_some_and(|(_, k)| k == key));
    let same_table: Vec<_> =
        base.facts().iter().filter(|f| f.id.split_once('.').is_some_and(|(t, _)| t == table)).collect();
    let hint = match (same_key, same_table.is_empty()) {
        (Some(fact), _) => format!("did you mean `{}`?", fact.id),
        (None, false) => {
            let keys = same_table.iter().map(|f| format!("`{}`", f.id)).collect::<Vec<_>>().join(", ");
            format!("known here: {keys}")
        }
        (None, true) => "`tongguan rules list` names the known facts".to_owned(),
    };
    LawError::fact(id, format!("is not a known fact; {hint}"))
}

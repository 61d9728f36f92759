//! `facts.toml` as a whole: the definitions, and which facts cannot be true together.

use serde::Deserialize;

use crate::book::condition_file::parse_condition;
use crate::book::definition::{FactDefinition, FactType};
use crate::logic::condition::Condition;
use crate::logic::diagram::MOST_FACTS;
use crate::{LawError, Text, source};

/// The definitions facts are typed by; shared between a rule base and the facts made with it.
#[derive(Debug, Clone, Default)]
pub(crate) struct Vocabulary {
    pub(crate) facts: Vec<FactDefinition>,
    pub(crate) contradictions: Vec<Contradiction>,
}

/// Facts that cannot be true together.
#[derive(Debug, Clone, PartialEq)]
pub struct Contradiction {
    /// Stable id.
    pub id: String,
    /// What does not fit.
    pub text: Text,
    /// True exactly when the facts contradict each other.
    pub when: Condition,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct FactsFile {
    fact: Vec<FactDefinition>,
    #[serde(default)]
    contradiction: Vec<RawContradiction>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RawContradiction {
    id: String,
    text: Text,
    when: toml::Value,
}

/// Reads `facts.toml` and checks that each fact is whole: unit, question, both languages.
pub(crate) fn parse_definitions(file: &str, text: &str) -> Result<(Vec<FactDefinition>, Vec<Contradiction>), LawError> {
    let raw: FactsFile = source::parse(file, text)?;
    if raw.fact.len() > MOST_FACTS {
        return Err(LawError::file(file, format!("has {} facts; {MOST_FACTS} can be told apart", raw.fact.len())));
    }
    for (n, fact) in raw.fact.iter().enumerate() {
        fact.check(file)?;
        if raw.fact[..n].iter().any(|earlier| earlier.id == fact.id) {
            return Err(LawError::file(file, format!("fact `{}` is defined twice; keep one", fact.id)));
        }
    }
    let count = |id: &String| raw.fact.iter().any(|f| &f.id == id && f.kind == FactType::Count);
    for fact in &raw.fact {
        let mut parts = fact.never_below.iter().chain(fact.sum.iter().flat_map(|sum| &sum.of));
        if let Some(part) = parts.find(|part| !count(part) || **part == fact.id) {
            let what = format!("fact `{}` names `{part}`, which is no other count; mend it", fact.id);
            return Err(LawError::file(file, what));
        }
    }
    for fact in &raw.fact {
        for (id, value) in fact.lighter.iter().flat_map(|change| change.also.iter().chain(&change.only_if)) {
            let other = raw.fact.iter().find(|other| &other.id == id && id != &fact.id);
            let Some(other) = other else {
                let what =
                    format!("fact `{}` has a `lighter` that names `{id}`, which is no other fact; mend it", fact.id);
                return Err(LawError::file(file, what));
            };
            other.accepts(value).map_err(|error| LawError::file(file, error.to_string()))?;
        }
    }
    let contradictions = raw
        .contradiction
        .into_iter()
        .map(|c| {
            let when = parse_condition(file, &raw.fact, &c.when)?;
            Ok(Contradiction { id: c.id, text: c.text, when })
        })
        .collect::<Result<Vec<_>, LawError>>()?;
    Ok((raw.fact, contradictions))
}

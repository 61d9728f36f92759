//! The vocabulary: every fact defined once, in `lawbook/facts.toml`, with the question that asks for it.

use std::collections::BTreeMap;
use std::fmt;

use serde::{Deserialize, Serialize};

use crate::logic::facts::Value;
use crate::{LawError, Text};

/// A fact's place in the vocabulary; conditions refer to facts by it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct FactIndex(pub(crate) usize);

impl FactIndex {
    /// Its place in [`crate::RuleBase::facts`].
    pub fn place(self) -> usize {
        self.0
    }
}

/// What kind of value a fact takes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, schemars::JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum FactType {
    /// true or false
    Bool,
    /// a whole number from 0, in the fact's unit
    Count,
    /// a civil date
    Date,
    /// one of the listed values
    Choice,
    /// a code of the stated form
    Code,
    /// free text
    Text,
}

impl fmt::Display for FactType {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            FactType::Bool => "true or false",
            FactType::Count => "a whole number from 0",
            FactType::Date => "a date such as 2025-06-30",
            FactType::Choice => "one of the listed words",
            FactType::Code => "a code",
            FactType::Text => "a text",
        })
    }
}

/// The written form of a code fact.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, schemars::JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum CodeForm {
    /// ISO 3166-1 alpha-2: two capital letters.
    Country,
    /// ISO 3166-2 of China: `CN-` and two capital letters.
    Province,
    /// GB/T 2260: six digits, or the first four, which name the city.
    Division,
    /// Lower-case letters, digits and single hyphens.
    Slug,
}

impl CodeForm {
    fn fits(self, code: &str) -> bool {
        let capitals = |s: &str| s.len() == 2 && s.bytes().all(|b| b.is_ascii_uppercase());
        match self {
            CodeForm::Country => capitals(code),
            CodeForm::Province => code.strip_prefix("CN-").is_some_and(capitals),
            CodeForm::Division => matches!(code.len(), 4 | 6) && code.bytes().all(|b| b.is_ascii_digit()),
            CodeForm::Slug => code
                .split('-')
                .all(|part| !part.is_empty() && part.chars().all(|c| c.is_alphanumeric() && !c.is_uppercase())),
        }
    }

    fn example(self) -> &'static str {
        match self {
            CodeForm::Country => "two capital letters such as `DE`",
            CodeForm::Province => "a code such as `CN-BJ`",
            CodeForm::Division => "six digits such as `110115`, or the first four",
            CodeForm::Slug => "lower-case words joined by hyphens, or `none`",
        }
    }
}

/// A value that is no state of the world but a matter a person has to settle (I10).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Judgement {
    /// The value, for example `suspected`.
    pub value: String,
    /// The settled values it may turn out to be.
    pub stands_for: Vec<String>,
    /// What the person has to decide.
    pub asks: Text,
    /// The provision that puts the question.
    pub cite: String,
}

/// Counts that overlap, added up: an upper bound, and the answer says so.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Sum {
    /// The counts.
    pub of: Vec<String>,
    /// What the answer says where it rests on the sum.
    pub note: Text,
}

/// The units counts are in.
const UNITS: [&str; 4] = ["persons", "percent", "megabytes", "days"];

/// A change of what leaves, or of what it stands on, that the law allows and that may make the path lighter. Facts of the
/// world that nobody can choose have none.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct LighterDefinition {
    /// The value the fact then has.
    pub to: Value,
    /// Other facts that change with it.
    #[serde(default)]
    pub also: BTreeMap<String, Value>,
    /// Facts whose values the change presupposes: it is no change for a transfer of another kind.
    #[serde(default)]
    pub only_if: BTreeMap<String, Value>,
    /// What is done.
    pub by: Text,
    /// Under which condition it may be done.
    pub needs: Text,
}

/// One fact of the vocabulary.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct FactDefinition {
    /// `table.key` as FACTS.toml writes it.
    pub id: String,
    /// The kind of value.
    #[serde(rename = "type")]
    pub kind: FactType,
    /// The unit of a count, for example `persons`.
    #[serde(default)]
    pub unit: String,
    /// The form of a code.
    #[serde(default)]
    pub form: Option<CodeForm>,
    /// The values of a choice.
    #[serde(default)]
    pub values: Vec<String>,
    /// The value that only a person can settle, if the choice has one.
    #[serde(default)]
    pub judgement: Option<Judgement>,
    /// Counts this one includes: it is never below any of them.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub never_below: Vec<String>,
    /// Counts whose sum stands in for it while it is unknown and they are known.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub sum: Option<Sum>,
    /// Whether a greater value (of a choice: one listed later) is never before the law a lighter matter; `rules check` proves it.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub never_lighter: bool,
    /// Short name.
    pub title: Text,
    /// What to ask a person who does not know the law.
    pub question: Text,
    /// The provision the fact serves.
    pub cite: String,
    /// The values of a choice in words; a value without words stands for itself.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub words: BTreeMap<String, Text>,
    /// Changes of it that may make the path lighter.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub lighter: Vec<LighterDefinition>,
    /// The value that holds until somebody says otherwise: of a claim that has to be made, as for an exemption a guide grants.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub assumed: Option<Value>,
    /// The value a scenario has when it does not mention the fact; never used for a real transfer.
    #[serde(default)]
    pub plain: Option<Value>,
}

impl FactDefinition {
    /// Whether the value is of this fact's kind; the error says what would be.
    pub fn accepts(&self, value: &Value) -> Result<(), LawError> {
        let fits = match (self.kind, value) {
            (FactType::Bool, Value::Bool(_))
            | (FactType::Count, Value::Count(_))
            | (FactType::Date, Value::Date(_))
            | (FactType::Text, Value::Text(_)) => true,
            (FactType::Choice, Value::Text(word)) => self.values.iter().any(|v| v == word),
            (FactType::Code, Value::Text(code)) => self.form.is_none_or(|form| form.fits(code)),
            _ => false,
        };
        if fits { Ok(()) } else { Err(LawError::fact(&self.id, format!("must be {}", self.expected()))) }
    }

    /// What values the fact takes, in words.
    pub fn expected(&self) -> String {
        match (self.kind, self.form) {
            (FactType::Choice, _) => {
                format!("one of {}", self.values.iter().map(|v| format!("`{v}`")).collect::<Vec<_>>().join(", "))
            }
            (FactType::Code, Some(form)) => form.example().to_owned(),
            (FactType::Count, _) => format!("{} ({})", FactType::Count, self.unit),
            (kind, _) => kind.to_string(),
        }
    }

    /// The settled values of a choice: all but the one that stands for a judgement.
    pub(crate) fn settled_values(&self) -> impl Iterator<Item = &String> {
        self.values.iter().filter(|v| self.judgement.as_ref().is_none_or(|j| &j.value != *v))
    }

    pub(crate) fn check(&self, file: &str) -> Result<(), LawError> {
        let fault = |what: String| Err(LawError::file(file, format!("fact `{}` {what}", self.id)));
        for (name, text) in [("title", &self.title), ("question", &self.question)] {
            if let Some(language) = text.missing_language() {
                return fault(format!("has no `{name}` in `{language}`; write one"));
            }
        }
        if self.cite.is_empty() {
            return fault("names no provision; fill in `cite`".into());
        }
        match self.kind {
            FactType::Count if !UNITS.contains(&self.unit.as_str()) => {
                return fault(format!("counts in no known unit; set `unit` to one of {}", UNITS.join(", ")));
            }
            FactType::Choice if self.values.is_empty() => {
                return fault("is a choice without `values`".into());
            }
            kind if kind != FactType::Count && (!self.never_below.is_empty() || self.sum.is_some()) => {
                return fault("is no count; take `never_below` and `sum` out".into());
            }
            FactType::Code if self.form.is_none() => {
                return fault("is a code without a `form`".into());
            }
            _ => {}
        }
        if let Some(judgement) = &self.judgement {
            let known = |v: &String| self.values.contains(v);
            if !known(&judgement.value) || judgement.stands_for.is_empty() || !judgement.stands_for.iter().all(known) {
                return fault("has a `judgement` whose value or readings are not among its `values`".into());
            }
            if let Some(language) = judgement.asks.missing_language() {
                return fault(format!("has a `judgement` without `asks` in `{language}`"));
            }
        }
        if let Some(language) = self.sum.as_ref().and_then(|sum| sum.note.missing_language()) {
            return fault(format!("has a `sum` whose note lacks `{language}`; write it"));
        }
        for (value, text) in &self.words {
            if !self.values.contains(value) {
                return fault(format!("has words for `{value}`, which is not among its `values`"));
            }
            if let Some(language) = text.missing_language() {
                return fault(format!("has no words for `{value}` in `{language}`; write them"));
            }
        }
        for change in &self.lighter {
            if let Some(language) = change.by.missing_language().or(change.needs.missing_language()) {
                return fault(format!("has a `lighter` whose `by` or `needs` lacks `{language}`; write it"));
            }
        }
        for value in self.plain.iter().chain(&self.assumed).chain(self.lighter.iter().map(|change| &change.to)) {
            self.accepts(value).map_err(|e| LawError::file(file, e.to_string()))?;
        }
        Ok(())
    }
}

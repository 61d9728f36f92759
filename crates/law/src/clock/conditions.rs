//! The six conditions under which a result may be extended, and what has to be declared anew instead.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::clock::{ClockError, RenewalTerms};
use crate::{Status, Text};

/// What is measured against what the result allowed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Measure {
    /// Distinct persons.
    Persons,
    /// The size of important data, in whatever unit both numbers have.
    Size,
}

/// One condition of an extension.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ExtensionCondition {
    /// Stable id, for example `scope-unchanged`.
    pub id: String,
    /// In our own words.
    pub text: Text,
    /// The provision.
    pub cite: String,
    /// How well it is attested.
    pub status: Status,
    /// What is measured, where the condition is a number.
    #[serde(default)]
    pub measure: Option<Measure>,
    /// The growth allowed over the next three years, in percent of what was allowed for the past three; itself included.
    #[serde(default)]
    pub percent: Option<u32>,
}

/// A change after which a result must be declared anew without waiting for its end.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RedeclareEvent {
    /// In our own words.
    pub text: Text,
    /// The provision.
    pub cite: String,
    /// How well it is attested.
    pub status: Status,
}

/// What the result allowed for the past three years, and the forecast for the next three.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub struct Growth {
    /// Allowed by the original result.
    pub allowed: u64,
    /// Forecast.
    pub forecast: u64,
}

impl Growth {
    /// Whether the forecast exceeds what was allowed by no more than so many percent, exactly.
    pub fn within(self, percent: u32) -> bool {
        u128::from(self.forecast) * 100 <= u128::from(self.allowed) * (100 + u128::from(percent))
    }
}

/// What is known about the conditions.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct ExtensionFacts {
    /// Persons, where personal information is exported.
    pub persons: Option<Growth>,
    /// Size, where important data is exported.
    pub size: Option<Growth>,
    /// Answers by condition; they go before the numbers.
    pub met: BTreeMap<String, bool>,
}

/// A condition with its answer.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct ConditionAnswer {
    /// The condition.
    #[serde(flatten)]
    pub condition: ExtensionCondition,
    /// Whether it is met; `None`: unknown.
    pub met: Option<bool>,
}

impl ExtensionFacts {
    /// Every condition with its answer; an answer to a condition there is not is an error.
    pub fn judge(&self, terms: &RenewalTerms) -> Result<Vec<ConditionAnswer>, ClockError> {
        if let Some(id) = self.met.keys().find(|id| terms.conditions.iter().all(|c| c.id != **id)) {
            let known = terms.conditions.iter().map(|c| format!("`{}`", c.id)).collect::<Vec<_>>().join(", ");
            return Err(ClockError::Condition { id: id.clone(), known });
        }
        let answer = |condition: &ExtensionCondition| {
            let growth = match condition.measure {
                Some(Measure::Persons) => self.persons,
                Some(Measure::Size) => self.size,
                None => None,
            };
            let measured = growth.zip(condition.percent).map(|(growth, percent)| growth.within(percent));
            let met = self.met.get(&condition.id).copied().or(measured);
            ConditionAnswer { condition: condition.clone(), met }
        };
        Ok(terms.conditions.iter().map(answer).collect())
    }
}

//! Conditions of a list's rows over facts. The zone stands first: outside it nothing else of a list is looked at.

use crate::book::definition::{FactDefinition, FactIndex};
use crate::lists::edition::{Band, Bands, ListEdition, ListReading, ListRow, PersonKind};
use crate::logic::condition::{Condition, Test};
use crate::{LawError, Value};

/// Builds conditions over the vocabulary.
pub(crate) struct Conditions<'a> {
    pub(crate) names: &'a [FactDefinition],
}

fn text(word: &str) -> Value {
    Value::Text(word.to_owned())
}

impl Conditions<'_> {
    fn test(&self, id: &str, test: Test) -> Result<Condition, LawError> {
        let place = self.names.iter().position(|fact| fact.id == id);
        let place = place.ok_or_else(|| LawError::file("facts.toml", format!("lacks `{id}`, which lists read")))?;
        Ok(Condition::Fact(FactIndex(place), test))
    }

    pub(crate) fn is(&self, id: &str, value: Value) -> Result<Condition, LawError> {
        self.test(id, Test::Is(value))
    }

    pub(crate) fn is_word(&self, id: &str, word: &str) -> Result<Condition, LawError> {
        self.is(id, text(word))
    }

    pub(crate) fn is_not(&self, id: &str, word: &str) -> Result<Condition, LawError> {
        self.test(id, Test::IsNot(text(word)))
    }

    pub(crate) fn one_of(&self, id: &str, words: &[String]) -> Result<Condition, LawError> {
        match words {
            [word] => self.is_word(id, word),
            _ => self.test(id, Test::In(words.iter().map(|word| text(word)).collect())),
        }
    }

    /// Handlers who may use the list: those in its zones, and those of its cities who are in no zone.
    pub(crate) fn users(&self, edition: &ListEdition) -> Result<Condition, LawError> {
        let mut any = Vec::new();
        if !edition.zones.is_empty() {
            any.push(self.one_of("handler.zone", &edition.zones)?);
        }
        if !edition.cities.is_empty() {
            let city = self.test("handler.city", Test::StartsWith(edition.cities.clone()))?;
            any.push(Condition::All(vec![self.is_word("handler.zone", "none")?, city]));
        }
        Ok(match any.len() {
            1 => any.remove(0),
            _ => Condition::Any(any),
        })
    }

    /// The sector named, or none named: a handler of another sector is not under the list, whatever it calls its scenario.
    pub(crate) fn sector(&self, sectors: impl IntoIterator<Item = String>) -> Result<Condition, LawError> {
        let mut words: Vec<String> = sectors.into_iter().collect();
        words.push("none".to_owned());
        self.one_of("handler.sector", &words)
    }

    /// Users, scenario and sector of a row.
    pub(crate) fn scene(
        &self,
        edition: &ListEdition,
        sector: &str,
        scenarios: &[String],
    ) -> Result<Vec<Condition>, LawError> {
        let slugs: Vec<String> = scenarios
            .iter()
            .filter_map(|slug| edition.scenario(sector, slug))
            .flat_map(super::edition::ListScenario::slugs)
            .collect();
        Ok(vec![self.users(edition)?, self.one_of("list.scenario", &slugs)?, self.sector([sector.to_owned()])?])
    }

    /// Personal information that is neither important nor core, of no CIIO: what numbers decide about.
    pub(crate) fn by_numbers(&self) -> Result<Vec<Condition>, LawError> {
        Ok(vec![
            self.is("data.personal", Value::Bool(true))?,
            self.is_word("data.important", "no")?,
            self.is("handler.ciio", Value::Bool(false))?,
            self.is("data.core", Value::Bool(false))?,
        ])
    }

    fn band(&self, kind: PersonKind, band: Band) -> Result<Vec<Condition>, LawError> {
        let mut tests = Vec::new();
        if let Some(min) = band.min {
            tests.push(self.test(kind.fact(), Test::AtLeast(min))?);
        }
        if let Some(max) = band.max {
            tests.push(self.test(kind.fact(), Test::Below(max))?);
        }
        Ok(tests)
    }

    /// Every count within its band.
    pub(crate) fn within(&self, bands: Bands) -> Result<Vec<Condition>, LawError> {
        let mut all = Vec::new();
        for (kind, band) in bands.each() {
            all.extend(self.band(kind, band)?);
        }
        Ok(all)
    }

    /// A row's own numbers. One that asks for a procedure is met by either count, one that frees only by both.
    pub(crate) fn numbers(&self, row: &ListRow) -> Result<Condition, LawError> {
        if row.path.frees() {
            return Ok(Condition::All(self.within(row.bands())?));
        }
        let mut any = Vec::new();
        for (kind, band) in row.bands().each() {
            any.push(all(self.band(kind, band)?));
        }
        Ok(match any.len() {
            1 => any.remove(0),
            _ => Condition::Any(any),
        })
    }

    pub(crate) fn at_least_held(&self, band: Band) -> Result<Vec<Condition>, LawError> {
        let mut tests = Vec::new();
        if let Some(min) = band.min {
            tests.push(self.test("handler.persons_held", Test::AtLeast(min))?);
        }
        if let Some(max) = band.max {
            tests.push(self.test("handler.persons_held", Test::Below(max))?);
        }
        Ok(tests)
    }
}

impl Conditions<'_> {
    /// When a reading matters: always, or only where a count is exactly the row's least figure.
    pub(crate) fn reading(&self, reading: &ListReading, bands: &[(&str, Band)]) -> Result<Condition, LawError> {
        if !reading.at_the_figure {
            return Ok(Condition::All(Vec::new()));
        }
        let figures = bands.iter().filter_map(|(fact, band)| Some((fact, band.min?)));
        let any = figures.map(|(fact, min)| self.is(fact, Value::Count(min))).collect::<Result<Vec<_>, _>>()?;
        Ok(Condition::Any(any))
    }
}

/// All of them; of one, itself.
pub(crate) fn all(mut parts: Vec<Condition>) -> Condition {
    match parts.len() {
        1 => parts.remove(0),
        _ => Condition::All(parts),
    }
}

pub(crate) fn not(part: Condition) -> Condition {
    Condition::Not(Box::new(part))
}

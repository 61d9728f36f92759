//! A provision's file, read and checked for all that one file can show.

use std::collections::BTreeMap;

use jiff::civil::Date;
use schemars::JsonSchema;
use serde::Deserialize;

use crate::book::condition_file::parse_condition;
use crate::book::definition::FactDefinition;
use crate::book::rule::{Checked, Effect, Exception, Instrument, Reading, Rule};
use crate::book::scenario::Scenario;
use crate::logic::condition::Condition;
use crate::{LawError, Path, Status, Text, source};

#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(rename = "Rule")]
struct RawRule {
    instrument: String,
    article: String,
    title: Text,
    provision: Text,
    in_force: Span,
    status: Status,
    source: Vec<String>,
    last_checked: Checked,
    reviewed_by: String,
    #[serde(default)]
    superseded_by: Vec<String>,
    #[serde(default)]
    exception_to: Vec<RawException>,
    #[serde(default)]
    gives_way_to: Vec<String>,
    #[schemars(with = "Option<WhenFile>")]
    when: Option<toml::Value>,
    effect: Effect,
    #[serde(default = "counted")]
    persons_counted: bool,
    #[serde(default)]
    reading: Vec<RawReading>,
    #[serde(default)]
    scenario: Vec<Scenario>,
}

/// Persons count unless a file says otherwise: nobody is undercounted by leaving a line out.
fn counted() -> bool {
    true
}

#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct Span {
    #[serde(deserialize_with = "source::deserialize_date")]
    from: Date,
    #[serde(default, deserialize_with = "source::deserialize_optional_date")]
    to: Option<Date>,
    #[serde(default, deserialize_with = "source::deserialize_optional_date")]
    settled_from: Option<Date>,
}

#[derive(Deserialize, JsonSchema)]
#[serde(untagged)]
enum RawException {
    Always(String),
    When {
        rule: String,
        #[schemars(with = "WhenFile")]
        when: toml::Value,
    },
}

#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct RawReading {
    text: Text,
    status: Status,
    #[schemars(with = "Option<WhenFile>")]
    when: Option<toml::Value>,
}

/// A condition as a file writes it; its schema is worked out from the vocabulary, not from a type.
#[derive(JsonSchema)]
#[schemars(rename = "Condition")]
struct WhenFile {}

/// The JSON Schema of a provision's file, read as JSON. What a condition may say depends on the vocabulary: `Condition`
/// stands open in `$defs` for whoever has one to fill in.
pub fn rule_file_schema() -> schemars::Schema {
    schemars::schema_for!(RawRule)
}

/// Reads one provision; the id comes from the path, so that no two files can claim the same one.
pub(crate) fn parse_rule(
    file: &str,
    text: &str,
    names: &[FactDefinition],
    instruments: &BTreeMap<String, Instrument>,
) -> Result<Rule, LawError> {
    let raw: RawRule = source::parse(file, text)?;
    let fault = |what: &str| Err(LawError::file(file, what));
    let folder = file.rsplit('/').nth(1).unwrap_or_default();
    let Some(instrument) = instruments.get(&raw.instrument) else {
        return fault(&format!("`{}` is no instrument; define it in `instruments.toml`", raw.instrument));
    };
    if folder != raw.instrument {
        return fault(&format!("lies in `{folder}` but says `instrument = \"{}\"`; move one", raw.instrument));
    }
    if raw.in_force.to.is_some_and(|to| to < raw.in_force.from) {
        return fault("ends before it begins; mend `in_force`");
    }
    if raw.in_force.settled_from.is_some_and(|day| day <= raw.in_force.from) {
        return fault("is settled no later than it begins; take `settled_from` out or mend it");
    }
    if raw.status != Status::Unconfirmed && raw.source.is_empty() {
        return fault("has no `source`; name one or set `status = \"unconfirmed\"`");
    }
    for text in texts(&raw) {
        if let Some(language) = text.missing_language() {
            return fault(&format!("a text lacks its `{language}`; write it"));
        }
    }
    let exempts = matches!(&raw.effect, Effect::Paths(paths) if paths == &[Path::Exempt]);
    if !raw.persons_counted && !exempts {
        return fault("says `persons_counted = false` but exempts nothing; take the line out");
    }
    let condition = |when: &Option<toml::Value>| match when {
        Some(value) => parse_condition(file, names, value),
        None => Ok(Condition::All(Vec::new())),
    };
    let when = condition(&raw.when)?;
    let readings = raw
        .reading
        .iter()
        .map(|r| Ok(Reading { text: r.text.clone(), status: r.status, when: condition(&r.when)? }))
        .collect::<Result<_, LawError>>()?;
    let exception_to = raw
        .exception_to
        .iter()
        .map(|exception| match exception {
            RawException::Always(rule) => Ok(Exception { rule: rule.clone(), when: None }),
            RawException::When { rule, when } => {
                Ok(Exception { rule: rule.clone(), when: Some(parse_condition(file, names, when)?) })
            }
        })
        .collect::<Result<_, LawError>>()?;
    Ok(Rule {
        id: file.trim_end_matches(".toml").replace('/', "."),
        instrument_short: instrument.short.clone(),
        instrument: raw.instrument,
        article: raw.article,
        title: raw.title,
        provision: raw.provision,
        from: raw.in_force.from,
        to: raw.in_force.to,
        status: raw.status,
        source: raw.source,
        last_checked: raw.last_checked,
        reviewed_by: raw.reviewed_by,
        settled_from: raw.in_force.settled_from,
        superseded_by: raw.superseded_by,
        exception_to,
        gives_way_to: raw.gives_way_to,
        when,
        effect: raw.effect,
        persons_counted: raw.persons_counted,
        readings,
        scenarios: raw.scenario,
    })
}

fn texts(raw: &RawRule) -> Vec<&Text> {
    let mut texts = vec![&raw.title, &raw.provision];
    texts.extend(raw.reading.iter().map(|r| &r.text));
    match &raw.effect {
        Effect::Stop(text) | Effect::Judgement { asks: text, .. } | Effect::Refers(text) => texts.push(text),
        Effect::Fines(fines) => texts.extend(fines.iter().map(|f| &f.text)),
        Effect::Obligations(duties) => texts.extend(duties.iter().map(|d| &d.text)),
        Effect::AlsoCheck(regimes) => texts.extend(regimes.iter().map(|r| &r.why)),
        Effect::Paths(_) | Effect::Adds { .. } | Effect::Affirms(_) => {}
    }
    texts
}

//! `clocks.toml`: the clocks, each fault one line that names the clock and the mend.

use std::collections::BTreeMap;

use jiff::civil::Date;
use serde::{Deserialize, Deserializer};

use crate::clock::file_terms::{RawConvention, RawRenewal, conventions, renewal};
use crate::clock::{
    Bound, Clock, ClockBook, ClockInForce, ClockReading, ClockUnit, Direction, Extension, FirstDay, Party, Pauses,
    Period, Unsaid,
};
use crate::{Checked, Instrument, LawError, Status, Text, source};

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct ClocksFile {
    last_checked: Checked,
    conventions: BTreeMap<String, RawConvention>,
    renewal: RawRenewal,
    /// Read one by one, so that a fault can name its clock.
    clock: Vec<toml::Table>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RawClock {
    id: String,
    title: Text,
    instrument: String,
    article: String,
    length: u32,
    unit: ClockUnit,
    #[serde(default = "after")]
    direction: Direction,
    from: Text,
    #[serde(default, deserialize_with = "source::deserialize_optional_date")]
    starts: Option<Date>,
    #[serde(default = "by")]
    bound: Bound,
    party: Party,
    #[serde(deserialize_with = "pauses")]
    pauses: Pauses,
    #[serde(deserialize_with = "extension")]
    extension: Extension,
    ends: Text,
    in_force: RawInForce,
    first_day: Option<FirstDay>,
    reading: Option<ClockReading>,
    source: Vec<String>,
    status: Status,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RawInForce {
    #[serde(deserialize_with = "source::deserialize_date")]
    from: Date,
    #[serde(default, deserialize_with = "source::deserialize_optional_date")]
    to: Option<Date>,
    superseded_by: Option<String>,
}

fn after() -> Direction {
    Direction::After
}

fn by() -> Bound {
    Bound::By
}

/// `"unknown"`, `"none"` or a list of events.
fn pauses<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Pauses, D::Error> {
    let value = toml::Value::deserialize(deserializer)?;
    match (unsaid(&value), value) {
        (Some(word), _) => Ok(Pauses::Not(word)),
        (None, toml::Value::Array(events)) if !events.is_empty() => {
            let events = events.into_iter().map(toml::Value::try_into).collect::<Result<Vec<Text>, _>>();
            events.map(Pauses::By).map_err(|error| serde::de::Error::custom(format!("`pauses`: {}", error.message())))
        }
        _ => Err(serde::de::Error::custom("`pauses` is \"unknown\", \"none\" or a list of `{ zh, en }`")),
    }
}

/// `"unknown"`, `"none"` or `{ how, cap }`.
fn extension<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Extension, D::Error> {
    #[derive(Deserialize)]
    #[serde(deny_unknown_fields)]
    struct How {
        how: Text,
        cap: Option<Period>,
    }
    let value = toml::Value::deserialize(deserializer)?;
    match (unsaid(&value), value) {
        (Some(word), _) => Ok(Extension::Not(word)),
        (None, value @ toml::Value::Table(_)) => {
            let found: Result<How, _> = value.try_into();
            let found = found.map_err(|error| serde::de::Error::custom(format!("`extension`: {}", error.message())))?;
            Ok(Extension::By { how: found.how, cap: found.cap })
        }
        _ => Err(serde::de::Error::custom("`extension` is \"unknown\", \"none\" or `{ how, cap }`")),
    }
}

fn unsaid(value: &toml::Value) -> Option<Unsaid> {
    match value.as_str() {
        Some("unknown") => Some(Unsaid::Unknown),
        Some("none") => Some(Unsaid::None),
        _ => None,
    }
}

/// Reads `clocks.toml`.
pub(crate) fn parse_clocks(
    file: &str,
    text: &str,
    instruments: &BTreeMap<String, Instrument>,
) -> Result<ClockBook, LawError> {
    let raw: ClocksFile = source::parse(file, text)?;
    let mut clocks: Vec<Clock> = Vec::with_capacity(raw.clock.len());
    for (at, table) in raw.clock.into_iter().enumerate() {
        let id = table.get("id").and_then(toml::Value::as_str).unwrap_or_default().to_owned();
        let named = if id.is_empty() { format!("number {}", at + 1) } else { format!("`{id}`") };
        let fault = |what: &str| LawError::file(file, format!("clock {named} {what}"));
        let raw: RawClock = toml::Value::Table(table)
            .try_into()
            .map_err(|error| fault(&format!("does not read: {}; mend that field", one_line(&error))))?;
        if id.is_empty() || !id.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-') {
            return Err(fault("needs an id of small letters, digits and hyphens"));
        }
        if clocks.iter().any(|clock| clock.id == id) {
            return Err(fault("is defined twice; keep one"));
        }
        let Some(instrument) = instruments.get(&raw.instrument) else {
            return Err(fault("names an unknown instrument; define it in `instruments.toml`"));
        };
        clocks.push(build(raw, &instrument.short).map_err(|what| fault(&what))?);
    }
    for clock in &clocks {
        let fault = |what: String| Err(LawError::file(file, format!("clock `{}` {what}", clock.id)));
        match &clock.in_force.superseded_by {
            Some(id) if *id == clock.id || clocks.iter().all(|c| c.id != *id) => {
                return fault(format!("is superseded by `{id}`, which is no other clock; mend the id"));
            }
            Some(_) if clock.in_force.to.is_none() => {
                return fault("is superseded but does not end; write the last day into `in_force.to`".into());
            }
            _ => {}
        }
    }
    let (conventions, stated) = conventions(file, raw.conventions)?;
    let renewal = renewal(file, raw.renewal, &clocks)?;
    Ok(ClockBook { clocks, conventions, stated, renewal, last_checked: raw.last_checked })
}

/// The parser's message on one line; a list of choices it may hold stays.
fn one_line(error: &toml::de::Error) -> String {
    error.message().replace('\n', " ")
}

fn build(raw: RawClock, instrument: &str) -> Result<Clock, String> {
    let clock = Clock {
        id: raw.id,
        title: raw.title,
        instrument: instrument.to_owned(),
        article: raw.article,
        length: raw.length,
        unit: raw.unit,
        direction: raw.direction,
        from: raw.from,
        starts: raw.starts,
        bound: raw.bound,
        party: raw.party,
        pauses: raw.pauses,
        extension: raw.extension,
        ends: raw.ends,
        in_force: ClockInForce {
            from: raw.in_force.from,
            to: raw.in_force.to,
            superseded_by: raw.in_force.superseded_by,
        },
        first_day: raw.first_day,
        reading: raw.reading,
        source: raw.source,
        status: raw.status,
    };
    for (field, text) in texts(&clock) {
        if let Some(language) = text.missing_language() {
            return Err(format!("lacks a translation: `{field}` has no `{language}`; write both `zh` and `en`"));
        }
    }
    if clock.article.trim().is_empty() {
        return Err("has no `article`; say where the instrument sets it".into());
    }
    if clock.source.is_empty() || clock.source.iter().any(|source| source.trim().is_empty()) {
        return Err("has no `source`; say where its text stands".into());
    }
    if !(1..=10_000).contains(&clock.length) {
        return Err("has a `length` of 0 or beyond 10,000; write how long it is".into());
    }
    if clock.in_force.to.is_some_and(|to| to < clock.in_force.from) {
        return Err("ends before it is in force; mend `in_force`".into());
    }
    let never = Pauses::Not(Unsaid::None);
    if clock.direction == Direction::Before
        && (clock.pauses != never || clock.extension != Extension::Not(Unsaid::None))
    {
        return Err("leads up to its event and cannot stop or grow; write \"none\" for `pauses` and `extension`".into());
    }
    if clock.direction == Direction::Before && clock.unit == ClockUnit::Hours {
        return Err("leads up to its event in hours; write it in days".into());
    }
    if matches!(clock.extension, Extension::By { cap: Some(Period { length: 0, .. }), .. }) {
        return Err("has a `cap` of 0; write \"none\" where it cannot be prolonged".into());
    }
    Ok(clock)
}

fn texts(clock: &Clock) -> Vec<(&'static str, &Text)> {
    let mut texts = vec![("title", &clock.title), ("from", &clock.from), ("ends", &clock.ends)];
    if let Pauses::By(events) = &clock.pauses {
        texts.extend(events.iter().map(|event| ("pauses", event)));
    }
    if let Extension::By { how, .. } = &clock.extension {
        texts.push(("extension", how));
    }
    if let Some(reading) = &clock.reading {
        texts.push(("reading", &reading.text));
    }
    texts
}

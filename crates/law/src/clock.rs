//! Statutory clocks: every period the law sets, as named data.

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::book::rule::Instrument;
use crate::{LawError, Status, Text, source};

/// The unit of a statutory period.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum ClockUnit {
    /// Hours by the clock.
    Hours,
    /// Days, holidays counted.
    Days,
    /// Working days by the State Council's notices.
    Workdays,
    /// Calendar months.
    Months,
    /// Calendar years.
    Years,
}

/// Which way a period runs from its event.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Direction {
    /// The period follows the event.
    After,
    /// The period leads up to the event.
    Before,
}

/// One statutory period.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Clock {
    /// Stable id, for example `sc-filing`.
    pub id: String,
    /// Short title.
    pub title: Text,
    /// How the instrument is cited.
    pub instrument: String,
    /// Article.
    pub article: String,
    /// How long.
    pub length: u32,
    /// In what.
    pub unit: ClockUnit,
    /// Which way.
    pub direction: Direction,
    /// The event it is counted from; the event's day itself does not count.
    pub from: Text,
    /// Whether the law lets the period be prolonged.
    pub extendable: bool,
    /// How well it is attested.
    pub status: Status,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct ClocksFile {
    clock: Vec<RawClock>,
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
    #[serde(default)]
    extendable: bool,
    status: Status,
}

fn after() -> Direction {
    Direction::After
}

pub(crate) fn parse_clocks(
    file: &str,
    text: &str,
    instruments: &BTreeMap<String, Instrument>,
) -> Result<Vec<Clock>, LawError> {
    let raw: ClocksFile = source::parse(file, text)?;
    let mut clocks: Vec<Clock> = Vec::with_capacity(raw.clock.len());
    for clock in raw.clock {
        let fault = |what: &str| Err(LawError::file(file, format!("clock `{}` {what}", clock.id)));
        if clocks.iter().any(|c| c.id == clock.id) {
            return fault("is defined twice; keep one");
        }
        let Some(instrument) = instruments.get(&clock.instrument) else {
            return fault("names an unknown instrument; define it in `instruments.toml`");
        };
        if clock.title.missing_language().or(clock.from.missing_language()).is_some() {
            return fault("lacks a translation; write both `zh` and `en`");
        }
        clocks.push(Clock {
            id: clock.id,
            title: clock.title,
            instrument: instrument.short.clone(),
            article: clock.article,
            length: clock.length,
            unit: clock.unit,
            direction: clock.direction,
            from: clock.from,
            extendable: clock.extendable,
            status: clock.status,
        });
    }
    Ok(clocks)
}

//! `calendar.toml`: the State Council's notices in compact form.

use std::collections::BTreeMap;

use jiff::ToSpan;
use jiff::civil::{Date, Weekday};
use serde::Deserialize;

use crate::calendar::{Calendar, DayKind, Year};
use crate::{LawError, Status, Text, source};

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct CalendarFile {
    #[expect(dead_code, reason = "read by people; checked to be there")]
    last_checked: crate::book::rule::Checked,
    year: Vec<RawYear>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RawYear {
    year: i16,
    /// Empty: the notice is not out, the year is provisional.
    notice: String,
    status: Status,
    holiday: Vec<RawHoliday>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RawHoliday {
    zh: String,
    en: String,
    #[serde(deserialize_with = "source::deserialize_date")]
    from: Date,
    #[serde(deserialize_with = "source::deserialize_date")]
    to: Date,
    #[serde(default)]
    make_up: Vec<toml::Value>,
}

pub(crate) fn parse_calendar(file: &str, text: &str) -> Result<Calendar, LawError> {
    let raw: CalendarFile = source::parse(file, text)?;
    let mut calendar = Calendar { years: BTreeMap::new(), special: BTreeMap::new() };
    for year in raw.year {
        let fault = |what: String| LawError::file(file, format!("year {}: {what}", year.year));
        for holiday in year.holiday {
            let name = Text::new(holiday.zh, holiday.en);
            let mut mark = |day: Date, kind: DayKind| match calendar.special.insert(day, kind) {
                None if day.year() == year.year => Ok(()),
                None => Err(fault(format!("{day} lies in another year; move it"))),
                Some(_) => Err(fault(format!("{day} is listed twice; keep one"))),
            };
            if holiday.to < holiday.from {
                return Err(fault(format!("the holiday from {} ends before it begins", holiday.from)));
            }
            for day in holiday.from.series(1.day()).take_while(|day| *day <= holiday.to) {
                mark(day, DayKind::Holiday(name.clone()))?;
            }
            for day in &holiday.make_up {
                let day = source::date(day).ok_or_else(|| fault("`make_up` is a list of dates".into()))?;
                if !matches!(day.weekday(), Weekday::Saturday | Weekday::Sunday) {
                    return Err(fault(format!("{day} is no weekend day and cannot be a make-up day")));
                }
                mark(day, DayKind::MakeUpDay(name.clone()))?;
            }
        }
        calendar.years.insert(year.year, Year { notice: year.notice, status: year.status });
    }
    let years: Vec<i16> = calendar.years.keys().copied().collect();
    if years.is_empty() || years.windows(2).any(|pair| pair[1] != pair[0] + 1) {
        return Err(LawError::file(file, "the years must follow one another without a hole"));
    }
    Ok(calendar)
}

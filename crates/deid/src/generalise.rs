//! Generalising: dates to months and years, ages to bands, addresses to cities.

use std::fmt::Write as _;

use jiff::civil::Date;

/// A value that does not have the form its transform reads. The caller suppresses it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("the value is not of a form that can be generalised")]
pub struct Unreadable;

/// Years that are read as years, so that a number which only looks like a date is not.
const YEARS: std::ops::RangeInclusive<i16> = 1800..=2199;
/// No person is older.
const OLDEST: u32 = 150;

/// Appends the month of a date, `1979-06`.
///
/// Reads YYYY-MM-DD, YYYY/MM/DD, YYYY.MM.DD, YYYYMMDD, YYYY年M月D日, each also with a time behind it, YYYYMMDDHHMM, YYYYMMDDHHMMSS,
/// and the same without a day. Day first or month first is not read: nobody can tell which.
pub fn month(value: &str, out: &mut String) -> Result<(), Unreadable> {
    let date = PartialDate::read(value).ok_or(Unreadable)?;
    let month = date.month.ok_or(Unreadable)?;
    // Writing to a string cannot fail.
    let _ = write!(out, "{}-{month:02}", date.year);
    Ok(())
}

/// Appends the year of a date, `1979`. Reads what [`month`] reads and a year alone.
pub fn year(value: &str, out: &mut String) -> Result<(), Unreadable> {
    let date = PartialDate::read(value).ok_or(Unreadable)?;
    let _ = write!(out, "{}", date.year);
    Ok(())
}

/// The civil day of a value, with or without a time behind it; nothing where the day is not whole.
pub fn day(value: &str) -> Option<Date> {
    PartialDate::read(value).and_then(PartialDate::whole)
}

/// Appends the band of an age in whole years, `30-39` for 37 and a width of 10. Bands start at 0.
pub fn age_band(value: &str, width: u32, out: &mut String) -> Result<(), Unreadable> {
    write_band(age(value).ok_or(Unreadable)?, width, out)
}

/// Appends the band of the age that a person born on `birth` has on the day `on`.
pub fn age_band_of_birth(birth: &str, on: Date, width: u32, out: &mut String) -> Result<(), Unreadable> {
    let birth = PartialDate::read(birth).and_then(PartialDate::whole).ok_or(Unreadable)?;
    let age = u32::try_from(years_between(birth, on)).map_err(|_| Unreadable)?;
    write_band(age, width, out)
}

/// The age in whole years that a person has on the day `on`, from a value of class `label`: `AGE`, `BIRTH_DATE` or `ID_CN`.
///
/// Where day or month are missing it is the least possible one, and 0 for a birth still to come, so that whoever asks for children
/// misses none. Nothing where no age can be read.
pub fn age_on(label: &str, value: &str, on: Date) -> Option<u32> {
    let birth = match label {
        "AGE" => return age(value),
        "BIRTH_DATE" => PartialDate::read(value)?.latest()?,
        "ID_CN" => born_by_id(value.trim())?,
        _ => return None,
    };
    let years = u32::try_from(years_between(birth, on)).unwrap_or(0);
    (years <= OLDEST).then_some(years)
}

/// The birth date in a resident id (GB 11643): 8 digits from the seventh of 18, or 6 of 15, which were given out in the 20th century.
fn born_by_id(id: &str) -> Option<Date> {
    let date = match id.len() {
        18 => PartialDate::read(id.get(6..14)?)?,
        15 => PartialDate::read(&format!("19{}", id.get(6..12)?))?,
        _ => return None,
    };
    date.whole()
}

/// `37`, `37岁`, `37.0` (as tables with gaps write whole numbers), and months of infants, `8个月`.
fn age(value: &str) -> Option<u32> {
    let value = value.trim();
    let months = value.strip_suffix("个月").or_else(|| value.strip_suffix("月龄"));
    if let Some(months) = months {
        return number(months.trim_end(), 1..=3).map(|months| u32::from(months) / 12);
    }
    let years = value.strip_suffix(['岁', '歲']).unwrap_or(value).trim_end();
    let whole = match years.split_once('.') {
        Some((whole, part)) if !part.is_empty() && part.bytes().all(|b| b == b'0') => whole,
        Some(_) => return None,
        None => years,
    };
    number(whole, 1..=3).map(u32::from).filter(|age| *age <= OLDEST)
}

fn years_between(birth: Date, on: Date) -> i32 {
    let had_birthday = (on.month(), on.day()) >= (birth.month(), birth.day());
    i32::from(on.year()) - i32::from(birth.year()) - i32::from(!had_birthday)
}

fn write_band(age: u32, width: u32, out: &mut String) -> Result<(), Unreadable> {
    let low = age.checked_div(width).ok_or(Unreadable)? * width;
    if age > OLDEST {
        return Err(Unreadable);
    }
    if width == 1 {
        let _ = write!(out, "{low}");
    } else {
        let _ = write!(out, "{low}-{}", low.saturating_add(width - 1));
    }
    Ok(())
}

/// Appends the city of an address, as `lookup` finds it.
pub fn city<R: AsRef<str>>(
    address: &str,
    lookup: impl Fn(&str) -> Option<R>,
    out: &mut String,
) -> Result<(), Unreadable> {
    let found = lookup(address).ok_or(Unreadable)?;
    if found.as_ref().is_empty() {
        return Err(Unreadable);
    }
    out.push_str(found.as_ref());
    Ok(())
}

/// A date of which the end may be missing.
#[derive(Debug, Clone, Copy)]
struct PartialDate {
    year: i16,
    month: Option<i8>,
    day: Option<i8>,
}

impl PartialDate {
    fn read(value: &str) -> Option<Self> {
        let (lead, rest) = digits(value.trim());
        let date = match lead.len() {
            4 => Self::spelled(lead, rest)?,
            8 if is_time(rest) => Self::run(lead)?,
            12 | 14 if rest.is_empty() => Self::run(lead)?,
            _ => return None,
        };
        date.is_real().then_some(date)
    }

    /// YYYYMMDD, and perhaps digits of a time.
    fn run(lead: &str) -> Option<Self> {
        Some(Self { year: year_of(&lead[..4])?, month: Some(two(&lead[4..6])?), day: Some(two(&lead[6..8])?) })
    }

    /// A year and what follows it behind a separator.
    fn spelled(lead: &str, rest: &str) -> Option<Self> {
        let mut date = Self { year: year_of(lead)?, month: None, day: None };
        let Some(separator) = rest.chars().next() else {
            return Some(date);
        };
        if !matches!(separator, '-' | '/' | '.' | '年') {
            return None;
        }
        let after = &rest[separator.len_utf8()..];
        if separator == '年' && after.is_empty() {
            return Some(date);
        }
        let (month, rest) = digits(after);
        date.month = Some(two(month)?);
        let next = if separator == '年' { '月' } else { separator };
        let Some(rest) = rest.strip_prefix(next) else {
            return (rest.is_empty() && separator != '年').then_some(date);
        };
        if separator == '年' && rest.is_empty() {
            return Some(date);
        }
        let (day, rest) = digits(rest);
        date.day = Some(two(day)?);
        let rest = match separator {
            '年' => rest.strip_prefix(['日', '号'])?,
            _ => rest,
        };
        is_time(rest).then_some(date)
    }

    fn whole(self) -> Option<Date> {
        Date::new(self.year, self.month?, self.day?).ok()
    }

    /// The last day it may mean.
    fn latest(self) -> Option<Date> {
        let month = Date::new(self.year, self.month.unwrap_or(12), 1).ok()?;
        match self.day {
            Some(_) => self.whole(),
            None => Some(month.last_of_month()),
        }
    }

    fn is_real(self) -> bool {
        Date::new(self.year, self.month.unwrap_or(1), self.day.unwrap_or(1)).is_ok()
    }
}

/// The leading ASCII digits and what follows them.
fn digits(text: &str) -> (&str, &str) {
    let end = text.bytes().position(|b| !b.is_ascii_digit()).unwrap_or(text.len());
    text.split_at(end)
}

fn number(text: &str, lengths: std::ops::RangeInclusive<usize>) -> Option<u16> {
    let plain = lengths.contains(&text.len()) && text.bytes().all(|b| b.is_ascii_digit());
    plain.then(|| text.parse().ok()).flatten()
}

fn two(text: &str) -> Option<i8> {
    i8::try_from(number(text, 1..=2)?).ok()
}

fn year_of(text: &str) -> Option<i16> {
    let year = i16::try_from(number(text, 4..=4)?).ok()?;
    YEARS.contains(&year).then_some(year)
}

/// Nothing, or a time of day behind a `T` or a space. It is thrown away, so it is only checked to be one.
fn is_time(rest: &str) -> bool {
    if rest.is_empty() {
        return true;
    }
    let Some(time) = rest.strip_prefix(['T', 't', ' ', '\u{3000}']) else {
        return false;
    };
    let (hour, rest) = digits(time.trim_start());
    matches!(hour.len(), 1 | 2)
        && rest.starts_with([':', '时', '点'])
        && rest.chars().all(|c| {
            c.is_ascii_digit() || matches!(c, ':' | '.' | ',' | '+' | '-' | 'Z' | 'z' | ' ' | '时' | '点' | '分' | '秒')
        })
}

#[cfg(test)]
mod tests {
    use super::*;
    use jiff::civil::date;
    use proptest::prelude::*;

    fn written(result: impl FnOnce(&mut String) -> Result<(), Unreadable>) -> Option<String> {
        let mut out = "kept:".to_owned();
        let ok = result(&mut out).is_ok();
        let added = out.strip_prefix("kept:").unwrap();
        assert!(ok || added.is_empty(), "a refused value writes nothing");
        ok.then(|| added.to_owned())
    }

    #[test]
    fn dates_in_the_forms_users_have() {
        let cases = [
            ("1979-06-27", Some("1979-06"), Some("1979")),
            ("1979/6/7", Some("1979-06"), Some("1979")),
            ("1979.06.27", Some("1979-06"), Some("1979")),
            ("19790627", Some("1979-06"), Some("1979")),
            ("1979年6月27日", Some("1979-06"), Some("1979")),
            ("1979年6月", Some("1979-06"), Some("1979")),
            ("1979年", None, Some("1979")),
            ("1979-06", Some("1979-06"), Some("1979")),
            ("1979", None, Some("1979")),
            (" 1979-06-27 ", Some("1979-06"), Some("1979")),
            ("2024-02-29T23:59:59.999+08:00", Some("2024-02"), Some("2024")),
            ("2024-02-29 23:59", Some("2024-02"), Some("2024")),
            ("20240229T23:59:59Z", Some("2024-02"), Some("2024")),
            ("20240229235959", Some("2024-02"), Some("2024")),
            ("2024年2月29日 23时59分", Some("2024-02"), Some("2024")),
            // Not readable: no such day, ambiguous, or something else behind.
            ("2023-02-29", None, None),
            ("1979-13-01", None, None),
            ("1979-00-01", None, None),
            ("27/06/1979", None, None),
            ("06-27-1979", None, None),
            ("790627", None, None),
            ("197906", None, None),
            ("1979-06/27", None, None),
            ("1979-06-", None, None),
            ("1979-", None, None),
            ("1979年6", None, None),
            ("1979-06-27 张三", None, None),
            ("1979-06-27 13812345678", None, None),
            ("1979-06-27T", None, None),
            ("13812345678", None, None),
            ("99999999", None, None),
            ("0979-06-27", None, None),
            ("", None, None),
            ("六月", None, None),
        ];
        for (value, in_month, in_year) in cases {
            assert_eq!(written(|out| month(value, out)).as_deref(), in_month, "month of {value}");
            assert_eq!(written(|out| year(value, out)).as_deref(), in_year, "year of {value}");
        }
    }

    #[test]
    fn ages_fall_into_bands() {
        let cases = [
            ("37", 10, Some("30-39")),
            ("30", 10, Some("30-39")),
            ("39岁", 10, Some("30-39")),
            ("0", 5, Some("0-4")),
            (" 104 ", 10, Some("100-109")),
            ("37", 1, Some("37")),
            ("151", 10, None),
            ("-3", 10, None),
            ("37.5", 10, None),
            ("1979", 10, None),
            ("", 10, None),
            ("岁", 10, None),
            ("37", 0, None),
        ];
        for (value, width, expected) in cases {
            assert_eq!(written(|out| age_band(value, width, out)).as_deref(), expected, "{value} by {width}");
        }
    }

    #[test]
    fn births_become_ages_on_the_day() {
        let cases = [
            ("1979-06-27", date(2026, 6, 26), Some("40-49")),
            ("1986-06-27", date(2026, 6, 26), Some("30-39")),
            ("1986-06-27", date(2026, 6, 27), Some("40-49")),
            // A birthday on 29 February is kept on 1 March of a common year.
            ("2016-02-29", date(2026, 2, 28), Some("0-9")),
            ("2016-02-29", date(2026, 3, 1), Some("10-19")),
            ("2026-06-28", date(2026, 6, 27), None),
            ("1860-01-01", date(2026, 6, 27), None),
            ("1979-06", date(2026, 6, 27), None),
        ];
        for (birth, on, expected) in cases {
            let band = written(|out| age_band_of_birth(birth, on, 10, out));
            assert_eq!(band.as_deref(), expected, "{birth} on {on}");
        }
    }

    #[test]
    fn ages_for_finding_children_are_the_least_possible() {
        let on = date(2026, 6, 26);
        let cases = [
            ("AGE", "13岁", Some(13)),
            ("AGE", "unknown", None),
            ("BIRTH_DATE", "2012-06-26", Some(14)),
            ("BIRTH_DATE", "2012-06-27", Some(13)),
            ("BIRTH_DATE", "2012-06", Some(13)),
            ("BIRTH_DATE", "2012-05", Some(14)),
            ("BIRTH_DATE", "2012", Some(13)),
            ("BIRTH_DATE", "2026-12-01", Some(0)),
            ("BIRTH_DATE", "27/06/2012", None),
            ("BIRTH_DATE", "1850-01-01", None),
            ("ID_CN", "110105201206270025", Some(13)),
            ("ID_CN", "11010519491231002X", Some(76)),
            ("ID_CN", "110105491231002", Some(76)),
            ("ID_CN", "110105209913990025", None),
            ("ID_CN", "身份证号码一二三四五六", None),
            ("PHONE_CN", "13812345678", None),
            ("AGE", "9.0", Some(9)),
            ("AGE", "13.9", None),
            ("AGE", "8个月", Some(0)),
            ("AGE", "9.", None),
            ("AGE", "about 9", None),
        ];
        for (label, value, expected) in cases {
            assert_eq!(age_on(label, value, on), expected, "{label} {value}");
        }
    }

    #[test]
    fn cities_come_from_the_lookup_or_not_at_all() {
        let lookup = |address: &str| address.starts_with("广东省深圳市").then_some("深圳市");
        let of = |address| written(|out| city(address, lookup, out));
        assert_eq!(of("广东省深圳市南山区科技园 1 号").as_deref(), Some("深圳市"));
        assert_eq!(of("某处"), None);
        assert_eq!(written(|out| city("某处", |_| Some(""), out)), None);
    }

    proptest! {
        #[test]
        fn every_day_is_read_in_every_form(days in 0_i64..100_000) {
            let day = date(1850, 1, 1).checked_add(jiff::Span::new().days(days)).unwrap();
            let (y, m, d) = (day.year(), day.month(), day.day());
            let expected = format!("{y}-{m:02}");
            for form in [
                format!("{y}-{m:02}-{d:02}"), format!("{y}/{m}/{d}"), format!("{y}{m:02}{d:02}"),
                format!("{y}年{m}月{d}日"), format!("{y}-{m:02}-{d:02}T01:02:03Z"), format!("{y}{m:02}{d:02}010203"),
            ] {
                let read = written(|out| month(&form, out));
                prop_assert_eq!(read.as_deref(), Some(expected.as_str()), "{}", form);
            }
        }

        #[test]
        fn nothing_but_digits_and_a_hyphen_ever_comes_out(value in ".{0,30}") {
            for out in [written(|out| month(&value, out)), written(|out| year(&value, out)), written(|out| age_band(&value, 7, out))] {
                prop_assert!(out.is_none_or(|out| out.len() <= 7 && out.bytes().all(|b| b.is_ascii_digit() || b == b'-')));
            }
        }
    }
}

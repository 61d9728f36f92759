//! How values are written for people: texts, days, moments, numbers, addresses.

use std::borrow::Cow;

use catalogue::Lang;
use jiff::Timestamp;
use jiff::civil::Date;
use jiff::tz::Offset;
use minijinja::value::{Kwargs, ValueKind};
use minijinja::{Error, ErrorKind, Value};

/// A text of both languages in one of them; what is no such text stays as it is.
pub(crate) fn of(lang: Lang, value: &Value) -> Value {
    if value.kind() != ValueKind::Map {
        return value.clone();
    }
    match value.get_attr(lang.word()) {
        Ok(text) if !text.is_undefined() => text,
        _ => value.clone(),
    }
}

/// A civil day as people write it; nothing where there is none.
pub(crate) fn day(lang: Lang, value: &Value) -> Result<String, Error> {
    if value.is_none() || value.is_undefined() {
        return Ok(String::new());
    }
    let text = value.to_string();
    let day: Date = text.parse().map_err(|_| Error::new(ErrorKind::InvalidOperation, "this is no day"))?;
    Ok(of_day(lang, day))
}

/// A civil day as people write it.
pub(crate) fn of_day(lang: Lang, day: Date) -> String {
    const MONTHS: [&str; 12] = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];
    let (year, month, of_month) = (day.year(), day.month(), day.day());
    match lang {
        Lang::Zh => format!("{year}年{month}月{of_month}日"),
        Lang::En => format!("{of_month} {} {year}", MONTHS[(month as usize - 1) % 12]),
    }
}

/// A moment in UTC+8, to the minute.
pub(crate) fn moment(lang: Lang, value: &Value) -> Result<String, Error> {
    if value.is_none() || value.is_undefined() {
        return Ok(String::new());
    }
    let wrong = |_| Error::new(ErrorKind::InvalidOperation, "this is no moment");
    let at: Timestamp = value.to_string().parse().map_err(wrong)?;
    let local = Offset::constant(8).to_datetime(at);
    Ok(format!("{} {:02}:{:02}", of_day(lang, local.date()), local.hour(), local.minute()))
}

/// A whole number with its thousands set apart.
pub(crate) fn grouped(value: &Value) -> String {
    let text = value.to_string();
    let (sign, digits) = text.strip_prefix('-').map_or(("", text.as_str()), |digits| ("-", digits));
    if digits.is_empty() || !digits.bytes().all(|b| b.is_ascii_digit()) {
        return text;
    }
    let groups: Vec<&str> =
        digits.as_bytes().rchunks(3).rev().filter_map(|group| std::str::from_utf8(group).ok()).collect();
    format!("{sign}{}", groups.join(","))
}

/// Names one after another, as the language does it.
pub(crate) fn names(lang: Lang, value: &Value) -> Result<String, Error> {
    let between = match lang {
        Lang::Zh => "、",
        Lang::En => ", ",
    };
    let names = value.try_iter()?.map(|name| of(lang, &name).to_string()).collect::<Vec<_>>();
    Ok(names.join(between))
}

/// Words as a heading or a button begins: with a capital, where the script has them. What is no word, such as `permit.json`, stays.
pub(crate) fn capital(text: &str) -> Cow<'_, str> {
    let first = text.split_whitespace().next().unwrap_or_default();
    let is_word = first.chars().all(|c| c.is_ascii_lowercase() || "-'’,:".contains(c));
    match text.chars().next() {
        Some(letter) if is_word && letter.is_ascii_lowercase() => {
            format!("{}{}", letter.to_ascii_uppercase(), &text[1..]).into()
        }
        _ => text.into(),
    }
}

/// An address with a query of those values that say something.
pub(crate) fn link(path: &str, values: &Kwargs) -> Result<String, Error> {
    let mut query = form_urlencoded::Serializer::new(String::new());
    for name in values.args() {
        let value = values.get::<Value>(name)?;
        if !value.is_none() && !value.is_undefined() && !value.to_string().is_empty() {
            query.append_pair(name, &value.to_string());
        }
    }
    let query = query.finish();
    Ok(if query.is_empty() { path.to_owned() } else { format!("{path}?{query}") })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn headings_begin_with_a_capital_where_there_are_any() {
        for (text, said) in [
            ("save and go on", "Save and go on"),
            ("e-mail", "E-mail"),
            ("handler's name", "Handler's name"),
            ("permit.json", "permit.json"),
            ("subject_code", "subject_code"),
            ("保存", "保存"),
            ("CN-BJ", "CN-BJ"),
            ("iPhone", "iPhone"),
            ("", ""),
        ] {
            assert_eq!(capital(text), said);
        }
    }

    #[test]
    fn days_moments_and_numbers_are_written_as_people_do() {
        let value = Value::from;
        assert_eq!(day(Lang::Zh, &value("2026-11-03")).expect("a day"), "2026年11月3日");
        assert_eq!(day(Lang::En, &value("2026-11-03")).expect("a day"), "3 Nov 2026");
        assert_eq!(moment(Lang::En, &value("2026-11-02T16:05:00Z")).expect("a moment"), "3 Nov 2026 00:05");
        assert_eq!(grouped(&Value::from(1_234_567)), "1,234,567");
        assert_eq!(grouped(&Value::from(-12_345)), "-12,345");
        assert_eq!(grouped(&Value::from(999)), "999");
        assert!(day(Lang::Zh, &value("soon")).is_err());
    }
}

//! Whether a value can be an answer to a field.

use codes::check::{self, Verdict};
use law::Text;
use serde_json::Value;

use crate::gaps::GapCode;
use crate::model::Kind;

/// Numbers of more digits are not the same in every reader of JSON.
pub(crate) const MOST: u64 = 999_999_999_999_999;

/// What is wrong with a value.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Fault {
    pub(crate) code: GapCode,
    pub(crate) what: Text,
}

fn wrong(zh: impl Into<String>, en: impl Into<String>) -> Fault {
    Fault { code: GapCode::Wrong, what: Text::new(zh, en) }
}

/// A day in the one writing `2026-11-22`.
pub(crate) fn day(value: &Value) -> Option<jiff::civil::Date> {
    let text = value.as_str()?;
    let day = text.parse::<jiff::civil::Date>().ok()?;
    (day.to_string() == text).then_some(day)
}

/// A whole number of at most 15 digits.
pub(crate) fn count(value: &Value) -> Option<u64> {
    value.as_u64().filter(|count| *count <= MOST)
}

/// What is wrong with a value that is not blank, as an answer of this kind. `paper` is the kind of identity paper, where
/// the field is the number of one. The words never repeat the value: it may be personal.
pub(crate) fn fault(kind: &Kind, value: &Value, paper: Option<&str>) -> Option<Fault> {
    if !has_form(kind, value) {
        let expects = kind.expects();
        let what = Text::new(format!("应为{}", expects.zh), format!("is not {}", expects.en));
        return Some(Fault { code: GapCode::WrongKind, what });
    }
    let text = value.as_str().unwrap_or_default().trim();
    match kind {
        Kind::Text { max: Some(max) } => {
            let long = text.chars().count();
            let what =
                || Text::new(format!("有{long}个字，超过{max}个字"), format!("has {long} characters, more than {max}"));
            (long > *max as usize).then(|| Fault { code: GapCode::TooLong, what: what() })
        }
        Kind::Choice { .. } => option(kind, text),
        Kind::Choices { .. } => {
            let chosen = value.as_array().into_iter().flatten().filter_map(Value::as_str).collect::<Vec<_>>();
            let twice = chosen.iter().enumerate().any(|(at, one)| chosen[..at].contains(one));
            let twice = twice.then(|| wrong("同一项选了两次", "has one option twice"));
            chosen.iter().find_map(|chosen| option(kind, chosen)).or(twice)
        }
        Kind::Tick if value == &Value::Bool(false) => Some(wrong("没有勾选", "is not ticked")),
        Kind::Size if value["amount"] == 0 => Some(wrong("规模为零", "is a size of nothing")),
        Kind::Phone => (!is_phone(text)).then(|| wrong("不是电话号码", "is no phone number")),
        Kind::Email => checked(check::email(text), ("不是电子邮箱", "is no e-mail address")),
        Kind::Uscc => checked(check::uscc(text), ("不是统一社会信用代码", "is no unified social credit code")),
        Kind::IdNumber { .. } => id_number(text, paper),
        Kind::Country => {
            let is = text.len() == 2 && codes::countries::is_country(text.as_bytes());
            (!is).then(|| wrong("不是国家或地区代码", "is no country or region code (ISO 3166-1 alpha-2)"))
        }
        Kind::Class => {
            let is = codes::taxonomy().by_id(text).is_some();
            (!is).then(|| wrong("不是分类表中的类别", "is no class of the taxonomy"))
        }
        _ => None,
    }
}

/// Whether a value has the form of the kind: a text where text is asked, a number where a number is.
fn has_form(kind: &Kind, value: &Value) -> bool {
    let texts = || value.as_array().is_some_and(|items| items.iter().all(Value::is_string));
    match kind {
        Kind::Text { .. }
        | Kind::Choice { .. }
        | Kind::Phone
        | Kind::Email
        | Kind::Uscc
        | Kind::IdNumber { .. }
        | Kind::Country
        | Kind::PersonName
        | Kind::Class => value.is_string(),
        Kind::Choices { .. } => texts(),
        Kind::Columns => texts() && value.as_array().into_iter().flatten().all(is_column),
        Kind::YesNo | Kind::Tick => value.is_boolean(),
        Kind::Day => day(value).is_some(),
        Kind::Persons | Kind::Number => count(value).is_some(),
        Kind::Growth => value == "n/a" || value.as_i64().is_some_and(|growth| (-100..=1_000_000).contains(&growth)),
        Kind::Size => {
            let unit = value["unit"].as_str().is_some_and(|unit| matches!(unit, "MB" | "GB" | "TB"));
            unit && count(&value["amount"]).is_some() && value.as_object().is_some_and(|object| object.len() == 2)
        }
        Kind::Computed { .. } => false,
    }
}

fn is_column(value: &Value) -> bool {
    let parts = value.as_str().and_then(|column| column.split_once('.'));
    parts.is_some_and(|(source, column)| !source.is_empty() && !column.is_empty())
}

fn option(kind: &Kind, chosen: &str) -> Option<Fault> {
    if kind.options().iter().any(|option| option.id == chosen) {
        return None;
    }
    let expects = kind.expects();
    Some(wrong(format!("不在选项之中；{}", expects.zh), format!("is not among the options: {}", expects.en)))
}

fn checked(verdict: Verdict, no: (&str, &str)) -> Option<Fault> {
    match verdict {
        Verdict::Valid => None,
        Verdict::WrongCheck => {
            let what = Text::new("校验码不符", "has a check character that does not hold");
            Some(Fault { code: GapCode::WrongCheck, what })
        }
        Verdict::No => Some(wrong(no.0, no.1)),
    }
}

/// Digits as people write them, with a country code or without; numbers abroad have many forms.
fn is_phone(text: &str) -> bool {
    let digits = text.chars().filter(char::is_ascii_digit).count();
    let rest = text
        .chars()
        .enumerate()
        .all(|(at, c)| c.is_ascii_digit() || matches!(c, ' ' | '-' | '(' | ')' | '（' | '）') || (at == 0 && c == '+'));
    rest && (5..=20).contains(&digits)
}

/// The number of an identity paper by its kind. Foreign passports and permits for residents of Taiwan have many forms:
/// there only letters and digits are asked for.
fn id_number(text: &str, paper: Option<&str>) -> Option<Fault> {
    let plain = |least: usize| {
        let fits = (least..=20).contains(&text.len()) && text.bytes().all(|b| b.is_ascii_alphanumeric());
        (!fits).then(|| wrong("不是这类证件的号码", "is no number of this kind of paper"))
    };
    match paper {
        Some("resident-id") => {
            checked(check::resident_id(text), ("不是居民身份证号码", "is no number of a resident identity card"))
        }
        Some("hk-macao-permit") => checked(
            check::travel_permit(text),
            ("不是港澳居民证件号码", "is no number of a permit of Hong Kong or Macao residents"),
        ),
        Some("passport") => plain(6),
        Some("taiwan-permit") => plain(8),
        _ => None,
    }
}

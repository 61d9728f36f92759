//! What is wrong with an input, in one line that says where and what, and names nothing of this program's insides.

use axum::http::StatusCode;
use law::Text;
use serde::de::DeserializeOwned;
use serde_json::Value;

use crate::problem::Problem;

/// The longest name that is repeated in an answer.
const SHORT: usize = 80;

fn bad(code: &'static str, zh: String, en: String) -> Problem {
    Problem::new(StatusCode::BAD_REQUEST, code, Text::new(zh, en))
}

/// A name as it can be repeated: short, in one line.
fn short(name: &str) -> String {
    name.chars().filter(|c| !c.is_control() && *c != '`').take(SHORT).collect()
}

/// JSON as a typed value.
pub(super) fn json<T: DeserializeOwned>(bytes: &[u8]) -> Result<T, Problem> {
    let value: Value = serde_json::from_slice(bytes).map_err(|error| {
        let (line, column) = (error.line(), error.column());
        bad(
            "bad-json",
            format!("请求内容不是JSON（第 {line} 行第 {column} 列）"),
            format!("the body is no JSON (line {line}, column {column})"),
        )
    })?;
    self::value(value, "bad-body")
}

/// A JSON value as a typed one. No text in it may hold a NUL, which no database takes.
pub(super) fn value<T: DeserializeOwned>(value: Value, code: &'static str) -> Result<T, Problem> {
    if has_nul(&value) {
        return Err(bad(
            code,
            "文本中不得有空字符（U+0000）".to_owned(),
            "a text has a NUL character (U+0000) in it".to_owned(),
        ));
    }
    serde_path_to_error::deserialize(value).map_err(|error| {
        let path = short(&error.path().to_string());
        let at = if path == "." { String::new() } else { format!("`{path}`: ") };
        let (zh, en) = said(&error.inner().to_string());
        bad(code, format!("{at}{zh}"), format!("{at}{en}"))
    })
}

fn has_nul(value: &Value) -> bool {
    match value {
        Value::String(text) => text.contains('\0'),
        Value::Array(all) => all.iter().any(has_nul),
        Value::Object(all) => all.iter().any(|(name, value)| name.contains('\0') || has_nul(value)),
        _ => false,
    }
}

/// What a parser said, without the names of types.
fn said(what: &str) -> (String, String) {
    let quoted = || what.split('`').nth(1).map(short).unwrap_or_default();
    let (zh, en) = match () {
        () if what.starts_with("missing field") => ("缺少字段", "is missing a field"),
        () if what.starts_with("unknown field") => ("没有此字段", "has no field"),
        () if what.starts_with("duplicate field") => ("字段重复", "has twice the field"),
        () if what.starts_with("unknown variant") => {
            let words: Vec<String> = what.split('`').skip(3).step_by(2).map(short).collect();
            let words = if words.is_empty() { String::new() } else { words.join(", ") };
            return (format!("`{}` 不是可用的值：{words}", quoted()), format!("`{}` is none of {words}", quoted()));
        }
        // A list in place of an object is read as its fields in order, and has the wrong number of them.
        () if what.starts_with("invalid type") || what.contains("expected struct") => {
            let (zh, en) = expected(what.rsplit("expected ").next().unwrap_or_default());
            return (format!("类型不符：应为{zh}"), format!("is of another type: {en} is wanted"));
        }
        () if what.starts_with("invalid length") => return ("长度不符".to_owned(), "has a wrong length".to_owned()),
        () => return ("不是此处可用的值".to_owned(), "is no value that is taken here".to_owned()),
    };
    (format!("{zh} `{}`", quoted()), format!("{en} `{}`", quoted()))
}

/// What a parser expected, in the words of JSON.
fn expected(what: &str) -> (&'static str, &'static str) {
    match what {
        "u8" | "u16" | "u32" | "u64" | "usize" | "i8" | "i16" | "i32" | "i64" | "isize" => ("整数", "a whole number"),
        "f32" | "f64" => ("数字", "a number"),
        "a boolean" => ("true或false", "true or false"),
        "a string" | "a borrowed string" | "a character" => ("文本", "a text"),
        "a sequence" => ("列表", "a list"),
        _ if what.starts_with("a map") || what.starts_with("struct") => ("对象", "an object"),
        _ => ("另一类型", "another type of value"),
    }
}

/// A text that may stand in a path or a query.
pub(super) fn plain_text(name: &str, text: &str) -> Result<(), Problem> {
    if text.len() > 4000 || text.chars().any(char::is_control) {
        let (zh, en) = ("过长或含控制字符", "is too long, or has control characters in it");
        return Err(bad("bad-parameter", format!("`{name}` {zh}"), format!("`{name}` {en}")));
    }
    Ok(())
}

pub(super) fn not_text(name: &str) -> Problem {
    let name = short(name);
    bad("bad-body", format!("`{name}` 不是文本"), format!("`{name}` is no text"))
}

pub(super) fn unknown_parameter<'a>(name: &str, place: &str, known: impl Iterator<Item = &'a String>) -> Problem {
    let known: Vec<&str> = known.map(String::as_str).collect();
    let (name, list) = (short(name), known.join(", "));
    let list = if list.is_empty() { "none".to_owned() } else { list };
    bad(
        "unknown-parameter",
        format!("没有参数 `{name}`；可用：{list}"),
        format!("there is no {place} parameter `{name}`; taken are: {list}"),
    )
}

pub(super) fn twice(name: &str) -> Problem {
    let name = short(name);
    bad("bad-parameter", format!("参数 `{name}` 重复"), format!("the parameter `{name}` is there twice"))
}

pub(super) fn parameter(name: &str, schema: &Value) -> Problem {
    let whole = schema["type"].to_string().contains("integer");
    let (zh, en) = if whole { ("整数", "a whole number") } else { ("true或false", "`true` or `false`") };
    bad("bad-parameter", format!("参数 `{name}` 应为{zh}"), format!("the parameter `{name}` is {en}"))
}

#[cfg(test)]
mod tests {
    use serde::Deserialize;

    use super::*;

    #[derive(Debug, Deserialize)]
    #[serde(deny_unknown_fields)]
    #[allow(dead_code, reason = "only read")]
    struct Inner {
        count: u32,
        #[serde(default)]
        role: Option<cases::Role>,
        #[serde(default)]
        day: Option<jiff::civil::Date>,
    }

    #[derive(Debug, Deserialize)]
    #[allow(dead_code, reason = "only read")]
    struct Outer {
        inner: Vec<Inner>,
    }

    #[test]
    fn what_is_wrong_is_said_with_its_place_and_without_names_of_types() {
        let check = |text: &str, wanted: &str| {
            let problem = json::<Outer>(text.as_bytes()).expect_err(text);
            assert_eq!(problem.what.en, wanted, "{text}");
            assert_eq!(problem.status, StatusCode::BAD_REQUEST);
        };
        check("{", "the body is no JSON (line 1, column 1)");
        check("[]", "is of another type: an object is wanted");
        check(r#"{"inner": 3}"#, "`inner`: is of another type: a list is wanted");
        check(r#"{"inner": [{"count": "3"}]}"#, "`inner[0].count`: is of another type: a whole number is wanted");
        check(r#"{"inner": [{}]}"#, "`inner[0]`: is missing a field `count`");
        check(r#"{"inner": [{"count": 1, "weight": 2}]}"#, "`inner[0].weight`: has no field `weight`");
        check(r#"{"inner": [{"count": -1}]}"#, "`inner[0].count`: is no value that is taken here");
        check(r#"{"inner": [{"count": 1, "day": "soon"}]}"#, "`inner[0].day`: is no value that is taken here");
        let problem = json::<Outer>(br#"{"inner": [{"count": 1, "role": "king"}]}"#).expect_err("no role");
        assert!(
            problem.what.en.starts_with("`inner[0].role`: `king` is none of applicant, approver, "),
            "{}",
            problem.what.en
        );
        assert!(json::<Outer>(b"{\"inner\": [], \"x\": \"\\u0000\"}").is_err());
    }
}

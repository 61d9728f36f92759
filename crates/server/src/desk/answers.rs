//! Answers as people type them, brought to the values that fields take.

use std::collections::BTreeMap;

use ::cases::Case;
use dossier::{AnswerPath, Forms, Kind};
use serde_json::{Value, json};

use crate::problem::Problem;

/// What was typed to a field, as its value; null takes the answer away. What cannot be read as the field's kind stays a text, so that
/// nothing that was typed is lost; the completeness check then says what is wrong with it.
pub(crate) fn answer_value(kind: &Kind, typed: &[&str]) -> Value {
    let first = typed.first().map(|text| text.trim()).unwrap_or_default();
    match kind {
        Kind::Choices { .. } => {
            let chosen: Vec<&str> = typed.iter().map(|text| text.trim()).filter(|text| !text.is_empty()).collect();
            if chosen.is_empty() { Value::Null } else { json!(chosen) }
        }
        Kind::Columns => {
            let names: Vec<&str> = typed
                .iter()
                .flat_map(|text| text.split([',', '，', '、', '\n']))
                .map(str::trim)
                .filter(|n| !n.is_empty())
                .collect();
            if names.is_empty() { Value::Null } else { json!(names) }
        }
        _ if first.is_empty() => Value::Null,
        Kind::YesNo => match first {
            "true" | "yes" => json!(true),
            "false" | "no" => json!(false),
            other => json!(other),
        },
        Kind::Tick => json!(matches!(first, "true" | "on" | "yes")),
        Kind::Persons | Kind::Number => whole(first),
        Kind::Growth => match whole(first.trim_end_matches(['%', '％'])) {
            Value::String(text) if text.eq_ignore_ascii_case("n/a") => json!("n/a"),
            value => value,
        },
        Kind::Size => size(first),
        _ => json!(first.replace("\r\n", "\n")),
    }
}

/// A whole number, thousands set apart or not.
fn whole(text: &str) -> Value {
    let plain: String = text.chars().filter(|c| !matches!(c, ',' | '，' | ' ' | '_')).collect();
    plain.parse::<i64>().map_or_else(|_| json!(text), Value::from)
}

/// `12 GB`.
fn size(text: &str) -> Value {
    let split = text.find(|c: char| c.is_ascii_alphabetic()).unwrap_or(text.len());
    let (amount, unit) = text.split_at(split);
    match whole(amount.trim()) {
        Value::Number(amount) if !unit.is_empty() => {
            json!({"amount": amount, "unit": unit.trim().to_ascii_uppercase()})
        }
        _ => json!(text),
    }
}

/// The answers among these fields that differ from those of the case. Of a table's row that is taken away every answer is null.
pub(crate) fn changed_answers(
    forms: &Forms,
    case: &Case,
    typed: &BTreeMap<String, Vec<String>>,
) -> Result<BTreeMap<AnswerPath, Value>, Problem> {
    let mut changed = BTreeMap::new();
    for (at, values) in typed {
        let unknown = || Problem::bad(format!("`{at}` 不是表单字段"), format!("`{at}` is no field of the forms"));
        let path: AnswerPath = at.parse().map_err(|_| unknown())?;
        let field = forms.field(&path.field()).ok_or_else(unknown)?;
        let texts: Vec<&str> = values.iter().map(String::as_str).collect();
        let value = answer_value(&field.kind, &texts);
        let there = case.dossier.answers.get(&path).map_or(&Value::Null, |answer| &answer.value);
        if *there != value {
            changed.insert(path, value);
        }
    }
    Ok(changed)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_typed_becomes_the_value_of_its_field_and_nothing_is_lost() {
        let check =
            |kind: Kind, typed: &[&str], value: Value| assert_eq!(answer_value(&kind, typed), value, "{typed:?}");
        check(Kind::Persons, &["1,200,000"], json!(1_200_000));
        check(Kind::Persons, &["about a million"], json!("about a million"));
        check(Kind::Size, &["12 gb"], json!({"amount": 12, "unit": "GB"}));
        check(Kind::Size, &["12"], json!("12"));
        check(Kind::Growth, &["15%"], json!(15));
        check(Kind::Growth, &["n/a"], json!("n/a"));
        check(Kind::Text { max: None }, &["  "], Value::Null);
        check(Kind::Choices { options: Vec::new() }, &["a", "", "b"], json!(["a", "b"]));
        check(Kind::Columns, &["orders.mobile，orders.name"], json!(["orders.mobile", "orders.name"]));
        check(Kind::YesNo, &["false"], json!(false));
    }
}

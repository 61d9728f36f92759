//! Conditions as provisions write them, checked against the vocabulary: a wrong fact or operator does not load.

use crate::book::definition::{FactDefinition, FactIndex, FactType};
use crate::logic::condition::{Condition, Test};
use crate::logic::facts::Value;
use crate::{LawError, source};

/// Reads `{ all = […] }`, `{ any = […] }`, `{ not = … }` or `{ fact = "…", is = … }`, checking fact and operator.
pub(crate) fn parse_condition(
    file: &str,
    names: &[FactDefinition],
    value: &toml::Value,
) -> Result<Condition, LawError> {
    let fault = |what: String| LawError::file(file, what);
    let table = value.as_table().ok_or_else(|| fault("a condition must be a table".into()))?;
    let single = |key: &str| (table.len() == 1).then(|| table.get(key)).flatten();
    let parts = |list: &toml::Value| -> Result<Vec<Condition>, LawError> {
        let list = list.as_array().filter(|l| !l.is_empty());
        let list = list.ok_or_else(|| fault("`all` and `any` take a list with at least one condition".into()))?;
        list.iter().map(|part| parse_condition(file, names, part)).collect()
    };
    if let Some(list) = single("all") {
        return parts(list).map(Condition::All);
    }
    if let Some(list) = single("any") {
        return parts(list).map(Condition::Any);
    }
    if let Some(part) = single("not") {
        return Ok(Condition::Not(Box::new(parse_condition(file, names, part)?)));
    }
    let id = table.get("fact").and_then(toml::Value::as_str);
    let id = id.ok_or_else(|| fault("a condition is one of `all`, `any`, `not`, or a `fact` with one test".into()))?;
    let index = names.iter().position(|f| f.id == id);
    let index = index.ok_or_else(|| fault(format!("`{id}` is not a known fact; define it in `facts.toml`")))?;
    if let Some(unit) = table.get("unit")
        && unit.as_str() != Some(names[index].unit.as_str())
    {
        let wanted = &names[index].unit;
        let said =
            format!("the condition on `{id}` counts in {unit}, the fact in \"{wanted}\"; mend the figure and the unit");
        return Err(fault(said));
    }
    let mut tests = table.iter().filter(|(key, _)| *key != "fact" && *key != "unit");
    let (Some((operator, operand)), None) = (tests.next(), tests.next()) else {
        return Err(fault(format!("the condition on `{id}` must have exactly one test")));
    };
    let test = parse_test(&names[index], operator, operand).map_err(fault)?;
    Ok(Condition::Fact(FactIndex(index), test))
}

fn parse_test(fact: &FactDefinition, operator: &str, operand: &toml::Value) -> Result<Test, String> {
    let typed = |value: &toml::Value| -> Result<Value, String> {
        let value = source::value(value).ok_or_else(|| format!("`{}` is compared with no single value", fact.id))?;
        fact.accepts(&value).map_err(|error| format!("in a condition: {error}"))?;
        Ok(value)
    };
    let count = || match (fact.kind, source::value(operand)) {
        (FactType::Count, Some(Value::Count(n))) => Ok(n),
        _ => Err(format!("`{operator}` needs a count and a whole number; `{}` is not one", fact.id)),
    };
    let day = || match (fact.kind, source::date(operand)) {
        (FactType::Date, Some(day)) => Ok(day),
        _ => {
            Err(format!("`{operator}` needs a date fact and a day such as 2022-09-01; mend the test on `{}`", fact.id))
        }
    };
    match operator {
        "is" => Ok(Test::Is(typed(operand)?)),
        "is_not" => Ok(Test::IsNot(typed(operand)?)),
        "in" => {
            let list = operand.as_array().ok_or_else(|| format!("`in` on `{}` takes a list", fact.id))?;
            Ok(Test::In(list.iter().map(typed).collect::<Result<_, _>>()?))
        }
        "at_least" => count().map(Test::AtLeast),
        "below" => count().map(Test::Below),
        "starts_with" => {
            let heads = operand.as_array().filter(|_| matches!(fact.kind, FactType::Code | FactType::Text));
            let heads = heads.and_then(|list| list.iter().map(|h| h.as_str().map(str::to_owned)).collect());
            heads.map(Test::StartsWith).ok_or_else(|| format!("`starts_with` on `{}` needs a code and a list", fact.id))
        }
        "before" => day().map(Test::Before),
        "from" => day().map(Test::From),
        "within_months" => match (fact.kind, source::value(operand)) {
            (FactType::Date, Some(Value::Count(n))) => {
                u32::try_from(n).map(Test::WithinMonths).map_err(|e| e.to_string())
            }
            _ => Err(format!("`within_months` needs a date fact and a whole number; mend the test on `{}`", fact.id)),
        },
        other => Err(format!(
            "`{other}` is no operator; use `is`, `is_not`, `in`, `at_least`, `below`, `starts_with`, `before`, `from` or \
             `within_months`"
        )),
    }
}

//! The answers of an interview as they travel in an address: `?on=2026-11-23&data.core=false&persons.sensitive=?`.

use jiff::civil::Date;
use law::{CodeForm, FactDefinition, FactType, Facts, Interview, LawError, RuleBase, Text, Value};

use crate::house::House;
use crate::problem::Problem;

/// An answer that nobody knows.
pub(super) const UNKNOWN: &str = "?";
/// More pairs than this are no interview: there are fewer facts.
const MOST_PAIRS: usize = 200;
/// Characters of one answer.
const MOST_CHARS: usize = 200;
/// Names of a query that are no facts.
const OTHERS: [&str; 5] = ["on", "ask", "print", "stop", "done"];

/// What is wrong with the answer to one fact.
#[derive(Debug, Clone)]
pub(super) struct Wrong {
    pub(super) fact: String,
    pub(super) typed: String,
    pub(super) what: Text,
}

/// An interview as far as it has come.
#[derive(Debug, Clone)]
pub(super) struct Course {
    /// The day whose law is asked.
    pub(super) on: Date,
    /// In the order given; `None`: not known.
    pub(super) answers: Vec<(String, Option<Value>)>,
    /// The fact that is asked once more.
    pub(super) ask: Option<String>,
    /// Whether the document for paper is wanted.
    pub(super) print: bool,
    /// Whether to stop asking and say what is known.
    pub(super) stop: bool,
    /// The first answer that cannot be taken.
    pub(super) wrong: Option<Wrong>,
}

impl Course {
    /// Reads a query. What names no fact is refused; a value that a fact does not take is asked for again.
    pub(super) fn read(house: &House, query: &str) -> Result<Self, Problem> {
        let base = house.world.base;
        let mut course =
            Self { on: house.today(), answers: Vec::new(), ask: None, print: false, stop: false, wrong: None };
        let pairs: Vec<(String, String)> = form_urlencoded::parse(query.as_bytes()).into_owned().collect();
        if pairs.len() > MOST_PAIRS || pairs.iter().any(|(_, value)| value.chars().count() > MOST_CHARS) {
            return Err(Problem::bad("地址中的回答过长", "the address holds more than an interview has answers"));
        }
        // What is typed and the button beside it come under one name: the last that says something holds.
        let said_later = |at: usize| {
            let (name, _) = &pairs[at];
            pairs[at + 1..].iter().any(|(other, value)| other == name && !value.trim().is_empty())
        };
        for (at, (name, value)) in pairs.iter().enumerate() {
            let value = value.trim();
            match name.as_str() {
                "on" => course.on = day(base, value)?,
                "ask" => course.ask = Some(value.to_owned()).filter(|fact| base.fact(fact).is_some()),
                "print" => course.print = true,
                "stop" => course.stop = true,
                name if OTHERS.contains(&name) => {}
                name => {
                    let definition = base.fact(name).ok_or_else(|| unknown_fact(name))?;
                    if !said_later(at) {
                        course.take(definition, value);
                    }
                }
            }
        }
        Ok(course)
    }

    fn take(&mut self, definition: &FactDefinition, typed: &str) {
        let value = match typed {
            UNKNOWN => None,
            typed => match read_value(definition, typed) {
                Ok(value) => Some(value),
                Err(what) => {
                    let wrong = Wrong { fact: definition.id.clone(), typed: typed.to_owned(), what };
                    self.wrong.get_or_insert(wrong);
                    return;
                }
            },
        };
        // What is answered again keeps its place.
        match self.answers.iter_mut().find(|(fact, _)| *fact == definition.id) {
            Some((_, earlier)) => *earlier = value,
            None => self.answers.push((definition.id.clone(), value)),
        }
    }

    /// The interview with these answers. One that contradicts those before it is left out, and asked for again.
    pub(super) fn interview<'a>(&mut self, base: &'a RuleBase) -> Interview<'a> {
        let mut interview = Interview::new(base, &Facts::new(), self.on);
        for (fact, value) in std::mem::take(&mut self.answers) {
            match interview.answer(&fact, value.clone()) {
                Ok(()) => self.answers.push((fact, value)),
                Err(error) => {
                    let typed = value.as_ref().map(plain).unwrap_or_default();
                    self.wrong.get_or_insert(Wrong { fact, typed, what: said(base, &error) });
                }
            }
        }
        interview
    }

    /// The fact that is to be asked whatever the law would ask next.
    pub(super) fn asked_again(&self) -> Option<String> {
        let wrong = self.wrong.as_ref().map(|wrong| wrong.fact.clone());
        wrong.or_else(|| self.ask.clone())
    }

    /// The value an answer has, for a form.
    pub(super) fn value(&self, fact: &str) -> Option<&Option<Value>> {
        self.answers.iter().find(|(known, _)| known == fact).map(|(_, value)| value)
    }

    /// The answers as pairs of a query.
    pub(super) fn pairs(&self) -> Vec<(&str, String)> {
        let written = |value: &Option<Value>| value.as_ref().map_or_else(|| UNKNOWN.to_owned(), plain);
        self.answers.iter().map(|(fact, value)| (fact.as_str(), written(value))).collect()
    }

    /// The address of this interview, with `more` behind it.
    pub(super) fn link(&self, more: &[(&str, &str)]) -> String {
        let mut query = form_urlencoded::Serializer::new(String::new());
        query.append_pair("on", &self.on.to_string());
        for (fact, value) in self.pairs() {
            query.append_pair(fact, &value);
        }
        for (name, value) in more {
            query.append_pair(name, value);
        }
        format!("/path?{}", query.finish())
    }

    /// The same with another answer to one fact.
    pub(super) fn with(&self, fact: &str, value: &Value) -> Self {
        let mut other = self.clone();
        match other.answers.iter_mut().find(|(known, _)| known == fact) {
            Some((_, earlier)) => *earlier = Some(value.clone()),
            None => other.answers.push((fact.to_owned(), Some(value.clone()))),
        }
        other
    }
}

fn unknown_fact(name: &str) -> Problem {
    let name: String = name.chars().filter(|c| !c.is_control()).take(60).collect();
    Problem::bad(format!("没有 `{name}` 这一项事实"), format!("there is no fact `{name}`"))
}

/// The day whose law is asked; the rule base has to reach so far back.
fn day(base: &RuleBase, typed: &str) -> Result<Date, Problem> {
    let wrong = || Problem::bad("`on` 须为日期，如 2026-11-23", "`on` has to be a day such as 2026-11-23");
    let day: Date = typed.parse().map_err(|_| wrong())?;
    let first = base.covers_from();
    if day < first {
        let zh = format!("规则库自 {first} 起，无法回答 {day}");
        return Err(Problem::bad(zh, format!("the rule base begins on {first} and cannot speak of {day}")));
    }
    Ok(day)
}

/// What was typed as a value of the fact, or what it would have to be.
pub(super) fn read_value(definition: &FactDefinition, typed: &str) -> Result<Value, Text> {
    let value = match definition.kind {
        FactType::Bool => match typed {
            "true" | "yes" | "是" => Some(Value::Bool(true)),
            "false" | "no" | "否" => Some(Value::Bool(false)),
            _ => None,
        },
        FactType::Count => count(typed).map(Value::Count),
        FactType::Date => typed.parse().ok().map(Value::Date),
        FactType::Choice | FactType::Text => Some(Value::Text(typed.to_owned())),
        FactType::Code => Some(Value::Text(match definition.form {
            Some(CodeForm::Country | CodeForm::Province) => typed.to_ascii_uppercase(),
            _ => typed.to_ascii_lowercase(),
        })),
    };
    let known = |value: &Value| match (definition.form, value) {
        (Some(CodeForm::Country), Value::Text(code)) => codes::countries::is_country(code.as_bytes()),
        _ => true,
    };
    match value.filter(|value| definition.accepts(value).is_ok() && known(value)) {
        Some(value) => Ok(value),
        None if typed.is_empty() => Err(Text::new("请回答，或者选择“不知道”", "answer, or say that you do not know")),
        None => {
            let (title, expects) = (&definition.title, definition.expects());
            let shown: String = typed.chars().filter(|c| !c.is_control()).take(40).collect();
            Err(Text::new(
                format!("“{}”不能填“{shown}”：须为{}", title.zh, expects.zh),
                format!("“{}” cannot be “{shown}”: it has to be {}", title.en, expects.en),
            ))
        }
    }
}

/// A whole number: thousands set apart or not, in tens of thousands (万) or hundreds of millions (亿).
fn count(typed: &str) -> Option<u64> {
    let plain: String = typed.chars().filter(|c| !matches!(c, ',' | '，' | ' ' | '_' | '人')).collect();
    let (digits, times) = match plain.char_indices().next_back() {
        Some((at, '万')) => (&plain[..at], 10_000),
        Some((at, '亿')) => (&plain[..at], 100_000_000),
        _ => (plain.as_str(), 1),
    };
    let all_digits = !digits.is_empty() && digits.bytes().all(|b| b.is_ascii_digit());
    digits.parse::<u64>().ok().filter(|_| all_digits)?.checked_mul(times)
}

/// A value as a form and an address write it.
pub(super) fn plain(value: &Value) -> String {
    match value {
        Value::Bool(flag) => flag.to_string(),
        Value::Count(n) => n.to_string(),
        Value::Date(day) => day.to_string(),
        Value::Text(text) => text.clone(),
    }
}

/// A value in words: a division and a province by name.
pub(super) fn words(definition: &FactDefinition, value: &Value) -> Text {
    match (definition.form, value) {
        (Some(CodeForm::Division), Value::Text(code)) => {
            let name = code.parse().ok().and_then(codes::divisions::by_code).map(|division| division.name);
            name.map_or_else(
                || definition.words_of(value),
                |name| Text::new(format!("{name}（{code}）"), format!("{code} {name}")),
            )
        }
        (Some(CodeForm::Province), Value::Text(code)) => {
            crate::pages::places::province(code).unwrap_or_else(|| definition.words_of(value))
        }
        _ => definition.words_of(value),
    }
}

/// Why the law does not take an answer, facts by their titles.
fn said(base: &RuleBase, error: &LawError) -> Text {
    let LawError::Contradiction { facts, .. } = error else {
        return Text::new(format!("这一回答与此前的回答不符：{error}"), error.to_string());
    };
    let titles = facts.split('`').filter_map(|id| base.fact(id)).map(|definition| &definition.title);
    let (zh, en): (Vec<&str>, Vec<&str>) = titles.map(|title| (title.zh.as_str(), title.en.as_str())).unzip();
    Text::new(
        format!("与此前的回答相互矛盾，请更正其中一项：{}", zh.join("、")),
        format!("this contradicts an earlier answer; mend one of: {}", en.join(", ")),
    )
}

#[cfg(test)]
mod tests {
    use super::count;

    #[test]
    fn a_count_is_read_as_people_write_it() {
        for (typed, n) in
            [("1,200,000", 1_200_000), ("100万", 1_000_000), ("3 亿人", 300_000_000), ("0", 0), ("12 000", 12_000)]
        {
            assert_eq!(count(typed), Some(n), "{typed}");
        }
        for typed in ["", "about ten", "-1", "1.5", "万", "99999999999999999999", "18446744073709551615万"] {
            assert_eq!(count(typed), None, "{typed}");
        }
    }
}

//! Facts, conditions and outcomes in words that a reader of law understands, in Chinese and English.
//!
//! Facts are called by their titles, not by their ids. What is written for programs keeps the ids.

use std::collections::BTreeSet;

use crate::book::definition::{CodeForm, FactDefinition, FactType};
use crate::book::rule::Effect;
use crate::logic::condition::{Condition, Lookup, Test, Truth};
use crate::logic::facts::{Value, grouped};
use crate::{Outcome, Path, Status, Text};

impl FactDefinition {
    /// A value of this fact in words: a choice by its own words in `facts.toml`, a count with its unit.
    pub fn words_of(&self, value: &Value) -> Text {
        match value {
            Value::Bool(true) => Text::new("是", "yes"),
            Value::Bool(false) => Text::new("否", "no"),
            Value::Count(n) if self.unit == "persons" => Text::new(format!("{}人", grouped(*n)), grouped(*n)),
            Value::Count(n) => Text::new(grouped(*n), grouped(*n)),
            Value::Date(day) => Text::new(day.to_string(), day.to_string()),
            Value::Text(word) => self.words.get(word).cloned().unwrap_or_else(|| match (word.as_str(), self.kind) {
                ("none", FactType::Choice | FactType::Code) => Text::new("无", "none"),
                _ => Text::new(word.clone(), word.clone()),
            }),
        }
    }

    /// What values the fact takes, in words.
    pub fn expects(&self) -> Text {
        let unit = |n: &str| if self.unit == "persons" { format!("{n}（人）") } else { n.to_owned() };
        match (self.kind, self.form) {
            (FactType::Bool, _) => Text::new("是或者否", "yes or no"),
            (FactType::Count, _) => Text::new(unit("从 0 起的整数"), format!("a whole number from 0 ({})", self.unit)),
            (FactType::Date, _) => Text::new("日期，如 2025-06-30", "a date such as 2025-06-30"),
            (FactType::Choice, _) => Text::new("所列各项之一", "one of those listed"),
            (FactType::Code, Some(CodeForm::Country)) => {
                Text::new("两位大写字母，如 DE", "two capital letters such as DE")
            }
            (FactType::Code, Some(CodeForm::Province)) => Text::new("代码，如 CN-BJ", "a code such as CN-BJ"),
            (FactType::Code, Some(CodeForm::Division)) => {
                Text::new("六位数字，如 110115，或者前四位", "six digits such as 110115, or the first four")
            }
            (FactType::Code, Some(CodeForm::Slug)) => {
                Text::new("小写单词，以连字符相连；没有则填 none", "lower-case words joined by hyphens, or none")
            }
            (FactType::Code | FactType::Text, _) => Text::new("文字", "a text"),
        }
    }

    fn quoted(&self) -> Text {
        Text::new(format!("“{}”", self.title.zh), format!("“{}”", self.title.en))
    }
}

/// Both languages joined, each with its own separator.
pub(crate) fn join(parts: &[Text], zh: &str, en: &str) -> Text {
    let all = |pick: fn(&Text) -> &str, with: &str| parts.iter().map(pick).collect::<Vec<_>>().join(with);
    Text::new(all(|t| &t.zh, zh), all(|t| &t.en, en))
}

/// The condition in words.
pub(crate) fn condition(condition: &Condition, names: &[FactDefinition]) -> Text {
    let each = |parts: &[Condition]| parts.iter().map(|part| self::condition(part, names)).collect::<Vec<_>>();
    let bracketed = |text: Text| Text::new(format!("（{}）", text.zh), format!("({})", text.en));
    match condition {
        Condition::All(parts) if parts.is_empty() => Text::new("一概适用", "always"),
        Condition::All(parts) if parts.len() == 1 => self::condition(&parts[0], names),
        Condition::All(parts) => bracketed(join(&each(parts), "，并且", " and ")),
        Condition::Any(parts) => bracketed(join(&each(parts), "，或者", " or ")),
        Condition::Not(part) => {
            let part = self::condition(part, names);
            Text::new(format!("并非{}", part.zh), format!("not {}", part.en))
        }
        Condition::Fact(fact, test) => tested(&names[fact.0], test, "", "is"),
    }
}

/// The first part that fails, in words, with the value that made it fail; `None` if nothing fails.
pub(crate) fn failure<L: Lookup + ?Sized>(condition: &Condition, facts: &L, names: &[FactDefinition]) -> Option<Text> {
    if condition.truth(facts) != Truth::False {
        return None;
    }
    match condition {
        Condition::All(parts) => parts.iter().find_map(|part| failure(part, facts, names)),
        Condition::Any(_) => {
            let mut each = Vec::new();
            failures(condition, facts, names, &mut each);
            let all = join(&each, "；", "; ");
            Some(match each.len() {
                1 => all,
                _ => Text::new(format!("下列各项均不成立：{}", all.zh), format!("none of these holds: {}", all.en)),
            })
        }
        Condition::Not(part) => {
            let part = self::condition(part, names);
            Some(Text::new(format!("不得有：{}", part.zh), format!("this must not be so: {}", part.en)))
        }
        Condition::Fact(fact, test) => {
            let definition = &names[fact.0];
            let wanted = tested(definition, test, "须", "must be");
            Some(match facts.value(*fact).map(|value| definition.words_of(value)) {
                Some(now) => Text::new(
                    format!("{}（现为{}）", wanted.zh, after(&now.zh)),
                    format!("{} (it is {})", wanted.en, now.en),
                ),
                None => wanted,
            })
        }
    }
}

/// Every way in which a choice of conditions fails; choices within it are no level of their own.
fn failures<L: Lookup + ?Sized>(condition: &Condition, facts: &L, names: &[FactDefinition], into: &mut Vec<Text>) {
    match condition {
        Condition::Any(parts) => parts.iter().for_each(|part| failures(part, facts, names, into)),
        Condition::All(parts) => {
            if let Some(part) = parts.iter().find(|part| part.truth(facts) == Truth::False) {
                failures(part, facts, names, into);
            }
        }
        other => into.extend(failure(other, facts, names)),
    }
}

/// A Chinese text after a Chinese word: Latin letters and digits stand apart.
pub(crate) fn after(text: &str) -> String {
    if text.starts_with(|c: char| c.is_ascii_alphanumeric()) { format!(" {text}") } else { text.to_owned() }
}

/// A fact with its value.
pub(crate) fn stated(definition: &FactDefinition, value: &Value) -> Text {
    let (name, value) = (definition.quoted(), definition.words_of(value));
    Text::new(format!("{}为{}", name.zh, after(&value.zh)), format!("{}: {}", name.en, value.en))
}

/// What is still open in a condition, in words.
pub(crate) fn open<L: Lookup + ?Sized>(condition: &Condition, facts: &L, names: &[FactDefinition]) -> Text {
    let mut open = BTreeSet::new();
    condition.open(facts, &mut open);
    let each: Vec<Text> = open.iter().map(|fact| names[fact.0].quoted()).collect();
    let all = join(&each, "、", ", ");
    Text::new(format!("尚不知：{}", all.zh), format!("not yet known: {}", all.en))
}

/// `must` in Chinese stands before the verb, in English it is the verb.
fn tested(definition: &FactDefinition, test: &Test, must: &str, is: &str) -> Text {
    let Text { zh: name, en: title } = definition.quoted();
    let say = |zh: String, en: String| Text::new(format!("{name}{zh}"), format!("{title} {en}"));
    let word = |value: &Value| definition.words_of(value);
    match test {
        Test::Is(value) => {
            let value = word(value);
            say(format!("{must}为{}", after(&value.zh)), format!("{is} {}", value.en))
        }
        Test::IsNot(value) => {
            let value = word(value);
            say(format!("{must}不为{}", after(&value.zh)), format!("{is} other than {}", value.en))
        }
        Test::In(list) => {
            let all = join(&list.iter().map(word).collect::<Vec<_>>(), "、", ", ");
            say(format!("{must}为其中之一：{}", all.zh), format!("{is} one of: {}", all.en))
        }
        Test::AtLeast(n) => {
            let figure = word(&Value::Count(*n));
            say(format!("{must}达到 {}", figure.zh), format!("{is} at least {}", figure.en))
        }
        Test::Below(n) => {
            let figure = word(&Value::Count(*n));
            say(format!("{must}不满 {}", figure.zh), format!("{is} below {}", figure.en))
        }
        Test::StartsWith(heads) => say(
            format!("{must}以 {} 开头", heads.join("、")),
            format!("{is} a code that begins with {}", heads.join(", ")),
        ),
        Test::Before(day) => say(format!("{must}早于 {day}"), format!("{is} before {day}")),
        Test::From(day) => say(format!("{must}不早于 {day}"), format!("{is} {day} or later")),
        Test::WithinMonths(months) => {
            say(format!("{must}在最近 {months} 个月内"), format!("{is} at most {months} months ago"))
        }
    }
}

impl Path {
    /// Its name.
    pub fn title(self) -> Text {
        match self {
            Path::Exempt => Text::new("豁免（三种程序都不需要）", "exempt (none of the three procedures)"),
            Path::NoProcedureYet => Text::new("当时尚无程序", "no procedure ran yet"),
            Path::StandardContract => Text::new("订立标准合同并备案", "standard contract and filing"),
            Path::Certification => Text::new("个人信息保护认证", "certification"),
            Path::GbaStandardContract => Text::new("粤港澳大湾区标准合同", "Greater Bay Area standard contract"),
            Path::SecurityAssessment => Text::new("数据出境安全评估", "security assessment"),
            Path::Stop => Text::new("不得出境", "nothing may leave"),
        }
    }

    /// What it means for whoever wants to send the data.
    pub fn meaning(self) -> Text {
        match self {
            Path::Exempt => Text::new(
                "无须申报安全评估、订立标准合同或者通过认证；下列其他义务照旧，并应留存依据备查。",
                "No assessment is declared, no contract filed, no certificate needed. The duties below remain, and what the exemption rests on is kept on record.",
            ),
            Path::NoProcedureYet => Text::new(
                "法律已经约束该活动，但当日尚无可以办理的程序；下列义务照旧。",
                "The law binds the activity, but no procedure was open that day. The duties below remain.",
            ),
            Path::StandardContract => Text::new(
                "与境外接收方订立国家规定的标准合同，合同生效后方可出境，并在规定期限内向省级网信部门备案合同和影响评估报告。",
                "The prescribed contract is concluded with the recipient; data leaves once it is in effect; contract and impact assessment are filed with the provincial office in time.",
            ),
            Path::Certification => Text::new(
                "由专业机构认证；证书有效期内、认证范围内的个人信息可以出境。",
                "A specialised body certifies the export; while the certificate is in force, what it covers may leave.",
            ),
            Path::GbaStandardContract => Text::new(
                "在大湾区内自愿适用的标准合同，由双方分别备案；接收方不得向大湾区以外再提供。",
                "A voluntary contract within the Greater Bay Area, filed by both sides; the recipient passes nothing on outside it.",
            ),
            Path::SecurityAssessment => Text::new(
                "经省级网信部门向国家网信部门申报，通过后方可出境，且只限通过的数据项。",
                "Declared through the provincial office to the national one; only what passes leaves, and only after it has passed.",
            ),
            Path::Stop => Text::new(
                "在消除下列原因之前不得提供。",
                "Nothing may be handed over until the cause below is removed.",
            ),
        }
    }
}

impl Outcome {
    /// The outcome in words.
    pub fn title(self) -> Text {
        match self {
            Outcome::Determined => Text::new("已判定", "determined"),
            Outcome::Refused => Text::new("不得出境", "refused"),
            Outcome::NotYetKnown => Text::new("尚不能确定", "not yet known"),
            Outcome::HumanJudgement => Text::new("须由人判断", "a person has to judge"),
        }
    }
}

impl Status {
    /// How well something is attested, in words.
    pub fn title(self) -> Text {
        match self {
            Status::Confirmed => Text::new("见过条文原文", "confirmed: the text was seen"),
            Status::Secondary => Text::new("依据转述", "secondary: someone else's account of the text was seen"),
            Status::Unconfirmed => Text::new("未经确认", "unconfirmed: from memory, or our own reading"),
        }
    }
}

/// Paths as a free choice, in words.
pub(crate) fn paths(paths: &[Path]) -> Text {
    join(&paths.iter().map(|path| path.title()).collect::<Vec<_>>(), " 或 ", " or ")
}

/// What follows from a provision, in words.
pub(crate) fn effect(effect: &Effect) -> Text {
    let ids = |ids: Vec<&str>| ids.join(", ");
    match effect {
        Effect::Paths(of) => paths(of),
        Effect::Stop(text) | Effect::Refers(text) => text.clone(),
        Effect::Adds { path, .. } => {
            let path = path.title();
            Text::new(format!("还可以选择：{}", path.zh), format!("one more choice: {}", path.en))
        }
        Effect::Judgement { asks, .. } => {
            Text::new(format!("须由人判断：{}", asks.zh), format!("a person has to judge: {}", asks.en))
        }
        Effect::Obligations(duties) => join(&duties.iter().map(|duty| duty.text.clone()).collect::<Vec<_>>(), "", " "),
        Effect::Affirms(duties) => {
            let duties = ids(duties.iter().map(String::as_str).collect());
            Text::new(format!("义务照旧：{duties}"), format!("duties remain: {duties}"))
        }
        Effect::AlsoCheck(regimes) => {
            join(&regimes.iter().map(|regime| regime.why.clone()).collect::<Vec<_>>(), "", " ")
        }
        Effect::Fines(fines) => join(&fines.iter().map(|fine| fine.text.clone()).collect::<Vec<_>>(), "", " "),
    }
}

impl Effect {
    /// Whether it decides the path, adds to it, or leaves it to a person or to other rules.
    pub(crate) fn decides(&self) -> bool {
        !self.paths().is_empty() || matches!(self, Effect::Judgement { .. } | Effect::Refers(_))
    }

    /// The paths it gives, adds or may lead to; none where it decides no path.
    pub(crate) fn paths(&self) -> Vec<Path> {
        match self {
            Effect::Paths(paths) | Effect::Judgement { possible: paths, .. } => paths.clone(),
            Effect::Adds { path, .. } => vec![*path],
            Effect::Stop(_) => vec![Path::Stop],
            Effect::Obligations(_)
            | Effect::Affirms(_)
            | Effect::AlsoCheck(_)
            | Effect::Fines(_)
            | Effect::Refers(_) => Vec::new(),
        }
    }
}

//! Conditions, effects and values in words of both languages.

use law::{Band, Condition, Effect, FactDefinition, FactType, Gravity, RuleBase, Status, Test, Text, Value, Yuan};

/// Both languages at once.
pub(crate) fn text(zh: impl Into<String>, en: impl Into<String>) -> Text {
    Text::new(zh, en)
}

/// The word a status has on the wire.
pub(crate) fn status(status: Status) -> &'static str {
    match status {
        Status::Confirmed => "confirmed",
        Status::Secondary => "secondary",
        Status::Unconfirmed => "unconfirmed",
    }
}

/// 1000000 as `1,000,000`.
pub(crate) fn grouped(n: u64) -> String {
    Value::Count(n).to_string()
}

/// A value without quotation marks, as CSV and HTML show it.
pub fn value(value: &Value) -> String {
    match value {
        Value::Text(text) => text.clone(),
        other => other.to_string(),
    }
}

/// The unit of a count in both languages; one the house has no word for stays as it is written.
pub fn unit(unit: &str) -> Text {
    match unit {
        "persons" => text("人", "persons"),
        other => text(other, other),
    }
}

/// What a test demands of its fact, without the fact's name.
pub fn demand(fact: &FactDefinition, test: &Test) -> Text {
    let unit = unit(&fact.unit);
    let count = |n: u64| text(format!("{} {}", grouped(n), unit.zh), format!("{} {}", grouped(n), unit.en));
    let list = |values: &[String]| text(values.join("、"), values.join(", "));
    let named = |wanted: &Value| match (fact.kind, wanted) {
        (FactType::Bool, Value::Bool(true)) => text("是", "yes"),
        (FactType::Bool, Value::Bool(false)) => text("否", "no"),
        (FactType::Count, Value::Count(n)) => count(*n),
        (_, Value::Text(word)) if fact.words.contains_key(word) => fact.words_of(wanted),
        (_, other) => text(value(other), value(other)),
    };
    match test {
        Test::Is(wanted) => named(wanted),
        Test::IsNot(unwanted) => {
            let word = named(unwanted);
            text(format!("不是 {}", word.zh), format!("not {}", word.en))
        }
        Test::In(values) => {
            let words: Vec<Text> = values.iter().map(named).collect();
            let zh: Vec<String> = words.iter().map(|word| word.zh.clone()).collect();
            let en: Vec<String> = words.into_iter().map(|word| word.en).collect();
            text(format!("{} 之一", zh.join("、")), format!("one of {}", en.join(", ")))
        }
        Test::AtLeast(n) => {
            let count = count(*n);
            text(format!("{}以上（含本数）", count.zh), format!("at least {}", count.en))
        }
        Test::Below(n) => {
            let count = count(*n);
            text(format!("不满 {}", count.zh), format!("fewer than {}", count.en))
        }
        Test::StartsWith(heads) => {
            let heads = list(heads);
            text(format!("以 {} 开头", heads.zh), format!("begins with {}", heads.en))
        }
        Test::Before(day) => text(format!("早于 {day}"), format!("before {day}")),
        Test::From(day) => text(format!("{day} 当日或者以后"), format!("{day} or later")),
        Test::WithinMonths(months) => text(
            format!("距所问之日不超过 {months} 个月"),
            format!("at most {months} months before the day asked about"),
        ),
    }
}

/// A condition on one line.
pub fn condition(base: &RuleBase, when: &Condition) -> Text {
    fn inner(base: &RuleBase, when: &Condition, nested: bool) -> Text {
        let joined = |parts: &[Condition], zh: &str, en: &str| {
            let parts: Vec<Text> = parts.iter().map(|part| inner(base, part, true)).collect();
            let zh = parts.iter().map(|part| part.zh.as_str()).collect::<Vec<_>>().join(zh);
            let en = parts.iter().map(|part| part.en.as_str()).collect::<Vec<_>>().join(en);
            if nested && parts.len() > 1 { text(format!("（{zh}）"), format!("({en})")) } else { text(zh, en) }
        };
        match when {
            Condition::All(parts) if parts.is_empty() => text("任何情形", "always"),
            Condition::All(parts) => joined(parts, "；且 ", "; and "),
            Condition::Any(parts) => joined(parts, "；或 ", "; or "),
            Condition::Not(part) => {
                let part = inner(base, part, true);
                text(format!("并非：{}", part.zh), format!("not: {}", part.en))
            }
            Condition::Fact(fact, test) => {
                let fact = &base.facts()[fact.place()];
                let demand = demand(fact, test);
                text(format!("{}：{}", fact.title.zh, demand.zh), format!("{}: {}", fact.title.en, demand.en))
            }
        }
    }
    inner(base, when, false)
}

/// A condition line by line, each with how deep it stands in those before it.
pub fn condition_lines(base: &RuleBase, when: &Condition) -> Vec<(usize, Text)> {
    fn inner(base: &RuleBase, when: &Condition, depth: usize, lines: &mut Vec<(usize, Text)>) {
        let (head, parts) = match when {
            Condition::All(parts) if parts.is_empty() => return lines.push((depth, text("任何情形", "always"))),
            Condition::All(parts) => (text("同时满足：", "all of:"), parts.as_slice()),
            Condition::Any(parts) => (text("满足其一：", "any of:"), parts.as_slice()),
            Condition::Not(part) => (text("并非：", "not:"), std::slice::from_ref(&**part)),
            Condition::Fact(..) => return lines.push((depth, condition(base, when))),
        };
        if let ([part], false) = (parts, matches!(when, Condition::Not(_))) {
            return inner(base, part, depth, lines);
        }
        lines.push((depth, head));
        for part in parts {
            inner(base, part, depth + 1, lines);
        }
    }
    let mut lines = Vec::new();
    inner(base, when, 0, &mut lines);
    lines
}

/// What follows from a provision, a line each; a line that rests on a provision of its own ends in its citation.
pub fn effect(base: &RuleBase, effect: &Effect) -> Vec<Text> {
    let cited = |of: &Text, cite: &str| {
        let cite = base.cited(cite);
        text(format!("{}（{}）", of.zh, cite.zh), format!("{} ({})", of.en, cite.en))
    };
    let named = |paths: &[law::Path]| paths.iter().map(|path| path.title()).collect::<Vec<_>>();
    match effect {
        Effect::Paths(paths) => named(paths),
        Effect::Stop(what) | Effect::Refers(what) => vec![what.clone()],
        Effect::Adds { path, to } => {
            let (path, to) = (path.title(), to.join(", "));
            vec![text(
                format!("在 {to} 之外还可以选择：{}", path.zh),
                format!("one more choice beside {to}: {}", path.en),
            )]
        }
        Effect::Judgement { asks, possible } => std::iter::once(asks.clone()).chain(named(possible)).collect(),
        Effect::Obligations(duties) => duties.iter().map(|duty| cited(&duty.text, &duty.cite)).collect(),
        Effect::Affirms(ids) => {
            vec![text(format!("义务照旧：{}", ids.join("、")), format!("duties remain: {}", ids.join(", ")))]
        }
        Effect::AlsoCheck(regimes) => regimes.iter().map(|regime| regime.why.clone()).collect(),
        Effect::Fines(fines) => fines.iter().map(|fine| fine_line(base, fine)).collect(),
    }
}

/// A fine on one line: how grave, how much for whom, for what.
fn fine_line(base: &RuleBase, fine: &law::FineDefinition) -> Text {
    let mut parts = vec![gravity(fine.gravity)];
    if let Some(band) = fine.organisation.map(yuan) {
        parts.push(text(format!("单位 {}", band.zh), format!("the organisation {}", band.en)));
    }
    if let Some(percent) = fine.turnover_percent {
        parts.push(text(
            format!("或者上年营业额 {percent}% 以下"),
            format!("or up to {percent}% of last year's turnover"),
        ));
    }
    if let Some(band) = fine.persons.map(yuan) {
        parts.push(text(format!("责任人员 {}", band.zh), format!("persons responsible {}", band.en)));
    }
    let (money, cite) = (joined(&parts), base.cited(&fine.cite));
    text(
        format!("{}：{}（{}）", money.zh, fine.text.zh, cite.zh),
        format!("{}: {} ({})", money.en, fine.text.en, cite.en),
    )
}

/// The kind of an effect, in a word.
pub fn kind(effect: &Effect) -> (&'static str, Text) {
    match effect {
        Effect::Paths(_) => ("paths", text("路径", "path")),
        Effect::Stop(_) => ("stop", text("禁止", "prohibition")),
        Effect::Adds { .. } => ("adds", text("增加路径", "one more path")),
        Effect::Judgement { .. } => ("judgement", text("须由人判断", "human judgement")),
        Effect::Obligations(_) => ("obligations", text("义务", "duties")),
        Effect::Affirms(_) => ("affirms", text("重申义务", "duties affirmed")),
        Effect::AlsoCheck(_) => ("also_check", text("另查其他制度", "also check")),
        Effect::Fines(_) => ("fines", text("罚款", "fines")),
        Effect::Refers(_) => ("refers", text("转引", "refers")),
    }
}

/// How grave a breach is.
pub fn gravity(gravity: Gravity) -> Text {
    match gravity {
        Gravity::Ordinary => text("一般情形", "ordinary"),
        Gravity::Grave => text("情节严重", "grave"),
        Gravity::VeryGrave => text("特别严重", "very grave"),
    }
}

/// A number of persons: the least is included, the greatest is not.
pub fn persons(band: Band) -> Text {
    match (band.min.map(grouped), band.max.map(grouped)) {
        (Some(min), Some(max)) => {
            text(format!("达到 {min} 人、不满 {max} 人"), format!("at least {min} and fewer than {max}"))
        }
        (Some(min), None) => text(format!("达到 {min} 人"), format!("at least {min}")),
        (None, Some(max)) => text(format!("不满 {max} 人"), format!("fewer than {max}")),
        (None, None) => text("任何人数", "any number"),
    }
}

/// Names one after the other.
pub fn joined<'a>(names: impl IntoIterator<Item = &'a Text>) -> Text {
    let (zh, en): (Vec<&str>, Vec<&str>) = names.into_iter().map(|name| (name.zh.as_str(), name.en.as_str())).unzip();
    text(zh.join("、"), en.join(", "))
}

/// A band of money.
pub fn yuan(band: Yuan) -> Text {
    let to = grouped(band.to);
    match band.from {
        Some(from) if from > 0 => {
            let from = grouped(from);
            text(format!("{from} 至 {to} 元"), format!("RMB {from} to {to}"))
        }
        _ => text(format!("{to} 元以下"), format!("up to RMB {to}")),
    }
}

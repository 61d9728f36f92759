//! How a provision is cited in a text: in English by the short name, in Chinese by title and article.
//!
//! Whatever names a provision as words (`PIPL 39`, `CAC Order 16 art 9; CAC Order 11 art 14`) is read by the short names of
//! `instruments.toml`; what is none of them stays as it is written.

use crate::book::rule::Rule;
use crate::{RuleBase, Text};

impl RuleBase {
    /// A citation as the rule base writes it, in both languages; the English stays as it is written.
    pub fn cited(&self, cite: &str) -> Text {
        let parts = cite.split("; ").map(|part| self.part(part).unwrap_or_else(|| part.to_owned()));
        Text::new(parts.collect::<Vec<_>>().join("；"), cite)
    }

    /// A provision by its instrument and article.
    pub fn cited_rule(&self, rule: &Rule) -> Text {
        // An article of a list names its sector by the word facts use.
        let sector = self.list(&rule.instrument).zip(rule.article.split_once(" row "));
        let row = sector.and_then(|(edition, (slug, n))| Some((&edition.sector(slug)?.name.zh, n)));
        let en = english(&rule.instrument_short, &rule.article);
        let title = self.instruments().get(&rule.instrument).map_or(&rule.instrument_short, |of| &of.title.zh);
        match row {
            Some((sector, n)) => Text::new(format!("{}{sector}第{n}行", quoted(title)), en),
            None => Text::new(chinese(title, &rule.article), en),
        }
    }

    /// A place in an instrument that is named by its short name, as clocks do.
    pub fn cited_at(&self, short: &str, article: &str) -> Text {
        let title = self.instruments().values().find(|one| one.short == short).map_or(short, |one| &one.title.zh);
        Text::new(chinese(title, article), english(short, article))
    }

    /// One citation in Chinese; `None` where it begins with no instrument's short name.
    fn part(&self, part: &str) -> Option<String> {
        let rest_after = |short: &str| {
            let rest = part.strip_prefix(short)?;
            (rest.is_empty() || rest.starts_with([' ', ','])).then(|| rest.trim_start_matches([' ', ',']))
        };
        let found = self.instruments().values().filter_map(|one| Some((one, rest_after(&one.short)?)));
        let Some((instrument, rest)) = found.max_by_key(|(one, _)| one.short.len()) else {
            return self.list_of(rest_after).or_else(|| aside(part).map(str::to_owned));
        };
        let rest = rest.strip_prefix("art ").or_else(|| rest.strip_prefix("arts ")).unwrap_or(rest);
        Some(chinese(&instrument.title.zh, rest))
    }

    /// A list named without its edition, where it has but one.
    fn list_of<'a>(&self, rest_after: impl Fn(&str) -> Option<&'a str>) -> Option<String> {
        let name = |short: &str| short.split_once(" (").map_or_else(|| short.to_owned(), |(name, _)| name.to_owned());
        let mut found = self.lists().iter().filter_map(|one| Some((one, rest_after(&name(&one.short))?)));
        let (edition, rest) = found.next()?;
        found.next().is_none().then(|| chinese(&edition.title.zh, rest))
    }
}

/// What a citation names beside instruments.
fn aside(part: &str) -> Option<&'static str> {
    Some(match part {
        "practice" => "实务做法",
        "implementation guide" => "实施指南",
        "2025 edition" => "2025年版",
        "reform plan 2025" => "2025年改革方案",
        _ => return None,
    })
}

fn english(short: &str, article: &str) -> String {
    let guide = ["guide", "manual"].iter().any(|word| short.contains(word));
    match article {
        "not named" => short.to_owned(),
        _ if !guide && article.starts_with(|c: char| c.is_ascii_digit()) => format!("{short} art {article}"),
        _ => format!("{short} {article}"),
    }
}

fn quoted(title: &str) -> String {
    if title.starts_with('《') { title.to_owned() } else { format!("《{title}》") }
}

/// Title and place; a guide has parts where a law has articles.
fn chinese(title: &str, article: &str) -> String {
    let guide = ["指南", "说明"].iter().any(|word| title.contains(word));
    // What follows a comma is another article or words of its own.
    let mut places = Vec::new();
    for piece in article.split(", ").filter(|piece| !piece.is_empty()) {
        if piece.starts_with(|c: char| c.is_ascii_digit()) {
            let (number, remark) = piece.split_once(' ').unwrap_or((piece, ""));
            places.push(format!("{}{}", place(number, guide), words(remark)));
        } else {
            places.push(words(piece));
        }
    }
    places.retain(|place| !place.is_empty());
    format!("{}{}", quoted(title), places.join("、"))
}

/// `9`, `14(3)`, `51-54`, `29-1`.
fn place(number: &str, guide: bool) -> String {
    let one = |number: &str| match number.split_once('(') {
        _ if guide => number.replace('(', "（").replace(')', "）"),
        Some((article, item)) => format!("第{article}条第({item}项"),
        None => format!("第{number}条"),
    };
    let range = number.split_once('-').filter(|(from, to)| {
        let figure = |text: &str| text.parse::<u32>().ok();
        // 第十七条之一 is written 17-1 too: a range goes up.
        figure(from).zip(figure(to)).is_some_and(|(from, to)| from < to)
    });
    match range {
        Some((from, to)) => format!("{}至{}", one(from), one(to)),
        None => one(number),
    }
}

/// Words beside a number. What only describes a place that was not seen with a number is no citation and left out.
fn words(place: &str) -> String {
    let numbered = |head: &str| place.strip_prefix(head).filter(|rest| rest.starts_with(|c: char| c.is_ascii_digit()));
    if let Some(n) = numbered("annex ") {
        return format!("附件{n}");
    }
    if let Some(n) = numbered("answer ") {
        return format!("第{n}问");
    }
    if let Some(n) = numbered("note ") {
        return format!("附注{n}");
    }
    match place {
        "" | "not named" | "as a whole" => String::new(),
        "notes" => "附注".to_owned(),
        "press answers" => "答记者问".to_owned(),
        "reference rules" => "参考规则".to_owned(),
        "procedure" => "办理程序".to_owned(),
        "(number unconfirmed)" => "（条号未经确认）".to_owned(),
        "(before 2026)" => "（2026年修正前）".to_owned(),
        _ if place.is_ascii() => String::new(),
        other => format!("（{other}）"),
    }
}

#[cfg(test)]
mod tests {
    use super::{chinese, english};

    #[test]
    fn places_are_written_as_each_language_writes_them() {
        for (article, zh) in [
            ("8", "《某法》第8条"),
            ("5(1)(2)", "《某法》第5条第(1)(2)项"),
            ("51-54", "《某法》第51条至第54条"),
            ("27, 29", "《某法》第27条、第29条"),
            ("17-1", "《某法》第17-1条"),
            ("61 (number unconfirmed)", "《某法》第61条（条号未经确认）"),
            ("13, press answers", "《某法》第13条、答记者问"),
            ("annex 5", "《某法》附件5"),
            ("not named", "《某法》"),
            ("on filing", "《某法》"),
            ("", "《某法》"),
        ] {
            assert_eq!(chinese("某法", article), zh);
        }
        assert_eq!(chinese("申报指南（第三版）", "3(1)"), "《申报指南（第三版）》3（1）");
        assert_eq!(english("PIPL", "39"), "PIPL art 39");
        assert_eq!(english("Assessment guide (3rd ed.)", "3(1)"), "Assessment guide (3rd ed.) 3(1)");
        assert_eq!(english("CAC notice", "on filing"), "CAC notice on filing");
    }
}

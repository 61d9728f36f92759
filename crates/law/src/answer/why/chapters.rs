//! The chapters of the document, each from the determination and the law of its day.

use std::collections::BTreeMap;

use super::{Block, Case};
use crate::answer::determination::{FiredRule, NotFired, QuestionKind};
use crate::answer::words;
use crate::book::definition::FactIndex;
use crate::logic::condition::Truth;
use crate::logic::facts::grouped;
use crate::{Gravity, ListEdition, Outcome, Path, Rule, Status, Text, Yuan};

fn say(zh: impl Into<String>, en: impl Into<String>) -> Text {
    Text::new(zh, en)
}

/// An item's name as it is cited.
fn cited(cite: &Text, title: &Text) -> Text {
    words::join(&[cite.clone(), title.clone()], "：", ": ")
}

impl Case<'_> {
    pub(super) fn answer(&self) -> Vec<Block> {
        let answer = self.answer;
        let mut blocks = vec![
            Block::Row(say("日期", "Day"), say(format!("{} 的法律", answer.on), format!("the law of {}", answer.on))),
            Block::Row(say("结论", "Outcome"), answer.outcome.title()),
        ];
        let possible = words::paths(&answer.paths);
        match answer.outcome {
            Outcome::Determined => {
                blocks.push(Block::Row(say("路径", "Path"), possible));
                if answer.paths.len() > 1 {
                    blocks.push(Block::Paragraph(say(
                        "以上路径可以任选其一。",
                        "These paths are a free choice; one of them is enough.",
                    )));
                }
                blocks.extend(answer.paths.iter().map(|path| Block::Item(path.title(), vec![path.meaning()])));
            }
            Outcome::Refused => blocks.push(Block::Paragraph(Path::Stop.meaning())),
            Outcome::NotYetKnown => {
                blocks.push(Block::Row(say("仍有可能", "Still possible"), possible));
                blocks.push(Block::Paragraph(say(
                    "在补齐事实之前不得出境；所缺事实见“待回答的问题”。",
                    "Nothing leaves before the missing facts are known; they stand under the questions still open.",
                )));
            }
            Outcome::HumanJudgement => {
                blocks.push(Block::Row(say("可能的结果", "It may come to"), possible));
                blocks.push(Block::Paragraph(say(
                    "法律要求由人作出判断；程序不代替判断。所问事项见“待回答的问题”。",
                    "The law asks for a person's judgement, and no program takes its place. What is asked stands under the questions still open.",
                )));
            }
        }
        // Day, outcome and certainty stand together; what is to be said of the paths follows.
        blocks.insert(2, Block::Row(say("可靠程度", "Certainty"), answer.certainty.title()));
        blocks
    }

    pub(super) fn facts(&self) -> Vec<Block> {
        let mut blocks = Vec::new();
        for (n, definition) in self.base.facts().iter().enumerate() {
            let stated = self.answer.facts.get(&definition.id);
            let value = match (stated, &self.facts[n]) {
                (Some(stated), Some(used)) if stated != used => {
                    let (stated, used) = (definition.words_of(stated), definition.words_of(used));
                    say(
                        format!("{}（填报为{}，按其所含的较大者计）", used.zh, stated.zh),
                        format!("{} (stated as {}; the greater figure it includes is used)", used.en, stated.en),
                    )
                }
                (Some(stated), _) => definition.words_of(stated),
                (None, None) => match self.answer.at_least.get(&definition.id) {
                    Some(least) => say(
                        format!("不少于 {} 人，其余未知", grouped(*least)),
                        format!("at least {}, the rest unknown", grouped(*least)),
                    ),
                    None => continue,
                },
                // Assumed or added up: shown only where a provision that applies reads it.
                (None, Some(_)) => continue,
            };
            blocks.push(Block::Row(definition.title.clone(), value));
        }
        let read = |n: usize| self.law.rules.iter().any(|rule| rule.when.facts().contains(&FactIndex(n)));
        let assumed = self.base.facts().iter().enumerate();
        let assumed = assumed.filter(|(n, f)| self.answer.facts.get(&f.id).is_none() && read(*n));
        let assumed: Vec<Text> = assumed.filter_map(|(_, f)| Some(words::stated(f, f.assumed.as_ref()?))).collect();
        if !assumed.is_empty() {
            let all = words::join(&assumed, "；", "; ");
            blocks.push(Block::Paragraph(say(
                format!("未作说明、按常例认定的：{}。", all.zh),
                format!("Taken to be so, since nobody said otherwise: {}.", all.en),
            )));
        }
        blocks
    }

    /// The provisions that decide, in full.
    pub(super) fn applies(&self) -> Vec<Block> {
        let decides = |rule: &&FiredRule| rule.decides && rule.gives_way_to.is_none();
        self.answer.rules.iter().filter(decides).map(|rule| self.fired(rule)).collect()
    }

    fn fired(&self, rule: &FiredRule) -> Block {
        let mut lines = vec![rule.provision.clone()];
        lines.push(say(format!("后果：{}", rule.effect_text.zh), format!("What follows: {}", rule.effect_text.en)));
        let read = rule.facts.iter().filter_map(|id| {
            let definition = self.base.fact(id)?;
            let place = self.base.facts().iter().position(|f| &f.id == id)?;
            Some(words::stated(definition, self.facts[place].as_ref()?))
        });
        let read = words::join(&read.collect::<Vec<_>>(), "；", "; ");
        if !read.zh.is_empty() {
            lines.push(say(format!("因为：{}", read.zh), format!("Because: {}", read.en)));
        }
        let status = rule.status.title();
        let mut dates =
            say(format!("自 {} 起施行", rule.in_force_from), format!("in force from {}", rule.in_force_from));
        if let Some(to) = self.base.rule(&rule.id).and_then(|r| r.to) {
            dates = say(format!("{}，至 {to} 止", dates.zh), format!("{} to {to}", dates.en));
        }
        let checked = rule
            .last_checked
            .map_or_else(Text::default, |day| say(format!("，{day} 核对"), format!(", last checked on {day}")));
        lines.push(say(
            format!("{}；{}{}。", dates.zh, status.zh, checked.zh),
            format!("{}; {}{}.", dates.en, status.en, checked.en),
        ));
        if !rule.source.is_empty() {
            let all = rule.source.join(" ; ");
            lines.push(say(format!("出处： {all}"), format!("Source: {all}")));
        }
        Block::Item(cited(&rule.cite, &rule.title), lines)
    }

    pub(super) fn gives_way(&self) -> Vec<Block> {
        let pairs = self.answer.rules.iter().filter_map(|rule| Some((rule, rule.gives_way_to.as_ref()?)));
        pairs
            .map(|(rule, to)| {
                let mut lines = vec![rule.provision.clone()];
                if let Some(over) = self.base.rule(to) {
                    let name = cited(&self.base.cited_rule(over), &over.title);
                    lines.push(say(
                        format!("其条件也成立，但让位于 {}：后者是它的例外，条件同样成立。", name.zh),
                        format!("Its conditions hold too, but it gives way to {}, an exception to it whose conditions also hold.", name.en),
                    ));
                }
                Block::Item(cited(&rule.cite, &rule.title), lines)
            })
            .collect()
    }

    /// Provisions that would have decided otherwise, by the paths they would have given.
    pub(super) fn other_paths(&self) -> Vec<Block> {
        let mut groups: BTreeMap<(u8, Vec<Path>), Vec<&NotFired>> = BTreeMap::new();
        for rule in self.answer.not_fired.iter().filter(|rule| rule.decides) {
            let weight = rule.paths.iter().map(|path| path.weight()).min().unwrap_or(u8::MAX);
            groups.entry((weight, rule.paths.clone())).or_default().push(rule);
        }
        let mut blocks = Vec::new();
        for ((_, paths), rules) in groups {
            let heading = match paths.as_slice() {
                [] => say("须由人判断", "A person's judgement"),
                paths => words::paths(paths),
            };
            blocks.push(Block::Group(heading));
            blocks.extend(self.all_not_fired(rules));
        }
        blocks
    }

    pub(super) fn annex(&self) -> Vec<Block> {
        let rest = self.answer.not_fired.iter().filter(|rule| !rule.decides);
        self.all_not_fired(rest)
    }

    /// Provisions that do not apply. Rows of one zone's list that fail for one reason are one item: whoever is outside a zone
    /// reads so once.
    fn all_not_fired<'b>(&self, rules: impl IntoIterator<Item = &'b NotFired>) -> Vec<Block> {
        let mut groups: Vec<(Option<&ListEdition>, Vec<&NotFired>)> = Vec::new();
        for rule in rules {
            let list = self.base.rule(&rule.id).and_then(|of| self.base.list(&of.instrument));
            let same = groups.iter_mut().find(|(other, of)| {
                list.is_some()
                    && other.map(|other| &other.id) == list.map(|list| &list.id)
                    && of[0].because == rule.because
            });
            match same {
                Some((_, of)) => of.push(rule),
                None => groups.push((list, vec![rule])),
            }
        }
        let each = groups.into_iter().map(|(list, rules)| match (list, rules.as_slice()) {
            (Some(list), [first, _, ..]) => {
                let n = rules.len();
                let name = say(format!("《{}》（{n} 条）", list.title.zh), format!("{} ({n} provisions)", list.short));
                let titles: Vec<Text> = rules.iter().map(|rule| rule.title.clone()).collect();
                let titles = words::join(&titles, "；", "; ");
                let which = say(format!("其中：{}", titles.zh), format!("These are: {}", titles.en));
                Block::Item(name, vec![because(first), which])
            }
            _ => not_fired(rules[0]),
        });
        each.collect()
    }

    pub(super) fn by_field(&self) -> Vec<Block> {
        let fields = self.answer.by_field.iter();
        fields.map(|field| Block::Row(say(&field.field, &field.field), words::paths(&field.paths))).collect()
    }

    /// What the certainty rests on: the weakest provisions and readings, by name.
    pub(super) fn certainty(&self) -> Vec<Block> {
        let weakest = self.answer.certainty;
        let mut blocks = vec![Block::Paragraph(match weakest {
            Status::Confirmed => say(
                "结论所依据的每一条规定都见过条文原文。",
                "The text of every provision the answer rests on was seen in a copy.",
            ),
            _ => {
                let status = weakest.title();
                say(
                    format!("结论只能与其最弱的依据一样可靠：{}。最弱之处如下。", status.zh),
                    format!("The answer is as certain as the weakest thing it rests on ({}). That is:", status.en),
                )
            }
        })];
        for rule in self.answer.rules.iter().filter(|rule| rule.decides && weakest != Status::Confirmed) {
            let Some((n, of)) = self.law.rules.iter().enumerate().find(|(_, r)| r.id == rule.id) else { continue };
            if let Some(lines) = self.doubts(n, of, weakest) {
                blocks.push(Block::Item(cited(&rule.cite, &rule.title), lines));
            }
        }
        blocks.extend(self.answer.notes.iter().map(|note| Block::Item(say("说明", "Note"), vec![note.clone()])));
        blocks
    }

    /// What makes a provision no better attested than `weakest`, if anything does.
    fn doubts(&self, n: usize, rule: &Rule, weakest: Status) -> Option<Vec<Text>> {
        let mut lines = Vec::new();
        if rule.status == weakest {
            lines.push(say(
                format!("条文本身：{}", rule.status.title().zh),
                format!("The provision itself is {}", rule.status.title().en),
            ));
        }
        if let Some(day) = rule.settled_from.filter(|day| self.answer.on < *day) {
            lines.push(say(
                format!("施行首日没有见到出处；自 {day} 起确定有效。"),
                format!("Its first day is not attested; from {day} on it is certainly in force."),
            ));
        }
        let needed = rule.readings.iter().filter(|r| r.status == weakest);
        let needed = needed.filter(|r| r.when.truth(self.facts.as_slice()) != Truth::False);
        lines.extend(needed.map(|reading| {
            let status = reading.status.title();
            say(
                format!("读法（{}）：{}", status.zh, reading.text.zh),
                format!("Reading ({}): {}", status.en, reading.text.en),
            )
        }));
        (self.law.status(n, &self.codes) == weakest && !lines.is_empty()).then_some(lines)
    }

    pub(super) fn duties(&self) -> Vec<Block> {
        let duties = self.answer.obligations.iter();
        duties.map(|duty| Block::Item(self.base.cited(&duty.cite), vec![duty.text.clone()])).collect()
    }

    pub(super) fn also_check(&self) -> Vec<Block> {
        let regimes = self.answer.also_check.iter();
        regimes.map(|regime| Block::Item(say(&regime.regime, &regime.regime), vec![regime.text.clone()])).collect()
    }

    pub(super) fn fines(&self) -> Vec<Block> {
        let fines = self.answer.fines.iter().map(|fine| {
            let gravity = match fine.gravity {
                Gravity::Ordinary => say("一般", "ordinary"),
                Gravity::Grave => say("情节严重", "grave"),
                Gravity::VeryGrave => say("特别严重", "especially grave"),
            };
            let mut lines = vec![fine.text.clone()];
            lines.extend(fine.organisation.map(|band| of_whom("单位", "organisation", band)));
            lines.extend(fine.turnover_percent.map(|percent| {
                say(
                    format!("或者上一年度营业额的 {percent}% 以下"),
                    format!("or up to {percent} % of last year's turnover"),
                )
            }));
            lines.extend(fine.persons.map(|band| of_whom("责任人员", "persons responsible", band)));
            let cite = self.base.cited(&fine.cite);
            Block::Item(say(format!("{}（{}）", cite.zh, gravity.zh), format!("{} ({})", cite.en, gravity.en)), lines)
        });
        fines.collect()
    }

    pub(super) fn headroom(&self) -> Vec<Block> {
        let mut blocks: Vec<Block> = Vec::new();
        for room in &self.answer.headroom {
            let Some(definition) = self.base.fact(&room.fact) else { continue };
            let then = words::paths(&room.then);
            let (until, more) = (grouped(room.until), grouped(room.until.saturating_sub(room.now)));
            blocks.push(Block::Row(
                definition.title.clone(),
                say(
                    format!("现为 {}，至多 {until}（还有 {more}）；再多则为：{}", grouped(room.now), then.zh),
                    format!("{} now, up to {until} ({more} more); beyond that: {}", grouped(room.now), then.en),
                ),
            ));
        }
        if !blocks.is_empty() {
            blocks.push(Block::Paragraph(splitting()));
        }
        blocks
    }

    pub(super) fn questions(&self) -> Vec<Block> {
        let asked = self.answer.questions.iter().map(|question| {
            let mut lines = Vec::new();
            if question.kind == QuestionKind::Judgement {
                lines.push(say(
                    "须由人判断，并记下由谁判断、依据什么。",
                    "For a person to judge; record who judged and on what.",
                ));
            }
            let definition = self.base.fact(&question.fact);
            if let Some(definition) = definition {
                let fact = &definition.title;
                lines.push(say(
                    format!("填入：“{}”（{}）", fact.zh, question.fact),
                    format!("Goes into \"{}\" ({})", fact.en, question.fact),
                ));
            }
            let cite = self.base.cited(&question.cite);
            lines.push(say(format!("依据：{}", cite.zh), format!("Provision: {}", cite.en)));
            Block::Item(question.text.clone(), lines)
        });
        asked.collect()
    }

    pub(super) fn disclaimer(&self) -> Vec<Block> {
        let id = &self.answer.rule_base;
        let mut blocks = vec![
            Block::Row(say("规则库版本", "Rule base"), say(&id.version, &id.version)),
            Block::Row(say("摘要（SHA-256）", "Digest (SHA-256)"), say(&id.sha256, &id.sha256)),
        ];
        let unsigned = self.answer.rules.iter().filter(|rule| rule.reviewed_by.is_empty()).count();
        let all = self.answer.rules.len();
        let mut signed: Vec<&str> = self.answer.rules.iter().map(|rule| rule.reviewed_by.as_str()).collect();
        signed.retain(|name| !name.is_empty());
        signed.sort_unstable();
        signed.dedup();
        if !signed.is_empty() {
            let names = signed.join(", ");
            blocks.push(Block::Row(say("审阅律师", "Reviewed by"), say(&names, &names)));
        }
        if unsigned > 0 {
            blocks.push(Block::Paragraph(say(
                format!("所适用的 {all} 条规定中有 {unsigned} 条未经律师审阅。本说明依据规则库的转述作出，不是法律意见；有出入时以条文原文为准。"),
                format!(
                    "Of the {all} provisions that apply, {unsigned} have been reviewed by no lawyer. This rests on the rule base's own words and is no legal opinion; where they differ, the original text prevails."
                ),
            )));
        }
        blocks
    }
}

/// Why fewer persons are no remedy.
pub(crate) fn splitting() -> Text {
    say(
        "不得以拆分数量等方式规避安全评估（网信办令第13号第四条）：人数只是余量，不是办法。",
        "Volumes may not be split to stay below a figure (CAC Order 13 art 4): the numbers show room, not a remedy.",
    )
}

fn not_fired(rule: &NotFired) -> Block {
    Block::Item(cited(&rule.cite, &rule.title), vec![because(rule)])
}

fn because(rule: &NotFired) -> Text {
    say(format!("不适用：{}", rule.because.zh), format!("Does not apply: {}", rule.because.en))
}

fn of_whom(zh: &str, en: &str, band: Yuan) -> Text {
    let to = grouped(band.to);
    match band.from.map(grouped) {
        Some(from) => say(format!("{zh}：{from} 至 {to} 元"), format!("{en}: {from} to {to} yuan")),
        None => say(format!("{zh}：{to} 元以下"), format!("{en}: up to {to} yuan")),
    }
}

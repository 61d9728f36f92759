//! Why and why not: a determination as a document that can be read, filed and contested.
//!
//! The document has no layout: sections of paragraphs, rows and items, each in both languages. Whoever shows it lays it out.

pub(crate) mod chapters;

use serde::Serialize;

use crate::answer::determination::Determination;
use crate::logic::inforce::Law;
use crate::logic::known::{Known, Values};
use crate::logic::regions::Code;
use crate::{LawError, RuleBase, Text};

/// A document without layout.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Document {
    /// Its title.
    pub title: Text,
    /// Its parts in order; none is empty.
    pub sections: Vec<Section>,
}

/// A part of a document.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Section {
    /// Its heading.
    pub heading: Text,
    /// What stands under it.
    pub blocks: Vec<Block>,
}

/// A piece of a section.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Block {
    /// Running text.
    Paragraph(Text),
    /// A name and what stands against it.
    Row(Text, Text),
    /// A heading within the section.
    Group(Text),
    /// A thing with its name and what there is to say of it, a line each.
    Item(Text, Vec<Text>),
}

/// The determination as a document: facts, law, answer, the provisions that apply and those that do not, how certain it is,
/// duties, room left, questions. `about`: what is to stand first, for example the parties.
///
/// `determination` is one that this rule base made, [`crate::determine`]d or [`crate::determine_by_field`]d: only then are the
/// provisions and readings those it rests on. Errors: a day before the rule base.
pub fn why(base: &RuleBase, determination: &Determination, about: Vec<(Text, Text)>) -> Result<Document, LawError> {
    let law = Law::on(base, determination.on)?;
    let known = Known::new(law.names(), &determination.facts);
    let codes = law.codes(&known);
    let facts = known.values;
    let case = Case { base, law, facts, codes, answer: determination };
    let mut sections = Vec::new();
    let mut put = |zh: &str, en: &str, blocks: Vec<Block>| {
        if !blocks.is_empty() {
            sections.push(Section { heading: Text::new(zh, en), blocks });
        }
    };
    put(
        "当事人与活动",
        "The parties and the activity",
        about.into_iter().map(|(name, text)| Block::Row(name, text)).collect(),
    );
    put("结论", "The answer", case.answer());
    put("所陈述的事实", "The facts as stated", case.facts());
    put("适用的规定", "The provisions that apply", case.applies());
    put("让位的规定", "Provisions that give way", case.gives_way());
    put("为什么不是其他路径", "Why no other path", case.other_paths());
    put("逐项字段", "Field by field", case.by_field());
    put("可靠程度", "How certain this is", case.certainty());
    put("义务", "Duties", case.duties());
    put("还须查看", "Also to be looked at", case.also_check());
    put("法律责任", "What a breach would cost", case.fines());
    put("余量", "Room left", case.headroom());
    put("待回答的问题", "Questions still open", case.questions());
    put("规则库与声明", "Rule base and disclaimer", case.disclaimer());
    put("附件：其余未适用的规定", "Annex: other provisions that do not apply", case.annex());
    Ok(Document {
        title: Text::new("数据出境路径判定说明", "Determination of the path of a data export: why and why not"),
        sections,
    })
}

/// What the chapters are written from.
struct Case<'a> {
    base: &'a RuleBase,
    law: Law<'a>,
    facts: Values,
    codes: Vec<Code>,
    answer: &'a Determination,
}

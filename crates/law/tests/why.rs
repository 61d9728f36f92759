//! Why and why not: the answer as a document that a lawyer can read, check and contest.

mod support;

use law::{Block, Document, Text, why};
use proptest::prelude::*;
use proptest::sample::select;
use support::{BASE, answer};

const ON: &str = "2026-11-22";

fn document(changes: &str) -> Document {
    why(&BASE, &answer(ON, changes), Vec::new()).expect("a document")
}

/// Everything the document says, in both languages.
fn texts(document: &Document) -> Vec<&Text> {
    let mut all = vec![&document.title];
    for section in &document.sections {
        all.push(&section.heading);
        for block in &section.blocks {
            match block {
                Block::Paragraph(text) | Block::Group(text) => all.push(text),
                Block::Row(name, text) => all.extend([name, text]),
                Block::Item(name, below) => {
                    all.push(name);
                    all.extend(below);
                }
            }
        }
    }
    all
}

/// The section with this English heading, as `name: line; line`.
#[track_caller]
fn section(document: &Document, heading: &str) -> String {
    let found = document.sections.iter().find(|section| section.heading.en == heading);
    let found = found.unwrap_or_else(|| panic!("no section {heading:?}"));
    let line = |block: &Block| match block {
        Block::Paragraph(text) | Block::Group(text) => text.en.clone(),
        Block::Row(name, text) => format!("{}: {}", name.en, text.en),
        Block::Item(name, below) => {
            format!("{}: {}", name.en, below.iter().map(|t| t.en.as_str()).collect::<Vec<_>>().join("; "))
        }
    };
    found.blocks.iter().map(line).collect::<Vec<_>>().join("\n")
}

#[test]
fn a_rule_that_gives_way_is_named_with_the_one_that_prevails() {
    let document = document("ground.contract_with_individual=true persons.sensitive=20_000");
    let text = section(&document, "Provisions that give way");
    assert!(text.contains("CAC Order 16 art 7(2)") && text.contains("it gives way to CAC Order 16 art 5(1)"), "{text}");
    assert!(section(&document, "The provisions that apply").contains("CAC Order 16 art 5(1): Needed for a contract"));
}

#[test]
fn i2_an_uncertain_answer_names_what_makes_it_uncertain() {
    let hr = "ground.hr_labour_rules=true ground.hr_collective_contract=true persons.sensitive=20";
    let text = section(&document(hr), "How certain this is");
    assert!(
        text.contains("secondary") && text.contains("CAC Order 16 art 5(2)") && text.contains("reaches sensitive"),
        "{text}"
    );
    let text = section(&document("persons.sensitive=20"), "How certain this is");
    assert!(text.contains("was seen in a copy"), "{text}");
}

#[test]
fn the_condition_that_fails_is_told_with_the_value_it_met() {
    let text = section(&document("persons.sensitive=20"), "Why no other path");
    assert!(text.contains("“contract with the individual” must be yes (it is no)"), "{text}");
    assert!(
        text.contains("“persons of whom sensitive data leaves this year” must be at least 10,000 (it is 20)"),
        "{text}"
    );
    let big = "CAC Order 16 art 7(2): Important data and large volumes: Does not apply: none of these holds: \
               “important data” must be one of: notified as important, published as important (it is no); \
               “persons of whom ordinary data leaves this year” must be at least 1,000,000 (it is 0); \
               “persons of whom sensitive data leaves this year” must be at least 10,000 (it is 20)";
    assert!(text.lines().any(|line| line == big), "choices within choices are one list: {text}");
}

#[test]
fn open_questions_and_judgements_are_told_apart() {
    let text = section(&document("handler.ciio=? persons.sensitive=20"), "Questions still open");
    assert!(
        text.contains("Goes into “critical information") || text.contains("Goes into \"critical information"),
        "{text}"
    );
    assert!(!text.contains("For a person to judge"));
    let text = section(&document("data.important=suspected"), "Questions still open");
    assert!(text.contains("For a person to judge"), "{text}");
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 200, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn every_text_is_in_both_languages_and_names_no_id(
        words in proptest::sample::subsequence(vec![
            "data.state_secret=true", "data.core=true", "handler.ciio=true", "handler.zone=cn-bj-ftz", "data.important=notified",
            "data.important=suspected", "handler.city=440300", "recipient.region=HK", "ground.necessary=unknown",
            "ground.contract_with_individual=?", "handler.ciio=?", "persons.ordinary=?", "handler.sector=pharma",
        ], 0..=5),
        sensitive in select(vec!["0", "20", "30_000"]),
    ) {
        let document = document(&format!("persons.sensitive={sensitive} {}", words.join(" ")));
        prop_assert!(document.sections.iter().all(|section| !section.blocks.is_empty()));
        for text in texts(&document) {
            prop_assert!(!text.zh.trim().is_empty() && !text.en.trim().is_empty(), "{text:?}");
        }
        // Questions name the fact a program knows, in brackets; nothing else does.
        let questions: Vec<String> = BASE.facts().iter().map(|f| f.id.clone()).collect();
        let loose = texts(&document).into_iter().filter(|text| !text.en.starts_with("Goes into"));
        for text in loose {
            prop_assert!(!questions.iter().any(|id| text.en.contains(id.as_str()) || text.zh.contains(id.as_str())), "{text:?}");
        }
    }
}

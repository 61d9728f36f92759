//! A rule base with a fault does not load, and says where; a faulty one that loads is found by `check`.

mod support;

use law::{FindingKind, LawError, check, determine};
use support::{BASE, changed, day, facts, files, parse, without_lists};

#[track_caller]
fn check_refused(path: &str, from: &str, to: &str, words: &[&str]) {
    let mut hit = false;
    let files = {
        let changed = changed(path, |text| text.replacen(from, to, 1));
        hit |= changed.iter().any(|(name, text)| name == path && (to.is_empty() || text.contains(to)));
        changed
    };
    assert!(hit, "{path} holds no {from:?}");
    let error = parse(&files).map(|_| ()).expect_err(to).to_string();
    for word in words {
        assert!(error.contains(word), "{error:?} lacks {word:?}");
    }
    assert!(!error.contains('\n'), "one line: {error:?}");
}

#[test]
fn faults_of_one_file_stop_the_load() {
    let eight = "cn/o16/8.toml";
    check_refused(eight, "persons.ordinary\"", "persons.ordinry\"", &["cn/o16/8.toml", "`persons.ordinry`"]);
    check_refused(eight, "below = 1_000_000", "below = \"x\"", &["`below`", "`persons.ordinary`"]);
    check_refused(eight, "\"data.core\", is = false", "\"data.core\", at_least = 1", &["`at_least`", "`data.core`"]);
    check_refused(eight, "below = 1_000_000", "under = 1_000_000", &["`under` is no operator"]);
    check_refused(eight, "is = \"no\"", "is = \"non\"", &["`data.important`"]);
    check_refused(eight, "instrument = \"o16\"", "instrument = \"o99\"", &["`o99` is no instrument"]);
    check_refused(eight, "en = \"Standard contract or certification\"", "en = \"\"", &["`en`"]);
    check_refused(
        eight,
        "in_force = { from = 2024-03-22 }",
        "in_force = { from = 2024-03-22, to = 2024-03-21 }",
        &["ends"],
    );
    check_refused(eight, "reviewed_by", "reviewedby", &["line", "reviewedby"]);
    check_refused("cn/o16/3.toml", "\"cn.o16.8\"", "\"cn.o16.88\"", &["`cn.o16.88`", "no rule"]);
    check_refused("cn/gba/hk.toml", "to = [\"cn.o16.8\"", "to = [\"cn.o16.88\"", &["`cn.o16.88`"]);
    check_refused("cn/o16/10.toml", "\"pipia\"]", "\"pipa\"]", &["`pipa`", "no duty"]);
    check_refused("facts.toml", "unit = \"persons\"", "unit = \"\"", &["`persons.ordinary`", "unit"]);
    check_refused("facts.toml", "en = \"Does the data contain state secrets?\"", "en = \"\"", &["`question`", "`en`"]);
    check_refused("facts.toml", "id = \"data.core\"", "id = \"data.state_secret\"", &["defined twice"]);
    check_refused("clocks.toml", "id = \"sa-acceptance\"", "id = \"sa-completeness\"", &["defined twice"]);
    check_refused("calendar.toml", "year = 2023", "year = 2033", &["2033"]);
}

#[test]
fn a_vocabulary_of_more_facts_than_can_be_told_apart_is_refused() {
    let fact = |n: usize| {
        format!(
            "\n[[fact]]\nid = \"more.f{n}\"\ntype = \"bool\"\ntitle = {{ zh = \"甲\", en = \"a\" }}\n\
             question = {{ zh = \"甲？\", en = \"A?\" }}\ncite = \"a\"\nplain = false\n"
        )
    };
    let more = |many: usize| changed("facts.toml", |text| text.to_owned() + &(0..many).map(fact).collect::<String>());
    let there = support::BASE.facts().len();
    parse(&more(128 - there)).expect("as many as can be told apart");
    let error = parse(&more(129 - there)).map(|_| ()).expect_err("one more").to_string();
    assert!(error.contains("has 129 facts; 128 can be told apart"), "{error}");
}

#[test]
fn files_in_no_known_place_and_missing_files_stop_the_load() {
    let stray = parse(&changed("cn/8.toml", |_| "x = 1".into())).expect_err("stray");
    assert!(stray.to_string().contains("no place"), "{stray}");
    let files: Vec<_> = files().into_iter().filter(|(name, _)| name != "facts.toml").collect();
    assert!(parse(&files).expect_err("missing").to_string().contains("`facts.toml`: is missing"));
    let mut twice = support::files();
    let book = twice.iter().find(|(name, _)| name == "book.toml").cloned().expect("there");
    twice.push(book);
    assert!(parse(&twice).map(|_| ()).expect_err("twice").to_string().contains("given twice"));
}

#[test]
fn a_circle_of_exceptions_stops_the_load() {
    let files = changed("cn/o16/7.1.toml", |text| {
        text.replacen("reviewed_by", "exception_to = [\"cn.o16.3\"]\nreviewed_by", 1)
    });
    assert!(parse(&files).expect_err("circle").to_string().contains("exception to itself"));
}

#[test]
fn i3_two_rules_with_different_paths_stop_the_evaluation_and_name_both() {
    let files = changed("cn/o16/5.3.toml", |text| text.replacen("exception_to", "# exception_to", 1));
    let base = parse(&without_lists(files)).expect("loads");
    let error = determine(&base, &facts("ground.emergency=true persons.sensitive=10_000"), day("2025-06-30"));
    let Err(LawError::Conflict { first, second, .. }) = error else { panic!("{error:?}") };
    assert_eq!((first.as_str(), second.as_str()), ("cn.o16.5.3", "cn.o16.7.2"));
    let findings = check(&base);
    assert!(findings.iter().any(|f| f.kind == FindingKind::Conflict && f.rules.len() == 2), "{findings:?}");
}

#[test]
fn i3_an_exception_through_another_prevails_too() {
    // 5(3) gives way to nothing; make it an exception to article 3 only, which itself is one to 7(2).
    let files = changed("cn/o16/5.3.toml", |text| {
        text.replacen(
            "exception_to = [\"cn.o16.7.1\", \"cn.o16.7.2\", \"cn.o16.8\"]",
            "exception_to = [\"cn.o16.3\"]",
            1,
        )
    });
    let base = parse(&files).expect("loads");
    let answer = determine(&base, &facts("ground.emergency=true persons.sensitive=10_000"), day("2025-06-30"));
    assert_eq!(support::told(&answer.expect("no conflict")), "determined: exempt");
}

#[test]
fn a_gap_is_found_and_an_answer_in_it_is_an_error() {
    let files = changed("cn/o16/8.toml", |text| text.replacen("at_least = 100_000", "at_least = 100_001", 1));
    let base = parse(&without_lists(files)).expect("loads");
    assert!(check(&base).iter().any(|f| f.kind == FindingKind::Gap));
    let error = determine(&base, &facts("persons.ordinary=100_000"), day("2025-06-30")).expect_err("gap");
    assert!(error.to_string().contains("`persons.ordinary` is 100,000"), "{error}");
}

#[test]
fn a_rule_that_can_never_apply_is_found() {
    let dead = changed("cn/o16/5.4.toml", |text| text.replacen("below = 100_000", "below = 0", 1));
    let findings = check(&parse(&without_lists(dead)).expect("loads"));
    assert!(findings.iter().any(|f| f.kind == FindingKind::Dead && f.rules == ["cn.o16.5.4"]), "{findings:?}");
}

#[test]
fn i1_a_rule_that_says_the_same_is_still_asked_about_where_it_alone_opens_one_more_path() {
    let mut files = changed("cn/gba/hk.toml", |text| text.replacen("to = [\"cn.o16.8\", ", "to = [\"cn.o16.8x\", ", 1));
    let eight = files.iter().find(|(name, _)| name == "cn/o16/8.toml").expect("there").1.clone();
    let banks = eight.replacen("all = [\n", "all = [\n  { fact = \"handler.sector\", is = \"banking\" },\n", 1);
    files.push(("cn/o16/8x.toml".to_owned(), banks));
    let base = parse(&files).expect("loads");
    let transfer = facts("handler.city=440300 recipient.region=HK persons.ordinary=150_000 handler.sector=?");
    let answer = determine(&base, &transfer, day("2026-03-01")).expect("an answer");
    assert_eq!(support::told(&answer), "not-yet-known: standard-contract, certification, gba-standard-contract");
    assert_eq!(answer.questions[0].fact, "handler.sector");
}

#[test]
fn the_digest_covers_every_byte_and_no_order() {
    let mut reversed = files();
    reversed.reverse();
    assert_eq!(parse(&reversed).expect("loads").sha256(), BASE.sha256());
    let touched = changed("cn/o16/8.toml", |text| format!("{text}# \n"));
    assert_ne!(parse(&touched).expect("loads").sha256(), BASE.sha256());
    assert_eq!(BASE.sha256().len(), 64);
}

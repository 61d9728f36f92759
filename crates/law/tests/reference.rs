//! The evaluator against a naive one: the law of Order 16 written out by hand, tried on every completion of what is unknown.
//!
//! The reference knows nothing of rules, regions or diagrams. Its grid has values on both sides of every boundary.

mod support;

use std::cell::RefCell;
use std::collections::{BTreeMap, BTreeSet};

use law::{Determination, Facts, Law, Outcome, Path, Value};
use proptest::prelude::*;
use proptest::sample::{Index, select, subsequence};
use support::{BASE, day};

type Known = BTreeMap<&'static str, Value>;

/// Every fact the law of this rule base turns on, with the settled values to try.
fn grid() -> Vec<(&'static str, Vec<Value>)> {
    let flag = || vec![Value::Bool(false), Value::Bool(true)];
    let words = |list: &[&str]| list.iter().map(|w| Value::Text((*w).to_owned())).collect::<Vec<_>>();
    let counts = |list: &[u64]| list.iter().map(|n| Value::Count(*n)).collect::<Vec<_>>();
    vec![
        ("data.state_secret", flag()),
        ("data.core", flag()),
        ("data.core_approved", flag()),
        ("request.foreign_authority", flag()),
        ("request.prc_approval", flag()),
        ("data.important", words(&["no", "notified", "published"])),
        ("data.personal", flag()),
        ("data.overseas_origin_only", flag()),
        ("handler.ciio", flag()),
        ("persons.ordinary", counts(&[0, 1, 99_999, 100_000, 999_999, 1_000_000])),
        ("persons.sensitive", counts(&[0, 1, 9_999, 10_000])),
        ("ground.contract_with_individual", flag()),
        ("ground.hr_labour_rules", flag()),
        ("ground.hr_collective_contract", flag()),
        ("ground.emergency", flag()),
        ("ground.statutory_duty", flag()),
        ("ground.necessary", words(&["yes", "no"])),
        ("handler.city", words(&["110115", "440300", "442000"])),
        ("recipient.region", words(&["DE", "HK", "MO"])),
        ("recipient.onward_outside_gba", flag()),
    ]
}

#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
enum Told {
    Refused,
    Paths(BTreeSet<Path>),
    /// Judgements asked for; the paths they may lead to are told apart from them.
    Judgement(BTreeSet<&'static str>),
}

/// The law by hand, for facts that are all known: how it comes out, and the paths in play.
fn by_hand(f: &Known, on: &str) -> (Told, BTreeSet<Path>) {
    let yes = |id: &str| f[id] == Value::Bool(true);
    let word = |id: &str| {
        if let Value::Text(t) = &f[id] { t.as_str() } else { panic!("{id}") }
    };
    if yes("data.state_secret")
        || (yes("data.core") && !yes("data.core_approved"))
        || (yes("request.foreign_authority") && !yes("request.prc_approval"))
    {
        return (Told::Refused, BTreeSet::from([Path::Stop]));
    }
    let mut judgements = BTreeSet::new();
    let mut paths = BTreeSet::new();
    let important: &[bool] = match word("data.important") {
        "no" => &[false],
        "suspected" => {
            judgements.insert("cn.o16.2");
            &[false, true]
        }
        _ => &[true],
    };
    let necessary: &[bool] = match word("ground.necessary") {
        "yes" => &[true],
        "no" => &[false],
        _ => &[true, false],
    };
    let mut turns_on_necessity = false;
    let mut last = BTreeSet::new();
    for important in important {
        let each: BTreeSet<_> = necessary.iter().map(|n| paths_by_hand(f, on, *important, *n)).collect();
        turns_on_necessity |= each.len() > 1;
        for set in each {
            paths.extend(&set);
            last = set;
        }
    }
    if turns_on_necessity {
        judgements.insert("ground.necessary");
    }
    if judgements.is_empty() { (Told::Paths(last), paths) } else { (Told::Judgement(judgements), paths) }
}

fn paths_by_hand(f: &Known, on: &str, important: bool, necessary: bool) -> BTreeSet<Path> {
    let yes = |id: &str| f[id] == Value::Bool(true);
    let word = |id: &str| {
        if let Value::Text(t) = &f[id] { t.as_str() } else { panic!("{id}") }
    };
    let count = |id: &str| {
        if let Value::Count(n) = f[id] { n } else { panic!("{id}") }
    };
    if important || yes("data.core") {
        return BTreeSet::from([Path::SecurityAssessment]);
    }
    let ground = yes("ground.contract_with_individual")
        || (yes("ground.hr_labour_rules") && yes("ground.hr_collective_contract"))
        || yes("ground.emergency")
        || (yes("ground.statutory_duty") && on >= "2025-01-01");
    if !yes("data.personal") || yes("data.overseas_origin_only") || (ground && necessary) {
        return BTreeSet::from([Path::Exempt]);
    }
    if yes("handler.ciio") {
        return BTreeSet::from([Path::SecurityAssessment]);
    }
    let (ordinary, sensitive) = (count("persons.ordinary"), count("persons.sensitive"));
    let mut paths = if ordinary >= 1_000_000 || sensitive >= 10_000 {
        BTreeSet::from([Path::SecurityAssessment])
    } else if ordinary >= 100_000 || sensitive > 0 {
        BTreeSet::from([Path::StandardContract, Path::Certification])
    } else {
        return BTreeSet::from([Path::Exempt]);
    };
    let region = word("recipient.region");
    let agreed = region == "HK" || (region == "MO" && on >= "2024-09-10");
    if agreed && word("handler.city").starts_with("44") && !yes("recipient.onward_outside_gba") {
        paths.insert(Path::GbaStandardContract);
    }
    paths
}

fn some(f: &Known, id: &str) -> bool {
    matches!(f.get(id), Some(Value::Count(1..)))
}

/// Every completion of the known facts that they do not contradict.
fn completions(known: &Known) -> Vec<Known> {
    let mut all = vec![known.clone()];
    for (id, mut values) in grid() {
        if known.contains_key(id) {
            continue;
        }
        if id == "data.personal" && (some(known, "persons.ordinary") || some(known, "persons.sensitive")) {
            values = vec![Value::Bool(true)];
        }
        if id.starts_with("persons.") && known.get("data.personal") == Some(&Value::Bool(false)) {
            values = vec![Value::Count(0)];
        }
        all = all
            .into_iter()
            .flat_map(|f| {
                values.iter().map(move |value| {
                    let mut f = f.clone();
                    f.insert(id, value.clone());
                    f
                })
            })
            .collect();
    }
    all
}

/// The facts in which two completions that differ in nothing else come out differently.
fn deciding(told: &BTreeMap<Known, Told>, known: &Known) -> BTreeSet<&'static str> {
    let mut found = BTreeSet::new();
    for (id, values) in grid() {
        if known.contains_key(id) {
            continue;
        }
        let turns = told.iter().any(|(f, here)| {
            values.iter().any(|value| {
                let mut other = f.clone();
                other.insert(id, value.clone());
                told.get(&other).is_some_and(|there| there != here)
            })
        });
        if turns {
            found.insert(id);
        }
    }
    found
}

fn ask(known: &Known, on: &str) -> Result<Determination, law::LawError> {
    let mut facts = Facts::new();
    // The law by hand knows no zone's list, which has a reader of its own in `lists.rs`, and no sector's own rules.
    for id in ["handler.zone", "list.scenario", "handler.sector"] {
        facts.set(&BASE, id, Value::Text("none".to_owned())).expect("a word");
    }
    for (id, value) in known {
        facts.set(&BASE, id, value.clone()).expect("the grid fits the vocabulary");
    }
    LAWS.with_borrow_mut(|laws| laws.entry(on.to_owned()).or_insert_with(|| on_day(on)).determine(&facts))
}

thread_local! {
    /// The law of each day asked about, made ready once.
    static LAWS: RefCell<BTreeMap<String, Law<'static>>> = const { RefCell::new(BTreeMap::new()) };
}

fn on_day(on: &str) -> Law<'static> {
    Law::on(&BASE, day(on)).expect("a day of the rule base")
}

/// Facts of which up to five are unknown; now and then a judgement value. Most flags are false, as in life, so that the
/// numbers matter often enough.
fn partly_known() -> impl Strategy<Value = Known> {
    let picks: Vec<_> = grid().into_iter().map(|(id, values)| pick(id, values)).collect();
    let names: Vec<&'static str> = grid().iter().map(|(id, _)| *id).collect();
    (picks, subsequence(names, 0..=5))
        .prop_map(|(picked, unknown)| picked.into_iter().filter(|(id, _)| !unknown.contains(id)).collect())
}

fn pick(id: &'static str, mut values: Vec<Value>) -> impl Strategy<Value = (&'static str, Value)> {
    let usual = match id {
        "data.personal" => Value::Bool(true),
        _ => values[0].clone(),
    };
    match id {
        "data.important" => values.push(Value::Text("suspected".into())),
        "ground.necessary" => values.push(Value::Text("unknown".into())),
        _ => {}
    }
    let usual_of_ten = if id.starts_with("persons.") || id == "ground.necessary" { 2_u32 } else { 7 };
    prop_oneof![
        usual_of_ten => Just(usual),
        10 - usual_of_ten => any::<Index>().prop_map(move |n| n.get(&values).clone()),
    ]
    .prop_map(move |value| (id, value))
}

fn heaviest(paths: &BTreeSet<Path>) -> u8 {
    paths.iter().map(|p| p.weight()).max().unwrap_or(0)
}

/// What the handler may count on: of a free choice the lightest, of an open judgement the heaviest.
fn weight(answer: &Determination) -> u8 {
    let weights = answer.paths.iter().map(|p| p.weight());
    match answer.outcome {
        Outcome::Determined => weights.min(),
        _ => weights.max(),
    }
    .unwrap_or(0)
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 1_500, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn i1_the_answer_is_exactly_what_all_completions_say(
        known in partly_known(),
        on in select(vec!["2024-03-22", "2024-12-31", "2025-06-30", "2026-11-22"]),
    ) {
        let contradictory = known.get("data.personal") == Some(&Value::Bool(false))
            && (some(&known, "persons.ordinary") || some(&known, "persons.sensitive"));
        let answer = ask(&known, on);
        if contradictory {
            prop_assert!(answer.is_err());
            return Ok(());
        }
        let answer = answer.expect("an answer");
        let mut told = BTreeMap::new();
        let mut paths = BTreeSet::new();
        for f in completions(&known) {
            let (here, in_play) = by_hand(&f, on);
            // I1: the answer is never lighter than any completion.
            prop_assert!(heaviest(&in_play) <= heaviest(&answer.paths.iter().copied().collect()));
            paths.extend(in_play);
            told.insert(f, here);
        }
        let outcomes: BTreeSet<&Told> = told.values().collect();
        let expected = match outcomes.iter().next() {
            _ if outcomes.len() > 1 => Outcome::NotYetKnown,
            Some(Told::Refused) => Outcome::Refused,
            Some(Told::Judgement(_)) => Outcome::HumanJudgement,
            _ => Outcome::Determined,
        };
        prop_assert_eq!(answer.outcome, expected);
        prop_assert_eq!(&answer.paths, &paths.into_iter().collect::<Vec<_>>());
        let asked: BTreeSet<&str> = answer.questions.iter().map(|q| q.fact.as_str()).collect();
        match expected {
            Outcome::NotYetKnown => prop_assert_eq!(asked, deciding(&told, &known)),
            Outcome::HumanJudgement => prop_assert!(!asked.is_empty()),
            _ => prop_assert!(asked.is_empty()),
        }
    }

    #[test]
    fn i1_more_persons_are_never_lighter(known in partly_known(), kind in select(vec!["persons.ordinary", "persons.sensitive"])) {
        let mut known = known;
        known.insert("data.personal", Value::Bool(true));
        let mut last = None;
        for count in [0, 1, 5_000, 9_999, 10_000, 99_999, 100_000, 999_999, 1_000_000, 5_000_000] {
            known.insert(kind, Value::Count(count));
            let answer = ask(&known, "2026-11-22").expect("an answer");
            let now = (answer.outcome == Outcome::Determined, weight(&answer));
            if let Some((before, lighter)) = last {
                // Between an open answer and a settled one only the open one's heaviest path can be compared.
                prop_assert!(before != now.0 || lighter <= now.1, "{} {:?}", count, answer.paths);
            }
            last = Some(now);
        }
    }

    #[test]
    fn i1_learning_a_fact_never_opens_a_path_that_was_shut(known in partly_known(), which in any::<Index>()) {
        let answer = match ask(&known, "2026-11-22") {
            Ok(answer) if answer.outcome == Outcome::NotYetKnown => answer,
            _ => return Ok(()),
        };
        let fact = which.get(&answer.questions).fact.clone();
        let (id, values) = grid().into_iter().find(|(id, _)| *id == fact).expect("in the grid");
        for value in values {
            let mut more = known.clone();
            more.insert(id, value);
            if let Ok(next) = ask(&more, "2026-11-22") {
                prop_assert!(next.paths.iter().all(|p| answer.paths.contains(p)), "{:?}", next.paths);
                prop_assert!(next.questions.len() <= answer.questions.len() || next.outcome != Outcome::NotYetKnown);
            }
        }
    }
}

#[test]
fn i1_nothing_known_leaves_everything_possible_and_asks_the_prohibitions_first() {
    let answer = ask(&Known::new(), "2026-11-22").expect("an answer");
    assert_eq!(answer.outcome, Outcome::NotYetKnown);
    assert_eq!(answer.paths.len(), 6, "{:?}", answer.paths);
    let asked: Vec<&str> = answer.questions.iter().map(|q| q.fact.as_str()).collect();
    assert_eq!(asked.len(), grid().len(), "{asked:?}");
    assert_eq!(asked[0], "data.state_secret");
    assert!(answer.obligations.iter().any(|o| o.id == "notice"), "duties that may hold are named");
}

#[test]
fn headroom_is_exact_on_both_sides() {
    for ordinary in [0, 50_000, 99_999, 100_000, 500_000, 999_999] {
        let known = |n: u64| {
            let mut f: Known = grid().into_iter().map(|(id, values)| (id, values[0].clone())).collect();
            f.insert("data.personal", Value::Bool(true));
            f.insert("persons.ordinary", Value::Count(n));
            f
        };
        let answer = ask(&known(ordinary), "2026-11-22").expect("an answer");
        let room = answer.headroom.iter().find(|h| h.fact == "persons.ordinary").expect("it matters");
        assert_eq!(ask(&known(room.until), "2026-11-22").expect("an answer").paths, answer.paths);
        assert_eq!(ask(&known(room.until + 1), "2026-11-22").expect("an answer").paths, room.then);
        assert_ne!(room.then, answer.paths);
    }
}

//! Ways to a lighter path: every one is true, none is larger than it need be, and none is left out.

mod support;

use std::collections::{BTreeMap, BTreeSet};

use law::{Determination, Facts, Lighter, Outcome, Path, Value, WithoutFields, determine, lighter};
use proptest::prelude::*;
use proptest::sample::select;
use support::{BASE, day, facts, files, parse};

const ON: &str = "2026-11-22";

fn of(changes: &str) -> Lighter {
    lighter(&BASE, &facts(changes), day(ON), None).expect("an answer")
}

/// `fact + fact -> path, path`, a line a way.
fn told(answer: &Lighter) -> Vec<String> {
    let line = |way: &law::Way| {
        let changes = way.changes.iter().map(|change| change.fact.as_str()).collect::<Vec<_>>().join(" + ");
        format!("{changes} -> {}", way.paths.iter().map(|path| path.name()).collect::<Vec<_>>().join(", "))
    };
    answer.ways.iter().map(line).collect()
}

fn weight(answer: &Determination) -> u8 {
    let weights = answer.paths.iter().map(|path| path.weight());
    if answer.outcome == Outcome::Determined { weights.min() } else { weights.max() }.expect("paths")
}

#[test]
fn sensitive_data_may_be_left_out_or_stand_on_another_ground() {
    let answer = of("persons.ordinary=300 persons.sensitive=250");
    assert_eq!(
        told(&answer),
        [
            "data.personal -> exempt",
            "persons.sensitive -> exempt",
            "ground.contract_with_individual -> exempt",
            "ground.hr_labour_rules -> exempt",
            "ground.emergency -> exempt",
            "ground.statutory_duty -> exempt",
        ]
    );
    let contract = &answer.ways[2];
    assert!(
        contract.changes[0].needs.en.contains("only if it is true")
            && contract.changes[0].needs.zh.contains("确有必要")
    );
    assert!(contract.rests_on.iter().any(|rule| rule.id == "cn.o16.5.1"));
    assert!(contract.lighter);
}

#[test]
fn a_prohibition_is_lifted_by_approval_or_by_giving_the_purpose_up() {
    let answer = of("request.foreign_authority=true");
    assert_eq!(told(&answer), ["request.foreign_authority -> exempt", "request.prc_approval -> exempt"]);
    let both = of("request.foreign_authority=true data.state_secret=true");
    assert_eq!(
        told(&both),
        [
            "data.state_secret + request.foreign_authority -> exempt",
            "data.state_secret + request.prc_approval -> exempt"
        ]
    );
}

#[test]
fn giving_up_onward_transfer_opens_the_contract_of_the_greater_bay_area() {
    let answer =
        of("handler.city=440300 recipient.region=HK recipient.onward_outside_gba=true persons.ordinary=200_000");
    let way = answer.ways.iter().find(|way| way.changes[0].fact == "recipient.onward_outside_gba").expect("a way");
    assert!(!way.lighter && way.paths.contains(&Path::GbaStandardContract) && way.paths.len() == 3);
}

#[test]
fn a_judgement_that_was_given_is_not_overturned() {
    let answer = of("persons.sensitive=250 ground.necessary=no ground.contract_with_individual=true");
    assert!(
        answer.ways.iter().all(|way| !way.changes.iter().any(|change| change.fact.starts_with("ground."))),
        "{:?}",
        told(&answer)
    );
}

#[test]
fn fewer_persons_are_a_figure_with_the_article_that_forbids_to_split() {
    let answer = of("persons.ordinary=1_200_000");
    let fewer = answer.fewer.iter().find(|room| room.fact == "persons.ordinary").expect("a figure");
    assert_eq!((fewer.now, fewer.until), (1_200_000, 999_999));
    assert_eq!(fewer.then, [Path::StandardContract, Path::Certification]);
    assert!(answer.warning.en.contains("Order 13 art 4") && answer.warning.zh.contains("拆分"));
    assert!(answer.ways.iter().all(|way| way.changes.iter().all(|change| change.fact != "persons.ordinary")));
    assert!(of("").ways.is_empty() && of("").fewer.is_empty(), "nothing is lighter than exempt");
}

#[test]
fn nothing_that_nobody_can_choose_is_changed() {
    for fact in [
        "handler.ciio",
        "handler.region",
        "handler.city",
        "handler.zone",
        "recipient.region",
        "persons.ordinary",
        "ground.necessary",
    ] {
        assert!(BASE.fact(fact).expect("a fact").lighter.is_empty(), "`{fact}`");
    }
}

#[test]
fn a_transfer_says_only_what_was_counted() {
    let known = facts("persons.ordinary=20_300 persons.sensitive=12_000");
    let counted = [
        WithoutFields { fields: vec!["t.a".into(), "t.b".into()], ordinary: 20_300, sensitive: 0 },
        WithoutFields { fields: vec!["t.a".into()], ordinary: 20_300, sensitive: 8_000 },
        WithoutFields { fields: vec!["t.b".into()], ordinary: 20_300, sensitive: 11_000 },
    ];
    let ways = lighter(&BASE, &known, day(ON), Some(&counted)).expect("an answer").ways;
    let of_fields: Vec<_> =
        ways.iter().filter(|way| !way.changes[0].fields.is_empty() && way.changes.len() == 1).collect();
    assert_eq!(of_fields.len(), 2);
    assert_eq!(
        (of_fields[0].changes[0].fields.join(" "), &of_fields[0].paths[..]),
        ("t.a t.b".into(), &[Path::Exempt][..])
    );
    assert_eq!((of_fields[1].changes[0].fields.join(" "), of_fields[1].paths.len()), ("t.a".into(), 2));
    let none = lighter(&BASE, &known, day(ON), Some(&[])).expect("an answer").ways;
    assert!(none.iter().all(|way| way.changes.iter().all(|change| change.fact != "persons.sensitive")));
}

/// What may change stands as data, and wrong data does not load.
#[test]
fn a_change_of_no_fact_or_to_no_value_stops_the_load() {
    let check = |from: &str, to: &str, expected: &str| {
        let mut changed = files();
        let (_, text) = changed.iter_mut().find(|(path, _)| path == "facts.toml").expect("the facts");
        assert!(text.contains(from), "{from}");
        *text = text.replacen(from, to, 1);
        let error = parse(&changed).expect_err(to).to_string();
        assert!(error.contains(expected), "{error}");
    };
    check(
        "only_if = { \"data.core\" = true }",
        "only_if = { \"data.cor\" = true }",
        "`data.cor`, which is no other fact",
    );
    check("only_if = { \"data.core\" = true }", "only_if = { \"data.core\" = 3 }", "`data.core` must be true or false");
    check("to = \"no\"", "to = \"never\"", "`data.important` must be one of");
    check("needs = { zh = \"书面", "needs = { en = \"\", zh = \"\" }\n# { zh = \"书面", "lacks `zh`");
    check("suspected = { zh", "doubtful = { zh", "has words for `doubtful`");
}

/// All sets of up to three changes, tried one by one.
fn brute_force(known: &Facts, now: &Determination) -> BTreeSet<(BTreeSet<String>, Vec<Path>)> {
    let mut single: Vec<(String, BTreeMap<String, Value>)> = Vec::new();
    let value = |id: &str| known.get(id).or_else(|| BASE.fact(id).and_then(|f| f.assumed.as_ref()));
    for fact in BASE.facts() {
        for change in &fact.lighter {
            let judged = |(id, to): (&String, &Value)| {
                id == "ground.necessary" && value(id) != Some(to) && value(id) == Some(&Value::Text("no".into()))
            };
            let unknown = value(&fact.id).is_none() && matches!(change.to, Value::Count(_));
            if value(&fact.id) != Some(&change.to)
                && !unknown
                && change.only_if.iter().all(|(id, v)| value(id) == Some(v))
                && !change.also.iter().any(judged)
            {
                let mut sets = change.also.clone();
                sets.insert(fact.id.clone(), change.to.clone());
                single.push((fact.id.clone(), sets));
            }
        }
    }
    let mut reached: Vec<(BTreeSet<String>, u8, Vec<Path>)> = Vec::new();
    for mask in 1..1_u32 << single.len() {
        if mask.count_ones() > 3 {
            continue;
        }
        let chosen: Vec<_> = (0..single.len()).filter(|n| mask >> n & 1 == 1).map(|n| &single[n]).collect();
        let mut sets: BTreeMap<&String, &Value> = BTreeMap::new();
        let clash =
            chosen.iter().flat_map(|(_, sets)| sets).any(|(id, v)| sets.insert(id, v).is_some_and(|had| had != v));
        let names: BTreeSet<String> = chosen.iter().map(|(name, _)| name.clone()).collect();
        if clash || names.len() < chosen.len() {
            continue;
        }
        let mut then = known.clone();
        for (id, v) in &sets {
            then.set(&BASE, id, (*v).clone()).expect("fits");
        }
        if let Ok(answer) = determine(&BASE, &then, now.on)
            && answer.outcome == Outcome::Determined
        {
            reached.push((names, weight(&answer), answer.paths));
        }
    }
    let gain = |w: u8, paths: &Vec<Path>| {
        w < weight(now)
            || (now.outcome == Outcome::Determined
                && w == weight(now)
                && paths.len() > now.paths.len()
                && now.paths.iter().all(|p| paths.contains(p)))
    };
    let as_good = |a: &(BTreeSet<String>, u8, Vec<Path>), b: &(BTreeSet<String>, u8, Vec<Path>)| {
        a.1 < b.1 || (a.1 == b.1 && b.2.iter().all(|p| a.2.contains(p)))
    };
    let minimal = |one: &&(BTreeSet<String>, u8, Vec<Path>)| {
        gain(one.1, &one.2)
            && !reached.iter().any(|other| {
                other.0.is_subset(&one.0) && other.0 != one.0 && gain(other.1, &other.2) && as_good(other, one)
            })
    };
    reached.iter().filter(minimal).map(|(names, _, paths)| (names.clone(), paths.clone())).collect()
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 60, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn ways_are_true_minimal_and_complete(
        words in proptest::sample::subsequence(vec![
            "data.state_secret=true", "data.core=true", "request.foreign_authority=true", "handler.ciio=true",
            "data.important=notified", "data.important=suspected", "handler.city=440300", "recipient.region=HK", "recipient.onward_outside_gba=true",
            "ground.necessary=unknown", "ground.necessary=no", "ground.contract_with_individual=?", "handler.ciio=?",
        ], 0..=4),
        ordinary in select(vec!["0", "500", "150_000", "2_000_000"]),
        sensitive in select(vec!["0", "20", "30_000"]),
    ) {
        let known = facts(&format!("persons.ordinary={ordinary} persons.sensitive={sensitive} {}", words.join(" ")));
        let now = determine(&BASE, &known, day(ON)).expect("an answer");
        let answer = lighter(&BASE, &known, day(ON), None).expect("an answer");
        for way in &answer.ways {
            let mut then = known.clone();
            for change in &way.changes {
                then.set(&BASE, &change.fact, change.to.clone()).expect("fits");
                for (id, v) in &change.also {
                    then.set(&BASE, id, v.clone()).expect("fits");
                }
            }
            let proof = determine(&BASE, &then, day(ON)).expect("an answer");
            prop_assert_eq!((&proof.paths, proof.outcome, proof.certainty), (&way.paths, Outcome::Determined, way.certainty));
            prop_assert_eq!(way.lighter, weight(&proof) < weight(&now));
            prop_assert!(way.lighter || way.paths.len() > now.paths.len());
        }
        let ours: BTreeSet<_> = answer.ways.iter().map(|way| {
            (way.changes.iter().map(|change| change.fact.clone()).collect::<BTreeSet<_>>(), way.paths.clone())
        }).collect();
        prop_assert_eq!(ours, brute_force(&known, &now));
        prop_assert!(answer.ways.windows(2).all(|pair| pair[0].changes.len() <= pair[1].changes.len()));
    }
}

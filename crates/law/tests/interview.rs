//! Questions asked one by one: none too many, none too few, and never a dead end.

mod support;

use law::{FactType, Facts, Interview, Outcome, Value, determine};
use proptest::prelude::*;
use proptest::sample::{Index, subsequence};
use support::{BASE, answer, day, facts, told};

const ON: &str = "2026-11-22";

/// Values to answer with, on both sides of every figure of Order 16.
fn values(id: &str) -> Vec<Value> {
    let fact = BASE.fact(id).expect("a fact");
    let words = |list: &[&str]| list.iter().map(|w| Value::Text((*w).to_owned())).collect::<Vec<_>>();
    match (fact.kind, id) {
        (FactType::Bool, _) => vec![Value::Bool(false), Value::Bool(true)],
        (FactType::Count, _) => {
            [0, 1, 9_999, 10_000, 99_999, 100_000, 999_999, 1_000_000, 7_000_000].map(Value::Count).to_vec()
        }
        // A judgement value is no state of the world: a matter that need not be asked need not be judged either.
        (FactType::Choice, _) => {
            let settled = fact.values.iter().filter(|v| fact.judgement.as_ref().is_none_or(|j| j.value != **v));
            settled.cloned().map(Value::Text).collect()
        }
        (_, "recipient.region") => words(&["DE", "HK", "MO"]),
        (_, "handler.city") => words(&["110115", "440300"]),
        (_, "handler.region") => words(&["CN-BJ", "CN-SH"]),
        _ => words(&["none", "clinical-trials"]),
    }
}

/// Facts that may be missing: those the interface lets a person state and some rule reads.
fn ids() -> Vec<&'static str> {
    let read = |n: usize| BASE.rules().iter().any(|r| r.when.facts().iter().any(|f| f.place() == n));
    let facts = BASE.facts().iter().enumerate();
    facts
        .filter(|(n, f)| f.assumed.is_none() && f.kind != FactType::Date && read(*n))
        .map(|(_, f)| f.id.as_str())
        .collect()
}

fn without(unknown: &[&str], changes: &str) -> Facts {
    let mut known = facts(changes);
    for id in unknown {
        known.forget(id);
    }
    known
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 300, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn i1_an_interview_ends_asks_only_what_matters_and_finds_what_all_answers_would(
        unknown in subsequence(ids(), 1..=9),
        picks in prop::collection::vec(any::<Index>(), 40),
        persons in proptest::sample::select(vec!["", "persons.ordinary=150_000", "persons.sensitive=20", "ground.contract_with_individual=true"]),
    ) {
        let given = without(&unknown, persons);
        // Everything the person would say if asked everything.
        let truth = |id: &str| {
            let n = BASE.facts().iter().position(|f| f.id == id).expect("a fact");
            picks[n % picks.len()].get(&values(id)).clone()
        };
        let mut whole = given.clone();
        for id in &unknown {
            whole.set(&BASE, id, truth(id)).expect("fits");
        }
        prop_assume!(whole.check().is_ok());
        let all = determine(&BASE, &whole, day(ON)).expect("an answer");
        let mut interview = Interview::new(&BASE, &given, day(ON));
        let first = interview.asking().expect("asks");
        let (mut at_most, mut asked) = (first.most, 0);
        loop {
            let now = interview.asking().expect("asks");
            let Some(question) = now.next else { break };
            if now.settled {
                break;
            }
            prop_assert!(asked == 0 || now.most < at_most, "asked {asked}, {} more after {at_most}", now.most);
            prop_assert!(now.fewest <= now.most);
            at_most = now.most;
            asked += 1;
            prop_assert!(asked <= unknown.len(), "asks more than is missing");
            prop_assert!(unknown.contains(&question.fact.as_str()), "asks `{}`, which is known", question.fact);
            let matters = determine(&BASE, &interview.facts().expect("facts"), day(ON)).expect("an answer");
            prop_assert!(matters.questions.iter().any(|q| q.fact == question.fact), "`{}` changes nothing", question.fact);
            prop_assert!(BASE.fact(&question.fact).is_some_and(|f| !f.question.zh.is_empty() && !f.question.en.is_empty()));
            interview.answer(&question.fact, Some(truth(&question.fact))).expect("fits");
        }
        prop_assert!(asked <= first.most + 1, "asked {asked}, told at most {}", first.most + 1);
        let end = determine(&BASE, &interview.facts().expect("facts"), day(ON)).expect("an answer");
        prop_assert_eq!(end.outcome, all.outcome);
        if end.outcome == Outcome::HumanJudgement {
            // That a person judges is settled; what it may come to still depends on facts that need not be asked before.
            prop_assert!(all.paths.iter().all(|path| end.paths.contains(path)));
        } else {
            prop_assert_eq!(told(&end), told(&all));
        }
    }

    #[test]
    fn an_interview_in_which_nobody_knows_anything_ends_too(unknown in subsequence(ids(), 1..=9)) {
        let given = without(&unknown, "");
        let mut interview = Interview::new(&BASE, &given, day(ON));
        let mut asked = 0;
        while let Some(question) = interview.asking().expect("asks").next {
            interview.answer(&question.fact, None).expect("declines");
            asked += 1;
            prop_assert!(asked <= unknown.len());
        }
        prop_assert_eq!(&interview.facts().expect("facts"), &given);
    }
}

#[test]
fn a_step_back_takes_the_last_answer_out_and_asks_again() {
    let given = without(&["handler.ciio", "persons.ordinary", "persons.sensitive"], "");
    let mut interview = Interview::new(&BASE, &given, day(ON));
    let first = interview.asking().expect("asks").next.expect("a question");
    assert_eq!(first.fact, "handler.ciio");
    interview.answer(&first.fact, Some(Value::Bool(false))).expect("fits");
    assert_eq!(interview.asking().expect("asks").number, 2);
    assert_eq!(interview.back().as_deref(), Some("handler.ciio"));
    assert_eq!(interview.asking().expect("asks").next.expect("a question").fact, "handler.ciio");
    assert_eq!(interview.back(), None);
}

#[test]
fn an_answer_that_contradicts_what_is_known_changes_nothing() {
    let given = without(&["persons.ordinary", "persons.sensitive"], "data.personal=false");
    let mut interview = Interview::new(&BASE, &given, day(ON));
    assert!(interview.answer("persons.ordinary", Some(Value::Count(5))).is_err());
    assert!(interview.answer("handler.ciio", Some(Value::Count(5))).is_err());
    assert!(interview.answers().is_empty());
}

/// I1: nobody can talk a count below what was counted.
#[test]
fn i1_an_answer_below_what_was_counted_is_refused() {
    let mut given = without(&["persons.ordinary"], "");
    given.set_at_least(&BASE, "persons.ordinary", 500).expect("a count");
    let mut interview = Interview::new(&BASE, &given, day(ON));
    let error = interview.answer("persons.ordinary", Some(Value::Count(499))).expect_err("too few");
    assert!(error.to_string().contains("less than the 500 already counted"), "{error}");
    interview.answer("persons.ordinary", Some(Value::Count(500))).expect("as many");
}

/// I10: what is a matter of judgement is asked as one, with its article and the answers there are.
#[test]
fn i10_a_judgement_is_asked_as_one_and_nobody_is_held_up_by_it() {
    let given = facts("data.important=suspected");
    let mut interview = Interview::new(&BASE, &given, day(ON));
    let asking = interview.asking().expect("asks");
    assert!(asking.is_judgement() && asking.settled);
    // The rule of article 2 asks in its own words; where its fact has a closed list, the answers come along.
    let question = asking.next.expect("a question");
    assert_eq!((question.fact.as_str(), question.cite.as_str()), ("data.important", "CAC Order 16 art 2"));
    assert_eq!(question.options, ["no", "notified"]);
    interview.answer("data.important", None).expect("nobody knows");
    assert_eq!(interview.asking().expect("asks").next, None);
    interview.back();
    interview.answer("data.important", Some(Value::Text("no".into()))).expect("judged");
    assert_eq!(
        told(&determine(&BASE, &interview.facts().expect("facts"), day(ON)).expect("an answer")),
        "determined: exempt"
    );
}

/// I10: necessity is never guessed: while it is open, the outcome is a person's, with the question and its article.
#[test]
fn i10_necessity_is_never_guessed() {
    let open = answer(ON, "ground.contract_with_individual=true ground.necessary=unknown persons.ordinary=200_000");
    assert_eq!(open.outcome, Outcome::HumanJudgement);
    assert_eq!(open.questions.len(), 1);
    assert_eq!(open.questions[0].fact, "ground.necessary");
    assert_eq!(open.questions[0].cite, "CAC Order 16 art 5");
    assert!(open.paths.contains(&law::Path::Exempt) && open.paths.contains(&law::Path::StandardContract));
    // Nobody has to judge where the judgement changes nothing.
    let settled = answer(ON, "ground.necessary=unknown persons.ordinary=200_000");
    assert_eq!(settled.outcome, Outcome::Determined);
}

#[test]
fn from_nothing_the_first_question_comes_with_bounds() {
    let began = std::time::Instant::now();
    let asking = Interview::new(&BASE, &Facts::new(), day(ON)).asking().expect("asks");
    assert_eq!(asking.next.expect("a question").fact, "data.state_secret");
    assert!(asking.most >= 10 && asking.fewest == 0, "{} to {}", asking.fewest, asking.most);
    assert!(began.elapsed().as_secs() < 5, "{:?}", began.elapsed());
    println!("{:?}, {} to {}", began.elapsed(), asking.fewest, asking.most);
}

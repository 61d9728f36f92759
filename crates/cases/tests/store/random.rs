//! Random actions through the store equal the pure fold, refusal by refusal.

use std::collections::BTreeMap;

use cases::{Acting, Case, CaseId, Mark, Payload, Recorded, Refusal, RequestId, StoreError, Verdict, Version, fold};
use proptest::prelude::*;
use proptest::test_runner::{Config, TestRunner};

use crate::support::*;

/// One thing somebody tries.
#[derive(Debug, Clone)]
struct Step {
    case: usize,
    who: usize,
    action: usize,
    days: u64,
    stale: bool,
}

const ACTIONS: [&str; 16] = [
    "edit",
    "submit",
    "return",
    "resubmit",
    "forward",
    "accept",
    "ask-supplement",
    "supplement",
    "decide",
    "message",
    "assign",
    "withdraw",
    "request-reassessment",
    "decide-again",
    "close-refused",
    "office-note",
];

fn payload(action: &str, turn: usize) -> Payload {
    let brief = format!("第{turn}次");
    let marks = vec![Mark { at: "handler.brief".to_owned(), text: brief.clone() }];
    let verdict = |odd: bool| if odd { Verdict::Approved } else { Verdict::Refused };
    match action {
        "edit" if turn.is_multiple_of(5) => {
            answers(&[("contact.name", serde_json::Value::Null), ("persons", (turn as u64).into())])
        }
        "edit" if turn.is_multiple_of(2) => {
            answers(&[("handler.brief", brief.into()), ("contact.phone", format!("138{turn:08}").into())])
        }
        "edit" => filled(),
        "return" | "ask-supplement" => Payload { marks, ..Payload::default() },
        "accept" => Payload { number: Some(brief), ..Payload::default() },
        "decide" | "decide-again" => decisions(verdict(turn.is_multiple_of(3)), verdict(turn.is_multiple_of(2))),
        "assign" => Payload { assignee: Some(cases::ActorId::new(format!("officer-{turn}"))), ..Payload::default() },
        "message" | "withdraw" | "request-reassessment" | "office-note" => text(&brief),
        _ => Payload::default(),
    }
}

fn step() -> impl Strategy<Value = Step> {
    let steps = (0..3_usize, 0..4_usize, 0..ACTIONS.len(), 0..4_u64, prop::bool::weighted(0.05));
    steps.prop_map(|(case, who, action, days, stale)| Step { case, who, action, days, stale })
}

#[test]
fn random_actions_through_the_store_are_the_pure_fold() {
    for place in Place::both() {
        let runtime =
            tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build().expect("a runtime");
        let store = runtime.block_on(place.open());
        let config = Config { cases: 24, failure_persistence: None, ..Config::default() };
        let mut runner = TestRunner::new(config);
        let all = std::cell::Cell::new(0);
        let run = runner.run(&prop::collection::vec(step(), 40..120), |steps| {
            runtime.block_on(compare(&store, &steps, &all));
            Ok(())
        });
        run.unwrap_or_else(|error| panic!("{error}"));
        runtime.block_on(async {
            assert_eq!(store.verify_projections().await.expect("they can be read"), []);
            assert!(store.verify().await.expect("every digest holds") > 400);
        });
    }
}

async fn compare(store: &cases::Store, steps: &[Step], all: &std::cell::Cell<u64>) {
    let world = world();
    let mut cases: Vec<(CaseId, Vec<Recorded>)> = Vec::new();
    for nth in 0..3 {
        let case = open(store, nth, "2025-03-03").await;
        let record = store.record(&case).await.expect("the record");
        cases.push((case, record.into_iter().map(|entry| entry.recorded).collect()));
    }
    let mut on = day("2025-03-03");
    for (turn, step) in steps.iter().enumerate() {
        on = on.checked_add(jiff::ToSpan::days(step.days as i64)).expect("a day");
        let (case, record) = &mut cases[step.case];
        let nth = step.case as u64;
        let by = [approver(nth), province("CN-BJ"), national(), approver(nth + 1)][step.who].clone();
        let folded: Case = fold(case, record).expect("it folds");
        let seen = if step.stale { folded.version.0 - 1 } else { folded.version.0 };
        // Mostly what can be done, so that cases get somewhere; sometimes whatever it is.
        let can: Vec<&str> = cases::available_actions(&world, &folded, &by, on)
            .into_iter()
            .filter(|available| available.blocked.is_none() && ACTIONS.contains(&available.action.id.as_str()))
            .map(|available| available.action.id.as_str())
            .collect();
        let action = match can.get(step.action % can.len().max(1)).filter(|_| !turn.is_multiple_of(5)) {
            Some(action) => action,
            None => ACTIONS[step.action],
        };
        let mut asked = request(case, &by, &on.to_string(), seen, action, payload(action, turn));
        all.set(all.get() + 1);
        asked.request = Some(RequestId::new(format!("q{}", all.get())));
        let acting = Acting {
            by: &by,
            at: asked.at,
            seen: Version(seen),
            request: asked.request.as_ref(),
            signer: asked.signer.as_deref(),
        };
        let pure: Result<Recorded, Refusal> = cases::act(&world, &folded, acting, &asked.action, asked.payload.clone());
        match (pure, store.act(asked).await) {
            (Ok(pure), Ok(done)) => {
                assert_eq!(done.recorded, pure);
                record.push(pure);
            }
            (Err(pure), Err(StoreError::Refused(refused))) => assert_eq!(refused, pure),
            (pure, stored) => panic!("{step:?}: {pure:?} and {stored:?}"),
        }
    }
    let mut by_id: BTreeMap<CaseId, Case> = BTreeMap::new();
    for (case, record) in &cases {
        by_id.insert(case.clone(), fold(case, record).expect("it folds"));
    }
    for (case, expected) in by_id {
        assert_eq!(store.case(&case).await.expect("the case"), expected);
    }
}

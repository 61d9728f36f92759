//! Recording, refusing, reading back.

use cases::{Payload, StoreError, Version, fold};

use crate::support::*;

#[test]
fn cases_are_found_by_the_beginning_of_their_ids() {
    on_both(|store, _| async move {
        for id in ["sa-b2", "sa-b10", "sa-b1", "sa-B1", "sc-b1", "sa-b", "s"] {
            let payload = opening(handler(1, "海川数据有限公司", "CN-BJ"), "车联网");
            let asked = request(&cases::CaseId::new(id), &approver(1), "2025-03-03", 0, "open", payload);
            store.act(asked).await.expect("it opens");
        }
        // One that was refused is no case.
        let refused = request(&cases::CaseId::new("sa-b9"), &national(), "2025-03-03", 0, "open", text("x"));
        store.act(refused).await.expect_err("refused");
        for (prefix, most, expected) in [
            ("sa-b", 10, &["sa-b", "sa-b1", "sa-b10", "sa-b2"][..]),
            ("sa-b", 2, &["sa-b", "sa-b1"]),
            ("sa-b1", 10, &["sa-b1", "sa-b10"]),
            ("sa-b10", 10, &["sa-b10"]),
            ("s", 10, &["s", "sa-B1", "sa-b", "sa-b1", "sa-b10", "sa-b2", "sc-b1"]),
            ("", 3, &["s", "sa-B1", "sa-b"]),
            ("sa-b9", 10, &[]),
            ("sa-b%", 10, &[]),
            ("sa-b\u{7f}", 10, &[]),
            ("案", 10, &[]),
            ("sa-b", 0, &[]),
        ] {
            let found = store.cases_beginning(prefix, most).await.expect("a search");
            assert_eq!(found.iter().map(cases::CaseId::as_str).collect::<Vec<_>>(), expected, "{prefix} {most}");
        }
    });
}

#[test]
fn a_case_goes_its_way_and_is_read_back_as_it_was_recorded() {
    on_both(|store, place| async move {
        let case = decided(&store, 1).await;
        let before = store.case(&case).await.expect("the case");
        assert_eq!(before.state.as_str(), "approved-in-part");
        assert_eq!(before.version, Version(9));
        store.close().await;
        // Another process, with nothing in memory.
        let store = place.open().await;
        let after = store.case(&case).await.expect("the case");
        assert_eq!(after, before);
        let record = store.record(&case).await.expect("the record");
        let recorded: Vec<_> = record.into_iter().map(|entry| entry.recorded).collect();
        assert_eq!(fold(&case, &recorded).expect("it folds"), before);
        assert_eq!(store.verify().await.expect("every digest holds"), 9);
        assert_eq!(store.verify_projections().await.expect("they can be read"), []);
    });
}

#[test]
fn a_refusal_is_the_one_of_the_pure_step_and_fails_nobody_else() {
    on_both(|store, _| async move {
        let (one, other) = (open(&store, 1, "2025-03-03").await, open(&store, 2, "2025-03-03").await);
        let submit = |case, nth, seen| request(case, &approver(nth), "2025-03-04", seen, "submit", Payload::default());
        let edit = |case, nth| request(case, &approver(nth), "2025-03-04", 1, "edit", filled());
        let unknown = request(&one, &approver(1), "2025-03-04", 1, "fly", Payload::default());
        let nowhere = request(&cases::CaseId::new("sa-nowhere"), &approver(1), "2025-03-04", 1, "edit", filled());
        let (stale, edited, unknown, foreign, lost) = tokio::join!(
            store.act(submit(&one, 1, 7)),
            store.act(edit(&other, 2)),
            store.act(unknown),
            store.act(submit(&one, 2, 1)),
            store.act(nowhere)
        );
        assert_eq!(stale.expect_err("stale").code(), "stale-version");
        assert_eq!(edited.expect("it is recorded").recorded.version, Version(2));
        assert_eq!(unknown.expect_err("unknown").code(), "unknown-action");
        assert_eq!(foreign.expect_err("somebody else's").code(), "not-yours");
        assert_eq!(lost.expect_err("no such case").code(), "no-case");
        assert_eq!(store.version(&one).await.expect("it is there"), Version(1));
        let refused = open_refused(&store).await;
        assert!(matches!(store.case(&refused).await, Err(StoreError::NoCase(_))));
        assert_eq!(store.verify_projections().await.expect("they can be read"), []);
    });
}

/// An opening that is refused leaves nothing.
async fn open_refused(store: &cases::Store) -> cases::CaseId {
    let case = store.new_case_id("security-assessment").expect("an id");
    let mut wrong = handler(1, "某公司", "CN-BJ");
    wrong.uscc.replace_range(17.., "-");
    let opened = store.act(request(&case, &approver(1), "2025-03-03", 0, "open", opening(wrong, ""))).await;
    assert_eq!(opened.expect_err("refused").code(), "bad-part");
    case
}

#[test]
fn a_request_that_is_sent_again_is_answered_with_what_it_became() {
    on_both(|store, place| async move {
        let case = store.new_case_id("security-assessment").expect("an id");
        let payload = opening(handler(1, "海川数据有限公司", "CN-BJ"), "出境");
        let opened = named(request(&case, &approver(1), "2025-03-03", 0, "open", payload), "open-1");
        let edit = named(request(&case, &approver(1), "2025-03-04", 1, "edit", filled()), "edit-1");
        // Twice in the same moment, and again later.
        let (first, second) = tokio::join!(store.act(opened.clone()), store.act(opened.clone()));
        let (first, second) = (first.expect("opened"), second.expect("the same"));
        assert_eq!([first.again, second.again].iter().filter(|again| **again).count(), 1);
        assert_eq!(first.recorded, second.recorded);
        let done = store.act(edit.clone()).await.expect("recorded");
        store.clone().close().await;
        let store = place.open().await;
        let again = store.act(edit.clone()).await.expect("the same");
        assert!(again.again && !done.again);
        assert_eq!((again.recorded, again.digest), (done.recorded, done.digest));
        assert_eq!(store.version(&case).await.expect("it is there"), Version(2));
        let mut other = edit.clone();
        other.payload = answers(&[("handler.brief", "别的".into())]);
        assert_eq!(store.act(other).await.expect_err("another action").code(), "request-reused");
        let mut unnamed = opened;
        unnamed.request = None;
        assert_eq!(store.act(unnamed).await.expect_err("there is one").code(), "case-exists");
    });
}

#[test]
fn two_officers_never_overwrite_each_other() {
    on_both(|store, place| async move {
        let other = place.open().await;
        let mut cases = Vec::new();
        for nth in 0..4 {
            cases.push(open(&store, nth, "2025-03-03").await);
        }
        // Each of many sees a version, acts on it, and counts what it was told.
        let mut tasks = Vec::new();
        for task in 0..16_u64 {
            let (store, cases) = (if task % 2 == 0 { store.clone() } else { other.clone() }, cases.clone());
            tasks.push(tokio::spawn(async move {
                let mut told = Vec::new();
                for turn in 0..20_u64 {
                    let nth = (task + turn) % 4;
                    let case = &cases[nth as usize];
                    let seen = store.version(case).await.expect("a version");
                    let words = text(&format!("第{task}个，第{turn}次"));
                    match store.act(request(case, &approver(nth), "2025-03-04", seen.0, "message", words)).await {
                        Ok(done) => told.push((case.clone(), done.recorded.version, done.digest)),
                        Err(error) => assert_eq!(error.code(), "stale-version"),
                    }
                }
                told
            }));
        }
        let mut told = Vec::new();
        for task in tasks {
            told.extend(task.await.expect("no panic"));
        }
        let mut recorded = 0;
        for case in &cases {
            let record = store.record(case).await.expect("the record");
            recorded += record.len() - 1;
            for (at, version, digest) in told.iter().filter(|(at, _, _)| at == case) {
                assert_eq!(record[version.0 as usize - 1].digest, *digest, "{at}");
            }
        }
        // As many as were acknowledged, each once.
        assert_eq!(told.len(), recorded);
        assert_eq!(other.verify_projections().await.expect("they can be read"), []);
    });
}

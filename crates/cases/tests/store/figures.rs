//! Queues, search, statistics.

use cases::{Payload, QueueQuery, Role, Scope, Verdict};

use crate::support::*;

#[test]
fn a_queue_shows_each_what_waits_for_it_nearest_day_first() {
    on_both(|store, _| async move {
        let early = open(&store, 1, "2025-03-03").await;
        let late = open(&store, 2, "2025-03-03").await;
        let draft = open(&store, 3, "2025-03-03").await;
        for (case, nth, on) in [(&late, 2, "2025-03-06"), (&early, 1, "2025-03-05")] {
            act(&store, case, &approver(nth), on, "edit", filled()).await.expect("filled in");
            act(&store, case, &approver(nth), on, "submit", Payload::default()).await.expect("submitted");
        }
        let queue = store.queue(&QueueQuery::of(province("CN-BJ"))).await.expect("a queue");
        let seen: Vec<_> = queue.rows.iter().map(|row| (row.case.clone(), row.due, row.clock.as_deref())).collect();
        // Five working days after the 5th and the 6th (Order 11 art 7).
        let due = |on| Some(day(on));
        assert_eq!(
            seen,
            [
                (early.clone(), due("2025-03-12"), Some("sa-completeness")),
                (late.clone(), due("2025-03-13"), Some("sa-completeness")),
            ]
        );
        assert_eq!(queue.rows[0].holder.as_deref(), Some("province"));
        assert!(store.queue(&QueueQuery::of(province("CN-SH"))).await.expect("a queue").rows.is_empty());
        let mine = store.queue(&QueueQuery::of(approver(3))).await.expect("a queue");
        assert_eq!(mine.rows.iter().map(|row| &row.case).collect::<Vec<_>>(), [&draft]);
        assert_eq!(store.queue_length(&QueueQuery::of(administrator())).await.expect("a number"), 3);
        let mut page = QueueQuery { most: 1, ..QueueQuery::of(administrator()) };
        let mut all = Vec::new();
        loop {
            let queue = store.queue(&page).await.expect("a page");
            let Some(last) = queue.rows.last() else { break };
            page.after = Some((last.due, last.case.clone()));
            all.extend(queue.rows.iter().map(|row| row.case.clone()));
            if !queue.more {
                break;
            }
        }
        assert_eq!(all.len(), 3);
        let mut overdue = QueueQuery::of(province("CN-BJ"));
        overdue.due_before = Some(day("2025-03-13"));
        assert_eq!(store.queue_length(&overdue).await.expect("a number"), 1);
        let assigned = Payload { assignee: Some(cases::ActorId::new("officer_p-7")), ..Payload::default() };
        act(&store, &early, &province("CN-BJ"), "2025-03-06", "assign", assigned).await.expect("assigned");
        let given =
            |to: &str| QueueQuery { assigned: Some(cases::ActorId::new(to)), ..QueueQuery::of(province("CN-BJ")) };
        assert_eq!(store.queue_length(&given("officer_p-7")).await.expect("a number"), 1);
        for other in ["officer_p", "p-7", "officer%", "officerXp-7"] {
            assert_eq!(store.queue_length(&given(other)).await.expect("a number"), 0, "{other}");
        }
    });
}

#[test]
fn a_clock_that_stands_still_moves_on_with_every_day() {
    on_both(|store, _| async move {
        let case = decided_up_to_supplement(&store).await;
        let due = |store: cases::Store| async move {
            let queue = store.queue(&QueueQuery::of(national())).await.expect("a queue");
            (queue.rows[0].due.expect("a day"), queue.rows[0].stands)
        };
        let (first, stands) = due(store.clone()).await;
        assert!(stands);
        assert_eq!(store.refresh(day("2025-04-10")).await.expect("refreshed"), 1);
        let (second, _) = due(store.clone()).await;
        assert!(second > first, "{second} after {first}");
        assert_eq!(store.refresh(day("2025-04-10")).await.expect("refreshed"), 0);
        assert_eq!(store.verify_projections().await.expect("they can be read"), []);
        let _ = case;
    });
}

async fn decided_up_to_supplement(store: &cases::Store) -> cases::CaseId {
    let case = open(store, 1, "2025-03-03").await;
    let number = Payload { number: Some("数评2025第1号".to_owned()), ..Payload::default() };
    let mark = cases::Mark { at: "handler.brief".to_owned(), text: "请补充".to_owned() };
    for (by, on, action, payload) in [
        (approver(1), "2025-03-04", "edit", filled()),
        (approver(1), "2025-03-05", "submit", Payload::default()),
        (province("CN-BJ"), "2025-03-10", "forward", Payload::default()),
        (national(), "2025-03-18", "accept", number),
        (national(), "2025-03-20", "ask-supplement", Payload { marks: vec![mark], ..Payload::default() }),
    ] {
        act(store, &case, &by, on, action, payload).await.unwrap_or_else(|error| panic!("{action}: {error}"));
    }
    case
}

#[test]
fn a_search_finds_chinese_and_latin_and_only_what_one_has_to_do_with() {
    on_both(|store, place| async move {
        let case = decided(&store, 1).await;
        let draft = open(&store, 2, "2025-03-03").await;
        let find = |store: cases::Store, by: cases::Actor, words: &'static str| async move {
            let found = store.search(&by, words, 10).await.expect("a search");
            (found.all, found.rows.into_iter().map(|row| row.case).collect::<Vec<_>>())
        };
        let number = "数评2025第1号";
        for words in
            [number, "海川数据 车联网", "ＳＥＣＵＲＩＴＹ assessment", "安全评估", &uscc(1), case.as_str(), "评2025"]
        {
            let words: &'static str = Box::leak(words.to_owned().into_boxed_str());
            assert_eq!(find(store.clone(), national(), words).await, (1, vec![case.clone()]), "{words}");
        }
        for words in ["海川 不在", "", "  ", "海川数据有限公司车联网"] {
            assert_eq!(find(store.clone(), national(), words).await.0, 0, "{words}");
        }
        assert_eq!(find(store.clone(), administrator(), "海川").await.0, 2);
        assert_eq!(find(store.clone(), approver(2), "海川").await.1, std::slice::from_ref(&draft));
        assert_eq!(find(store.clone(), province("CN-SH"), "海川").await.0, 0);
        // Another process finds what this one opens from now on.
        let other = place.open().await;
        assert_eq!(find(other.clone(), administrator(), "海川").await.0, 2);
        let new = open(&store, 3, "2025-03-04").await;
        assert_eq!(find(other, administrator(), "海川").await.1[0], new);
    });
}

#[test]
fn who_finds_and_queues_a_case_is_who_may_see_it() {
    on_both(|store, _| async move {
        let mut cases = vec![decided(&store, 1).await, open(&store, 2, "2025-03-03").await];
        let case = open(&store, 3, "2025-03-03").await;
        let member = Payload { member: Some(handler(9, "海川集团子公司", "CN-SH")), ..Payload::default() };
        act(&store, &case, &approver(3), "2025-05-05", "add-member", member).await.expect("a member");
        cases.push(case.clone());
        let scopes = [
            Scope::All,
            Scope::Handler(uscc(1)),
            Scope::Handler(uscc(9)),
            Scope::Handler(String::new()),
            Scope::Province("CN-BJ".to_owned()),
            Scope::Province("CN-SH".to_owned()),
            Scope::Case(case),
            Scope::Office("zone".to_owned()),
            Scope::Office(String::new()),
        ];
        for scope in scopes {
            for role in Role::ALL {
                let by = actor("somebody", role, scope.clone());
                let mut may = 0;
                for case in &cases {
                    may += u64::from(cases::may_see(&world(), &by, &store.case(case).await.expect("the case")));
                }
                assert_eq!(store.queue_length(&QueueQuery::of(by.clone())).await.expect("a number"), may, "{by:?}");
                assert_eq!(store.search(&by, "海川", 10).await.expect("a search").all, may, "{by:?}");
            }
        }
    });
}

#[test]
fn figures_follow_what_is_decided_later() {
    use cases::{Counted, Group, StatisticsQuery, percentile};
    on_both(|store, _| async move {
        let case = decided(&store, 1).await;
        open(&store, 2, "2025-04-01").await;
        let figures =
            |store: cases::Store, of: StatisticsQuery| async move { store.statistics(&of).await.expect("figures") };
        let n = |counts: &[cases::Count], what: Counted| {
            counts.iter().filter(|count| count.counted == what).map(|count| count.n).sum::<u64>()
        };
        let all = figures(store.clone(), StatisticsQuery::default()).await;
        for (what, expected) in [
            (Counted::Opened, 2),
            (Counted::Submitted, 1),
            (Counted::Accepted, 1),
            (Counted::Returned, 1),
            (Counted::ApprovedInPart, 1),
            (Counted::Marked, 2),
            (Counted::Refused, 0),
        ] {
            assert_eq!(n(&all, what), expected, "{what:?}");
        }
        let marked: Vec<_> =
            all.iter().filter(|count| count.counted == Counted::Marked).map(|count| count.bucket.as_deref()).collect();
        assert_eq!(marked, [Some("handler.brief"), Some("scenario.brief")]);
        // 5 March to 24 April 2025: 36 working days, of which 4 April is a holiday.
        assert_eq!(percentile(&all, 50), Some(35));
        let april = StatisticsQuery {
            from: Some("2025-04".to_owned()),
            province: Some("CN-BJ".to_owned()),
            ..Default::default()
        };
        let april = figures(store.clone(), april).await;
        assert_eq!((n(&april, Counted::Opened), n(&april, Counted::ApprovedInPart)), (1, 1));
        let by = StatisticsQuery { by: vec![Group::Province, Group::Sector], by_month: true, ..Default::default() };
        let by = figures(store.clone(), by).await;
        let opened: Vec<_> = by.iter().filter(|count| count.counted == Counted::Opened).collect();
        assert_eq!(opened.len(), 2);
        assert_eq!((opened[0].sector.as_deref(), opened[0].month.as_deref()), (Some("automotive"), Some("2025-03")));
        // The re-assessment takes the place of the result: it is counted once, where it was decided last.
        act(&store, &case, &approver(1), "2025-04-28", "request-reassessment", text("请复评"))
            .await
            .expect("asked for");
        act(&store, &case, &national(), "2025-05-12", "decide-again", decisions(Verdict::Approved, Verdict::Approved))
            .await
            .expect("decided");
        let all = figures(store.clone(), StatisticsQuery::default()).await;
        assert_eq!((n(&all, Counted::Approved), n(&all, Counted::ApprovedInPart)), (1, 0));
        assert_eq!(all.iter().filter(|count| count.counted == Counted::Days).count(), 1);
        assert_eq!(store.verify_projections().await.expect("they can be read"), []);
        assert_eq!(store.rebuild(day("2025-05-12")).await.expect("rebuilt"), 2);
        assert_eq!(figures(store.clone(), StatisticsQuery::default()).await, all);
        assert_eq!(store.verify_projections().await.expect("they can be read"), []);
    });
}

/// A handler's receipt, and the proof that a leaf stands in its log.
fn receipt(log: &mut HandlersLog, release: &str, on: &str) -> transfer::Receipt {
    let receipt = serde_json::json!({
        "form": "tongguan/receipt/1", "release": release, "day": on, "handler": uscc(1), "recipient": "Example Motors GmbH",
        "permit_kind": "security-assessment", "permit_standing": "signed", "permit": transfer::digest(&transfer::canonical_bytes(&released_under())), "files": [],
        "columns": [{ "source": "cars", "name": "车辆识别代号", "label": "VIN", "form": "keep" }],
        "rule_base": { "version": "1", "sha256": "0".repeat(64) }, "program": "1", "commitment": "0".repeat(64),
        "log": log.key.verifier().to_string(),
    });
    serde_json::from_value(receipt).expect("a receipt")
}

/// The handler's `permit.json`.
fn released_under() -> transfer::Permit {
    let permit = serde_json::json!({
        "form": "tongguan/permit/1", "kind": "security-assessment", "standing": "signed", "effective": "2025-04-24",
        "paths": ["security-assessment"], "rules": [], "recipient": "Example Motors GmbH", "purpose": "远程诊断",
        "columns": [{ "source": "cars", "name": "车辆识别代号", "form": "keep" }],
    });
    serde_json::from_value(permit).expect("a permit")
}

struct HandlersLog {
    log: evidence::Log<evidence::MemStore>,
    key: evidence::SigningKey,
}

impl HandlersLog {
    fn new() -> Self {
        let key = evidence::SigningKey::from_seed("handler.example/log", &[6; 32]).expect("a key");
        let log = evidence::Log::create(evidence::MemStore::default(), "handler.example/log", &key).expect("a log");
        Self { log, key }
    }

    fn proof(&mut self, leaf: Vec<u8>) -> String {
        let at = self.log.append(&[leaf], &self.key).expect("appended").start;
        self.log.proof(at).expect("a proof").to_string()
    }
}

/// Other systems went on counting what had been reported, whatever was said of it later.
#[test]
fn a_report_that_is_taken_back_no_longer_counts() {
    use cases::{Counted, Report, StatisticsQuery};
    on_both(|store, _| async move {
        let case = decided(&store, 1).await;
        let mut log = HandlersLog::new();
        let released = |store: cases::Store| async move {
            let counts =
                store.statistics(&StatisticsQuery { by_month: true, ..Default::default() }).await.expect("figures");
            let counts = counts.into_iter().filter(|count| count.counted == Counted::Released);
            counts.map(|count| (count.month.expect("a month"), count.n)).collect::<Vec<_>>()
        };
        let report = |report| Payload { receipt: Some(report), ..Payload::default() };
        for (release, on) in [("r-1", "2025-05-20"), ("r-2", "2025-06-02")] {
            let receipt = receipt(&mut log, release, on);
            let proof = log.proof(transfer::canonical_bytes(&receipt));
            let payload = report(Report::Released {
                receipt: Box::new(receipt),
                permit: Box::new(released_under()),
                proof,
                persons: Some(10),
            });
            act(&store, &case, &approver(1), "2025-07-01", "report-release", payload).await.expect("reported");
        }
        assert_eq!(released(store.clone()).await, [("2025-05".to_owned(), 1), ("2025-06".to_owned(), 1)]);
        let entry = transfer::NotPublished::new("r-1", b"receipt", day("2025-07-02"));
        let proof = log.proof(transfer::canonical_bytes(&entry));
        let payload = report(Report::NotPublished { entry: Box::new(entry), proof });
        act(&store, &case, &approver(1), "2025-07-02", "report-release", payload).await.expect("taken back");
        assert_eq!(released(store.clone()).await, [("2025-06".to_owned(), 1)]);
        assert_eq!(store.verify_projections().await.expect("they can be read"), []);
    });
}

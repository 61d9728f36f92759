//! Bugs that other case systems had, each with a test of its own, and both readings of a stopped clock.

use std::collections::BTreeMap;

use cases::{Case, CaseClock, Outside, Payload, Report, Role, Running, clocks};
use deid::Transform;
use evidence::{Log, MemStore, SigningKey};
use jiff::ToSpan as _;
use jiff::civil::{Date, DateTime, date};
use transfer::{NotPublished, Permit, PermitForm, PermittedColumn, Receipt, ReleasedColumn, RuleBaseName, Standing};

use crate::filled::complete;
use crate::support::Run;

fn text() -> Payload {
    Payload { text: Some("情况说明".to_owned()), ..Payload::default() }
}

fn number() -> Payload {
    Payload { number: Some("示例〔2026〕第1号".to_owned()), ..Payload::default() }
}

fn day(name: &str, day: Date) -> Payload {
    Payload { days: BTreeMap::from([(name.to_owned(), day)]), ..Payload::default() }
}

fn mark(at: &str) -> Payload {
    let mark = cases::Mark { at: at.to_owned(), text: "请说明".to_owned() };
    Payload { marks: vec![mark], ..Payload::default() }
}

fn morning(day: Date) -> DateTime {
    day.at(9, 0, 0, 0)
}

/// A declaration that the national office accepted on 6 July 2026.
fn accepted() -> Run {
    let opened = date(2026, 6, 22);
    let mut run = Run::opened("security-assessment", "CN-SH", opened);
    let filled = complete(&run.world, run.case(), opened);
    run.act(Role::Applicant, morning(opened), "edit", filled).unwrap();
    run.act(Role::Approver, morning(opened), "submit", Payload::default()).unwrap();
    run.act(Role::Province, morning(date(2026, 6, 24)), "forward", Payload::default()).unwrap();
    run.act(Role::National, morning(date(2026, 7, 6)), "accept", number()).unwrap();
    run
}

/// The handler answers every mark and supplements.
fn supplement(run: &mut Run, on: Date) {
    let marks = run.case().open_marks().map(|open| open.at.clone()).collect::<Vec<_>>();
    let marks = marks.into_iter().map(|at| cases::Mark { at, text: "已核对".to_owned() }).collect();
    run.act(Role::Applicant, morning(on), "edit", Payload { marks, ..Payload::default() }).unwrap();
    run.act(Role::Approver, morning(on), "supplement", Payload::default()).unwrap();
}

fn clock(run: &Run, id: &str, today: Date) -> CaseClock {
    let running = clocks(&run.world, run.case(), today);
    running.into_iter().rfind(|clock| clock.clock.as_str() == id).unwrap_or_else(|| panic!("`{id}` does not run"))
}

#[test]
fn a_third_supplement_does_not_flip_the_case_to_overdue() {
    let mut run = accepted();
    // Three times the office asks, and three times the handler takes a month: 45 working days would long be over.
    for (asked, answered) in [
        (date(2026, 7, 13), date(2026, 8, 13)),
        (date(2026, 8, 17), date(2026, 9, 17)),
        (date(2026, 9, 21), date(2026, 10, 21)),
    ] {
        run.act(Role::National, morning(asked), "ask-supplement", mark("scenario[1].purpose")).unwrap();
        let mut day = asked;
        while day < answered {
            let assessment = clock(&run, "sa-assessment", day);
            assert!(!assessment.is_late(day), "late on {day} while the handler has to act");
            assert!(matches!(assessment.running, Running::Stands { .. }));
            day = day.saturating_add(1.day());
        }
        supplement(&mut run, answered);
        assert!(!clock(&run, "sa-assessment", answered).is_late(answered), "late on {answered}, three supplements");
    }
    let assessment = clock(&run, "sa-assessment", date(2026, 10, 21));
    // 5, 2 and 3 working days were used before and between; 35 are left from 22 October on.
    assert_eq!(assessment.due.day(), Some(date(2026, 12, 9)));
}

#[test]
fn an_assessment_that_was_stopped_gives_both_readings() {
    let mut run = accepted();
    let before = clock(&run, "sa-assessment", date(2026, 7, 6));
    assert_eq!((before.due.day(), before.without_pause.clone()), (Some(date(2026, 9, 7)), None));
    assert!(before.reading.is_none(), "nothing was stopped, so no reading of a stop is given");
    run.act(Role::National, morning(date(2026, 7, 13)), "ask-supplement", mark("scenario[1].purpose")).unwrap();
    supplement(&mut run, date(2026, 7, 27));
    let after = clock(&run, "sa-assessment", date(2026, 7, 27));
    assert_eq!(after.due.day(), Some(date(2026, 9, 20)), "ten working days later: Sunday 20 September is worked");
    assert_eq!(after.without_pause.as_ref().and_then(cases::Due::day), Some(date(2026, 9, 7)));
    let reading = after.reading.unwrap();
    assert_eq!(reading.status, law::Status::Unconfirmed);
    assert!(reading.text.zh.contains("不停止计算"), "{}", reading.text.zh);
}

#[test]
fn an_office_that_is_late_stays_late_when_it_asks_for_a_supplement() {
    let mut run = accepted();
    let late = date(2026, 9, 8);
    assert!(clock(&run, "sa-assessment", late).is_late(late));
    run.act(Role::National, morning(late), "ask-supplement", mark("scenario[1].purpose")).unwrap();
    let assessment = clock(&run, "sa-assessment", late);
    assert!(assessment.is_late(late), "asking gives no time back");
    supplement(&mut run, date(2026, 9, 14));
    let approve = cases::items(&run.case().dossier).into_iter().map(|item| cases::ItemDecision {
        item: item.key,
        decision: cases::Verdict::Approved,
        forms: Vec::new(),
        persons: None,
        reason: None,
    });
    let decisions = Payload { decisions: approve.collect(), ..Payload::default() };
    run.act(Role::National, morning(date(2026, 9, 15)), "decide", decisions).unwrap();
    let assessment = clock(&run, "sa-assessment", date(2026, 9, 15));
    assert_eq!((assessment.was_in_time(), assessment.due.day()), (Some(false), Some(date(2026, 9, 7))));
}

#[test]
fn the_same_of_a_filing_whose_check_ran_out() {
    let opened = date(2026, 6, 1);
    let mut run = filing(opened);
    // 15 working days from 1 June, the Dragon Boat Festival on the 19th between.
    let due = date(2026, 6, 23);
    assert_eq!(clock(&run, "sc-check", opened).due.day(), Some(due));
    run.act(Role::Province, morning(date(2026, 6, 24)), "ask-supplement", mark("scenario[1].purpose")).unwrap();
    let check = clock(&run, "sc-check", date(2026, 6, 24));
    assert_eq!((check.running, check.was_in_time()), (Running::Done { on: date(2026, 6, 24) }, Some(false)));
}

/// A filing submitted on the day.
fn filing(opened: Date) -> Run {
    let mut run = Run::opened("standard-contract", "CN-SH", opened);
    run.act(Role::Applicant, morning(opened), "record-contract", day("effective", opened)).unwrap();
    run.act(Role::Applicant, morning(opened), "record-pipia", day("assessed", opened)).unwrap();
    let filled = complete(&run.world, run.case(), opened);
    run.act(Role::Applicant, morning(opened), "edit", filled).unwrap();
    run.act(Role::Approver, morning(opened), "submit", Payload::default()).unwrap();
    run
}

#[test]
fn one_working_day_is_a_day_and_not_minutes() {
    // Submitted on a Friday at one minute to midnight, before a week that ends in a weekend that is worked.
    let mut run = Run::opened("security-assessment", "CN-SH", date(2026, 2, 6));
    let filled = complete(&run.world, run.case(), date(2026, 2, 6));
    run.act(Role::Applicant, morning(date(2026, 2, 6)), "edit", filled).unwrap();
    run.act(Role::Approver, date(2026, 2, 6).at(23, 59, 0, 0), "submit", Payload::default()).unwrap();
    // Monday to Friday: five working days, however few minutes were left of the first.
    let check = clock(&run, "sa-completeness", date(2026, 2, 6));
    assert_eq!(check.due.day(), Some(date(2026, 2, 13)));
    assert!(!check.is_late(date(2026, 2, 13)) && check.is_late(date(2026, 2, 14)));
}

#[test]
fn a_clock_turns_at_midnight_of_beijing() {
    let mut run = Run::opened("security-assessment", "CN-SH", date(2026, 6, 22));
    let filled = complete(&run.world, run.case(), date(2026, 6, 22));
    run.act(Role::Applicant, morning(date(2026, 6, 22)), "edit", filled).unwrap();
    let mut second = Run::opened("security-assessment", "CN-SH", date(2026, 6, 22));
    let filled = complete(&second.world, second.case(), date(2026, 6, 22));
    second.act(Role::Applicant, morning(date(2026, 6, 22)), "edit", filled).unwrap();
    run.act(Role::Approver, date(2026, 6, 22).at(23, 59, 59, 0), "submit", Payload::default()).unwrap();
    second.act(Role::Approver, date(2026, 6, 23).at(0, 0, 0, 0), "submit", Payload::default()).unwrap();
    let due = |run: &Run| clock(run, "sa-completeness", date(2026, 6, 23)).due.day();
    assert_eq!((due(&run), due(&second)), (Some(date(2026, 6, 29)), Some(date(2026, 6, 30))));
    let days = |run: &Run| run.case().history.last().map(|happened| happened.day);
    assert_eq!((days(&run), days(&second)), (Some(date(2026, 6, 22)), Some(date(2026, 6, 23))));
    // In universal time both moments are the same afternoon.
    let hours = |run: &Run| run.case().history.last().map(|happened| happened.at.to_string());
    assert!(hours(&run).unwrap().starts_with("2026-06-22T15:59:59"));
    assert!(hours(&second).unwrap().starts_with("2026-06-22T16:00:00"));
}

#[test]
fn an_hour_clock_tells_in_time_from_late_within_one_day() {
    for (at, in_time) in [(date(2026, 8, 1).at(13, 0, 0, 0), true), (date(2026, 8, 1).at(13, 1, 0, 0), false)] {
        let mut run = Run::opened("incident-report", "CN-BJ", date(2026, 8, 1));
        let found = Payload { moment: Some(date(2026, 8, 1).at(9, 0, 0, 0)), ..text() };
        run.act(Role::Applicant, date(2026, 8, 1).at(9, 5, 0, 0), "record-discovery", found).unwrap();
        let before = clock(&run, "incident-report", date(2026, 8, 1));
        assert_eq!(before.is_late_at(at), !in_time);
        run.act(Role::Applicant, at, "report", text()).unwrap();
        assert_eq!(clock(&run, "incident-report", date(2026, 8, 1)).was_in_time(), Some(in_time), "{at}");
    }
}

#[test]
fn a_right_that_lapsed_and_a_window_that_closed_make_nobody_late() {
    let mut run = accepted();
    let decisions = cases::items(&run.case().dossier).into_iter().map(|item| cases::ItemDecision {
        item: item.key,
        decision: cases::Verdict::Refused,
        forms: Vec::new(),
        persons: None,
        reason: Some("必要性不足".to_owned()),
    });
    let decisions = Payload { decisions: decisions.collect(), ..Payload::default() };
    run.act(Role::National, morning(date(2026, 8, 3)), "decide", decisions).unwrap();
    let running = clocks(&run.world, run.case(), date(2026, 8, 3));
    assert!(
        !running.iter().any(|clock| clock.clock.as_str().starts_with("sa-validity")),
        "nothing was approved, so nothing is valid"
    );
    let after = date(2026, 8, 25);
    let request = clock(&run, "sa-reassessment-request", after);
    assert_eq!((request.running, request.is_late(after), request.is_open()), (Running::Over, false, false));
}

#[test]
fn reports_follow_later_corrections() {
    let opened = date(2026, 6, 1);
    let mut run = filing(opened);
    run.act(Role::Province, morning(date(2026, 6, 10)), "pass", number()).unwrap();
    let key = SigningKey::from_seed("example.com/handler", &[7; 32]).unwrap();
    let mut log = Log::create(MemStore::default(), "example.com/handler", &key).unwrap();
    let (report, receipt) = released(run.case(), &mut log, &key, date(2026, 6, 15));
    run.act(Role::Applicant, morning(date(2026, 6, 16)), "report-release", report).unwrap();
    let release = &run.case().releases[0];
    assert_eq!((release.day, release.persons, release.not_published), (date(2026, 6, 15), Some(1_000), None));
    assert!(release.outside.is_empty(), "{:?}", release.outside);
    // Records of what was handed over are kept from the day it left, not from the day it was told.
    let records = clock(&run, "handover-records", date(2026, 6, 16));
    assert_eq!((records.start, records.due.day()), (date(2026, 6, 15), Some(date(2029, 6, 15))));

    let entry = NotPublished::new(&receipt.release, b"receipt", date(2026, 6, 17));
    let proof = proof(&mut log, &key, &transfer::canonical_bytes(&entry));
    let report = Report::NotPublished { entry: Box::new(entry), proof };
    let report = Payload { receipt: Some(report), ..Payload::default() };
    run.act(Role::Applicant, morning(date(2026, 6, 18)), "report-release", report).unwrap();
    let case = run.case();
    assert_eq!(case.releases.len(), 1, "it is the same release, corrected");
    assert_eq!(case.releases[0].not_published, Some(case.version));
}

#[test]
fn what_left_after_the_number_was_cancelled_lies_outside() {
    let mut run = filing(date(2026, 6, 1));
    run.act(Role::Province, morning(date(2026, 6, 10)), "pass", number()).unwrap();
    run.act(Role::Province, morning(date(2026, 6, 20)), "cancel-number", text()).unwrap();
    let key = SigningKey::from_seed("example.com/handler", &[7; 32]).unwrap();
    let mut log = Log::create(MemStore::default(), "example.com/handler", &key).unwrap();
    let (report, _) = released(run.case(), &mut log, &key, date(2026, 6, 22));
    run.act(Role::Applicant, morning(date(2026, 6, 23)), "report-release", report).unwrap();
    assert_eq!(run.case().state.as_str(), "cancelled");
    assert!(run.case().releases[0].outside.contains(&Outside::NoPermit), "{:?}", run.case().releases[0].outside);
}

/// A release of everything the case's permit covers, as its handler reports it.
fn released(case: &Case, log: &mut Log<MemStore>, key: &SigningKey, on: Date) -> (Payload, Receipt) {
    let permitted = case.permits.last().unwrap();
    let fields = permitted.terms.items.iter().flatten().flat_map(|item| &item.fields);
    let column = |name: &str| {
        let (source, name) = name.split_once('.')?;
        let (source, name, label) = (source.to_owned(), name.to_owned(), "CITY".to_owned());
        Some(ReleasedColumn { source, name, label, form: Transform::Keep })
    };
    let columns: Vec<ReleasedColumn> = fields.filter_map(|field| column(&field.name)).collect();
    let of_permit = |column: &ReleasedColumn| PermittedColumn {
        source: column.source.clone(),
        name: column.name.clone(),
        form: column.form,
        withdrawn_from: None,
    };
    let stood_on = Permit {
        form: PermitForm::V1,
        kind: permitted.terms.kind,
        standing: Standing::Signed,
        number: permitted.terms.number.clone(),
        effective: permitted.terms.effective.unwrap(),
        expires: permitted.terms.expires,
        paths: vec![permitted.terms.kind.path()],
        rules: Vec::new(),
        recipient: "recipient".to_owned(),
        recipient_name: permitted.terms.recipients.iter().flatten().next().cloned(),
        purpose: "示例".to_owned(),
        office_permit: evidence::note::unverified_text(permitted.note.as_bytes())
            .ok()
            .map(|text| transfer::digest(text.as_bytes())),
        columns: columns.iter().map(of_permit).collect(),
    };
    let receipt = Receipt {
        form: "tongguan/receipt/1".to_owned(),
        release: "0123456789abcdef".to_owned(),
        day: on,
        handler: case.handler.uscc.clone(),
        recipient: "recipient".to_owned(),
        permit_kind: permitted.terms.kind,
        permit_standing: Standing::Signed,
        permit: transfer::digest(&transfer::canonical_bytes(&stood_on)),
        encrypted_to: Vec::new(),
        files: Vec::new(),
        columns,
        rule_base: RuleBaseName { version: "made-up".to_owned(), sha256: transfer::digest(b"made-up") },
        program: "made-up".to_owned(),
        commitment: transfer::digest(b"made-up"),
        log: key.verifier().to_string(),
    };
    let proof = proof(log, key, &transfer::canonical_bytes(&receipt));
    let (persons, reported) = (Some(1_000), Box::new(receipt.clone()));
    let report = Report::Released { receipt: reported, permit: Box::new(stood_on), proof, persons };
    (Payload { receipt: Some(report), ..Payload::default() }, receipt)
}

fn proof(log: &mut Log<MemStore>, key: &SigningKey, leaf: &[u8]) -> String {
    let range = log.append(&[leaf.to_vec()], key).unwrap();
    log.proof(range.start).unwrap().to_string()
}

#[test]
fn a_supplement_is_not_refused_because_the_assessment_has_grown_old_meanwhile() {
    // The self-assessment of 22 June is within three months of the declaration of that day, and not of 1 October.
    let mut run = accepted();
    run.act(Role::National, morning(date(2026, 7, 13)), "ask-supplement", mark("scenario[1].purpose")).unwrap();
    supplement(&mut run, date(2026, 10, 12));
    assert_eq!(run.case().state.as_str(), "assessing");
    // Who assessed anew for the supplement is not held to the old day either.
    run.act(Role::National, morning(date(2026, 10, 13)), "ask-supplement", mark("scenario[1].purpose")).unwrap();
    let path = "self_assessment.finished".parse().unwrap();
    let answers = BTreeMap::from([(path, serde_json::json!("2026-10-14"))]);
    run.act(Role::Applicant, morning(date(2026, 10, 14)), "edit", Payload { answers, ..Payload::default() }).unwrap();
    supplement(&mut run, date(2026, 10, 15));
}

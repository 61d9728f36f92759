//! The record: who read what, durable before it is shown, and nothing of it changed later.

use cases::{CaseId, Role};
use doors::{AccountId, Event, Page, Read, ReadsQuery};

use crate::support::*;

fn read(account: &str, case: &str, nth: i64) -> Read {
    let case = Some(CaseId::new(case));
    Read { account: AccountId::new(account), role: Role::Province, case, what: "case".to_owned(), at: at(nth) }
}

#[test]
fn every_read_is_found_by_case_account_and_day() {
    on_both(|doors, place| async move {
        let second = open(&place).await;
        let mut all = Vec::new();
        for nth in 0..300 {
            let doors = if nth % 3 == 0 { second.clone() } else { doors.clone() };
            let one = read(&format!("a-{}", nth % 5), &format!("sa-{}", nth % 7), nth * 3600);
            all.push(tokio::spawn(async move { doors.note_read(one).await }));
        }
        for one in all {
            one.await.expect("no panic").expect("written");
        }
        assert_eq!(doors.verify_record().await.expect("every digest holds"), 300);
        let asked = ReadsQuery {
            case: Some(CaseId::new("sa-3")),
            account: Some(AccountId::new("a-1")),
            ..ReadsQuery::default()
        };
        let found = doors.reads(&asked, Page::default()).await.expect("found");
        assert_eq!(found.len(), (0..300).filter(|nth| nth % 7 == 3 && nth % 5 == 1).count());
        assert!(found.windows(2).all(|two| two[0].seq > two[1].seq));
        assert!(found.iter().all(|entry| entry.event == Event::Read && entry.role == Some(Role::Province)));
        // From nine in the morning of the 23rd, an hour each: fifteen on that day, in Beijing.
        let day = "2026-11-23".parse().expect("a day");
        let asked = ReadsQuery { from: Some(day), to: Some(day), ..ReadsQuery::default() };
        assert_eq!(doors.reads(&asked, Page { skip: 0, most: 1000 }).await.expect("found").len(), 15);
        let next = ReadsQuery { from: Some(day.tomorrow().expect("a day")), ..ReadsQuery::default() };
        assert_eq!(doors.reads(&next, Page { skip: 280, most: 1000 }).await.expect("found").len(), 5);
    });
}

#[test]
fn what_was_recorded_is_neither_changed_nor_deleted() {
    on_both(|doors, place| async move {
        for nth in 0..5 {
            doors.note_read(read("a-1", "sa-1", nth)).await.expect("written");
        }
        let mut refused = vec!["UPDATE door_record SET account = 'a-2'", "DELETE FROM door_record WHERE seq = 2"];
        if !place.is_sqlite() {
            refused.push("TRUNCATE door_record");
        }
        for refused in refused {
            let error = place.raw(refused).await.expect_err(refused);
            assert!(error.contains("append-only"), "{error}");
        }
        let (seq, digest) = doors.head().await.expect("the head");
        assert_eq!((seq, digest.len()), (5, 64));
        // Whoever owns the database can take the lock off; it is noticed.
        let owner = if place.is_sqlite() {
            "DROP TRIGGER door_record_stands; UPDATE door_record SET account = 'a-2' WHERE seq = 3"
        } else {
            "ALTER TABLE door_record DISABLE TRIGGER door_record_stays; UPDATE door_record SET account = 'a-2' WHERE seq = 3"
        };
        place.raw(owner).await.expect("an owner can");
        assert_eq!(doors.verify_record().await.expect_err("it is noticed").code(), "record-broken");
    });
}

#[test]
fn the_end_of_the_record_is_not_cut_off_unseen() {
    on_both(|doors, place| async move {
        for nth in 0..5 {
            doors.note_read(read("a-1", "sa-1", nth)).await.expect("written");
        }
        let owner = if place.is_sqlite() {
            "DROP TRIGGER door_record_stays; DELETE FROM door_record WHERE seq = 5"
        } else {
            "ALTER TABLE door_record DISABLE TRIGGER door_record_stays; DELETE FROM door_record WHERE seq = 5"
        };
        place.raw(owner).await.expect("an owner can");
        assert_eq!(doors.verify_record().await.expect_err("it is noticed").code(), "record-broken");
    });
}

#[test]
fn a_read_that_could_not_be_written_is_told() {
    on_both(|doors, place| async move {
        doors.note_read(read("a-1", "sa-1", 0)).await.expect("written");
        place.raw("ALTER TABLE door_record RENAME TO gone").await.expect("an owner can");
        assert_eq!(doors.note_read(read("a-1", "sa-1", 1)).await.expect_err("not written").code(), "database");
        place.raw("ALTER TABLE gone RENAME TO door_record").await.expect("an owner can");
        doors.note_read(read("a-1", "sa-1", 2)).await.expect("written again");
        assert_eq!(doors.verify_record().await.expect("every digest holds"), 2);
    });
}

#[test]
fn doors_and_cases_write_one_database_at_once() {
    on_both(|doors, place| async move {
        let database = database::Database::at(&place.address).expect("an address");
        let random: cases::Random =
            std::sync::Arc::new(|bytes: &mut [u8]| getrandom::fill(bytes).map_err(std::io::Error::other));
        let world = std::sync::Arc::new(crate::procedures::world());
        let store = cases::Store::open_on(&database, cases::Keys::new([7; 32], random), world).await.expect("it opens");
        let mut all = Vec::new();
        for nth in 0..60 {
            let (doors, store) = (doors.clone(), store.clone());
            all.push(tokio::spawn(async move {
                let id = store.new_case_id("security-assessment").expect("an id");
                let handler = cases::Handler {
                    uscc: USCC.to_owned(),
                    name: "示例".to_owned(),
                    region: "CN-FJ".to_owned(),
                    sector: None,
                };
                let opening = cases::Opening {
                    procedure: cases::ProcedureId::new("security-assessment"),
                    handler,
                    channel: cases::Channel::Online,
                    office: None,
                    follows: None,
                    title: String::new(),
                };
                let request = cases::Request {
                    case: id.clone(),
                    action: cases::ActionId::new("open"),
                    by: crate::procedures::actor(Role::Approver, "CN-FJ"),
                    at: at(nth),
                    seen: cases::Version(0),
                    request: None,
                    payload: cases::Payload { opening: Some(opening), ..cases::Payload::default() },
                    signer: None,
                };
                let read = read("a-1", id.as_str(), nth);
                let (acted, noted) = tokio::join!(store.act(request), doors.note_read(read));
                acted.expect("recorded");
                noted.expect("written");
            }));
        }
        for one in all {
            one.await.expect("no panic");
        }
        assert_eq!(store.verify().await.expect("every digest holds"), 60);
        assert_eq!(doors.verify_record().await.expect("every digest holds"), 60);
    });
}

#[test]
fn whoever_was_refused_keeps_no_other_process_waiting() {
    on_both(|doors, place| async move {
        let id = administrator(&doors).await;
        let second = open(&place).await;
        for nth in 0..3 {
            let closed = doors::Change { status: Some(doors::Status::Disabled), ..doors::Change::default() };
            let error = second.change(&id, closed, &id, at(nth)).await.expect_err("the last administrator");
            assert_eq!(error.code(), "last-administrator");
            // The other one, which does nothing more, held the account's row.
            let begun = std::time::Instant::now();
            come(&doors, "root-admin", at(nth)).await;
            assert!(begun.elapsed().as_secs() < 10, "{:?}", begun.elapsed());
        }
    });
}

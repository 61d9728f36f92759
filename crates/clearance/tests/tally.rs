//! What people do to the tally by hand: lists, numbers, other state folders, forecasts, forgetting (I5).

mod support;

use clearance::{Home, Loaded, Said, Scope};
use jiff::civil::date;
use support::{Desk, HANDLER, ON, USUAL, transfer};
use transfer::EarlierKind;

fn said(by: &'static str) -> Said<'static> {
    Said { handler: HANDLER, year: 2026, day: ON, by, why: "a test" }
}

/// A second desk's releases of the same handler.
async fn other_desk(people: &str) -> Desk {
    let desk = Desk::new();
    desk.write("people.csv", people);
    desk.released(&transfer(&[("gender", "keep")], USUAL, "out")).await;
    desk
}

#[tokio::test]
async fn i5_a_list_is_taken_once_and_joined_with_who_left() {
    let desk = Desk::new();
    desk.write("people.csv", "cust_id,gender\nA1,F\nB2,M\n");
    desk.released(&transfer(&[("gender", "keep")], USUAL, "out")).await;
    let list = desk.write("sent.csv", "cust_id\nB2\nC3\n");
    let home = desk.home().await;
    let after = home.import_list(said("Li"), &list, "cust_id", EarlierKind::Both).await.expect("imports");
    assert_eq!(after, [3, 2], "B2 had left already; sensitive is new of both");
    let twice = home.import_list(said("Li"), &list, "cust_id", EarlierKind::Both).await.expect_err("twice");
    assert!(twice.to_string().contains("in the tally already"), "{twice}");
    let after = home.state_number(said("Wang"), 10, 1).await.expect("adds");
    assert_eq!(after, [13, 3], "numbers are added whole");
    let entries = home.store.entries(HANDLER, 2026).await.expect("entries");
    let lines = entries.iter().map(|entry| (entry.what.as_str(), entry.new_ordinary, entry.new_sensitive));
    assert_eq!(lines.collect::<Vec<_>>(), [("release", 2, 0), ("import", 1, 2), ("number", 10, 1)]);
    home.store.close().await;
    let tally = desk.tally().await;
    assert_eq!((tally.ordinary(), tally.sensitive(), tally.exact), (13, 3, false));
}

#[tokio::test]
async fn i5_another_state_folder_is_taken_over_exactly_and_refuses_from_then_on() {
    let other = other_desk("cust_id,gender\nA1,F\nB2,M\n").await;
    let desk = Desk::new();
    let (home, theirs) = (desk.home().await, other.home().await);
    let taken = home.take_from(&theirs, ON, "Li", false).await.expect("takes");
    assert_eq!((taken[0].entries, taken[0].comparable, taken[0].after), (1, true, [2, 0]));
    let again = home.take_from(&theirs, ON, "Li", false).await.expect("takes");
    assert_eq!((again[0].entries, again[0].after), (0, [2, 0]), "nothing comes twice");
    home.store.close().await;
    theirs.store.close().await;
    other.fails(&transfer(&[("gender", "keep")], USUAL, "more"), "was handed over to").await;
    // Here the same persons are known again.
    desk.write("people.csv", "cust_id,gender\nB2,M\nC3,F\n");
    let released = desk.released(&transfer(&[("gender", "keep")], USUAL, "out")).await;
    let persons = released.assessment.persons.expect("persons");
    assert_eq!((persons.ordinary.before, persons.ordinary.after, persons.exact), (2, 3, true));
}

#[tokio::test]
async fn i5_two_tallies_under_different_keys_are_joined_as_an_upper_bound() {
    let other = other_desk("cust_id,gender\nA1,F\nB2,M\n").await;
    let desk = other_desk("cust_id,gender\nB2,M\nC3,F\n").await;
    let (home, theirs) = (desk.home().await, other.home().await);
    let refused = home.take_from(&theirs, ON, "Li", false).await.expect_err("counted in both");
    assert!(refused.to_string().contains("tally join"), "{refused}");
    let taken = home.take_from(&theirs, ON, "Li", true).await.expect("joins");
    assert_eq!((taken[0].comparable, taken[0].after), (false, [4, 0]), "B2 cannot be recognised");
    let itself = home.take_from(&home, ON, "Li", true).await.expect_err("itself");
    assert!(itself.to_string().contains("with itself"), "{itself}");
    home.store.close().await;
    theirs.store.close().await;
    assert!(!desk.tally().await.exact);
}

#[tokio::test]
async fn i5_what_was_spent_under_a_permit_comes_along() {
    let permit = "[permit]\nkind = \"security-assessment\"\nnumber = \"N1\"\neffective = 2026-01-05\npersons = 3\n";
    let text = |out: &str| transfer(&[("diagnosis", "keep")], &format!("{USUAL}{permit}"), out);
    let (desk, other) = (Desk::new(), Desk::new());
    other.write("people.csv", "cust_id,diagnosis\nA1,高血压\nB2,糖尿病\n");
    other.released(&text("out")).await;
    let (home, theirs) = (desk.home().await, other.home().await);
    home.take_from(&theirs, ON, "Li", false).await.expect("takes");
    home.store.close().await;
    theirs.store.close().await;
    desk.write("people.csv", "cust_id,diagnosis\nB2,高血压\nC3,糖尿病\n");
    assert_eq!(desk.released(&text("a")).await.assessment.spent.expect("a permit").persons, 3);
    desk.write("people.csv", "cust_id,diagnosis\nD4,高血压\n");
    desk.stopped(&text("b")).await;
}

#[tokio::test]
async fn the_forecast_names_the_day_and_when_to_begin() {
    let desk = Desk::new();
    desk.write("people.csv", "cust_id,gender\nA1,F\n");
    let loaded =
        Loaded::open(&desk.write("transfer.toml", transfer(&[("gender", "keep")], USUAL, "out"))).expect("opens");
    let home = desk.home().await;
    let on = date(2026, 4, 10);
    home.state_number(Said { day: date(2026, 1, 15), ..said("Li") }, 39_000, 0).await.expect("adds");
    let outlooks = home.forecast(&desk.base, &loaded, on, None).await.expect("a forecast");
    let ordinary = outlooks.iter().find(|outlook| outlook.fact == "persons.ordinary").expect("ordinary");
    assert_eq!((ordinary.now, ordinary.until, ordinary.crosses), (39_000, 99_999, Some(date(2026, 9, 14))));
    assert_eq!((ordinary.start_by, ordinary.workdays, ordinary.statutory), (Some(date(2026, 7, 2)), 52, false));
    let own = home.forecast(&desk.base, &loaded, on, Some(5)).await.expect("a forecast");
    assert_eq!(own[0].start_by, Some(date(2026, 9, 7)));
}

/// Order 16 counts from 1 January of the year; the rules before it also read the year before.
#[tokio::test]
async fn fingerprints_go_when_no_rule_can_read_them_and_counts_stay() {
    let desk = Desk::new();
    desk.write("people.csv", "cust_id,gender\nA1,F\nB2,M\n");
    desk.released(&transfer(&[("gender", "keep")], USUAL, "out")).await;
    let home: Home = desk.home().await;
    assert_eq!(home.forget_old_years(date(2027, 12, 31)).await.expect("looks"), []);
    let forgotten = home.forget_old_years(date(2028, 1, 1)).await.expect("forgets");
    assert_eq!(forgotten, [(HANDLER.to_owned(), 2026)]);
    assert!(home.keys.fingerprint_keys().expect("keys").is_empty());
    assert_eq!(home.forget_old_years(date(2028, 1, 1)).await.expect("looks"), []);
    assert_eq!(home.store.entries(HANDLER, 2026).await.expect("entries")[0].new_ordinary, 2);
    let spill = home.spill().expect("a folder");
    let tally = home.store.tally(HANDLER, 2026, Scope::Counted, false, &spill).await.expect("a tally");
    assert_eq!(tally.ordinary(), 2, "the number stays, as a number");
}

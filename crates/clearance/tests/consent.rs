//! Separate consents: whose rows stay, and whom the recipient has to delete (I11).

mod support;

use clearance::{Cleared, Options, Stop};
use jiff::civil::date;
use support::{Desk, ON, USUAL, transfer};

/// The usual transfer on consent as its ground.
fn on_consent(fields: &[(&str, &str)], consent: &str, out: &str) -> String {
    transfer(fields, &format!("{}{consent}", USUAL.replace("\"contract\"", "\"consent\"")), out)
}

const CONSENT: &str =
    "[consent]\nsource = \"consents.csv\"\nkey = \"cust_id\"\ngiven = \"given\"\nwithdrawn = \"withdrawn\"\n";

fn rows(desk: &Desk, file: &str) -> Vec<String> {
    let text = std::fs::read_to_string(desk.path(file)).expect("a released file");
    text.lines().skip(1).map(str::to_owned).collect()
}

#[tokio::test]
async fn i11_rows_without_live_consent_stay_and_are_counted() {
    let desk = Desk::new();
    desk.write("people.csv", "cust_id,gender\nA1,F\nB2,M\nC3,F\nD4,M\n,F\nE5,F\n");
    desk.write(
        "consents.csv",
        "cust_id,given,withdrawn\na1 ,2026-01-01,\nB2,2026-01-01,2026-10-01\nC3,2026-12-01,\nE5,soon,\n",
    );
    let released = desk.released(&on_consent(&[("cust_id", "keep"), ("gender", "keep")], CONSENT, "out")).await;
    assert_eq!(
        rows(&desk, "out/data/people.csv"),
        ["A1,F"],
        "B2 withdrew, C3 not yet, D4 and E5 never, one row is nobody's"
    );
    let held = released.assessment.found.held_back[0];
    assert_eq!((held.without, held.withdrawn, held.no_guardian), (4, 1, 0));
    assert_eq!(released.assessment.persons.expect("persons").distinct, 1, "who stays is not counted");
    assert_eq!(desk.tally().await.ordinary(), 1);
    let unreadable = released.assessment.warnings.iter().map(|warning| format!("{warning:?}")).collect::<Vec<_>>();
    assert_eq!(unreadable, ["UnreadableConsents { consents: 1 }"]);
}

#[tokio::test]
async fn i11_a_withdrawal_takes_effect_at_the_next_release_and_is_listed_in_the_form_the_recipient_knows() {
    let desk = Desk::new();
    desk.write("people.csv", "cust_id,gender\nA1,F\nB2,M\nC3,F\n");
    desk.write("consents.csv", "cust_id,given,withdrawn\nA1,2026-01-01,\nB2,2026-01-01,\n");
    let fields = [("cust_id", "pseudonym"), ("gender", "keep")];
    desk.released(&on_consent(&fields, CONSENT, "first")).await;
    let first = rows(&desk, "first/data/people.csv");
    assert_eq!(first.len(), 2);
    // B2 withdraws and is gone from the source; C3 withdraws without ever having been sent.
    desk.write("people.csv", "cust_id,gender\nA1,F\nC3,F\n");
    desk.write(
        "consents.csv",
        "cust_id,given,withdrawn\nA1,2026-01-01,\nB2,2026-01-01,2026-11-01\nC3,2026-01-01,2026-11-01\n",
    );
    let second = desk.released(&on_consent(&fields, CONSENT, "second")).await;
    assert_eq!(rows(&desk, "second/data/people.csv"), [first[0].clone()]);
    assert_eq!(second.withdrawn, 1);
    let of_b2 = first[1].split(',').next().expect("a pseudonym");
    assert_eq!(rows(&desk, "second/data/withdrawn-people.csv"), [of_b2]);
    let listed = second.receipt.columns.iter().filter(|column| column.source == "withdrawn-people");
    assert_eq!(listed.map(|column| column.name.as_str()).collect::<Vec<_>>(), ["cust_id"]);
    let trust = clearance::read_trust(&desk.home_path().join("trust")).expect("pinned keys");
    let verdict = clearance::verify(&desk.path("second"), &trust).expect("verifies");
    assert!(verdict.holds(), "{:?}", verdict.faults);
    // A key that never leaves cannot be named to the recipient: somebody has to be told.
    let third = desk.released(&on_consent(&[("gender", "keep")], CONSENT, "third")).await;
    assert!(
        third
            .assessment
            .warnings
            .iter()
            .any(|warning| format!("{warning:?}").contains("WithdrawnUnnamed { persons: 1 }"))
    );
}

#[tokio::test]
async fn i11_a_child_leaves_with_a_guardians_consent_only() {
    let desk = Desk::new();
    desk.write(
        "people.csv",
        "cust_id,birth_date,gender\nA1,2015-01-01,F\nB2,2016-01-01,M\nC3,1990-01-01,F\nD4,01/02/03,M\n",
    );
    desk.write(
        "consents.csv",
        "cust_id,given,by\nA1,2026-01-01,mother\nB2,2026-01-01,\nC3,2026-01-01,\nD4,2026-01-01,\n",
    );
    let consent = CONSENT.replace("withdrawn = \"withdrawn\"", "guardian = \"by\"")
        + "[permit]\nkind = \"standard-contract\"\neffective = 2026-10-26\nfiled = 2026-10-27\n";
    let released = desk.released(&on_consent(&[("cust_id", "keep"), ("gender", "keep")], &consent, "out")).await;
    assert_eq!(rows(&desk, "out/data/people.csv"), ["A1,F", "C3,F"], "an age nobody can read may be a child's");
    assert_eq!(released.assessment.found.held_back[0].no_guardian, 2);
}

#[tokio::test]
async fn i11_every_person_of_a_row_has_to_have_consented() {
    let desk = Desk::new();
    desk.write("people.csv", "cust_id,guest_mobile,gender\nA1,13800138000,F\nA1,13900139001,F\n");
    desk.write("consents.csv", "cust_id,given\nA1,2026-01-01\n");
    desk.write("guests.csv", "guest_mobile,given\n+86 139 0013 9001,2026-01-01\n");
    let consent = CONSENT.replace("withdrawn = \"withdrawn\"\n", "");
    let subject = "[[subject]]\nkey = [\"guest_mobile\"]\n";
    let fields = [("cust_id", "keep"), ("gender", "keep")];
    let (_, stops) = desk.stopped(&on_consent(&fields, &format!("{subject}{consent}"), "out")).await;
    assert_eq!(stops, [Stop::NobodyConsented]);
    let two = consent.replace("[consent]", "[[consent]]")
        + "[[consent]]\nsource = \"guests.csv\"\nkey = \"guest_mobile\"\ngiven = \"given\"\n";
    desk.released(&on_consent(&fields, &format!("{subject}{two}"), "out")).await;
    assert_eq!(rows(&desk, "out/data/people.csv"), ["A1,F"]);
}

#[tokio::test]
async fn consents_that_match_no_subject_are_an_error() {
    let desk = Desk::new();
    desk.write("people.csv", "cust_id,guest_mobile,gender\nA1,13800138000,F\n");
    desk.write("consents.csv", "who,given\nA1,2026-01-01\n");
    let subject = "[[subject]]\nkey = [\"guest_mobile\"]\n";
    let consent = CONSENT.replace("withdrawn = \"withdrawn\"\n", "").replace("\"cust_id\"", "\"who\"");
    desk.fails(
        &on_consent(&[("gender", "keep")], &format!("{subject}{consent}"), "out"),
        "no [[subject]] has a key like",
    )
    .await;
    desk.fails(&on_consent(&[("gender", "keep")], &consent.replace("given\"", "when\""), "out"), "has no field `when`")
        .await;
}

/// The same every night: nothing is sent twice, and a day on which a consent ends is no day like the one before.
#[tokio::test]
async fn the_same_inputs_are_not_sent_twice() {
    let desk = Desk::new();
    desk.write("people.csv", "cust_id,gender\nA1,F\nB2,M\n");
    let text = transfer(&[("gender", "keep")], USUAL, "out/{day}");
    std::fs::create_dir(desk.path("out")).expect("makes");
    let night = |day: i8| Options { on: date(2026, 11, day), again: false, ..desk.options() };
    let run = async |text: &str, day: i8| desk.clear_with(text, night(day)).await.expect("runs");
    assert!(matches!(run(&text, 2).await, Cleared::Released(_)));
    assert!(desk.path("out/2026-11-02/receipt.json").exists());
    for day in [2, 3] {
        let Cleared::NothingNew { day: of, .. } = run(&text, day).await else { panic!("sent twice") };
        assert_eq!(of, "2026-11-02");
    }
    // Another field, another recipient, other bytes of the same length: each is new.
    let field = transfer(&[("gender", "keep"), ("cust_id", "keep")], USUAL, "out/{day}-field");
    assert!(matches!(run(&field, 3).await, Cleared::Released(_)));
    assert!(matches!(
        run(&text.replace("id = \"r1\"", "id = \"r2\"").replace("{day}", "r2"), 3).await,
        Cleared::Released(_)
    ));
    desk.write("people.csv", "cust_id,gender\nA1,F\nB3,M\n");
    assert!(matches!(run(&text, 4).await, Cleared::Released(_)));
    // Consents take effect by day.
    desk.write("consents.csv", "cust_id,given,withdrawn\nA1,2026-01-01,2026-11-06\nB3,2026-01-01,\n");
    let consented = on_consent(&[("gender", "keep")], CONSENT, "out/{day}");
    for (day, rows) in [(5, 2), (6, 1)] {
        let Cleared::Released(released) = run(&consented, day).await else { panic!("not sent on {day}") };
        assert_eq!(released.receipt.files.iter().map(|file| file.rows).sum::<u64>(), rows);
    }
    assert_eq!(ON, date(2026, 11, 2));
}

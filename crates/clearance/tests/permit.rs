//! Signed permits, items, and transfers that drift from what was permitted (I4).

mod support;

use clearance::{Stop, Warning};
use evidence::{Role, SigningKey, Trust, sign_note};
use support::{Desk, HANDLER, USUAL, transfer};
use transfer::{PermitField, PermitItem, PermitKind, Standing, Terms};

fn terms() -> Terms {
    let field = |name: &str, forms: Vec<deid::Transform>| PermitField { name: name.into(), forms };
    Terms {
        kind: PermitKind::SecurityAssessment,
        number: Some("2026-17".into()),
        handler: Some(HANDLER.into()),
        recipients: Some(vec!["r1".into()]),
        purposes: None,
        effective: Some(jiff::civil::date(2026, 1, 5)),
        filed: None,
        expires: None,
        items: Some(vec![
            PermitItem {
                name: "who".into(),
                fields: vec![field("cust_id", vec![deid::Transform::Pseudonym])],
                persons: None,
            },
            PermitItem { name: "what".into(), fields: vec![field("people.diagnosis", vec![])], persons: Some(3) },
        ]),
        persons: Some(10),
        stored_until: None,
        places: None,
    }
}

struct Office(SigningKey);

impl Office {
    fn new() -> Self {
        Self(SigningKey::from_seed("office.example/beijing", &[9; 32]).expect("a key"))
    }

    fn issue(&self, desk: &Desk, terms: &Terms) {
        desk.write("permit.note", sign_note(&terms.office_text(), &[&self.0]).expect("signs"));
    }

    async fn pin(&self, desk: &Desk) {
        desk.home().await.store.close().await;
        let path = desk.home_path().join("trust");
        let mut trust: Trust = std::fs::read_to_string(&path).expect("reads").parse().expect("keys");
        trust.add(Role::Office, self.0.verifier());
        std::fs::write(path, trust.to_string()).expect("writes");
    }
}

fn text(fields: &[(&str, &str)], out: &str) -> String {
    transfer(fields, &format!("{USUAL}[permit]\nfile = \"permit.note\"\n"), out)
}

const FIELDS: [(&str, &str); 2] = [("cust_id", "pseudonym"), ("diagnosis", "keep")];

/// Sensitive information of ten thousand others left before: an assessment is needed.
fn heavy(text: &str) -> String {
    text.replace("none = true\nby = \"tester\"", "ordinary = 0\nsensitive = 10_000")
}

#[tokio::test]
async fn i4_a_permit_counts_only_with_the_signature_of_a_pinned_office() {
    let (desk, office) = (Desk::new(), Office::new());
    desk.write("people.csv", "cust_id,diagnosis\nA1,高血压\nB2,糖尿病\n");
    office.issue(&desk, &terms());
    let (_, stops) = desk.stopped(&heavy(&text(&FIELDS, "out"))).await;
    assert_eq!(stops, [Stop::PermitNotTrusted { signers: vec!["office.example/beijing".into()] }]);
    office.pin(&desk).await;
    let released = desk.released(&heavy(&text(&FIELDS, "out"))).await;
    assert_eq!(released.receipt.permit_standing, Standing::Signed);
    let note = std::fs::read_to_string(desk.path("out/permit.note")).expect("it travels");
    let permit: transfer::Permit =
        serde_json::from_slice(&std::fs::read(desk.path("out/permit.json")).expect("reads")).expect("a permit");
    assert_eq!(permit.office_permit, Some(transfer::digest(terms().office_text().as_bytes())));
    assert!(note.starts_with(&terms().office_text()));
    // One byte of what the office said is changed.
    desk.write("permit.note", note.replace("\"persons\":10", "\"persons\":99"));
    let (_, stops) = desk.stopped(&heavy(&text(&FIELDS, "out2"))).await;
    assert!(matches!(&stops[..], [Stop::PermitNotTrusted { .. }]), "{stops:?}");
    desk.write("permit.note", "no note");
    desk.fails(&heavy(&text(&FIELDS, "out2")), "is no signed permit").await;
    let twice = heavy(&text(&FIELDS, "out2")).replace("file = ", "persons = 3\nfile = ");
    desk.fails(&twice, "is not typed again").await;
}

#[tokio::test]
async fn i4_only_the_items_of_a_signed_permit_leave_in_its_forms_for_its_handler_and_recipient() {
    let (desk, office) = (Desk::new(), Office::new());
    desk.write("people.csv", "cust_id,diagnosis,gender\nA1,高血压,F\nB2,糖尿病,M\n");
    office.issue(&desk, &terms());
    office.pin(&desk).await;
    let kind = PermitKind::SecurityAssessment;
    let (_, stops) = desk.stopped(&heavy(&text(&[("cust_id", "keep"), ("gender", "keep")], "out"))).await;
    let expected = [
        Stop::FieldNotPermitted { kind, fields: vec!["people.gender".into()] },
        Stop::FormNotPermitted { kind, fields: vec!["people.cust_id".into()] },
    ];
    assert_eq!(stops, expected);
    let (_, stops) = desk.stopped(&heavy(&text(&FIELDS, "out")).replace("\"r1\"", "\"r2\"")).await;
    assert_eq!(stops, [Stop::RecipientNotPermitted { kind, recipient: "r2".into() }]);
    office.issue(&desk, &Terms { handler: Some("91110105MA0000000B".into()), ..terms() });
    let (_, stops) = desk.stopped(&heavy(&text(&FIELDS, "out"))).await;
    assert_eq!(stops, [Stop::OtherHandler { handler: "91110105MA0000000B".into() }]);
    // A permit for a lighter path than the law asks today does not open.
    office.issue(&desk, &Terms { kind: PermitKind::Certification, ..terms() });
    let (_, stops) = desk.stopped(&heavy(&text(&FIELDS, "out"))).await;
    assert!(matches!(&stops[..], [Stop::PermitTooLight { .. }]), "{stops:?}");
}

#[tokio::test]
async fn i4_items_are_spent_by_those_of_whom_something_of_the_item_leaves() {
    let (desk, office) = (Desk::new(), Office::new());
    office.issue(&desk, &terms());
    office.pin(&desk).await;
    desk.write("people.csv", "cust_id,diagnosis\nA1,高血压\nB2,\nC3,糖尿病\n");
    let released = desk.released(&heavy(&text(&FIELDS, "a"))).await;
    let spent = released.assessment.spent.expect("a permit");
    assert_eq!((spent.persons, spent.items), (3, vec![("who".into(), 3), ("what".into(), 2)]));
    desk.write("people.csv", "cust_id,diagnosis\nA1,高血压\nB2,高血压\n");
    let released = desk.released(&heavy(&text(&FIELDS, "b"))).await;
    assert!(released.assessment.warnings.contains(&Warning::NearlySpent {
        persons: 3,
        permitted: 3,
        item: Some("what".into())
    }));
    desk.write("people.csv", "cust_id,diagnosis\nD4,高血压\n");
    let (_, stops) = desk.stopped(&heavy(&text(&FIELDS, "c"))).await;
    assert_eq!(stops, [Stop::TooManyPersons { persons: 4, permitted: 3, item: Some("what".into()) }]);
}

/// Order 11 art 14: what first left under a permit that names no fields is what was declared.
#[tokio::test]
async fn i4_a_new_field_or_recipient_under_the_same_permit_is_told_as_drift() {
    let desk = Desk::new();
    let permit = "[permit]\nkind = \"security-assessment\"\nnumber = \"7\"\neffective = 2026-01-05\n";
    let text = |fields: &[(&str, &str)], out: &str| heavy(&transfer(fields, &format!("{USUAL}{permit}"), out));
    desk.write("people.csv", "cust_id,diagnosis,gender\nA1,高血压,F\n");
    let kind = PermitKind::SecurityAssessment;
    desk.released(&text(&[("cust_id", "pseudonym"), ("diagnosis", "keep")], "a")).await;
    desk.released(&text(&[("diagnosis", "mask")], "b")).await;
    let (_, stops) = desk.stopped(&text(&[("cust_id", "keep"), ("gender", "keep")], "c")).await;
    let expected = [
        Stop::FieldNotPermitted { kind, fields: vec!["people.gender".into()] },
        Stop::FormNotPermitted { kind, fields: vec!["people.cust_id".into()] },
    ];
    assert_eq!(stops, expected);
    let other = text(&[("diagnosis", "keep")], "c").replace("\"r1\"", "\"r2\"");
    let (_, stops) = desk.stopped(&other).await;
    assert_eq!(stops, [Stop::RecipientNotPermitted { kind, recipient: "r2".into() }]);
    // The handler says that the permit covers it.
    let covered = other.replace("number = \"7\"", "number = \"7\"\nrecipients = [\"r1\", \"r2\"]");
    desk.released(&covered).await;
}

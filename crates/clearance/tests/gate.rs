//! The gate as a table: what is stated, and what it says. Days, figures and articles as the law has them.

use clearance::Stop;
use clearance::Warning;
use clearance::gate::{Baseline, Held, Leaving, Look, Opening, look, warnings};
use deid::Transform;
use jiff::civil::{Date, date};
use law::{Determination, Facts, RuleBase, Value, determine};
use transfer::{PermitKind, PermitSource, Standing, Transfer};

/// Everything known and plain; counts as given.
fn determination(base: &RuleBase, ordinary: u64, sensitive: u64, on: Date) -> Determination {
    let text = r#"
        [handler]
        ciio = false
        region = "CN-BJ"
        city = "110105"
        zone = "none"
        sector = "none"
        [data]
        personal = true
        important = "no"
        core = false
        state_secret = false
        overseas_origin_only = false
        [ground]
        necessary = "yes"
        contract_with_individual = false
        hr_labour_rules = false
        hr_collective_contract = false
        emergency = false
        statutory_duty = false
        [list]
        scenario = "none"
        [recipient]
        region = "DE"
        [request]
        foreign_authority = false
    "#;
    let (mut facts, _) = Facts::parse(base, text).expect("facts");
    facts.set(base, "persons.ordinary", Value::Count(ordinary)).expect("a count");
    facts.set(base, "persons.sensitive", Value::Count(sensitive)).expect("a count");
    determine(base, &facts, on).expect("determined")
}

const DUTIES: &str =
    "[duties]\npipia = { done = 2026-10-20 }\nnotice = { version = \"1\", since = 2026-01-01 }\nbasis = \"contract\"\n";

/// What is asked of the gate beside the transfer file.
struct Ask {
    counts: (u64, u64),
    persons: u64,
    items: Vec<u64>,
    on: Date,
    baseline: Option<Baseline>,
    consented_rows: Option<u64>,
}

impl Default for Ask {
    fn default() -> Self {
        Self { counts: EXEMPT, persons: 10, items: vec![], on: ON, baseline: None, consented_rows: None }
    }
}

impl Ask {
    fn look<T>(self, more: &str, then: impl Fn(&Look<'_>) -> T) -> T {
        let base = clearance::rule_base().expect("a rule base");
        let more =
            if more.contains("[recipient]") { more.to_owned() } else { format!("[recipient]\nid = \"r\"\n{more}") };
        let transfer = Transfer::parse(&format!("{more}\n[[source]]\npath = \"a.csv\"\n")).expect("a transfer");
        let permit = match transfer.permit_source().expect("a permit or none") {
            PermitSource::Declared(terms) => Some(Ok(Held { terms: *terms, standing: Standing::Declared })),
            _ => None,
        };
        let leaving = |name: &str, form| Leaving { source: "a".into(), name: name.into(), form, item: None };
        then(&Look {
            transfer: &transfer,
            handler: "H1",
            determination: &determination(&base, self.counts.0, self.counts.1, self.on),
            personal: true,
            leaving: &[leaving("x", Transform::Keep), leaving("y", Transform::Pseudonym)],
            permit: permit.as_ref(),
            baseline: self.baseline.as_ref(),
            persons_under_permit: self.persons,
            persons_by_item: &self.items,
            consented_rows: self.consented_rows,
            on: self.on,
            calendar: base.calendar(),
        })
    }
}

fn ask(more: &str, counts: (u64, u64), persons: u64, on: Date) -> Result<Opening, Vec<Stop>> {
    Ask { counts, persons, on, ..Ask::default() }.look(more, look)
}

const ON: Date = date(2026, 11, 2);
const EXEMPT: (u64, u64) = (99_999, 0);
const CONTRACT: (u64, u64) = (100_000, 0);
const ASSESSMENT: (u64, u64) = (0, 10_000);

#[track_caller]
fn opens(more: &str, counts: (u64, u64), kind: PermitKind, standing: Standing) {
    let opening = ask(&format!("{DUTIES}{more}"), counts, 10, ON).expect("opens");
    assert_eq!((opening.kind, opening.standing), (kind, standing));
}

#[track_caller]
fn stops(more: &str, counts: (u64, u64), expected: &[Stop]) {
    assert_eq!(ask(more, counts, 10, ON).expect_err("stops"), expected);
}

#[track_caller]
fn permit_stops(permit: &str, counts: (u64, u64), expected: &[Stop]) {
    stops(&format!("{DUTIES}[permit]\n{permit}"), counts, expected);
}

#[test]
fn exempt_opens_on_the_determination() {
    opens("", EXEMPT, PermitKind::Determination, Standing::Determined);
}

#[test]
fn i11_duties_are_conditions_exempt_or_not() {
    let with = |pipia: &str, notice: &str, basis: &str| format!("[duties]\n{pipia}\n{notice}\n{basis}\n");
    let (pipia, notice, basis) =
        ("pipia = { done = 2026-11-02 }", "notice = { version = \"1\", since = 2026-11-02 }", "basis = \"hr\"");
    assert!(ask(&with(pipia, notice, basis), EXEMPT, 0, ON).is_ok(), "the day itself is in time");
    stops("", EXEMPT, &[Stop::NoPipia, Stop::NoNotice, Stop::NoBasis]);
    stops(&with("pipia = { done = 2026-11-03 }", notice, basis), EXEMPT, &[Stop::NoPipia]);
    stops(&with(pipia, "notice = { version = \"1\", since = 2026-11-03 }", basis), EXEMPT, &[Stop::NoNotice]);
    stops(&with(pipia, notice, ""), EXEMPT, &[Stop::NoBasis]);
    stops(&with(pipia, notice, "basis = \"consent\""), EXEMPT, &[Stop::NoConsents]);
    assert_eq!(Stop::NoPipia.cite(), "PIPL 55");
    assert_eq!(Stop::NoNotice.cite(), "PIPL 39");
    assert_eq!(Stop::NoBasis.cite(), "PIPL 13");
}

#[test]
fn a_path_without_its_permit_stays_shut() {
    use law::Path::{Certification, SecurityAssessment, StandardContract};
    stops(DUTIES, CONTRACT, &[Stop::NoPermit { paths: vec![StandardContract, Certification] }]);
    stops(DUTIES, ASSESSMENT, &[Stop::NoPermit { paths: vec![SecurityAssessment] }]);
}

#[test]
fn i4_a_permit_opens_its_own_path_and_lighter_ones_never_a_heavier() {
    let contract = "kind = \"standard-contract\"\neffective = 2026-10-28\nfiled = 2026-10-30\n";
    let certificate = "kind = \"certification\"\neffective = 2026-01-01\nexpires = 2028-12-31\n";
    let assessment = "kind = \"security-assessment\"\neffective = 2026-01-01\nexpires = 2028-12-31\n";
    let open = |permit: &str, counts, kind| opens(&format!("[permit]\n{permit}"), counts, kind, Standing::Declared);
    open(contract, CONTRACT, PermitKind::StandardContract);
    open(certificate, CONTRACT, PermitKind::Certification);
    open(assessment, CONTRACT, PermitKind::SecurityAssessment);
    open(assessment, ASSESSMENT, PermitKind::SecurityAssessment);
    let needed = vec![law::Path::SecurityAssessment];
    let light = |kind| Stop::PermitTooLight { kind, paths: needed.clone() };
    permit_stops(contract, ASSESSMENT, &[light(PermitKind::StandardContract)]);
    permit_stops(certificate, ASSESSMENT, &[light(PermitKind::Certification)]);
    // The Greater Bay Area contract is no path of a handler in Beijing.
    let gba = "kind = \"gba-standard-contract\"\neffective = 2026-10-28\nfiled = 2026-10-30\n";
    let paths = vec![law::Path::StandardContract, law::Path::Certification];
    permit_stops(gba, CONTRACT, &[Stop::PermitTooLight { kind: PermitKind::GbaStandardContract, paths }]);
}

#[test]
fn a_contract_is_filed_within_ten_working_days() {
    // 19 October 2026 is a Monday; ten working days later is 2 November.
    let unfiled = |effective: &str| format!("[permit]\nkind = \"standard-contract\"\neffective = {effective}\n");
    opens(&unfiled("2026-10-19"), CONTRACT, PermitKind::StandardContract, Standing::Declared);
    stops(&format!("{DUTIES}{}", unfiled("2026-10-16")), CONTRACT, &[Stop::NotFiled { due: date(2026, 10, 30) }]);
    // A day of filing that is still to come is none.
    let to_come = format!("{DUTIES}{}filed = 2026-11-03\n", unfiled("2026-10-16"));
    stops(&to_come, CONTRACT, &[Stop::NotFiled { due: date(2026, 10, 30) }]);
    opens(
        &format!("{}filed = 2026-11-02\n", unfiled("2026-09-01")),
        CONTRACT,
        PermitKind::StandardContract,
        Standing::Declared,
    );
    stops(
        &format!("{DUTIES}{}", unfiled("2026-11-03")),
        CONTRACT,
        &[Stop::PermitNotEffective { effective: Some(date(2026, 11, 3)) }],
    );
    permit_stops("kind = \"standard-contract\"\n", CONTRACT, &[Stop::PermitNotEffective { effective: None }]);
}

#[test]
fn an_impact_assessment_is_good_for_three_months() {
    let with = |done: &str, filed: &str| {
        format!(
            "[duties]\npipia = {{ done = {done} }}\nnotice = {{ version = \"1\", since = 2026-01-01 }}\nbasis = \"contract\"\n\
             [permit]\nkind = \"standard-contract\"\neffective = 2026-10-20\nfiled = {filed}\n"
        )
    };
    assert!(ask(&with("2026-07-21", "2026-10-21"), CONTRACT, 0, ON).is_ok(), "the last day in time");
    let after = Stop::PipiaAfterFiling { done: date(2026, 10, 22), filed: date(2026, 10, 21) };
    stops(&with("2026-10-22", "2026-10-21"), CONTRACT, &[after]);
    let stale = Stop::PipiaStale { done: date(2026, 7, 20), until: date(2026, 10, 20) };
    stops(&with("2026-07-20", "2026-10-21"), CONTRACT, &[stale]);
}

#[test]
fn i4_time_fields_and_persons_stay_within_the_permit() {
    let base = "kind = \"security-assessment\"\neffective = 2024-01-01\n";
    permit_stops(
        &format!("{base}expires = 2026-11-01\n"),
        ASSESSMENT,
        &[Stop::PermitExpired { expires: date(2026, 11, 1) }],
    );
    // What has an end by law never is without one: three years.
    permit_stops(
        "kind = \"security-assessment\"\neffective = 2023-11-01\n",
        ASSESSMENT,
        &[Stop::PermitExpired { expires: date(2026, 11, 1) }],
    );
    opens(
        &format!("[permit]\n{base}expires = 2026-11-02\n"),
        ASSESSMENT,
        PermitKind::SecurityAssessment,
        Standing::Declared,
    );
    permit_stops(
        &format!("{base}fields = [\"x\"]\n"),
        ASSESSMENT,
        &[Stop::FieldNotPermitted { kind: PermitKind::SecurityAssessment, fields: vec!["a.y".into()] }],
    );
    opens(
        &format!("[permit]\n{base}fields = [\"x\", \"a.y\"]\n"),
        ASSESSMENT,
        PermitKind::SecurityAssessment,
        Standing::Declared,
    );
    permit_stops(
        &format!("{base}persons = 9\n"),
        ASSESSMENT,
        &[Stop::TooManyPersons { persons: 10, permitted: 9, item: None }],
    );
    opens(&format!("[permit]\n{base}persons = 10\n"), ASSESSMENT, PermitKind::SecurityAssessment, Standing::Declared);
}

#[test]
fn a_handler_may_ask_for_signed_permits_only() {
    let text = "kind = \"security-assessment\"\neffective = 2024-01-01\n[handler]\nrequire_signed_permit = true\n";
    permit_stops(text, ASSESSMENT, &[Stop::PermitNotSigned]);
}

const ASSESSED: &str = "[permit]\nkind = \"security-assessment\"\nnumber = \"1\"\neffective = 2024-01-01\n";

#[track_caller]
fn drifts(asked: Ask, more: &str, expected: &[Stop]) {
    let asked = Ask { counts: ASSESSMENT, ..asked };
    assert_eq!(asked.look(&format!("{DUTIES}{more}"), look).expect_err("stops"), expected);
}

#[test]
fn i4_a_form_outside_the_permit_stops_and_what_may_leave_as_it_is_may_leave_in_any_form() {
    let kind = PermitKind::SecurityAssessment;
    let permit = |x: &str| {
        format!("{ASSESSED}fields = [{{ name = \"x\", forms = [\"{x}\"] }}, {{ name = \"y\", forms = [\"keep\"] }}]\n")
    };
    drifts(Ask::default(), &permit("mask"), &[Stop::FormNotPermitted { kind, fields: vec!["a.x".into()] }]);
    opens(&permit("keep"), ASSESSMENT, kind, Standing::Declared);
}

#[test]
fn i4_recipient_purpose_and_storage_are_the_permits() {
    let kind = PermitKind::SecurityAssessment;
    let permit = format!("{ASSESSED}recipients = [\"umc\"]\n");
    drifts(Ask::default(), &permit, &[Stop::RecipientNotPermitted { kind, recipient: "r".into() }]);
    opens(&format!("{ASSESSED}recipients = [\"UMC\", \"R\"]\n"), ASSESSMENT, kind, Standing::Declared);
    let purpose = |purpose: &str| format!("{ASSESSED}purposes = [\"research\"]\n[purpose]\ntext = \"{purpose}\"\n");
    drifts(Ask::default(), &purpose("ads"), &[Stop::PurposeNotPermitted { kind, purpose: "ads".into() }]);
    opens(&purpose("Research"), ASSESSMENT, kind, Standing::Declared);
    let stored = |until: &str, place: &str| {
        format!(
            "[recipient]\nid = \"r\"\nstorage = {{ {until} {place} }}\n{ASSESSED}stored_until = 2027-12-31\nplaces = [\"Utrecht\"]\n"
        )
    };
    let permitted = date(2027, 12, 31);
    opens(&stored("until = 2027-12-31,", "place = \"utrecht\""), ASSESSMENT, kind, Standing::Declared);
    let longer = Stop::StoredLonger { kind, until: Some(date(2028, 1, 1)), permitted };
    drifts(Ask::default(), &stored("until = 2028-01-01,", "place = \"Utrecht\""), &[longer]);
    let unsaid = Stop::StoredLonger { kind, until: None, permitted };
    drifts(Ask::default(), &stored("", "place = \"Utrecht\""), &[unsaid]);
    let elsewhere = Stop::StoredElsewhere { kind, place: Some("Delft".into()), permitted: vec!["Utrecht".into()] };
    drifts(Ask::default(), &stored("until = 2027-01-01,", "place = \"Delft\""), &[elsewhere]);
}

/// Order 11 art 14, Order 13 art 8: where the permit is silent, what first left under it is what was declared.
#[test]
fn i4_a_transfer_that_drifts_from_what_first_left_under_its_permit_stops() {
    let kind = PermitKind::SecurityAssessment;
    let baseline = || Baseline {
        fields: vec![("a.x".into(), Transform::Mask), ("a.y".into(), Transform::Keep)],
        recipient: "r".into(),
        purpose: Some("research".into()),
        stored_until: Some(date(2027, 12, 31)),
        place: None,
    };
    let asked = |baseline| Ask { baseline: Some(baseline), ..Ask::default() };
    let more = |until: &str| {
        format!("[recipient]\nid = \"r\"\nstorage = {{ until = {until} }}\n[purpose]\ntext = \"research\"\n{ASSESSED}")
    };
    let form = Stop::FormNotPermitted { kind, fields: vec!["a.x".into()] };
    drifts(asked(baseline()), &more("2027-12-31"), &[form]);
    let fields = vec![("a.y".to_owned(), Transform::Pseudonym)];
    let unknown = Stop::FieldNotPermitted { kind, fields: vec!["a.x".into()] };
    drifts(asked(Baseline { fields, ..baseline() }), &more("2027-12-31"), &[unknown]);
    let same =
        Baseline { fields: vec![("a.x".into(), Transform::Keep), ("a.y".into(), Transform::Pseudonym)], ..baseline() };
    let opened =
        Ask { counts: ASSESSMENT, ..asked(same.clone()) }.look(&format!("{DUTIES}{}", more("2027-06-30")), look);
    assert!(opened.is_ok(), "{opened:?}");
    let longer = Stop::StoredLonger { kind, until: Some(date(2028, 1, 1)), permitted: date(2027, 12, 31) };
    drifts(asked(same.clone()), &more("2028-01-01"), &[longer]);
    let other = Baseline { recipient: "q".into(), purpose: Some("care".into()), ..same };
    let recipient = Stop::RecipientNotPermitted { kind, recipient: "r".into() };
    let purpose = Stop::PurposeNotPermitted { kind, purpose: "research".into() };
    assert_eq!(
        (recipient.cite(), Stop::FormNotPermitted { kind: PermitKind::StandardContract, fields: vec![] }.cite()),
        ("CAC Order 11 art 14", "CAC Order 13 art 8")
    );
    drifts(asked(other), &more("2027-12-31"), &[recipient, purpose]);
}

#[test]
fn i4_items_have_limits_of_their_own() {
    let permit = format!(
        "{ASSESSED}persons = 100\nitems = [{{ name = \"one\", fields = [\"x\"], persons = 5 }}, {{ name = \"two\", fields = [\"y\"] }}]\n"
    );
    let asked = |one| Ask { items: vec![one, 10], ..Ask::default() };
    let spent = Stop::TooManyPersons { persons: 6, permitted: 5, item: Some("one".into()) };
    drifts(asked(6), &permit, &[spent]);
    assert!(Ask { counts: ASSESSMENT, ..asked(5) }.look(&format!("{DUTIES}{permit}"), look).is_ok());
    let soon = Ask { counts: ASSESSMENT, ..asked(4) }.look(&format!("{DUTIES}{permit}"), warnings);
    assert_eq!(soon[0], Warning::NearlySpent { persons: 4, permitted: 5, item: Some("one".into()) });
    assert!(matches!(soon[1..], [Warning::ExpiresSoon { .. }]), "{soon:?}");
}

#[test]
fn i11_consents_have_to_be_named_and_somebody_has_to_have_given_one() {
    let more = "[[consent]]\nsource = \"c.csv\"\nkey = \"x\"\ngiven = \"g\"\n";
    let text = DUTIES.replace("contract", "consent") + more;
    assert!(Ask { consented_rows: Some(1), ..Ask::default() }.look(&text, look).is_ok());
    let nobody = Ask { consented_rows: Some(0), ..Ask::default() }.look(&text, look);
    assert_eq!(nobody, Err(vec![Stop::NobodyConsented]));
}

#[test]
fn the_end_of_a_permit_is_told_before_the_window_to_act_opens() {
    let warns = |permit: &str, on: Date| {
        Ask { counts: ASSESSMENT, on, ..Ask::default() }.look(&format!("{DUTIES}{permit}"), warnings)
    };
    // Three years from 2024-01-08 end on 2027-01-08; sixty working days before that lie in October 2026.
    let permit = "[permit]\nkind = \"security-assessment\"\neffective = 2024-01-08\n";
    assert_eq!(warns(permit, date(2026, 8, 3)), []);
    let soon = warns(permit, date(2026, 9, 21));
    let [Warning::ExpiresSoon { expires, act_by, .. }] = soon.as_slice() else { panic!("{soon:?}") };
    assert_eq!(*expires, date(2027, 1, 8));
    assert!(*act_by > date(2026, 9, 21) && *act_by < date(2026, 10, 31), "{act_by}");
    let contract = "[permit]\nkind = \"standard-contract\"\neffective = 2026-10-26\n";
    let soon = Ask { counts: CONTRACT, ..Ask::default() }.look(&format!("{DUTIES}{contract}"), warnings);
    assert_eq!(soon, [Warning::FileBy { due: date(2026, 11, 9) }]);
}

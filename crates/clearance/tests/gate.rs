//! The gate as a table: what is stated, and what it says. Days, figures and articles as the law has them.

use clearance::Stop;
use clearance::gate::{Look, Opening, look};
use jiff::civil::{Date, date};
use law::{Determination, Facts, RuleBase, Value, determine};
use transfer::{PermitKind, Standing, Transfer};

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

fn ask(more: &str, counts: (u64, u64), persons: u64, on: Date) -> Result<Opening, Vec<Stop>> {
    let base = clearance::rule_base().expect("a rule base");
    let text = format!("[recipient]\nid = \"r\"\n[[source]]\npath = \"a.csv\"\n{more}");
    let transfer = Transfer::parse(&text).expect("a transfer");
    let determination = determination(&base, counts.0, counts.1, on);
    look(&Look {
        transfer: &transfer,
        determination: &determination,
        personal: true,
        leaving: &["a.x".to_owned(), "a.y".to_owned()],
        persons_under_permit: persons,
        on,
        calendar: base.calendar(),
    })
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
    stops(&with(pipia, notice, "basis = \"consent\""), EXEMPT, &[Stop::ConsentNotRead]);
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
        &[Stop::FieldNotPermitted { fields: vec!["a.y".into()] }],
    );
    opens(
        &format!("[permit]\n{base}fields = [\"x\", \"a.y\"]\n"),
        ASSESSMENT,
        PermitKind::SecurityAssessment,
        Standing::Declared,
    );
    permit_stops(&format!("{base}persons = 9\n"), ASSESSMENT, &[Stop::TooManyPersons { persons: 10, permitted: 9 }]);
    opens(&format!("[permit]\n{base}persons = 10\n"), ASSESSMENT, PermitKind::SecurityAssessment, Standing::Declared);
}

#[test]
fn a_handler_may_ask_for_signed_permits_only() {
    let text = "kind = \"security-assessment\"\neffective = 2024-01-01\n[handler]\nrequire_signed_permit = true\n";
    permit_stops(text, ASSESSMENT, &[Stop::PermitNotSigned]);
}

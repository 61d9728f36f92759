//! The taxonomy holds what the contract asks for, and a bad one is refused.

use codes::{Sensitivity, Taxonomy, check, taxonomy};
use jiff::civil::date;
use std::io::Write as _;

const CONTRACT: &str = "PERSON ID_CN PHONE_CN PHONE_LANDLINE EMAIL ADDRESS BANK_CARD PASSPORT_CN PLATE_CN VIN IMEI IP GEO TRACK ORG ORG_HOSPITAL USCC HEALTH \
 AMOUNT SALARY CREDIT_SCORE BIRTH_DATE GENDER NATIONALITY AGE DATE TIMESTAMP CUSTOMER_KEY SUBJECT_KEY INITIALS SITE MEDICAL_RECORD_NO CASE_ID PNR_LOCATOR \
 FREE_TEXT NONE UNDER_14 BIOMETRIC RELIGION SPECIFIC_IDENTITY GENOMIC ID_CARD_IMAGE CRIMINAL_RECORD SEXUAL_ORIENTATION ETHNICITY";

#[test]
fn every_label_of_the_contract_is_there() {
    for label in CONTRACT.split_whitespace() {
        let id = taxonomy().by_label(label).unwrap_or_else(|| panic!("{label} is missing"));
        assert_eq!(id.label(), label);
        assert_eq!(taxonomy().by_id(id.id()), Some(id));
    }
    assert_eq!(taxonomy().by_label("resident-id"), None);
    assert_eq!(taxonomy().by_id("ID_CN"), None);
}

#[test]
fn validators_are_found_by_name() {
    for id in taxonomy().classes() {
        if let Some(name) = &id.class().validator {
            assert!(check::by_name(name).is_some(), "{}: no function `{name}`", id.label());
        }
    }
}

#[test]
fn nothing_of_none_is_personal() {
    let none = taxonomy().by_label("NONE").expect("NONE").class();
    assert!(!none.personal);
    assert_eq!(none.identifier.as_str(), "none");
}

#[test]
fn sensitivity_follows_the_day() {
    let id = taxonomy().by_label("ID_CN").expect("ID_CN").class();
    assert_eq!(id.sensitivity_on(date(2025, 10, 31)).sensitive, Sensitivity::Depends);
    assert_eq!(id.sensitivity_on(date(2025, 11, 1)).sensitive, Sensitivity::No);
    let health = taxonomy().by_label("HEALTH").expect("HEALTH").class();
    assert_eq!(health.sensitivity_on(date(2020, 1, 1)).sensitive, Sensitivity::Yes);
}

/// Every class of the shared list says the same here, when the list is there.
#[test]
fn sensitivity_agrees_with_the_shared_list() {
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/../../../shared/law/sensitive.toml");
    let Ok(text) = std::fs::read_to_string(path) else {
        // Past the test harness, which would keep it to itself.
        let _ = writeln!(std::io::stderr(), "skipped: no shared/law beside the repository");
        return;
    };
    let shared: toml::Table = toml::from_str(&text).expect("sensitive.toml is TOML");
    let rows = shared["class"].as_array().expect("classes");
    for row in rows {
        let label = row["label"].as_str().expect("label");
        let class = taxonomy().by_label(label).unwrap_or_else(|| panic!("{label} is missing")).class();
        let now = class.sensitivity_on(date(2026, 11, 1));
        assert_eq!(now.sensitive.as_str(), row["sensitive"].as_str().expect("sensitive"), "{label}");
        assert_eq!(now.status.as_str(), row["status"].as_str().expect("status"), "{label}");
    }
    assert!(rows.len() >= 19);
}

#[test]
fn a_bad_taxonomy_is_refused() {
    let class = |id: &str, label: &str, rows: &str| {
        format!(
            "[[class]]\nid = \"{id}\"\nlabel = \"{label}\"\nzh = \"\"\nen = \"\"\npersonal = false\nidentifier = \"none\"\nsensitivity = {rows}\n"
        )
    };
    let row = r#"[{ sensitive = "no", ground = "", status = "unconfirmed" }]"#;
    let none = class("none", "NONE", row);
    assert!(Taxonomy::parse(&none).is_ok());
    for bad in [
        String::new(),
        class("a", "A", row),
        format!("{none}{none}"),
        format!("{none}{}", class("a", "A", "[]")),
        format!(
            "{none}{}",
            class("a", "A", r#"[{ until = "2025-01-01", sensitive = "no", ground = "", status = "unconfirmed" }]"#)
        ),
        format!("{none}colour = 1\n"),
    ] {
        assert!(Taxonomy::parse(&bad).is_err(), "{bad}");
    }
}

//! The generators of `sample` give what `detect` finds: the two crates keep each other honest.

mod common;

use detect::ColumnProfile;
use sample::{Kind, table};

fn check(kind: Kind, labels: &[&str]) {
    let table = table(kind, 2_000, 11);
    let profiles: Vec<ColumnProfile> =
        (0..table.header.len()).map(|i| common::profile(table.rows.iter().filter_map(|r| r[i].as_deref()))).collect();
    let columns: Vec<_> = table
        .header
        .iter()
        .zip(&profiles)
        .zip(labels)
        .map(|((h, p), l)| (h.as_str(), Some(h.as_str()), p, *l))
        .collect();
    assert_eq!(columns.len(), table.header.len());
    common::check(kind.as_str(), &columns);
    for (h, p) in table.header.iter().zip(&profiles) {
        assert_eq!(p.finish(Some(h)).suspected, 0, "{h}: a generated check digit is wrong");
    }
}

#[test]
fn people() {
    check(
        Kind::People,
        &[
            "CUSTOMER_KEY",
            "PERSON",
            "GENDER",
            "BIRTH_DATE",
            "NATIONALITY",
            "ID_CN",
            "PHONE_CN",
            "PHONE_LANDLINE",
            "EMAIL",
            "ADDRESS",
            "BANK_CARD",
            "PASSPORT_CN",
            "PLATE_CN",
            "VIN",
            "IMEI",
            "IP",
            "GEO",
            "GEO",
            "ORG",
            "USCC",
            "HEALTH",
            "AMOUNT",
            "CREDIT_SCORE",
            "TIMESTAMP",
            "FREE_TEXT",
        ],
    );
}

#[test]
fn orders() {
    check(
        Kind::Orders,
        &[
            "NONE",
            "CUSTOMER_KEY",
            "PERSON",
            "PHONE_CN",
            "ADDRESS",
            "BANK_CARD",
            "AMOUNT",
            "NONE",
            "NONE",
            "NONE",
            "TIMESTAMP",
        ],
    );
}

#[test]
fn clinical() {
    check(
        Kind::Clinical,
        &[
            "NONE",
            "SUBJECT_KEY",
            "SUBJECT_KEY",
            "SITE",
            "INITIALS",
            "BIRTH_DATE",
            "AGE",
            "GENDER",
            "NATIONALITY",
            "DATE",
            "HEALTH",
            "HEALTH",
            "HEALTH",
            "ORG_HOSPITAL",
            "FREE_TEXT",
        ],
    );
}

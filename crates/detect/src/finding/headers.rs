//! What the header says, as far as the values do not contradict it.

use codes::{HeaderMatch, Strength};

use super::looks::{LOOKS, personal_text};
use super::proofs::PROOFS;
use super::{Choice, Column, header_evidence, says};
use crate::shape::Kind::{
    self, Address, Code, Country, Date, DateCompact, DatePart, Decimal, Digits, Email, Gender, HanName,
    HanNameFrequent, Hospital, Initials, Int, IntAge, IntScore, Ip, Masked, Passport, Short, Text, Timestamp, Word,
};

/// The best class of the header that the values do not contradict.
pub(super) fn by_header(column: &Column<'_>, words: &[HeaderMatch], header: Option<&str>) -> Option<Choice> {
    let best = words.iter().filter(|m| m.strength > Strength::Within || m.chars >= 2).find(|m| fits(column, m))?;
    let empty = column.p.nonnull == 0;
    let label = refine(column, best.class.label());
    if label == "NONE" {
        // a header for a thing does not hide names, addresses or people in running text
        let hidden =
            column.share(&[Address]) >= 0.6 || column.share(&[HanNameFrequent]) >= 0.6 || personal_text(column);
        if hidden {
            return None;
        }
    }
    let supports =
        LOOKS.iter().filter(|l| l.0 == label).map(|l| (column.share(l.1), l.1, l.3)).max_by(|a, b| a.0.total_cmp(&b.0));
    let strength = match best.strength {
        Strength::Whole => 0.75,
        Strength::End => 0.7,
        Strength::Within => 0.55,
    };
    let mut evidence: Vec<String> = header_evidence(header).into_iter().collect();
    let (mut matched, mut suspected, mut bonus) = (column.p.nonnull, 0, 0.0);
    if let Some((share, kinds, words)) = supports.filter(|s| s.0 > 0.0) {
        evidence.push(says(words, share));
        bonus = 0.2 * share;
        if share >= 0.3 {
            matched = column.count(kinds).min(column.p.nonnull);
        }
    } else if let Some(proof) = PROOFS.iter().find(|p| p.label == label) {
        matched = column.count(proof.valid);
        suspected = column.count(proof.wrong);
        evidence.push(says(proof.says, column.share(proof.valid)));
        if column.share(&[Masked]) > 0.3 {
            evidence.push(says("masked", column.share(&[Masked])));
        }
    } else if let Some((kinds, words)) = numbers_of(label) {
        matched = column.count(kinds).min(column.p.nonnull);
        evidence.push(says(words, column.share(kinds).min(1.0)));
        bonus = 0.15 * column.share(kinds).min(1.0);
    }
    Some(Choice { label, confidence: if empty { 0.3 } else { strength + bonus }, matched, suspected, evidence })
}

/// Kinds that support a class of numbers.
fn numbers_of(label: &str) -> Option<(&'static [Kind], &'static str)> {
    Some(match label {
        "AGE" => (&[IntAge], "whole number up to 120"),
        "CREDIT_SCORE" => (&[IntScore], "whole number from 300 to 1000"),
        "AMOUNT" | "SALARY" => (&[Int, Decimal], "number"),
        "NATIONALITY" => (&[Country], "country code"),
        "BIRTH_DATE" => (&[Date, DateCompact, Timestamp, DatePart], "day or year"),
        "GEO" => (&[Decimal, Int], "number"),
        _ => return None,
    })
}

/// Whether the values allow what the header says. An empty column allows everything.
fn fits(column: &Column<'_>, m: &HeaderMatch) -> bool {
    if column.p.nonnull == 0 {
        return true;
    }
    let share = |kinds: &[Kind]| column.share(kinds);
    let numeric = share(&[Int, Decimal]);
    let day = share(&[Date, DateCompact, Timestamp, DatePart]);
    let looks_like = |label: &str| LOOKS.iter().any(|l| l.0 == label && share(l.1) >= l.2);
    match m.class.label() {
        "ID_CN" | "PHONE_CN" | "PHONE_LANDLINE" | "BANK_CARD" | "IMEI" | "VIN" | "USCC" | "PASSPORT_CN"
        | "PLATE_CN" | "PHONE_FOREIGN" | "PERMIT_HMT" | "HK_ID" | "NATIONAL_ID" | "SOCIAL_SECURITY_NO"
        | "DRIVING_LICENCE" => share(&[Digits, Masked]) >= 0.3 && day < 0.5,
        "EMAIL" => share(&[Email, Masked]) > 0.0 || share(&[Text, Word, Code]) > 0.5,
        "IP" => share(&[Ip]) > 0.0 || share(&[Masked]) > 0.3,
        "PERSON" => {
            share(&[Digits]) < 0.5
                && numeric < 0.5
                && day < 0.5
                && !looks_like("ORG")
                && !looks_like("ADDRESS")
                && !looks_like("HEALTH")
        }
        // Days of birth come in writings nobody can order (27/06/2015) and as serial numbers: the header's word stands.
        "BIRTH_DATE" => day >= 0.3 || (m.strength != Strength::Within && share(&[Text, HanName]) < 0.5),
        "DATE" => day >= 0.3,
        "TIMESTAMP" => day >= 0.3 || (share(&[Int]) >= 0.5 && share(&[Digits]) >= 0.5),
        "AGE" => day < 0.5 || numeric >= 0.5,
        "GENDER" => share(&[Gender, Short]) >= 0.5 || column.p.distinct.count().0 <= 10,
        "NATIONALITY" => numeric < 0.5 && day < 0.5 && share(&[Text]) < 0.5,
        "AMOUNT" | "GEO" => numeric >= 0.5 || share(&[Masked]) >= 0.3,
        "SALARY" | "CREDIT_SCORE" => day < 0.5 && share(&[Text]) < 0.5,
        "ADDRESS" | "ORG" | "ORG_HOSPITAL" => numeric < 0.5 && day < 0.5 && share(&[HanName]) < 0.8,
        "CUSTOMER_KEY" | "SUBJECT_KEY" | "MEDICAL_RECORD_NO" | "CASE_ID" | "SITE" => {
            share(&[Text]) < 0.5 && day < 0.8 && share(&[HanName]) < 0.5
        }
        "PNR_LOCATOR" => share(&[Text]) < 0.5 && numeric < 0.8,
        "INITIALS" => share(&[Initials, Short, Word]) >= 0.5,
        "UNDER_14" => column.p.distinct.count().0 <= 10,
        "HEALTH" => day < 0.5,
        _ => true,
    }
}

/// The class in view of the values: days with a time of day are timestamps, hospitals are hospitals.
fn refine(column: &Column<'_>, label: &'static str) -> &'static str {
    let day = column.share(&[Date, DateCompact]);
    let time = column.share(&[Timestamp]);
    match label {
        "DATE" if time > day && time > 0.3 => "TIMESTAMP",
        "TIMESTAMP" if day > time && day > 0.3 => "DATE",
        "ORG" if column.share(&[Hospital]) >= 0.5 => "ORG_HOSPITAL",
        "PASSPORT_CN" if column.p.nonnull > 0 && column.share(&[Passport]) < 0.1 && column.share(&[Masked]) < 0.3 => {
            "PASSPORT_FOREIGN"
        }
        label => label,
    }
}

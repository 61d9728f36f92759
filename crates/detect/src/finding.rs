//! What a column holds: values decide where a check exists, the header decides otherwise.

use codes::{ClassId, HeaderMatch, Strength, taxonomy};

use crate::profile::ColumnProfile;
use crate::shape::Kind::{
    self, Address, CardValid, CardWrong, Code, Coordinate, Country, Date, DateCompact, DateOld, DatePart, Decimal,
    Digits, Email, Gender, HanName, HanNameFrequent, Health, HongKongId, Hospital, Iban, Icd, IdValid, IdWrong,
    ImeiValid, ImeiWrong, Initials, Int, IntAge, IntScore, Ip, Landline, Mac, Masked, Mobile, Org, Passport, Permit,
    PhoneForeign, PinyinName, Plate, Short, Text, Timestamp, UsccValid, UsccWrong, VinValid, VinWrong, Word,
};
use crate::text::LABELS;

/// What one column holds, and why. Never a data value.
#[derive(Clone, Debug, PartialEq)]
pub struct ColumnFinding {
    /// The class; `NONE` when nothing personal was found.
    pub class: ClassId,
    /// From 0 to 1, two decimals: a rank for people, not a probability.
    pub confidence: f64,
    /// Cells that hold something.
    pub nonnull: u64,
    /// Of these, cells that fit the class (where its values have no form of their own: all).
    pub matched: u64,
    /// Of these, cells of the right shape whose check digit is wrong.
    pub suspected: u64,
    /// Distinct values: exact up to 65,536.
    pub distinct: u64,
    /// Whether `distinct` is an estimate.
    pub distinct_estimated: bool,
    /// Why, such as `header: resident_id` and `values: check digit holds in 99.8 %`.
    pub evidence: Vec<String>,
    /// Classes found inside cells of free text, with how often.
    pub found_in_text: Vec<(ClassId, u64)>,
    /// Whether cells of free text were left unread.
    pub sampled: bool,
}

/// A class whose values prove themselves.
struct Proof {
    label: &'static str,
    valid: &'static [Kind],
    wrong: &'static [Kind],
    /// Whether a check digit stands behind it, or only a shape.
    checked: bool,
    says: &'static str,
}

const fn proof(
    label: &'static str,
    valid: &'static [Kind],
    wrong: &'static [Kind],
    checked: bool,
    says: &'static str,
) -> Proof {
    Proof { label, valid, wrong, checked, says }
}

const DIGIT_HOLDS: &str = "check digit holds";
const SHAPE_FITS: &str = "shape fits";

const PROOFS: [Proof; 16] = [
    proof("ID_CN", &[IdValid], &[IdWrong], true, DIGIT_HOLDS),
    proof("USCC", &[UsccValid], &[UsccWrong], true, DIGIT_HOLDS),
    proof("BANK_CARD", &[CardValid], &[CardWrong], true, "issuer prefix and check digit hold"),
    proof("VIN", &[VinValid], &[VinWrong], true, DIGIT_HOLDS),
    proof("IMEI", &[ImeiValid], &[ImeiWrong], true, DIGIT_HOLDS),
    proof("EMAIL", &[Email], &[], true, "form of an e-mail address"),
    proof("IP", &[Ip], &[], true, "form of an IP address"),
    proof("PLATE_CN", &[Plate], &[], true, "form of a number plate"),
    proof("PHONE_CN", &[Mobile], &[], true, "numbering plan holds"),
    proof("PHONE_LANDLINE", &[Landline], &[], true, "numbering plan holds"),
    proof("BANK_CARD", &[Iban], &[], true, DIGIT_HOLDS),
    proof("DEVICE_ID", &[Mac], &[], false, SHAPE_FITS),
    proof("PASSPORT_CN", &[Passport], &[], false, SHAPE_FITS),
    proof("HK_ID", &[HongKongId], &[], true, DIGIT_HOLDS),
    proof("PERMIT_HMT", &[Permit], &[], false, SHAPE_FITS),
    proof("PHONE_FOREIGN", &[PhoneForeign], &[], false, SHAPE_FITS),
];

/// Classes that cells show without a check digit: (label, kinds, least share without a header, words for the evidence).
const LOOKS: [(&str, &[Kind], f64, &str); 11] = [
    ("ORG_HOSPITAL", &[Hospital], 0.6, "name of a hospital"),
    ("ORG", &[Org, Hospital], 0.6, "name of an organisation"),
    ("ADDRESS", &[Address], 0.6, "divisions and road"),
    ("HEALTH", &[Health], 0.5, "disease or condition"),
    ("HEALTH", &[Icd], 0.9, "form of ICD-10"),
    ("PERSON", &[HanName], 0.7, "surname and given name"),
    ("PERSON", &[PinyinName], 0.7, "pinyin name"),
    ("GENDER", &[Gender], 0.9, "word for a sex"),
    ("TIMESTAMP", &[Timestamp], 0.7, "day and time"),
    ("DATE", &[Date, DateCompact], 0.7, "day"),
    ("GEO", &[Coordinate], 0.8, "four decimals within 180 degrees"),
];

struct Column<'a> {
    p: &'a ColumnProfile,
}

impl Column<'_> {
    fn count(&self, kinds: &[Kind]) -> u64 {
        kinds.iter().map(|&k| self.p.counts[k as usize]).sum()
    }

    fn share(&self, kinds: &[Kind]) -> f64 {
        if self.p.nonnull == 0 { 0.0 } else { self.count(kinds) as f64 / self.p.nonnull as f64 }
    }
}

/// A decision before the figures are filled in.
struct Choice {
    label: &'static str,
    confidence: f64,
    matched: u64,
    suspected: u64,
    evidence: Vec<String>,
}

pub(crate) fn decide(p: &ColumnProfile, header: Option<&str>) -> ColumnFinding {
    let column = Column { p };
    let matches = header.map(|h| taxonomy().by_header(h)).unwrap_or_default();
    let choice = by_proof(&column, &matches, header)
        .or_else(|| by_header(&column, &matches, header))
        .or_else(|| by_look(&column, header))
        .or_else(|| by_text(&column))
        .unwrap_or_else(|| Choice {
            label: "NONE",
            confidence: 0.5,
            matched: p.nonnull,
            suspected: 0,
            evidence: Vec::new(),
        });
    let (distinct, distinct_estimated) = p.distinct.count();
    ColumnFinding {
        class: class(choice.label),
        confidence: (choice.confidence.clamp(0.0, 0.99) * 100.0).round() / 100.0,
        nonnull: p.nonnull,
        matched: choice.matched,
        suspected: choice.suspected,
        distinct,
        distinct_estimated,
        evidence: choice.evidence,
        found_in_text: LABELS.iter().zip(p.found).filter(|(_, n)| *n > 0).map(|(label, n)| (class(label), n)).collect(),
        sampled: p.skipped > 0,
    }
}

/// The class of a label that stands in this crate; a test holds all of them against the taxonomy.
fn class(label: &str) -> ClassId {
    let taxonomy = taxonomy();
    taxonomy
        .by_label(label)
        .or_else(|| taxonomy.by_label("NONE"))
        .unwrap_or_else(|| unreachable!("`NONE` is checked when the taxonomy is parsed"))
}

fn percent(share: f64) -> String {
    format!("{:.1} %", share * 100.0)
}

fn says(words: &str, share: f64) -> String {
    format!("values: {words} in {}", percent(share))
}

/// The header as evidence. A header is a name of a column, but a file without one may give its first row: digits are left out.
fn header_evidence(header: Option<&str>) -> Option<String> {
    let header = header?;
    let digits = header.chars().filter(|c| c.is_numeric()).count();
    (digits < 4 && header.chars().count() <= 64 && !header.contains('@')).then(|| format!("header: {header}"))
}

/// Values that prove themselves: check digits, prefixes, numbering plans. A header that says otherwise loses.
fn by_proof(column: &Column<'_>, matches: &[HeaderMatch], header: Option<&str>) -> Option<Choice> {
    let named = |label: &str| matches.iter().any(|m| m.class.label() == label);
    let best = PROOFS.iter().max_by(|a, b| column.share(a.valid).total_cmp(&column.share(b.valid)))?;
    let (valid, wrong) = (column.share(best.valid), column.share(best.wrong));
    let agrees = named(best.label);
    // a header that names a thing (order number, batch) beats a mere shape
    let thing = matches.first().is_some_and(|m| m.class.label() == "NONE");
    let enough = if agrees {
        valid + wrong >= 0.3 && valid > 0.0
    } else if !best.checked {
        valid >= 0.6 && !thing && matches.first().is_none_or(|m| m.strength < Strength::End)
    } else {
        valid >= 0.5 && valid + wrong >= 0.6
    };
    if !enough {
        return None;
    }
    let label = if best.label == "PASSPORT_CN" && named("PASSPORT_FOREIGN") { "PASSPORT_FOREIGN" } else { best.label };
    let mut evidence: Vec<String> = header_evidence(header).filter(|_| agrees).into_iter().collect();
    evidence.push(says(best.says, valid));
    if wrong > 0.0 {
        evidence.push(says("right shape, wrong check digit", wrong));
    }
    Some(Choice {
        label,
        confidence: 0.7 + 0.2 * (valid + wrong) + if agrees { 0.09 } else { 0.0 },
        matched: column.count(best.valid),
        suspected: column.count(best.wrong),
        evidence,
    })
}

/// The best class of the header that the values do not contradict.
fn by_header(column: &Column<'_>, words: &[HeaderMatch], header: Option<&str>) -> Option<Choice> {
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

/// Without a header that helps: what the cells look like.
fn by_look(column: &Column<'_>, header: Option<&str>) -> Option<Choice> {
    if column.p.nonnull == 0 {
        return None;
    }
    let (label, kinds, _, words) = LOOKS.iter().find(|(label, kinds, least, _)| {
        column.share(kinds) >= *least
            && match *label {
                // words that look like names are many; a column of names has many frequent surnames too
                "PERSON" => kinds.contains(&PinyinName) || column.share(&[HanNameFrequent]) >= 0.45,
                // in a table with headers, coordinates are named
                "GEO" => header.is_none() || column.share(&[Coordinate]) >= 0.95,
                _ => true,
            }
    })?;
    let share = column.share(kinds);
    let mut evidence = vec![says(words, share)];
    let mut label = *label;
    // most people in a table were born before 2005, most events are younger
    if label == "DATE" && header.is_none() && column.share(&[DateOld]) >= 0.6 {
        label = "BIRTH_DATE";
        evidence.push(says("day before 2005", column.share(&[DateOld])));
    }
    if header.is_some() {
        evidence.push("header: says nothing".to_owned());
    }
    Some(Choice {
        label,
        confidence: 0.4 + 0.4 * share,
        matched: column.count(kinds).min(column.p.nonnull),
        suspected: 0,
        evidence,
    })
}

/// Whether people were found in running text.
fn personal_text(column: &Column<'_>) -> bool {
    LABELS.iter().zip(column.p.found).any(|(label, n)| {
        n > 0 && class(label).class().personal && !matches!(*label, "AMOUNT" | "AGE" | "GENDER" | "HEALTH")
    })
}

/// Running text; amounts without a header; people inside cells of any column.
fn by_text(column: &Column<'_>) -> Option<Choice> {
    let text = column.share(&[Text]);
    if text >= 0.3 || personal_text(column) {
        return Some(Choice {
            label: "FREE_TEXT",
            confidence: 0.5 + 0.4 * text.min(1.0),
            matched: column.count(&[Text]).min(column.p.nonnull),
            suspected: 0,
            evidence: vec![says("running text", text)],
        });
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn labels_of_this_crate_stand_in_the_taxonomy() {
        for label in PROOFS.iter().map(|p| p.label).chain(LOOKS.iter().map(|l| l.0)).chain(LABELS).chain([
            "FREE_TEXT",
            "NONE",
            "PASSPORT_FOREIGN",
        ]) {
            assert!(taxonomy().by_label(label).is_some(), "{label}");
        }
    }
}

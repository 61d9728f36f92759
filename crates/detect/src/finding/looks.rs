//! What the cells look like where neither a check digit nor the header tells.

use super::{Choice, Column, class, says};
use crate::shape::Kind::{
    self, Address, Coordinate, Date, DateCompact, DateOld, Gender, HanName, HanNameFrequent, Health, Hospital, Icd,
    Org, PinyinName, Text, Timestamp,
};
use crate::text::LABELS;

/// Classes that cells show without a check digit: (label, kinds, least share without a header, words for the evidence).
pub(super) const LOOKS: [(&str, &[Kind], f64, &str); 11] = [
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

/// Without a header that helps: what the cells look like.
pub(super) fn by_look(column: &Column<'_>, header: Option<&str>) -> Option<Choice> {
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
pub(super) fn personal_text(column: &Column<'_>) -> bool {
    LABELS.iter().zip(column.p.found).any(|(label, n)| {
        n > 0 && class(label).class().personal && !matches!(*label, "AMOUNT" | "AGE" | "GENDER" | "HEALTH")
    })
}

/// Running text; amounts without a header; people inside cells of any column.
pub(super) fn by_text(column: &Column<'_>) -> Option<Choice> {
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

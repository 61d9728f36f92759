//! What a column holds: values decide where a check exists, the header decides otherwise.

mod headers;
mod looks;
mod proofs;
pub(crate) mod sightings;

use codes::{ClassId, taxonomy};

use crate::profile::ColumnProfile;
use crate::shape::Kind;
use crate::text::LABELS;

pub use sightings::Sighting;

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
    /// Values of other classes that prove themselves, however few.
    pub strays: Vec<Sighting>,
}

/// The counts of a column, asked by kind.
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

/// Weighs the values against the header: proof first, then the header, then looks, then people in running text.
pub(crate) fn decide(p: &ColumnProfile, header: Option<&str>) -> ColumnFinding {
    let column = Column { p };
    let matches = header.map(|h| taxonomy().by_header(h)).unwrap_or_default();
    let choice = proofs::by_proof(&column, &matches, header)
        .or_else(|| headers::by_header(&column, &matches, header))
        .or_else(|| looks::by_look(&column, header))
        .or_else(|| looks::by_text(&column))
        .unwrap_or_else(|| Choice {
            label: "NONE",
            confidence: 0.5,
            matched: p.nonnull,
            suspected: 0,
            evidence: Vec::new(),
        });
    let (distinct, distinct_estimated) = p.distinct.count();
    let own = class(choice.label);
    ColumnFinding {
        class: own,
        confidence: (choice.confidence.clamp(0.0, 0.99) * 100.0).round() / 100.0,
        nonnull: p.nonnull,
        matched: choice.matched,
        suspected: choice.suspected,
        distinct,
        distinct_estimated,
        evidence: choice.evidence,
        found_in_text: LABELS.iter().zip(p.found).filter(|(_, n)| *n > 0).map(|(label, n)| (class(label), n)).collect(),
        sampled: p.skipped > 0,
        strays: sightings::values(p).into_iter().filter(|sighting| sighting.class != own).collect(),
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

#[cfg(test)]
mod tests {
    use super::looks::LOOKS;
    use super::proofs::PROOFS;
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

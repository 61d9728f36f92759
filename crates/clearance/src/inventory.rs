//! From what the data plane saw to the inventory: classes with their sensitivity on the day, and the person key.

use codes::{KeyStrength, taxonomy};
use engine::{Inspection, Source};
use jiff::civil::Date;
use transfer::{Column, Inventory, Persons};

/// Puts an inspection into the form of the artefact.
pub(crate) fn inventory(shown: &str, source: &Source, inspection: &Inspection, on: Date) -> Inventory {
    let columns = source.columns.iter().zip(&inspection.profiles).map(|(name, profile)| {
        let finding = profile.finish(source.has_header().then_some(name.as_str()));
        let class = finding.class.class();
        Column {
            name: name.clone(),
            class: class.id.clone(),
            label: class.label.clone(),
            personal: class.personal,
            sensitive: class.sensitivity_on(on).sensitive,
            identifier: class.identifier.to_string(),
            confidence: finding.confidence,
            nonnull: finding.nonnull,
            matched: finding.matched,
            suspected: finding.suspected,
            distinct: finding.distinct,
            distinct_estimated: finding.distinct_estimated,
            evidence: finding.evidence,
            found_in_text: finding.found_in_text.iter().map(|(class, n)| (class.label().to_owned(), *n)).collect(),
            sampled: finding.sampled,
        }
    });
    let located = &inspection.quarantine.located;
    Inventory {
        source: shown.to_owned(),
        format: source.format.describe(),
        rows: inspection.rows,
        quarantined: inspection.quarantine.count,
        bad_rows: located.iter().take(10).map(|bad| (bad.row, bad.start, bad.end, bad.reason.clone())).collect(),
        columns: columns.collect(),
        persons: None,
    }
}

/// How well a column tells persons apart.
pub(crate) fn strength(label: &str) -> KeyStrength {
    taxonomy().by_label(label).map_or(KeyStrength::None, |class| class.class().key)
}

/// Whether the table is about persons at all.
pub(crate) fn is_personal(inventory: &Inventory) -> bool {
    inventory.columns.iter().any(|column| column.personal && column.nonnull > 0)
}

/// The column that tells persons best: strong before weak, then the fullest, then the first.
pub fn propose_key(inventory: &Inventory) -> Option<&Column> {
    let candidates = inventory.columns.iter().enumerate().filter(|(_, column)| column.nonnull > 0);
    let ranked = candidates.filter_map(|(index, column)| {
        let strength = strength(&column.label);
        (strength > KeyStrength::None).then(|| {
            // The handler's own key is made to be one; identity documents are often missing.
            let own = matches!(column.label.as_str(), "CUSTOMER_KEY" | "SUBJECT_KEY");
            ((strength, own, column.nonnull, usize::MAX - index), column)
        })
    });
    ranked.max_by_key(|(rank, _)| *rank).map(|(_, column)| column)
}

/// The space within which equal values of a key column are one person.
///
/// A strong key joins records across tables: its space is its class. A weak key (a family shares a phone) joins nothing
/// beyond its own column, and so does a declared key whose class is not known to be a person's: equal numbers of two
/// tables may be two people, and nobody may be undercounted (I5).
pub(crate) fn key_space(source: &str, column: &Column) -> String {
    match strength(&column.label) {
        KeyStrength::Strong => column.label.clone(),
        KeyStrength::Weak => format!("{source}.{}", column.name),
        KeyStrength::None => format!("field {}", column.name),
    }
}

/// A table without any key: each row may be another person.
pub(crate) fn rows_as_persons(inventory: &Inventory) -> Persons {
    Persons {
        distinct: inventory.rows,
        key: Vec::new(),
        rows_without_key: inventory.rows,
        exact: false,
    }
}

//! From what the data plane saw to the inventory: classes with their sensitivity on the day, and the person key.

use codes::{KeyStrength, taxonomy};
use engine::{Inspection, Source};
use jiff::civil::Date;
use transfer::{Column, Inventory, Persons, Stray};

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
            strays: finding.strays.iter().map(stray).collect(),
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

fn stray(seen: &detect::Sighting) -> Stray {
    Stray {
        label: seen.class.label().to_owned(),
        valid: seen.valid,
        suspected: seen.suspected,
        by_chance: seen.by_chance,
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

/// The space within which equal values of a key column are one person; nobody may be undercounted (I5).
///
/// Official numbers are one person's wherever they stand: their space is their class. A handler's own key joins tables
/// that give it the same name (`cust_id` in customers and orders); staff 17 and customer 17 are two people. Numbers that
/// begin anew in each study or table (subject 001), keys of no known class, and weak keys (a family shares a phone) join
/// nothing beyond their own column.
pub(crate) fn key_space(source: &str, column: &Column) -> String {
    let name = column.name.trim().to_lowercase();
    let own = column.label == "CUSTOMER_KEY" || (column.label == "SUBJECT_KEY" && name == "usubjid");
    match strength(&column.label) {
        _ if own => format!("{} {name}", column.label),
        KeyStrength::Strong if column.label != "SUBJECT_KEY" => column.label.clone(),
        _ => format!("{source}.{name}"),
    }
}

/// Whether a column can tell persons apart at all: a gender or a date cannot, whatever is declared.
pub(crate) fn can_be_key(column: &Column) -> bool {
    strength(&column.label) > KeyStrength::None || column.label == "NONE" || column.identifier == "direct"
}

/// A table without any key: each row may be another person.
pub(crate) fn rows_as_persons(inventory: &Inventory) -> Persons {
    Persons { distinct: inventory.rows, key: Vec::new(), rows_without_key: inventory.rows, exact: false }
}

//! From inventory and wishes to the plan: what happens to each field.

use codes::Sensitivity;
use deid::Transform;
use engine::FieldStep;
use jiff::civil::Date;
use transfer::{Column, Inventory, Plan, PlannedField, PlannedSource, Transfer};

/// The names under which a plan refers to the recipient's keys.
pub(crate) fn key_name(transform: Transform, recipient: &str) -> Option<String> {
    match transform {
        Transform::Pseudonym => Some(format!("pseudonym/{recipient}")),
        Transform::Ff1 => Some(format!("ff1/{recipient}")),
        _ => None,
    }
}

/// The plan for a transfer. A column that is not named is dropped.
pub(crate) fn plan(transfer: &Transfer, inventories: &[(String, Inventory)], on: Date, digest: String) -> Plan {
    let sources = inventories.iter().map(|(source, inventory)| {
        let fields = inventory.columns.iter().map(|column| {
            let wish = transfer.fields(source).find(|field| field.name == column.name);
            let transform = wish.map_or(Transform::Drop, |field| field.need);
            PlannedField {
                name: column.name.clone(),
                label: column.label.clone(),
                personal: column.personal || !column.found_in_text.is_empty() || holds_strays(column),
                sensitive: sensitivity(column, on),
                key: key_name(transform, &transfer.recipient.id),
                transform,
                holds: wish.map(|field| field.holds.clone()).unwrap_or_default(),
                why: wish.and_then(|field| field.why.clone()),
                item: wish.and_then(|field| field.item.clone()),
            }
        });
        PlannedSource { source: source.clone(), fields: fields.collect() }
    });
    Plan { on, inventory: digest, sources: sources.collect() }
}

/// Whether values of a personal class stand in a column of another, and no chance explains them.
fn holds_strays(column: &Column) -> bool {
    let personal = |label: &str| codes::taxonomy().by_label(label).is_some_and(|class| class.class().personal);
    column.strays.iter().any(|stray| !stray.by_chance && personal(&stray.label))
}

/// Whether a column is sensitive: by its class, running text by every class found in it, and any column by values of other
/// classes that no chance explains; text that was only sampled may hold anything and counts as sensitive until a person
/// says otherwise.
fn sensitivity(column: &Column, on: Date) -> Sensitivity {
    let taxonomy = codes::taxonomy();
    let of = |label: &str| taxonomy.by_label(label).map(|class| class.class().sensitivity_on(on).sensitive);
    let found = column.found_in_text.iter().filter_map(|(label, _)| of(label));
    let strays = column.strays.iter().filter(|stray| !stray.by_chance).filter_map(|stray| of(&stray.label));
    let all = found.chain(strays).chain([column.sensitive]).collect::<Vec<_>>();
    if all.contains(&Sensitivity::Yes) {
        Sensitivity::Yes
    } else if all.contains(&Sensitivity::Depends) || column.sampled {
        Sensitivity::Depends
    } else {
        Sensitivity::No
    }
}

/// The steps of the data plane for one source.
pub(crate) fn steps(planned: &PlannedSource) -> Vec<FieldStep> {
    planned
        .leaving()
        .map(|field| FieldStep {
            field: field.name.clone(),
            label: field.label.clone(),
            transform: field.transform,
            key: field.key.clone(),
            leaves_as: None,
        })
        .collect()
}

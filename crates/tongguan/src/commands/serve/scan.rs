//! Looking into tables that are uploaded to the counter: the same inspection as `tongguan inspect`.

use std::path::Path;
use std::sync::Arc;

use clearance::{InspectOptions, Step, Watch, inspect};
use deid::Transform;
use jiff::civil::Date;
use jiff::tz::Offset;
use law::Text;
use serde_json::json;
use server::{Scan, Scanned, Scanning};
use transfer::{Inventory, Plan, PlannedField, PlannedSource};

/// Inspects on the cores of this machine.
pub(super) struct Scanner;

/// Nobody watches.
struct Quiet;

impl Watch for Quiet {
    fn begin(&self, _: Step, _: u64) {}

    fn advance(&self, _: u64) {}
}

impl Scan for Scanner {
    fn scan<'a>(&'a self, file: &'a Path, name: &'a str) -> Scanning<'a> {
        Box::pin(async move {
            let on = Offset::constant(8).to_datetime(super::now()).date();
            let options = InspectOptions { on, full: false, cores: crate::commands::cores(), watch: Arc::new(Quiet) };
            let mut inventory = inspect(file, &options).await.map_err(|error| {
                // The folder it lies in for the moment is nobody's business.
                let said = error.to_string().replace(&file.display().to_string(), name);
                Text::new(said.clone(), said)
            })?;
            name.clone_into(&mut inventory.source);
            Ok(Scanned { plan: json!(as_it_is(&inventory, on)), inventory: json!(inventory) })
        })
    }
}

/// A plan in which every column leaves as it is: what a declaration begins from, until somebody says which of them are needed.
fn as_it_is(inventory: &Inventory, on: Date) -> Plan {
    let fields = inventory.columns.iter().map(|column| PlannedField {
        name: column.name.clone(),
        label: column.label.clone(),
        personal: column.personal,
        sensitive: column.sensitive,
        transform: Transform::Keep,
        key: None,
        holds: Vec::new(),
        why: None,
        item: None,
    });
    let source = inventory.source.rsplit(['/', '\\']).next().unwrap_or_default();
    let source = source.rsplit_once('.').map_or(source, |(stem, _)| stem).to_owned();
    // It rests on no release, so no digest ties it to one.
    Plan { on, inventory: String::new(), sources: vec![PlannedSource { source, fields: fields.collect() }] }
}

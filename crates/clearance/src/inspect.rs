//! `inspect` on its own: any file, no transfer, no state folder.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use codes::KeyStrength;
use engine::{Runner, Secret, Source, kind};
use jiff::civil::Date;
use transfer::{Inventory, Persons, Subject};

use crate::clear::{Step, Watch};
use crate::count::{self, Counter, Table};
use crate::error::{At as _, ClearanceError};
use crate::inventory::{inventory, is_personal, propose_key, rows_as_persons, strength};
use crate::keystore::JobKeys;

/// How to look.
pub struct InspectOptions {
    /// The day, for what is sensitive.
    pub on: Date,
    /// Scan running text whole.
    pub full: bool,
    /// Units under way at a time.
    pub cores: usize,
    /// Told what is going on.
    pub watch: Arc<dyn Watch>,
}

/// Looks at one file. The person key is proposed; persons are counted by it under a key made for this run only.
pub async fn inspect(path: &Path, options: &InspectOptions) -> Result<Inventory, ClearanceError> {
    let name = path.file_name().map_or_else(|| path.to_string_lossy(), std::ffi::OsStr::to_string_lossy);
    let source = Arc::new(Source::open(&name, path)?);
    let mut key = [0u8; 32];
    getrandom::fill(&mut key).map_err(|error| ClearanceError::Store(format!("no randomness: {error}")))?;
    let mut keys = JobKeys::default();
    keys.insert(count::FINGERPRINT, Secret::new(key));
    let watch = Arc::clone(&options.watch);
    let spill = std::env::temp_dir();
    let runner = Runner::new(Arc::new(keys), options.cores, Arc::new(move |bytes| watch.advance(bytes)), &spill);
    options.watch.begin(Step::Inspect, source.size);
    let inspection = runner.inspect(&source, options.full).await?;
    let mut inventory = inventory(&path.to_string_lossy(), &source, &inspection, options.on);
    if let Some(column) = propose_key(&inventory) {
        let (field, weak) = (column.name.clone(), strength(&column.label) == KeyStrength::Weak);
        options.watch.begin(Step::Count, source.size);
        let subject = Subject { source: None, key: vec![field.clone()], join: Vec::new() };
        let on = options.on.to_string();
        let table = Table { source: &source, inventory: &inventory, planned: None, rows: None };
        let key_names = vec![count::FINGERPRINT.to_owned()];
        let counter = Counter { runner: &runner, key_names, terms: None, on: &on, spill: &spill };
        let counted = counter.persons(table, &subject, &[]).await?;
        inventory.persons = Some(Persons {
            distinct: counted.year().count(kind::PRESENT),
            key: vec![field],
            rows_without_key: counted.year().rows_without_key(),
            exact: counted.exact && !weak,
        });
    } else if is_personal(&inventory) {
        inventory.persons = Some(rows_as_persons(&inventory));
    }
    Ok(inventory)
}

/// The tables a caller names: files as they are, folders with everything in them that could be one, in order of names.
pub fn tables(paths: &[PathBuf]) -> Result<Vec<PathBuf>, ClearanceError> {
    const FORMS: [&str; 9] = ["csv", "tsv", "tab", "txt", "parquet", "ndjson", "jsonl", "xpt", "psv"];
    let mut found = Vec::new();
    for path in paths {
        if path.to_string_lossy().contains("://") {
            return Err(ClearanceError::input(format!("{}: is a URL: this version reads files only", path.display())));
        }
        if !path.is_dir() {
            found.push(path.clone());
            continue;
        }
        let mut inside = Vec::new();
        for entry in std::fs::read_dir(path).at(path)? {
            let entry = entry.at(path)?.path();
            let form = entry.extension().map(|e| e.to_string_lossy().to_ascii_lowercase());
            if entry.is_file() && form.is_some_and(|form| FORMS.contains(&form.as_str())) {
                inside.push(entry);
            }
        }
        if inside.is_empty() {
            return Err(ClearanceError::input(format!(
                "{}: no table in this folder (looked for: {})",
                path.display(),
                FORMS.join(", ")
            )));
        }
        inside.sort();
        found.extend(inside);
    }
    Ok(found)
}

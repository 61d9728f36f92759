//! The two releases all others are made from: `clear` itself writes them.

use std::collections::BTreeMap;

use serde_json::{Value, json};

use super::support::{Desk, USUAL, sample_csv, transfer};

/// A release as it can still be changed: artefacts as JSON, files by name.
#[derive(Clone)]
pub(super) struct Release {
    pub(super) receipt: Value,
    pub(super) permit: Value,
    pub(super) data: BTreeMap<String, Vec<u8>>,
}

pub(super) struct Base {
    /// Two tables as CSV, on the determination that they are exempt.
    pub(super) exempt: Release,
    /// The same as Parquet, under a standard contract.
    pub(super) contract: Release,
}

/// Columns that need no key: keys are drawn at random, and golden bytes must not depend on them.
const FIELDS: [(&str, &str); 7] = [
    ("name", "mask"),
    ("gender", "keep"),
    ("birth_date", "age-band:10"),
    ("address", "city"),
    ("created_at", "month"),
    ("order_id", "keep"),
    ("qty", "keep"),
];

const CONTRACT: &str = "[permit]\nkind = \"standard-contract\"\nnumber = \"GOLDEN-2026-001\"\neffective = 2026-10-26\n\
                        filed = 2026-10-30\nexpires = 2027-10-25\n";

impl Base {
    pub(super) async fn make() -> Self {
        let sources = "[[source]]\npath = \"orders.csv\"\n[[subject]]\nsource = \"people\"\nkey = [\"cust_id\"]\n\
                       [[subject]]\nsource = \"orders\"\nkey = [\"cust_id\"]\n";
        let duties = &USUAL[USUAL.find("[duties]").unwrap()..];
        let exempt = transfer(&FIELDS, &format!("{sources}{duties}"), "out");
        let many = duties.replace("none = true\nby = \"tester\"", "ordinary = 150_000\nsensitive = 0");
        let contract = transfer(&FIELDS, &format!("{sources}{many}{CONTRACT}"), "out")
            .replace("format = \"csv\"", "format = \"parquet\"");
        let purpose = "[purpose]\ntext = \"made-up rows for those who write verifiers\"\n[data]";
        let [exempt, contract] = [exempt, contract].map(|text| text.replace("[data]", purpose));
        Self { exempt: Release::cleared(&exempt).await, contract: Release::cleared(&contract).await }
    }
}

impl Release {
    /// Runs the main job and reads what it wrote.
    async fn cleared(text: &str) -> Self {
        let desk = Desk::new();
        for (name, kind) in [("people.csv", sample::Kind::People), ("orders.csv", sample::Kind::Orders)] {
            desk.write(name, sample_csv(kind, 12, 7).1);
        }
        desk.released(text).await;
        let read = |name: &str| std::fs::read(desk.path("out").join(name)).unwrap();
        let mut release = Self {
            receipt: serde_json::from_slice(&read("receipt.json")).unwrap(),
            permit: serde_json::from_slice(&read("permit.json")).unwrap(),
            data: BTreeMap::new(),
        };
        for entry in std::fs::read_dir(desk.path("out/data")).unwrap() {
            let name = entry.unwrap().file_name().into_string().unwrap();
            release.data.insert(name.clone(), read(&format!("data/{name}")));
        }
        // What is random, and what every version of program and rule base changes.
        release.receipt["release"] = json!(format!("rel-{}", &transfer::digest(text.as_bytes())[..32]));
        release.receipt["commitment"] = json!(transfer::digest(b"golden commitment"));
        release.receipt["program"] = json!("golden");
        release.receipt["rule_base"] = json!({"version": "golden", "sha256": transfer::digest(b"golden rule base")});
        release
    }

    /// Writes digests and sizes of permit and files into the receipt.
    pub(super) fn settle(&mut self) {
        self.receipt["permit"] = json!(transfer::digest(&transfer::canonical_bytes(&self.permit)));
        for file in self.receipt["files"].as_array_mut().unwrap() {
            let path = file["path"].as_str().unwrap().to_owned();
            if let Some(bytes) = path.strip_prefix("data/").and_then(|name| self.data.get(name)) {
                file["sha256"] = json!(transfer::digest(bytes));
                file["bytes"] = json!(bytes.len());
            }
        }
    }

    /// This release with something done to it, its digests right again.
    pub(super) fn with(&self, change: impl FnOnce(&mut Self)) -> Self {
        let mut changed = self.clone();
        change(&mut changed);
        changed.settle();
        changed
    }
}

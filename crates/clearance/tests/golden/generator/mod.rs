//! Makes the golden releases: what `clear` writes, with all that is random or changes with every version replaced by
//! fixed values, and then, for the bad ones, one thing done to it. Running it again gives the same bytes.

mod base;
mod cases;
mod folder;
mod readme;
#[path = "../../support/mod.rs"]
pub(crate) mod support;

use std::path::Path;

use serde_json::json;

use folder::{Item, Keys};

/// Writes everything into a new folder and says how many cases there are.
pub(crate) async fn write(into: &Path) -> usize {
    let keys = Keys::new();
    let cases = cases::cases(&base::Base::make().await, &keys);
    std::fs::create_dir_all(into).unwrap();
    std::fs::write(into.join("trust"), keys.trust()).unwrap();
    std::fs::write(into.join("README.md"), readme::text(&cases)).unwrap();
    let expected: serde_json::Map<_, _> =
        cases.iter().map(|case| (case.name.to_owned(), json!({"exit": case.exit(), "faults": case.faults}))).collect();
    let mut text = serde_json::to_string_pretty(&expected).unwrap();
    text.push('\n');
    std::fs::write(into.join("expected.json"), text).unwrap();
    for case in &cases {
        for (path, item) in &case.folder {
            let path = into.join(case.name).join(path);
            std::fs::create_dir_all(path.parent().unwrap()).unwrap();
            match item {
                Item::File(bytes) => std::fs::write(&path, bytes).unwrap(),
                Item::Link(target) => std::os::unix::fs::symlink(target, &path).unwrap(),
            }
        }
    }
    cases.len()
}

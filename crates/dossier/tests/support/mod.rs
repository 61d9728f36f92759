//! What the tests share.
#![allow(dead_code, reason = "each test takes what it needs")]

use std::path::Path;
use std::sync::OnceLock;

use dossier::{AnswerPath, Dossier, Procedure, example, forms};
use jiff::civil::{Date, date};
use law::RuleBase;

/// The day the examples are filed.
pub(crate) const ON: Date = date(2026, 11, 23);

/// The lawbook as it stands in the repository.
pub(crate) fn base() -> &'static RuleBase {
    static BASE: OnceLock<RuleBase> = OnceLock::new();
    BASE.get_or_init(|| {
        let root = Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/../../lawbook"));
        let mut files = Vec::new();
        collect(root, root, &mut files);
        files.sort();
        RuleBase::parse(files.iter().map(|(name, text)| (name.as_str(), text.as_str()))).expect("the lawbook loads")
    })
}

fn collect(root: &Path, folder: &Path, files: &mut Vec<(String, String)>) {
    for entry in std::fs::read_dir(folder).expect("a folder") {
        let path = entry.expect("an entry").path();
        if path.is_dir() {
            collect(root, &path, files);
        } else if path.extension().is_some_and(|extension| extension == "toml") {
            let name = path.strip_prefix(root).expect("below the root").to_string_lossy().replace('\\', "/");
            files.push((name, std::fs::read_to_string(&path).expect("text")));
        }
    }
}

pub(crate) fn complete(procedure: Procedure) -> Dossier {
    example(forms(), procedure, ON, 7)
}

pub(crate) fn path(text: &str) -> AnswerPath {
    text.parse().expect("a path")
}

/// The gaps on the day, each as its code and path.
pub(crate) fn gaps(procedure: Procedure, dossier: &Dossier) -> Vec<(dossier::GapCode, String)> {
    let gaps = dossier::gaps(forms(), base(), procedure, dossier, ON);
    gaps.into_iter().map(|gap| (gap.code, gap.path)).collect()
}

/// A complete dossier with so many data items in its one scenario.
pub(crate) fn with_items(procedure: Procedure, count: u32) -> Dossier {
    let mut dossier = complete(procedure);
    let model = dossier::items(&dossier.answers, 1);
    let items = (1..=count).map(|no| {
        let like = model[usize::from(no == 2)].clone();
        dossier::Item { no, name: format!("{}{no}", like.name), columns: vec![format!("orders.column_{no}")], ..like }
    });
    dossier::put_items(&mut dossier.answers, 1, &items.collect::<Vec<_>>(), dossier::Origin::Typed);
    dossier
}

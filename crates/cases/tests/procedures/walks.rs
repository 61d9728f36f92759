//! Whole cases from opening to end, as pages under `walks/` that a lawyer can read: day, actor, action, what it takes along, where
//! it leads and which clocks then run until when. Due days stand there as they were counted without this program.

use std::collections::BTreeSet;
use std::path::PathBuf;

use crate::support::{Run, procedures};
use crate::walk::walk;

#[test]
fn every_walk_goes_as_its_page_says() {
    let mut wrong = Vec::new();
    let mut seen = Seen::default();
    for (name, text) in pages() {
        for (title, section) in sections(&text) {
            let mut differs = Vec::new();
            let mut run = Run::new("");
            if let Err(what) = walk(&mut run, section, &mut seen, &mut differs) {
                differs.push(what);
            }
            wrong.extend(differs.into_iter().map(|what| format!("{name}, {title}: {what}")));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    seen.holds_everything();
}

/// The cases of a page with their titles.
pub(crate) fn sections(page: &str) -> impl Iterator<Item = (&str, &str)> {
    page.split("\n## ").skip(1).map(|section| (section.lines().next().unwrap_or_default(), section))
}

/// Every page with its name.
pub(crate) fn pages() -> Vec<(String, String)> {
    let folder = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("tests/procedures/walks");
    let mut pages: Vec<(String, String)> = std::fs::read_dir(folder)
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .map(|path| (path.file_name().unwrap().to_string_lossy().into_owned(), std::fs::read_to_string(path).unwrap()))
        .collect();
    pages.sort();
    assert!(!pages.is_empty());
    pages
}

/// What the walks came by.
#[derive(Default)]
pub(crate) struct Seen {
    pub(crate) states: BTreeSet<(String, String)>,
    pub(crate) actions: BTreeSet<(String, String)>,
    pub(crate) clocks: BTreeSet<String>,
    pub(crate) refusals: BTreeSet<String>,
}

impl Seen {
    /// What another came by, too.
    pub(crate) fn join(&mut self, other: Self) {
        self.states.extend(other.states);
        self.actions.extend(other.actions);
        self.clocks.extend(other.clocks);
        self.refusals.extend(other.refusals);
    }

    /// Every state, every action and every clock of every procedure was come by, and every kind of refusal.
    pub(crate) fn holds_everything(&self) {
        let mut never = Vec::new();
        for procedure in procedures().all() {
            let key = |id: &str| (procedure.id.to_string(), id.to_owned());
            let states = procedure.states.iter().map(|state| state.id.as_str());
            never.extend(
                states.filter(|id| !self.states.contains(&key(id))).map(|id| format!("{}: state {id}", procedure.id)),
            );
            // What all procedures share is walked in some of them.
            let shared = ["open", "message", "assign", "attach", "add-artefacts", "report-release", "office-note"];
            let own = procedure.actions.iter().map(|action| action.id.as_str()).filter(|id| !shared.contains(id));
            never.extend(
                own.filter(|id| !self.actions.contains(&key(id))).map(|id| format!("{}: action {id}", procedure.id)),
            );
        }
        let clocks = procedures().clocks();
        // A release needs a handler's log; its clock is proven with the other bugs.
        let clocks = clocks.iter().map(|id| id.as_str()).filter(|id| *id != "handover-records");
        never.extend(clocks.filter(|id| !self.clocks.contains(*id)).map(|id| format!("clock {id}")));
        for refusal in [
            "wrong-role",
            "wrong-state",
            "stale-version",
            "too-late",
            "too-early",
            "not-open",
            "taken-already",
            "marks-open",
            "incomplete",
            "conditions-open",
            "condition-broken",
            "no-items",
            "not-yet",
            "other-region",
            "not-in-force",
            "no-channel",
            "not-for-publication",
            "not-over",
            "no-permit",
            "missing-part",
            "bad-part",
            "clock-went-back",
        ] {
            if !self.refusals.contains(refusal) {
                never.push(format!("refusal {refusal}"));
            }
        }
        assert!(never.is_empty(), "no walk comes by:\n{}", never.join("\n"));
    }
}

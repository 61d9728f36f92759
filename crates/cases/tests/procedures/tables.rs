//! What each role may do in each state of each procedure, as tables that a lawyer can read, committed under `tests/snapshots/`.
//!
//! A table that differs fails; so does one whose procedure is gone. `TONGGUAN_WRITE_SNAPSHOTS=1 cargo test -p tongguan-cases
//! tables` writes them anew.

use std::collections::BTreeSet;
use std::fmt::Write as _;
use std::path::PathBuf;

use cases::{ActionDefinition, Available, ClockUse, Guard, Procedure, Role, Start, State, To, available_actions};
use jiff::civil::{Date, date};
use law::Text;

use crate::support::{actor, base, in_state, procedures, world};

/// The day of the tables: everything in force by then.
const DAY: Date = date(2026, 11, 23);
/// Where a handler of the tables is registered.
const REGION: &str = "CN-SH";
const WRITE: &str = "TONGGUAN_WRITE_SNAPSHOTS";

#[test]
fn the_tables_of_what_may_be_done_are_the_committed_ones() {
    let folder = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("tests/snapshots");
    let write = std::env::var_os(WRITE).is_some();
    let mut differ = Vec::new();
    for procedure in procedures().all() {
        let path = folder.join(format!("{}.md", procedure.id));
        let now = page(procedure);
        if write {
            std::fs::write(&path, &now).unwrap();
        }
        let committed = std::fs::read_to_string(&path).unwrap_or_default();
        if committed != now {
            let line = committed.lines().zip(now.lines()).position(|(a, b)| a != b).map_or(0, |at| at + 1);
            differ.push(format!("{}, from line {line}", path.display()));
        }
    }
    let ids: BTreeSet<String> = procedures().all().iter().map(|procedure| format!("{}.md", procedure.id)).collect();
    let orphans = std::fs::read_dir(&folder).unwrap().map(|entry| entry.unwrap().file_name().into_string().unwrap());
    differ.extend(orphans.filter(|name| !ids.contains(name)).map(|name| format!("{name}: of no procedure; delete it")));
    assert!(differ.is_empty(), "look at what changed, then set {WRITE}=1 to write anew:\n{}", differ.join("\n"));
}

fn page(procedure: &Procedure) -> String {
    let world = world();
    let mut out = format!("# {}\n\n", both(&procedure.name));
    let _ = writeln!(out, "{}\n", both(&procedure.cite));
    let _ = writeln!(
        out,
        "`{}`, attested: {}, from {}. What each role may do on {DAY} in each state; written by a test, do not edit.",
        procedure.id,
        word(procedure.status),
        procedure.from
    );
    for state in &procedure.states {
        let case = in_state(procedure, state.id.as_str(), REGION, DAY);
        let given: Vec<(Role, Vec<Available<'_>>)> = Role::ALL
            .into_iter()
            .map(|role| (role, available_actions(&world, &case, &actor(role, REGION), DAY)))
            .collect();
        state_table(&mut out, procedure, state, &given);
    }
    clock_table(&mut out, procedure);
    out
}

fn state_table(out: &mut String, procedure: &Procedure, state: &State, given: &[(Role, Vec<Available<'_>>)]) {
    let holder = state.holder.map_or("-".to_owned(), word);
    let _ = writeln!(
        out,
        "\n## `{}` {}\n\nPhase: {}. Held by: {holder}.\n",
        state.id,
        both(&state.name),
        word(state.phase)
    );
    let _ = writeln!(out, "| action | who | leads to | needs | takes along |\n|---|---|---|---|---|");
    for action in &procedure.actions {
        let who = given.iter().filter(|(_, actions)| actions.iter().any(|given| given.action.id == action.id));
        let who: Vec<&str> = who.map(|(role, _)| role.word()).collect();
        if who.is_empty() {
            continue;
        }
        let needs: Vec<String> = action.needs.iter().map(guard).collect();
        let asks: Vec<String> = action.asks.iter().map(ask).collect();
        let doubt =
            if action.status == law::Status::Confirmed { String::new() } else { format!(" ({})", word(action.status)) };
        let _ = writeln!(
            out,
            "| `{}` {}{doubt} | {} | {} | {} | {} |",
            action.id,
            both(&action.name),
            who.join(", "),
            to(action),
            or_dash(&needs),
            or_dash(&asks)
        );
    }
    let idle: Vec<&str> = given.iter().filter(|(_, actions)| actions.is_empty()).map(|(role, _)| role.word()).collect();
    let _ = writeln!(out, "\nNothing to do: {}.", or_dash(&idle));
}

fn clock_table(out: &mut String, procedure: &Procedure) {
    if procedure.clocks.is_empty() {
        return;
    }
    let _ = writeln!(out, "\n## Clocks\n\n| clock | whose | starts | done by | falls away by | stopped | attested |");
    let _ = writeln!(out, "|---|---|---|---|---|---|---|");
    for used in &procedure.clocks {
        for id in &used.clock {
            let clock = base().clock_book().clock(id.as_str()).unwrap();
            let whose = word(used.party.unwrap_or(clock.party));
            let kind = if used.right { ", a right" } else { "" };
            let starts: Vec<String> = used.starts.iter().map(start).collect();
            let stopped: Vec<String> =
                used.pauses.iter().map(|(from, to)| format!("`{from}` to {}", ids(to))).collect();
            let status =
                used.reading.as_ref().map_or(clock.certainty(), |reading| reading.status.max(clock.certainty()));
            let _ = writeln!(
                out,
                "| `{id}` {} | {whose}{kind} | {} | {} | {} | {}{} | {} |",
                both(&clock.title),
                starts.join("; "),
                ids(&used.ends),
                ids(&used.drops),
                or_dash(&stopped),
                prolonged(used),
                word(status)
            );
        }
    }
}

fn prolonged(used: &ClockUse) -> String {
    if used.prolonged_by.is_empty() { String::new() } else { format!("; prolonged by {}", ids(&used.prolonged_by)) }
}

fn start(start: &Start) -> String {
    match start {
        Start::Action { action, day, to } => {
            let day = day.as_ref().map_or(String::new(), |day| format!(", on the day `{day}`"));
            let to = if to.is_empty() { String::new() } else { format!(", where it leads to {}", ids(to)) };
            format!("`{action}`{day}{to}")
        }
        Start::EndOf { clock, after: None } => format!("the end of `{clock}`"),
        Start::EndOf { clock, after: Some(action) } => format!("the end of `{clock}`, after `{action}`"),
        Start::Fixed { after } => format!("the law's own day, once `{after}`"),
        Start::Law { before } => format!("the law's own day, where `{before}` lies before it"),
    }
}

fn ids<T: std::fmt::Display>(ids: &[T]) -> String {
    let ids: Vec<String> = ids.iter().map(|id| format!("`{id}`")).collect();
    or_dash(&ids)
}

fn or_dash<T: AsRef<str>>(words: &[T]) -> String {
    let words: Vec<&str> = words.iter().map(AsRef::as_ref).collect();
    if words.is_empty() { "-".to_owned() } else { words.join(", ") }
}

fn to(action: &ActionDefinition) -> String {
    let to = match &action.to {
        To::Stay => "-".to_owned(),
        To::State(state) => format!("`{state}`"),
        To::InForce => "where it was in force".to_owned(),
        To::Result { approved, in_part, refused } => {
            format!("all items: `{approved}`; some: `{in_part}`; none: `{refused}`")
        }
    };
    match action.effect {
        None => to,
        Some(effect) => format!("{to}; permit: {}", word(effect)),
    }
}

fn guard(guard: &Guard) -> String {
    match guard {
        Guard::Complete => "forms complete".to_owned(),
        Guard::CompleteAsOf(filed) => format!("forms complete, as of {}", ids(filed)),
        Guard::MarksAnswered => "every mark answered".to_owned(),
        Guard::Items => "an item".to_owned(),
        Guard::Once => "once only".to_owned(),
        Guard::Permit => "a permit issued".to_owned(),
        Guard::Valid => "a permit in force".to_owned(),
        Guard::Over => "the permit's last day is past".to_owned(),
        Guard::Did(id) => format!("`{id}` first"),
        Guard::DidSince { did, since } => format!("`{did}` since `{since}`"),
        Guard::InTime(id) => format!("in time of `{id}`"),
        Guard::Late(id) => format!("`{id}` is late"),
        Guard::Open(id) => format!("`{id}` is open"),
        Guard::Region(regions) => format!("registered in {}", regions.join(", ")),
        Guard::Conditions(uses) => {
            let ids = uses.iter().map(|used| format!("`{}`", used.id)).collect::<Vec<_>>();
            format!("the conditions {}", ids.join(", "))
        }
        Guard::Publishable => "agreed to be published".to_owned(),
    }
}

fn ask(ask: &cases::Ask) -> String {
    let part = match &ask.name {
        Some(name) => format!("day `{name}`"),
        None => word(ask.part),
    };
    if ask.required { part } else { format!("{part}?") }
}

fn both(text: &Text) -> String {
    format!("{} / {}", text.zh, text.en)
}

fn word<T: serde::Serialize>(value: T) -> String {
    serde_json::to_value(value).unwrap().as_str().unwrap().to_owned()
}

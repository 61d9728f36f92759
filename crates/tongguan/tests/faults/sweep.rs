//! Every call that changes a file fails once in every way.

use std::collections::{BTreeMap, BTreeSet};
use std::io::Write as _;
use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Instant;

use crate::check::agrees;
use crate::desk::{Desk, End, Fault};

/// What is disturbed.
pub(crate) struct Work {
    pub(crate) what: &'static str,
    pub(crate) args: fn(&Desk) -> Vec<String>,
    /// What has to be true where it says that it is done.
    pub(crate) done: fn(&Desk) -> bool,
    /// The ways in which a call fails, in the words of `shim.c`.
    pub(crate) ways: &'static [&'static str],
}

/// One fault: in which way, and at which call, or at the first call of which kind.
struct Case {
    how: &'static str,
    at: usize,
    kind: Option<String>,
}

/// Runs cases on a desk for each core, two at least.
pub(crate) fn on_desks(make: &(impl Fn() -> Desk + Sync), run: impl Fn(&Desk, usize) -> bool + Sync) {
    let next = AtomicUsize::new(0);
    let workers = std::thread::available_parallelism().map_or(2, usize::from).clamp(2, 4);
    std::thread::scope(|scope| {
        for _ in 0..workers {
            scope.spawn(|| {
                let desk = make();
                loop {
                    desk.restore();
                    if !run(&desk, next.fetch_add(1, Ordering::Relaxed)) {
                        break;
                    }
                }
            });
        }
    });
}

/// A line past the test harness, which would keep it to itself.
pub(crate) fn say(line: &str) {
    let _ = writeln!(std::io::stderr(), "{line}");
}

/// Every call fails once in each way, and after recovery everything agrees.
pub(crate) fn sweep(work: &Work, make: impl Fn() -> Desk + Sync) {
    let begun = Instant::now();
    let desk = make();
    desk.restore();
    let args = (work.args)(&desk);
    let calls = desk.calls(&args.iter().map(String::as_str).collect::<Vec<_>>());
    let calls = calls.iter().map(|call| plain(call, &desk)).collect::<Vec<_>>();
    assert!(calls.len() > 30, "{}: the shim sees {} calls only", work.what, calls.len());
    let writes = |call: &str| call.starts_with("write ") || call.starts_with("pwrite ");
    let mut cases = Vec::new();
    for how in work.ways {
        // Only what is written can be torn.
        let calls = calls.iter().enumerate().filter(|(_, call)| *how != "torn" || writes(call));
        cases.extend(calls.map(|(index, _)| Case { how, at: index + 1, kind: None }));
    }
    let (mut failed, mut faults) = disturb(work, &make, &cases);
    // Threads take turns differently from run to run, and which of two connections to the store is the last to close: a
    // kind of call that the numbers missed is asked for by its name, as often as it takes to come.
    let kinds = calls.iter().collect::<BTreeSet<_>>();
    let mut count = cases.len();
    for round in 0.. {
        let wanted = work.ways.iter().flat_map(|how| kinds.iter().map(move |call| (*how, (*call).clone())));
        let wanted = wanted.filter(|(how, call)| *how != "torn" || writes(call));
        let missed = wanted.filter(|pair| !failed.contains(pair));
        let missed = missed.map(|(how, call)| Case { how, at: 1, kind: Some(call) }).collect::<Vec<_>>();
        if missed.is_empty() {
            break;
        }
        let names = missed.iter().map(|case| (case.how, &case.kind)).collect::<Vec<_>>();
        assert!(round < 40, "{}: never failed: {names:?}", work.what);
        count += missed.len();
        let (more, worse) = disturb(work, &make, &missed);
        failed.extend(more);
        faults.extend(worse);
    }
    assert!(faults.is_empty(), "{} of {count} disagree:\n{}", faults.len(), faults.join("\n"));
    say(&format!(
        "{}: {} calls of {} kinds, failed by {}: {count} runs, none disagrees, {:.0?}",
        work.what,
        calls.len(),
        kinds.len(),
        work.ways.join(", "),
        begun.elapsed()
    ));
}

type Failed = BTreeSet<(&'static str, String)>;

/// Runs every case. Gives the calls that failed, and what disagrees.
fn disturb(work: &Work, make: &(impl Fn() -> Desk + Sync), cases: &[Case]) -> (Failed, Vec<String>) {
    let found = Mutex::new((BTreeSet::new(), Vec::new()));
    on_desks(make, |desk, index| {
        let Some(Case { how, at, kind }) = cases.get(index) else { return false };
        let on = kind.as_ref().and_then(|call| call.split_once(' '));
        let on = on.map(|(name, path)| format!("{name} {}{path}", desk.root()));
        let args = (work.args)(desk);
        let args = args.iter().map(String::as_str).collect::<Vec<_>>();
        let end = desk.run(&args, Some(&Fault { how, on: on.as_deref(), at: *at }));
        let trace = desk.trace();
        let call = match kind {
            None => trace.get(at - 1).map(|call| plain(call, desk)),
            Some(kind) => trace.iter().map(|call| plain(call, desk)).find(|call| call == kind),
        };
        let checked = is_honest(&end, (work.done)(desk)).and_then(|()| agrees(desk)).and_then(|left| {
            if index % 4 != 0 {
                return Ok(());
            }
            // Where it did not leave, the next run can; where it left, the same is not sent twice, and asked for it finds the
            // place taken.
            let asked: &[&str] =
                if left.contains("new") { &["clear", "new.toml", "--again"] } else { &["clear", "new.toml"] };
            let again = desk.run(asked, None);
            let expected = if left.contains("new") { 2 } else { 0 };
            (again.status == Some(expected)).then_some(()).ok_or(format!("the next run: {again:?}"))
        });
        let mut found = found.lock().expect("a lock");
        if let Err(why) = checked {
            found.1.push(format!("{}: {how} at call {at} ({call:?}): {why}; it said: {}", work.what, end.errors));
        }
        found.0.extend(call.map(|call| (*how, call)));
        true
    });
    found.into_inner().expect("a lock")
}

/// What a disturbed run may say of itself.
fn is_honest(end: &End, done: bool) -> Result<(), String> {
    let lines = end.errors.lines().filter(|line| line.starts_with("error: ")).count();
    match end.status {
        Some(0) if !done => Err("it ended well, and nothing is done".to_owned()),
        Some(0) if lines == 0 => Ok(()),
        Some(3) if lines == 1 && !end.errors.contains("panicked") => Ok(()),
        None if end.killed => Ok(()),
        _ => Err(format!("it ended with {end:?}")),
    }
}

/// The kind of a call, as a pattern: without the place of the desk, with `*` for numbers of processes and releases.
fn plain(call: &str, desk: &Desk) -> String {
    let (name, path) = call.split_once(' ').unwrap_or((call, ""));
    let part = |part: &str| {
        let is_hex = part.len() == 32 && part.bytes().all(|byte| byte.is_ascii_hexdigit());
        match part {
            _ if is_hex => "*".to_owned(),
            _ if part.starts_with(".tongguan-") => ".tongguan-*".to_owned(),
            _ if part.strip_prefix('.').is_some_and(|part| part.strip_suffix(".tmp").is_some()) => ".*.tmp".to_owned(),
            _ => part.split_once("-ThreadId").map_or(part.to_owned(), |(name, _)| {
                format!("{}.*", name.trim_end_matches(|c: char| c.is_ascii_digit()).trim_end_matches('.'))
            }),
        }
    };
    let path = path.strip_prefix(&desk.root()).unwrap_or(path);
    format!("{name} {}", path.split('/').map(part).collect::<Vec<_>>().join("/"))
}

/// How often each end came, for the log of a long run.
pub(crate) fn tallied(ends: &BTreeMap<String, usize>) -> String {
    ends.iter().map(|(end, count)| format!("{end}: {count}")).collect::<Vec<_>>().join(", ")
}

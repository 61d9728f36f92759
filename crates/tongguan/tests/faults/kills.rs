//! `kill -9` at moments that nobody chose.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::io::Write as _;
use std::path::Path;
use std::sync::Mutex;
use std::time::{Duration, Instant};

use crate::check::agrees;
use crate::desk::{Desk, end};
use crate::sweep::{on_desks, say, tallied};

/// What was found so far.
#[derive(Default)]
struct Tale {
    kills: usize,
    runs: usize,
    ends: BTreeMap<String, usize>,
    faults: Vec<String>,
    log: String,
}

/// Kills until so many processes have really died of it. Each case follows from the seed and its number.
pub(crate) fn at_random(shim: &Path, count: usize, log: Option<&Path>) {
    let begun = Instant::now();
    let seed = std::env::var("TONGGUAN_KILL_SEED").ok().and_then(|seed| seed.parse().ok());
    let seed = seed.unwrap_or_else(|| u64::from(std::process::id()) << 32 | u64::from(begun.elapsed().subsec_nanos()));
    say(&format!("kills at random: TONGGUAN_KILL_SEED={seed}"));
    let make = || Desk::in_the_middle(shim);
    let tale = Mutex::new(Tale::default());
    let lasting = Mutex::new([Duration::from_millis(100); 4]);
    on_desks(&make, |desk, index| {
        if tale.lock().expect("a lock").kills >= count {
            return false;
        }
        let mut random = mixed(seed.wrapping_add(index as u64));
        let mut draw = |below: u64| {
            random = mixed(random);
            random % below
        };
        // Mostly a release; now and then the closing of one, and two releases at once of which one is killed.
        let kind = draw(4) as usize;
        let cut = desk.cut();
        let close = ["tally", "correct", "--by", "tester", "--why", "the disk is gone", "--not-published", &cut];
        let args: &[&str] = if kind == 0 { &close } else { &["clear", "new.toml"] };
        let usual = lasting.lock().expect("a lock")[kind];
        let delay = Duration::from_micros(draw(usual.as_micros() as u64 * 11 / 10 + 1));
        let other = (kind == 1).then(|| desk.start(&["clear", "other.toml"], None));
        let mut child = desk.start(args, None);
        std::thread::sleep(delay);
        child.kill().expect("kills");
        let ended = end(child);
        // So that delays reach just beyond the end, whatever else this machine is doing.
        if !ended.killed {
            lasting.lock().expect("a lock")[kind] = usual.mul_f64(0.95);
        } else if delay > usual.mul_f64(0.9) && usual < Duration::from_secs(5) {
            lasting.lock().expect("a lock")[kind] = usual.mul_f64(1.25);
        }
        let other = other.map(end);
        let checked = match &other {
            Some(other) if other.status != Some(0) => Err(format!("the one that was not killed: {other:?}")),
            _ => agrees(desk),
        };
        let what = ["closing", "one of two", "release", "release"][kind];
        let mut tale = tale.lock().expect("a lock");
        tale.runs += 1;
        tale.kills += usize::from(ended.killed);
        let left = checked.as_ref().map_or_else(|_| "disagrees".to_owned(), |left| format!("{what}: {left:?}"));
        let line = format!("{index} {what} after {delay:?} killed={} {left}", ended.killed);
        let _ = writeln!(tale.log, "{line}");
        *tale.ends.entry(left).or_default() += 1;
        if let Err(why) = checked {
            tale.faults.push(format!("case {index} of seed {seed}, {what} after {delay:?}: {why}"));
        }
        true
    });
    let tale = tale.into_inner().expect("a lock");
    let faults = tale.faults.len();
    let end = format!("kills: {} in {} runs, {faults} disagree, {:.0?}", tale.kills, tale.runs, begun.elapsed());
    say(&format!("{end}; {}", tallied(&tale.ends)));
    if let Some(path) = log {
        let mut file = std::fs::File::create(path).expect("a log");
        write!(file, "seed {seed}\n{}{end}\n", tale.log).expect("writes");
    }
    assert!(tale.faults.is_empty(), "{}", tale.faults.join("\n"));
}

/// SplitMix64 (Steele, Lea, Flood 2014): one step.
fn mixed(state: u64) -> u64 {
    let mut mixed = state.wrapping_add(0x9E37_79B9_7F4A_7C15);
    mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
    mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
    mixed ^ (mixed >> 31)
}

//! I6 under fire: every write, renaming and commit failed, the process killed at each and at random.

#![cfg(unix)]

mod check;
mod desk;
mod kills;
mod sweep;

use desk::{Desk, shim};
use sweep::{Work, sweep};

#[test]
fn i6_every_write_renaming_and_commit_of_a_release_may_fail_or_be_the_last() {
    let Some(shim) = shim() else { return };
    let work = Work {
        what: "a release amid others that were cut short",
        args: |_| vec!["clear".to_owned(), "new.toml".to_owned()],
        done: |desk| desk.path("out-new/receipt.json").exists(),
        ways: &["eio", "full", "before", "after", "torn"],
    };
    sweep(&work, || Desk::in_the_middle(&shim));
}

#[test]
fn i6_every_write_of_a_first_run_may_fail_or_be_the_last() {
    let Some(shim) = shim() else { return };
    let work = Work {
        what: "a first release, keys and log made on the way",
        args: |_| vec!["clear".to_owned(), "new.toml".to_owned()],
        done: |desk| desk.path("out-new/receipt.json").exists(),
        ways: &["eio", "before"],
    };
    sweep(&work, || Desk::new(&shim));
}

#[test]
fn i6_every_write_of_closing_a_release_may_fail_or_be_the_last() {
    let Some(shim) = shim() else { return };
    let work = Work {
        what: "closing a release that cannot be published",
        args: |desk| {
            let args = ["tally", "correct", "--by", "tester", "--why", "the disk is gone", "--not-published"];
            args.iter().map(|arg| (*arg).to_owned()).chain([desk.cut()]).collect()
        },
        done: |desk| !desk.path(&format!(".tongguan-{}", desk.cut())).exists() && !desk.path("out-cut").exists(),
        ways: &["eio", "full", "before", "after", "torn"],
    };
    sweep(&work, || Desk::in_the_middle(&shim));
}

#[test]
fn i6_kills_at_random_moments_leave_nothing_that_disagrees() {
    let Some(shim) = shim() else { return };
    kills::at_random(&shim, 500, None);
}

/// `TONGGUAN_KILLS=10000 TONGGUAN_KILL_LOG=FILE cargo test -p tongguan --test faults -- --ignored`.
#[test]
#[ignore = "takes as long as one asks for"]
fn as_many_kills_as_are_asked_for() {
    let Some(shim) = shim() else { return };
    let count = std::env::var("TONGGUAN_KILLS").ok().and_then(|count| count.parse().ok()).unwrap_or(10_000);
    let log = std::env::var_os("TONGGUAN_KILL_LOG").map(std::path::PathBuf::from);
    kills::at_random(&shim, count, log.as_deref());
}

//! How long a year of many persons takes: union with a release, count, commit.
//!
//! `cargo run --release -p tongguan-clearance --example tally_speed -- DIR [PERSONS]`: a tally of so many persons (default ten
//! million) in a new state folder below DIR, and a release of as many, half of whom are known. Say what the peak of memory is
//! with `/usr/bin/time -v`.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::time::Instant;

use clearance::{Home, NewEntry, Scope, What};
use engine::{Gathering, People, kind};
use jiff::civil::date;

type Failure = Box<dyn std::error::Error>;

const HANDLER: &str = "91110105MA0000000A";

/// Fingerprints as a keyed hash gives them: in no order.
fn persons(range: std::ops::Range<u64>, spill: &Path) -> Result<People, Failure> {
    let mix = |mut x: u64| {
        x = (x ^ (x >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        x = (x ^ (x >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        x ^ (x >> 31)
    };
    let mut gathering = Gathering::new(spill);
    for number in range {
        let fingerprint = u128::from(mix(number)) << 64 | u128::from(mix(!number));
        gathering.add(fingerprint, kind::PRESENT | kind::ORDINARY)?;
    }
    Ok(gathering.finish()?)
}

fn entry(spaces: &BTreeSet<String>) -> NewEntry<'_> {
    NewEntry {
        handler: HANDLER,
        day: date(2026, 11, 2),
        year: 2026,
        what: What::Import,
        release: None,
        ground: "counted",
        counted: true,
        persons: [0; 3],
        grown: [0; 2],
        whole: false,
        exact: true,
        spaces,
        who: "bench",
        why: "",
        origin: None,
    }
}

#[tokio::main]
async fn main() -> Result<(), Failure> {
    let mut args = std::env::args().skip(1);
    let folder = PathBuf::from(args.next().ok_or("a folder is needed")?).join("tally-speed");
    let count: u64 = args.next().map_or(Ok(10_000_000), |count| count.parse())?;
    std::fs::create_dir(&folder)?;
    let home = Home::open(&folder.join("home")).await?;
    let (spill, spaces) = (home.spill()?, BTreeSet::new());
    let said = |what: &str, since: Instant| println!("{what}: {:.2} s", since.elapsed().as_secs_f64());

    let begun = Instant::now();
    let known = persons(0..count, &spill)?;
    said("made and sorted the persons of the tally", begun);
    let begun = Instant::now();
    home.store.add_entries(&[(entry(&spaces), known)]).await?;
    said("committed the tally", begun);
    let begun = Instant::now();
    let release = persons(count / 2..count / 2 + count, &spill)?;
    said("made and sorted the persons of the release", begun);

    let whole = Instant::now();
    let tally = home.store.tally(HANDLER, 2026, Scope::Counted, false, &spill).await?;
    said("read the tally", whole);
    let begun = Instant::now();
    let difference = People::difference(&tally.people, &release, &spill)?;
    said("union and count", begun);
    let begun = Instant::now();
    home.store.add_entries(&[(entry(&spaces), difference.new.clone())]).await?;
    said("committed what is new", begun);
    said("read, union, count and commit together", whole);
    println!(
        "{} before, {} in the release, {} after, {} new",
        tally.ordinary(),
        release.count(kind::ORDINARY),
        difference.after(kind::ORDINARY),
        difference.new.count(kind::ORDINARY)
    );
    home.store.close().await;
    std::fs::remove_dir_all(folder)?;
    Ok(())
}

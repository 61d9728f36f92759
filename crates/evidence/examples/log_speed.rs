//! Durable appends, proofs and fsck of a log in a folder:
//! `cargo run --release -p tongguan-evidence --example log_speed [FOLDER] [ENTRIES]`.
//!
//! Leaves are 256 bytes. Appends go to the folder's disk, with its fsyncs. The last part brings the log to ENTRIES (1,000,000) and
//! rehashes it in a fresh handle.

use std::error::Error;
use std::fs;
use std::thread;
use std::time::Instant;

use evidence::{Appender, DirStore, Log, SigningKey, proof};

const ORIGIN: &str = "example.com/log";

fn leaf(number: u64) -> Vec<u8> {
    format!("{number:0256}").into_bytes()
}

fn main() -> Result<(), Box<dyn Error>> {
    let folder = std::env::args().nth(1).unwrap_or_else(|| "log_speed.tmp".to_owned());
    let entries: u64 = std::env::args().nth(2).map_or(Ok(1_000_000), |text| text.parse())?;
    let key = SigningKey::from_seed(ORIGIN, &[1; 32])?;
    let mut log = Log::create(DirStore::new(&folder), ORIGIN, &key)?;
    for (batch, batches) in [(1, 100), (256, 100)] {
        let clock = Clock::start();
        for _ in 0..batches {
            let leaves: Vec<_> = (log.size()..log.size() + batch).map(leaf).collect();
            log.append(&leaves, &key)?;
        }
        clock.report(&format!("append, {batch} entries a checkpoint"), batch * batches);
    }
    for (writers, each) in [(16_u64, 200_u64), (64, 200), (256, 200), (1024, 100)] {
        let appender = Appender::new(log, SigningKey::from_seed(ORIGIN, &[1; 32])?);
        let clock = Clock::start();
        thread::scope(|scope| {
            let threads: Vec<_> = (0..writers)
                .map(|writer| {
                    let appender = &appender;
                    scope.spawn(move || (0..each).try_for_each(|i| appender.append(leaf(writer * each + i)).map(drop)))
                })
                .collect();
            threads
                .into_iter()
                .try_for_each(|thread| thread.join().map_err(|_| "a writer ended early")?.map_err(Box::from))
        })
        .map_err(|error: Box<dyn Error>| error)?;
        clock.report(&format!("append, {writers} writers"), writers * each);
        log = appender.into_log();
    }
    let clock = Clock::start();
    for index in (0..log.size()).step_by(101) {
        let bytes = log.leaf(index)?;
        proof::verify(&bytes, &log.proof(index)?, &[key.verifier()])?;
    }
    clock.report("read, prove and verify", log.size().div_ceil(101));
    while log.size() < entries {
        let end = entries.min(log.size() + 20_000);
        log.append(&(log.size()..end).map(leaf).collect::<Vec<_>>(), &key)?;
    }
    let log = Log::open(DirStore::new(&folder), &[key.verifier()])?;
    let (before, clock) = (peak_memory(), Clock::start());
    let found = log.fsck()?;
    clock.report(&format!("fsck of {} entries", found.entries), found.entries);
    println!("peak memory before fsck {before}, after {}", peak_memory());
    if !found.is_sound() {
        return Err(format!("{:?}", found.faults).into());
    }
    fs::remove_dir_all(&folder)?;
    Ok(())
}

struct Clock {
    start: Instant,
    cpu: f64,
}

impl Clock {
    fn start() -> Self {
        Self { start: Instant::now(), cpu: cpu_seconds() }
    }

    fn report(&self, name: &str, entries: u64) {
        let (wall, cpu) = (self.start.elapsed().as_secs_f64(), cpu_seconds() - self.cpu);
        let (rate, each) = (entries as f64 / wall, cpu / entries as f64 * 1e6);
        println!("{name:36} {rate:>10.0} entries/s {wall:>8.2} s {each:>8.1} µs of CPU an entry");
    }
}

/// Processor time of this process, all threads, user and system, in steps of 10 ms; 0 where there is no `/proc`.
fn cpu_seconds() -> f64 {
    let stat = fs::read_to_string("/proc/self/stat").unwrap_or_default();
    let fields: Vec<&str> = stat.rsplit(')').next().unwrap_or_default().split_whitespace().collect();
    let ticks = |at: usize| fields.get(at).and_then(|field| field.parse::<f64>().ok()).unwrap_or_default();
    (ticks(11) + ticks(12)) / 100.0
}

fn peak_memory() -> String {
    let status = fs::read_to_string("/proc/self/status").unwrap_or_default();
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"));
    line.unwrap_or("unknown").trim().to_owned()
}

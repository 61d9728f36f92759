//! Durable appends, proofs and fsck of a log in a folder: `cargo run --release --example log_speed -p tongguan-evidence [FOLDER]`.

use std::error::Error;
use std::time::Instant;

use evidence::{DirStore, Log, SigningKey, proof};

fn main() -> Result<(), Box<dyn Error>> {
    let folder = std::env::args().nth(1).unwrap_or_else(|| "log_speed.tmp".to_owned());
    let key = SigningKey::from_seed("example.com/log", &[1; 32])?;
    let mut log = Log::create(DirStore::new(&folder), "example.com/log", &key)?;
    let leaf = |i: u64| format!("{i:0256}").into_bytes();

    for (batch, batches) in [(1, 100), (256, 100), (4096, 20)] {
        let start = Instant::now();
        for _ in 0..batches {
            let leaves: Vec<_> = (log.size()..log.size() + batch).map(leaf).collect();
            log.append(&leaves, &key)?;
        }
        report(&format!("append, {batch} entries a checkpoint"), batch * batches, start);
    }
    let start = Instant::now();
    for index in (0..log.size()).step_by(101) {
        proof::verify(&leaf(index), &log.proof(index)?, &[key.verifier()])?;
    }
    report("prove and verify", log.size().div_ceil(101), start);
    let start = Instant::now();
    let found = log.fsck()?;
    report("fsck", found.entries, start);
    if !found.is_sound() {
        return Err(format!("{:?}", found.faults).into());
    }
    std::fs::remove_dir_all(&folder)?;
    Ok(())
}

fn report(name: &str, entries: u64, start: Instant) {
    println!("{name:36} {:>10.0} entries/s", entries as f64 / start.elapsed().as_secs_f64());
}

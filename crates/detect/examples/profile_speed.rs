//! Nanoseconds a cell over the columns of a CSV with quotes: `cargo run --release --example profile_speed -- FILE`.

use std::time::Instant;

use detect::{ColumnProfile, scan_text};

#[path = "../tests/common/mod.rs"]
mod common;

fn main() {
    let path = std::env::args().nth(1).unwrap_or_else(|| {
        concat!(env!("CARGO_MANIFEST_DIR"), "/../../../shared/data/people/people/people.csv").to_owned()
    });
    let Ok(bytes) = std::fs::read(&path) else {
        println!("no file {path}");
        return;
    };
    let rows = common::csv(&common::decode(&bytes), ',');
    let (header, rows) = rows.split_first().map_or((&[][..], &[][..]), |(h, r)| (h.as_slice(), r));
    // once to build the tables
    let _ = scan_text("客户张伟，电话13800138000");
    let (mut total, mut cells) = (0.0, 0usize);
    for (i, name) in header.iter().enumerate() {
        let column: Vec<&str> =
            rows.iter().filter_map(|r| r.get(i).map(String::as_str)).filter(|c| !c.is_empty()).collect();
        let mut best = f64::MAX;
        let mut finding = None;
        for _ in 0..5 {
            let start = Instant::now();
            let mut p = ColumnProfile::new(false);
            for cell in &column {
                p.update(cell);
            }
            best = best.min(start.elapsed().as_nanos() as f64);
            finding = Some(p.finish(Some(name)));
        }
        total += best;
        cells += column.len();
        let label = finding.map_or("-", |f| f.class.label());
        println!("{name:20} {label:16} {:7.1} ns/cell", best / column.len().max(1) as f64);
    }
    println!(
        "{:20} {:16} {:7.1} ns/cell over {cells} cells (best of 5 runs each)",
        "all",
        "",
        total / cells.max(1) as f64
    );
    let notes: Vec<&str> = rows.iter().filter_map(|r| r.last().map(String::as_str)).collect();
    let bytes: usize = notes.iter().map(|n| n.len()).sum();
    let start = Instant::now();
    let spans: usize = notes.iter().map(|n| scan_text(n).len()).sum();
    let seconds = start.elapsed().as_secs_f64();
    println!("scan_text on the last column: {:.1} MB/s, {spans} spans", bytes as f64 / seconds / 1e6);
}

//! Values a second of each transform on one thread: `cargo run --release --example deid_speed -p tongguan-deid`.

use std::hint::black_box;
use std::time::Instant;

use deid::{Ff1Key, PseudonymKey, mask, month};

const VALUES: u64 = 200_000;

fn main() {
    let (pseudonym, ff1) = (PseudonymKey::new(&[1; 32]), Ff1Key::new(&[2; 32]));
    let digits = |width: usize| move |i: u64| format!("{:0width$}", i * 7_919 % 10_000_000_000);
    measure("pseudonym, 18 characters", digits(18), |value, out| {
        pseudonym.write("ID_CN", value, out);
    });
    for width in [11, 16, 18] {
        measure(&format!("ff1, {width} digits"), digits(width), |value, out| {
            ff1.encrypt("BANK_CARD", value, out).expect("enough digits");
        });
    }
    let id = |i: u64| format!("{:017}X", i * 7_919);
    measure("ff1, resident id", id, |value, out| {
        ff1.encrypt("ID_CN", value, out).expect("an id");
    });
    let passport = |i: u64| format!("E{i:08}");
    measure("ff1, passport", passport, |value, out| {
        ff1.encrypt("PASSPORT_CN", value, out).expect("a passport");
    });
    measure("mask, mobile", digits(11), |value, out| {
        mask("PHONE_CN", value, out);
    });
    let birth = |i: u64| format!("{}-{:02}-{:02}", 1950 + i % 60, 1 + i % 12, 1 + i % 28);
    measure("month", birth, |value, out| {
        month(value, out).expect("a date");
    });
}

fn measure(name: &str, make: impl Fn(u64) -> String, work: impl Fn(&str, &mut String)) {
    let values: Vec<String> = (0..VALUES).map(make).collect();
    let mut out = String::with_capacity(64);
    let start = Instant::now();
    for value in &values {
        out.clear();
        work(black_box(value), &mut out);
        black_box(&out);
    }
    let rate = values.len() as f64 / start.elapsed().as_secs_f64();
    println!("{name:28} {rate:>12.0} values/s");
}

//! A table as CSV on standard output: `cargo run --example write_table -- KIND ROWS SEED`.

use std::io;

fn main() -> io::Result<()> {
    let mut args = std::env::args().skip(1);
    let bad =
        |what: &str| io::Error::new(io::ErrorKind::InvalidInput, format!("{what}; usage: write_table KIND ROWS SEED"));
    let kind = args.next().unwrap_or_default().parse::<sample::Kind>().map_err(|e| bad(&e.to_string()))?;
    let mut number = |what| args.next().and_then(|a| a.parse::<u64>().ok()).ok_or_else(|| bad(what));
    let (rows, seed) = (number("rows missing")?, number("seed missing")?);
    sample::to_csv(&sample::table(kind, rows as usize, seed), io::stdout().lock())
}

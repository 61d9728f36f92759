//! Personal data in the lines of standard input, one JSON object a line as `tongguan detect` writes them.

use std::io::{BufRead, Write};

fn main() -> std::io::Result<()> {
    let mut out = std::io::BufWriter::new(std::io::stdout().lock());
    for (n, line) in std::io::stdin().lock().lines().enumerate() {
        let spans: Vec<String> = detect::scan_text(&line?)
            .iter()
            .map(|s| {
                format!(
                    r#"{{"start":{},"end":{},"label":"{}","class":"{}","score":{:.2},"valid":{}}}"#,
                    s.start,
                    s.end,
                    s.class.label(),
                    s.class.id(),
                    s.score,
                    s.valid
                )
            })
            .collect();
        writeln!(out, r#"{{"line":{n},"spans":[{}]}}"#, spans.join(","))?;
    }
    Ok(())
}

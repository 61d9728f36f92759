//! `detect`: personal data in running text, one record a line.

use std::io::{BufRead as _, BufReader, Read};

use serde::Serialize;

use super::Context;
use crate::args::{DetectArgs, Format};
use crate::{Answer, Failure};

#[derive(Serialize)]
struct Line {
    line: u64,
    spans: Vec<Span>,
}

#[derive(Serialize)]
struct Span {
    start: usize,
    end: usize,
    label: &'static str,
    class: &'static str,
    score: f32,
    valid: bool,
}

pub(crate) fn run(context: &Context, args: &DetectArgs) -> Result<Answer, Failure> {
    let input: Box<dyn Read> = match &args.file {
        Some(path) => {
            let opened = std::fs::File::open(path);
            Box::new(opened.map_err(|error| Failure::Input(format!("{}: {error}", path.display())))?)
        }
        None => Box::new(std::io::stdin()),
    };
    let mut input = BufReader::new(input);
    let mut bytes = Vec::new();
    for number in 0.. {
        bytes.clear();
        if input.read_until(b'\n', &mut bytes)? == 0 {
            break;
        }
        let Ok(text) = std::str::from_utf8(&bytes) else {
            let name = args.file.as_ref().map_or_else(|| "stdin".to_owned(), |path| path.display().to_string());
            return Err(Failure::Input(
                context.say.fill("detect.encoding", &[("file", &name), ("line", &(number + 1).to_string())]),
            ));
        };
        let text = text.trim_end_matches(['\n', '\r']);
        let spans = detect::scan_text(text);
        match context.format {
            Format::Json => {
                let spans = spans.iter().map(|span| Span {
                    start: span.start,
                    end: span.end,
                    label: span.class.label(),
                    class: span.class.id(),
                    score: span.score,
                    valid: span.valid,
                });
                context.json(&Line { line: number, spans: spans.collect() })?;
            }
            Format::Text => {
                // The value itself is not repeated: what is shown may end in a log.
                for span in spans {
                    let valid = if span.valid { "" } else { context.say.text("detect.invalid") };
                    context.out(&format!(
                        "{}:{}-{} {}{valid}",
                        number + 1,
                        span.start,
                        span.end,
                        span.class.label()
                    ))?;
                }
            }
        }
    }
    Ok(Answer::Yes)
}

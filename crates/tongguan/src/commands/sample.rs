//! `sample`: made-up tables.

use std::fs::File;
use std::io::BufWriter;

use super::Context;
use crate::args::SampleArgs;
use crate::{Answer, Failure};

pub(crate) fn run(context: &Context, args: &SampleArgs) -> Result<Answer, Failure> {
    std::fs::create_dir_all(&args.out)?;
    let table = sample::table(args.kind, args.rows, args.seed);
    let path = args.out.join(format!("{}.csv", table.name));
    let shown = path.display().to_string();
    let file = File::create_new(&path).map_err(|error| Failure::Input(format!("{shown}: {error}")))?;
    sample::to_csv(&table, BufWriter::new(file))?;
    context.note(&context.say.fill("sample.written", &[("file", &shown), ("rows", &table.rows.len().to_string())]));
    Ok(Answer::Yes)
}

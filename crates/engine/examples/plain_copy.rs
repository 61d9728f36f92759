//! The yardstick of `benches/`: plain DataFusion copies a CSV to Parquet, every column text, zstd level 3.
//!
//! `cargo run --release --example plain_copy -- people.csv out`

use std::error::Error;
use std::io::{BufRead as _, BufReader};
use std::sync::Arc;

use datafusion::arrow::datatypes::{DataType, Field, Schema};
use datafusion::config::TableParquetOptions;
use datafusion::dataframe::DataFrameWriteOptions;
use datafusion::prelude::{CsvReadOptions, SessionContext};

#[tokio::main]
async fn main() -> Result<(), Box<dyn Error>> {
    let mut args = std::env::args().skip(1);
    let (Some(input), Some(output)) = (args.next(), args.next()) else {
        return Err("usage: plain_copy INPUT.csv OUTPUT_FOLDER".into());
    };
    let mut header = String::new();
    BufReader::new(std::fs::File::open(&input)?).read_line(&mut header)?;
    let names = header.trim().split(',').map(|name| name.trim_matches('"'));
    let schema = Schema::new(names.map(|name| Field::new(name, DataType::Utf8, true)).collect::<Vec<_>>());
    let context = SessionContext::new();
    let frame = context.read_csv(&input, CsvReadOptions::new().schema(&schema)).await?;
    let mut options = TableParquetOptions::default();
    options.global.compression = Some("zstd(3)".to_owned());
    let written = frame.write_parquet(&output, DataFrameWriteOptions::new(), Some(options)).await?;
    let rows = written.first().map(|batch| Arc::clone(batch.column(0)));
    println!("{rows:?}");
    Ok(())
}

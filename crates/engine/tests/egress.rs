//! Staged files read back: in both forms, from sources of every sort, as they were written and as somebody changed them.

use std::fs::File;
use std::hash::RandomState;
use std::path::Path;
use std::sync::Arc;

use datafusion::arrow::array::{
    Array, ArrayRef, AsArray, BooleanArray, Date32Array, Float64Array, Int64Array, StringArray,
    TimestampMicrosecondArray,
};
use datafusion::arrow::record_batch::RecordBatch;
use datafusion::parquet::arrow::ArrowWriter;
use datafusion::parquet::arrow::arrow_reader::ParquetRecordBatchReaderBuilder;
use engine::{EngineError, FieldStep, KeyRing, Outgoing, OutputForm, Runner, Secret, Source};

struct OneKey;

impl KeyRing for OneKey {
    fn key(&self, _name: &str) -> Option<Secret> {
        Some(Secret::new([7; 32]))
    }
}

fn step(field: &str, label: &str, need: &str) -> FieldStep {
    let transform = need.parse().expect("a transform");
    FieldStep {
        field: field.to_owned(),
        label: label.to_owned(),
        transform,
        key: Some("k".to_owned()),
        leaves_as: None,
    }
}

/// Stages a source, lets `between` at the files, and reads them back.
async fn staged(
    source: &Path,
    steps: &[FieldStep],
    form: OutputForm,
    between: impl Fn(&Path),
) -> Result<Vec<Outgoing>, EngineError> {
    let folder = tempfile::tempdir().expect("a folder");
    let source = Arc::new(Source::open("t", source)?);
    let runner = Runner::new(Arc::new(OneKey), 2, Arc::new(|_| ()), folder.path());
    let parts = runner.release(&source, None, steps, "2026-11-02", folder.path(), form).await?;
    let names = parts.into_iter().map(|part| part.name).collect::<Vec<_>>();
    between(&folder.path().join(&names[0]));
    runner.egress(&source, None, steps, (folder.path(), &names), "2026-11-02", &RandomState::new()).await
}

const FORMS: [OutputForm; 2] = [OutputForm::Csv, OutputForm::Parquet];

#[tokio::test]
async fn i4_columns_of_every_type_come_back_as_they_were_read() {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("t.parquet");
    let rows = 20_000i64;
    let text = |n: i64| match n % 6 {
        0 => None,
        1 => Some(String::new()),
        2 => Some(format!("\"{n}\", twice\r\nand again ")),
        3 => Some(" ".to_owned()),
        4 => Some("\\N".to_owned()),
        _ => Some(format!("第{n}次")),
    };
    let columns: Vec<(&str, ArrayRef)> = vec![
        ("id", Arc::new((0..rows).map(|n| (n % 7 > 0).then_some(13_800_000_000 + n)).collect::<Int64Array>())),
        ("weight", Arc::new((0..rows).map(|n| (n % 5 > 0).then(|| n as f64 / 7.0)).collect::<Float64Array>())),
        ("whole", Arc::new(Float64Array::from_iter_values((0..rows).map(|n| n as f64 * 1e6)))),
        ("flag", Arc::new((0..rows).map(|n| Some(n % 2 == 0)).collect::<BooleanArray>())),
        ("day", Arc::new(Date32Array::from_iter_values((0..rows).map(|n| n as i32)))),
        ("at", Arc::new(TimestampMicrosecondArray::from_iter_values((0..rows).map(|n| n * 1_000_001)))),
        ("text", Arc::new((0..rows).map(text).collect::<StringArray>())),
    ];
    let batch = RecordBatch::try_from_iter(columns).expect("a batch");
    let mut writer = ArrowWriter::try_new(File::create(&path).expect("creates"), batch.schema(), None).expect("writes");
    writer.write(&batch).expect("writes");
    writer.close().expect("closes");
    let mut steps = batch.schema().fields().iter().map(|field| step(field.name(), "NONE", "keep")).collect::<Vec<_>>();
    for form in FORMS {
        let found = staged(&path, &steps, form, |_| ()).await.expect("reads back");
        for column in &found {
            assert_eq!(column.misfits, 0, "{} {form:?}", column.field);
        }
        assert_eq!(found[0].values, 20_000 - 2_858);
        // A table of one column, where an empty cell is an empty line.
        let found = staged(&path, &steps[6..], form, |_| ()).await.expect("reads back");
        assert_eq!(found[0].misfits, 0, "{form:?}");
    }
    steps[0] = step("id", "PHONE_CN", "ff1");
    steps[4] = step("day", "DATE", "month");
    for form in FORMS {
        let found = staged(&path, &steps, form, |_| ()).await.expect("reads back");
        assert!(found.iter().all(|column| column.misfits == 0), "{form:?}");
        let surrogates = found[0].surrogates.expect("a keyed form");
        assert_eq!((surrogates.raw, surrogates.distinct, surrogates.same, surrogates.met), (17_142, 17_142, 0, 0));
        assert!((surrogates.met_expected / (17_142.0 * 17_142.0 / 1e11) - 1.0).abs() < 1e-9);
    }
}

/// A column may leave under another name than its own: it is read back under that one, and under no other.
#[tokio::test]
async fn i4_a_column_that_leaves_under_another_name_is_read_back_under_it() {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("t.csv");
    std::fs::write(&path, "client,cust_id\nA1,x\nB2,y\n").expect("writes");
    let steps = [FieldStep { leaves_as: Some("cust_id".to_owned()), ..step("client", "CUSTOMER_KEY", "keep") }];
    for form in FORMS {
        let found = staged(&path, &steps, form, |_| ()).await.expect("reads back");
        assert_eq!((found.len(), found[0].values, found[0].misfits), (1, 2, 0), "{form:?}");
    }
    let found = staged(&path, &steps, OutputForm::Csv, |file| put(file, 0, 1, "y")).await.expect("reads back");
    assert_eq!(found[0].misfits, 1, "it is held against its own column, not the one of that name");
    let renamed = |file: &Path| std::fs::write(file, "client\nA1\nB2\n").expect("writes");
    let error = staged(&path, &steps, OutputForm::Csv, renamed).await.err().expect("another column").to_string();
    assert!(error.contains("has other columns than the plan"), "{error}");
}

/// Puts a value into a cell of a staged file.
fn put(file: &Path, column: usize, row: usize, value: &str) {
    if file.extension().is_some_and(|extension| extension == "csv") {
        let text = std::fs::read_to_string(file).expect("reads");
        let mut lines = text.lines().map(str::to_owned).collect::<Vec<_>>();
        let mut cells = lines[row + 1].split(',').collect::<Vec<_>>();
        cells[column] = value;
        lines[row + 1] = cells.join(",");
        std::fs::write(file, lines.join("\n") + "\n").expect("writes");
        return;
    }
    let reader = ParquetRecordBatchReaderBuilder::try_new(File::open(file).expect("opens")).expect("reads");
    let batches = reader.with_batch_size(100_000).build().expect("reads").collect::<Result<Vec<_>, _>>();
    let batch = batches.expect("reads").remove(0);
    let mut columns = batch.columns().to_vec();
    let old = columns[column].as_string::<i32>();
    let cells = (0..old.len()).map(|at| if at == row { Some(value) } else { old.is_valid(at).then(|| old.value(at)) });
    columns[column] = Arc::new(cells.collect::<StringArray>());
    let changed = RecordBatch::try_new(batch.schema(), columns).expect("a batch");
    let mut writer = ArrowWriter::try_new(File::create(file).expect("creates"), batch.schema(), None).expect("writes");
    writer.write(&changed).expect("writes");
    writer.close().expect("closes");
}

#[tokio::test]
async fn i4_one_changed_cell_is_found_in_either_form() {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("t.csv");
    let mut bytes = Vec::new();
    let table = sample::table(sample::Kind::People, 500, 3);
    sample::to_csv(&table, &mut bytes).expect("writes");
    std::fs::write(&path, bytes).expect("writes");
    let steps = [
        step("cust_id", "CUSTOMER_KEY", "pseudonym"),
        step("gender", "GENDER", "keep"),
        step("resident_id", "ID_CN", "ff1"),
        step("mobile", "PHONE_CN", "mask"),
        step("note", "FREE_TEXT", "mask"),
    ];
    let id = table.rows[250][5].clone().expect("a resident number");
    for form in FORMS {
        let honest = staged(&path, &steps, form, |_| ()).await.expect("reads back");
        assert!(honest.iter().all(|column| column.misfits == 0 && column.surrogates.is_none_or(|all| all.met == 0)));
        for (column, name) in ["cust_id", "gender", "resident_id", "mobile", "note"].into_iter().enumerate() {
            let found = staged(&path, &steps, form, |file| put(file, column, 9, &id)).await.expect("reads back");
            assert_eq!(found[column].field, name);
            if name == "resident_id" {
                assert_eq!(found[column].surrogates.expect("keyed").met, 1);
                continue;
            }
            assert_eq!(found[column].misfits, 1, "{name} {form:?}");
            let seen = found[column].profile.values();
            assert!(seen.iter().any(|seen| seen.class.label() == "ID_CN" && seen.valid == 1), "{name} {form:?}");
        }
        // Words around it, in a cell that should hold stars.
        let words = format!("身份证号{id}");
        let found = staged(&path, &steps, form, |file| put(file, 4, 9, &words)).await.expect("reads back");
        assert!(found[4].misfits == 1 && found[4].profile.in_text().iter().any(|seen| seen.class.label() == "ID_CN"));
    }
}

/// What cannot be read whole cannot have been looked at.
#[tokio::test]
async fn a_staged_file_that_is_cut_off_is_a_fault() {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("t.csv");
    std::fs::write(&path, "a,b\n1,13800138000\n2,13800138001\n").expect("writes");
    let steps = [step("a", "NONE", "keep"), step("b", "PHONE_CN", "keep")];
    for form in FORMS {
        let cut = |file: &Path| {
            let bytes = std::fs::read(file).expect("reads");
            std::fs::write(file, &bytes[..bytes.len() - 14]).expect("writes");
        };
        let error = staged(&path, &steps, form, cut).await.err().expect("fails").to_string();
        assert!(!error.is_empty() && !error.contains("13800138"), "{error}");
    }
    let whole = staged(&path, &steps, OutputForm::Parquet, |_| ()).await.expect("reads back");
    assert_eq!(whole[1].profile.values()[0].valid, 2);
}

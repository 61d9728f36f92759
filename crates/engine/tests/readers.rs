//! Every form of table gives the cells that stand in it.

mod support;

use std::path::{Path, PathBuf};

use engine::Source;
use support::{Cells, read, runner, shared};

/// The tables that come both as transport file and as lines of JSON.
fn clinical_pairs(root: &Path) -> Vec<(PathBuf, PathBuf)> {
    let mut pairs = Vec::new();
    for folder in ["examples/adam", "examples/sdtm"] {
        for entry in std::fs::read_dir(root.join("cdisc-org+DataExchange-DatasetJson").join(folder)).expect("a folder")
        {
            let xpt = entry.expect("an entry").path();
            let ndjson = xpt.with_extension("ndjson");
            if xpt.extension().is_some_and(|e| e == "xpt") && ndjson.exists() {
                pairs.push((xpt, ndjson));
            }
        }
    }
    pairs.sort();
    pairs
}

/// Two cells are equal as text, or as numbers: `3.90` and `3.9`.
fn equal(a: Option<&str>, b: Option<&str>) -> bool {
    let number = |text: &str| text.parse::<f64>().ok();
    match (a, b) {
        (Some(a), Some(b)) => a == b || (number(a).is_some() && number(a) == number(b)),
        (a, b) => a == b,
    }
}

#[tokio::test]
async fn clinical_tables_are_the_same_as_transport_file_and_as_json() {
    let Some(root) = shared("cdisc") else { return };
    let pairs = clinical_pairs(&root);
    assert!(pairs.len() >= 13, "only {} pairs found", pairs.len());
    let mut cells = 0;
    for (xpt, ndjson) in pairs {
        let (columns, rows) = read(&xpt).await.expect("reads");
        let (json_columns, json_rows) = read(&ndjson).await.expect("reads");
        assert_eq!(columns, json_columns, "{}", xpt.display());
        assert_eq!(rows.len(), json_rows.len(), "{}", xpt.display());
        for (number, (row, json_row)) in rows.iter().zip(&json_rows).enumerate() {
            for ((column, a), b) in columns.iter().zip(row).zip(json_row) {
                // A character cell keeps no trailing blanks in a transport file.
                let b = b.as_deref().map(str::trim_end).filter(|text| !text.is_empty());
                assert!(equal(a.as_deref(), b), "{} row {number} {column}: {a:?} {b:?}", xpt.display());
                cells += 1;
            }
        }
    }
    println!("{cells} cells equal");
}

/// Writes a table with a delimiter, every field quoted.
fn write((columns, rows): &Cells, delimiter: &str, row_end: &str) -> String {
    let quote = |text: &str| format!("\"{}\"", text.replace('"', "\"\""));
    let line = |cells: Vec<String>| cells.join(delimiter) + row_end;
    let mut text = line(columns.iter().map(|name| quote(name)).collect());
    for row in rows {
        text += &line(row.iter().map(|cell| cell.as_deref().map_or(String::new(), quote)).collect());
    }
    text
}

#[tokio::test]
async fn a_table_is_the_same_in_every_encoding_and_dialect() {
    let table = sample_table();
    let folder = tempfile::tempdir().expect("a folder");
    let utf16 = |text: &str, little: bool, mark: bool| {
        let mark = if mark { "\u{feff}" } else { "" };
        let units = mark.encode_utf16().chain(text.encode_utf16());
        units.flat_map(|unit| if little { unit.to_le_bytes() } else { unit.to_be_bytes() }).collect::<Vec<u8>>()
    };
    let comma = write(&table, ",", "\r\n");
    let cases: Vec<(&str, Vec<u8>)> = vec![
        ("utf8", comma.clone().into_bytes()),
        ("utf8-mark", format!("\u{feff}{comma}").into_bytes()),
        ("gb18030", encoding_rs::GB18030.encode(&comma).0.into_owned()),
        ("utf16le-mark", utf16(&comma, true, true)),
        ("utf16be-mark", utf16(&comma, false, true)),
        ("utf16le", utf16(&comma, true, false)),
        ("tab", write(&table, "\t", "\n").into_bytes()),
        ("semicolon", write(&table, ";", "\n").into_bytes()),
        ("bar", write(&table, "|", "\r").into_bytes()),
        ("plus-bar", write(&table, "+|", "&|\r\n").into_bytes()),
    ];
    for (name, bytes) in cases {
        let path = folder.path().join(format!("{name}.csv"));
        std::fs::write(&path, bytes).expect("writes");
        let found = read(&path).await.unwrap_or_else(|error| panic!("{name}: {error}"));
        assert_eq!(found, table, "{name}");
    }
}

/// Names, line ends and delimiters inside fields, leading zeros, missing cells.
fn sample_table() -> Cells {
    let columns = ["编号", "姓名", "备注", "卡号"].map(str::to_owned).to_vec();
    let rows = (0..300)
        .map(|n| {
            let note = match n % 4 {
                0 => Some("第一行\n第二行".to_owned()),
                1 => Some(format!("逗号, 分号; 竖线| 引号\" {n}")),
                2 => None,
                _ => Some("普通".to_owned()),
            };
            vec![Some(format!("{n:06}")), Some("张三".to_owned()), note, Some(format!("62177{n:014}"))]
        })
        .collect();
    (columns, rows)
}

#[tokio::test]
async fn parquet_gives_the_cells_of_the_csv() {
    let Some(root) = shared("people/people") else { return };
    for name in ["people", "orders"] {
        let (columns, rows) = read(&root.join(format!("{name}.csv"))).await.expect("reads");
        let (parquet_columns, parquet_rows) = read(&root.join(format!("{name}.parquet"))).await.expect("reads");
        assert_eq!(columns, parquet_columns);
        assert_eq!(rows.len(), parquet_rows.len());
        for (a, b) in rows.iter().zip(&parquet_rows) {
            for ((column, a), b) in columns.iter().zip(a).zip(b) {
                // Timestamps have a T in Arrow's own writing.
                let b = b.as_deref().map(|text| text.replacen('T', if column.ends_with("_at") { " " } else { "T" }, 1));
                assert!(equal(a.as_deref(), b.as_deref()), "{name}.{column}");
            }
        }
    }
}

#[tokio::test]
async fn the_retail_files_are_read_as_their_makers_meant() {
    let Some(root) = shared("retail/microsoft+sql-server-samples/oltp-install-script") else { return };
    let check = async |file: &str, columns: usize, rows: usize| {
        let path = root.join(file);
        let source = std::sync::Arc::new(Source::open("t", &path).expect("opens"));
        let inspection = runner().inspect(&source, false).await.expect("inspects");
        assert_eq!(source.columns.len(), columns, "{file}: {}", source.format.describe());
        assert_eq!((inspection.rows, inspection.quarantine.count), (rows as u64, 0), "{file}");
        assert!(!source.has_header(), "{file} has no header");
    };
    check("CreditCard.csv", 6, 19_118).await;
    check("Customer.csv", 7, 19_820).await;
    check("EmailAddress.csv", 5, 19_972).await;
    check("Employee.csv", 16, 290).await;
    check("JobCandidate.csv", 4, 13).await;
    check("PersonCreditCard.csv", 3, 19_118).await;
    check("PersonPhone.csv", 4, 19_972).await;
    check("Store.csv", 6, 701).await;
}

#[tokio::test]
async fn adult_is_read_whole() {
    let Some(root) = shared("anon_bench/arx-deidentifier+arx/data") else { return };
    let (columns, rows) = read(&root.join("adult.csv")).await.expect("reads");
    assert_eq!(columns[..3], ["sex", "age", "race"]);
    assert_eq!(rows.len(), 30_162);
    assert!(rows.iter().flatten().all(Option::is_some));
}

#[tokio::test]
async fn bad_files_get_one_clear_line() {
    let folder = tempfile::tempdir().expect("a folder");
    let check = |name: &str, bytes: Option<&[u8]>, expected: &str| {
        let path = folder.path().join(name);
        if let Some(bytes) = bytes {
            std::fs::write(&path, bytes).expect("writes");
        }
        let error = Source::open("t", &path).expect_err(name);
        assert!(error.is_input(), "{name}: {error}");
        let text = error.to_string();
        assert!(text.contains(expected) && text.contains(name) && !text.contains('\n'), "{text}");
    };
    check("missing.csv", None, "no such file");
    check("empty.csv", Some(b""), "is empty");
    check("blank.csv", Some(b"\n\n \n"), "is empty");
    check("latin.csv", Some(b"name,city\ncaf\xE9,Orl\xE9ans\nna\xEFve,Besan\xE7on\n"), "neither UTF-8");
    check("photo.csv", Some(b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR"), "zero bytes");
    check("cut.parquet", Some(b"PAR1\x15\x04"), "no whole Parquet file");
    check("stray.xpt", Some(&[b' '; 161]), "not a multiple of 80");
    check("other.xpt", Some(&[b' '; 160]), "no transport file");
    check("odd.ndjson", Some(b"{\"a\":\n"), "no line of it is an object");
    if let Some(root) = shared("cdisc/cdisc-org+DataExchange-DatasetJson/examples/sdtm") {
        let mut bytes = std::fs::read(root.join("dm.xpt")).expect("reads");
        bytes.insert(700, b'x');
        check("dm.xpt", Some(&bytes), "not a multiple of 80");
    }
    if let Some(root) = shared("people/people") {
        let bytes = std::fs::read(root.join("orders.parquet")).expect("reads");
        check("half.parquet", Some(&bytes[..bytes.len() / 2]), "no whole Parquet file");
    }
}

//! The second scan, end to end: whatever is wrong in the staged files keeps them here, and honest tables leave (I4).

mod support;

use std::path::PathBuf;
use std::sync::Arc;

use clearance::{ClearanceError, Cleared, Options, Step, Stop, Undeclared, Watch};
use sample::Kind;
use support::{Desk, USUAL, sample_csv, transfer};

/// A permit that opens every path, so that only the scan can stop.
const PERMIT: &str = "[permit]\nkind = \"security-assessment\"\nnumber = \"1\"\neffective = 2026-01-01\n";

type Cells = Vec<Vec<String>>;
type Attack = Box<dyn Fn(&mut Cells) + Send + Sync>;

/// Changes the staged file after it was written and before it is scanned.
struct Tamper {
    folder: PathBuf,
    attack: Attack,
}

impl Watch for Tamper {
    fn begin(&self, step: Step, _bytes: u64) {
        if step != Step::Egress {
            return;
        }
        let staging = std::fs::read_dir(&self.folder).expect("the desk").map(|entry| entry.expect("an entry").path());
        let is_staging =
            |path: &PathBuf| path.file_name().is_some_and(|n| n.to_string_lossy().starts_with(".tongguan-"));
        let staging = staging.filter(is_staging).collect::<Vec<_>>();
        let file = staging.first().expect("a staging folder").join("data/people.csv");
        let text = std::fs::read_to_string(&file).expect("the staged file");
        let mut cells: Cells = text.lines().map(|line| line.split(',').map(str::to_owned).collect()).collect();
        (self.attack)(&mut cells);
        let lines = cells.iter().map(|row| row.join(",")).collect::<Vec<_>>();
        std::fs::write(&file, lines.join("\n") + "\n").expect("writes");
    }

    fn advance(&self, _bytes: u64) {}
}

const FIELDS: [(&str, &str); 9] = [
    ("cust_id", "pseudonym"),
    ("name", "mask"),
    ("gender", "keep"),
    ("birth_date", "year"),
    ("resident_id", "ff1"),
    ("mobile", "ff1"),
    ("address", "city"),
    ("balance", "keep"),
    ("created_at", "month"),
];

/// The places of [`FIELDS`] in the staged file: in the order of the source.
const NAMES: [&str; 9] =
    ["cust_id", "name", "gender", "birth_date", "resident_id", "mobile", "address", "balance", "created_at"];

fn at(name: &str) -> usize {
    NAMES.iter().position(|other| *other == name).expect("a column")
}

async fn attacked(desk: &Desk, attack: impl Fn(&mut Cells) + Send + Sync + 'static) -> Result<Cleared, ClearanceError> {
    let watch = Arc::new(Tamper { folder: desk.folder.path().to_owned(), attack: Box::new(attack) });
    let options = Options { watch, ..desk.options() };
    desk.clear_with(&transfer(&FIELDS, &format!("{USUAL}{PERMIT}"), "out"), options).await
}

fn stops(cleared: Cleared) -> Vec<Stop> {
    match cleared {
        Cleared::NothingNew { release, .. } => panic!("the same as {release}"),
        Cleared::Released(_) => panic!("it left"),
        Cleared::Stopped(assessment) => assessment.gate.expect_err("stops"),
    }
}

/// Columns, labels and counts of a stop, as `column LABEL count`.
fn told(stops: &[Stop]) -> Vec<String> {
    let mut told = Vec::new();
    for stop in stops {
        assert_eq!(stop.cite(), "State Council Order 790 art 38");
        match stop {
            Stop::Undeclared { found } => {
                told.extend(found.iter().map(|f| format!("{} {} {}+{}", f.column, f.label, f.valid, f.suspected)));
            }
            Stop::NotAsPlanned { found } => {
                told.extend(found.iter().map(|f| format!("{} {} misfits {}", f.column, f.label, f.count)));
            }
            Stop::RawAmongSurrogates { found } => {
                told.extend(found.iter().map(|f| format!("{} {} same {} met {}", f.column, f.label, f.same, f.met)));
            }
            other => panic!("{other:?}"),
        }
    }
    told
}

#[tokio::test]
async fn i4_what_was_staged_otherwise_than_planned_stops_with_column_class_and_count() {
    let desk = Desk::new();
    let (table, bytes) = sample_csv(Kind::People, 80, 21);
    desk.write("people.csv", bytes);
    let raw = move |name: &str, row: usize| {
        let column = table.header.iter().position(|header| header == name).expect("a column");
        table.rows[row][column].clone().expect("a value")
    };
    // Nothing changed: the rows and their forms are as planned.
    assert!(matches!(attacked(&desk, |_| ()).await, Ok(Cleared::Released(_))));
    std::fs::remove_dir_all(desk.path("out")).expect("removes");

    let raw = Arc::new(raw);
    let put = |column: &'static str, row: usize, value: String| {
        move |cells: &mut Cells| cells[row + 1][at(column)].clone_from(&value)
    };
    let check = async |attack: Attack, expected: &[&str]| {
        let cleared = attacked(&desk, attack).await.expect("runs");
        assert_eq!(told(&stops(cleared)), expected);
        assert!(!desk.path("out").exists());
    };
    // One surrogate is the raw value: its own, or that of another row.
    check(Box::new(put("cust_id", 3, raw("cust_id", 3))), &["cust_id CUSTOMER_KEY misfits 1"]).await;
    check(Box::new(put("resident_id", 3, raw("resident_id", 3))), &["resident_id ID_CN same 1 met 1"]).await;
    check(Box::new(put("resident_id", 3, raw("resident_id", 4))), &["resident_id ID_CN same 0 met 1"]).await;
    check(Box::new(put("mobile", 3, raw("mobile", 5))), &["mobile PHONE_CN same 0 met 1"]).await;
    // Raw values in columns of another form.
    check(Box::new(put("name", 7, raw("name", 7))), &["name PERSON misfits 1"]).await;
    check(Box::new(put("name", 7, raw("mobile", 7))), &["name PHONE_CN 1+0", "name PERSON misfits 1"]).await;
    check(Box::new(put("birth_date", 1, raw("birth_date", 1))), &["birth_date BIRTH_DATE misfits 1"]).await;
    check(Box::new(put("address", 1, raw("address", 1))), &["address ADDRESS misfits 1"]).await;
    check(Box::new(put("cust_id", 3, raw("resident_id", 3))), &["cust_id ID_CN 1+0", "cust_id CUSTOMER_KEY misfits 1"])
        .await;
    check(
        Box::new(put("created_at", 9, "110105194912310021".to_owned())),
        &["created_at ID_CN 0+1", "created_at TIMESTAMP misfits 1"],
    )
    .await;
    // A kept column holds what did not come in.
    check(Box::new(put("balance", 0, raw("resident_id", 0))), &["balance ID_CN 1+0", "balance AMOUNT misfits 1"]).await;
    check(Box::new(put("gender", 2, raw("mobile", 2))), &["gender PHONE_CN 1+0", "gender GENDER misfits 1"]).await;
    // Two columns mixed up, and two rows.
    let swap = |cells: &mut Cells| cells.iter_mut().skip(1).for_each(|row| row.swap(at("name"), at("mobile")));
    let cleared = attacked(&desk, swap).await.expect("runs");
    let all = told(&stops(cleared));
    assert!(all.ends_with(&["name PERSON misfits 80".to_owned(), "mobile PHONE_CN misfits 80".to_owned()]), "{all:?}");
    let cleared = attacked(&desk, |cells| cells.swap(1, 2)).await.expect("runs");
    assert!(told(&stops(cleared)).contains(&"balance AMOUNT misfits 2".to_owned()));
}

#[tokio::test]
async fn files_of_another_shape_are_a_fault_and_say_no_value() {
    let desk = Desk::new();
    desk.write("people.csv", sample_csv(Kind::People, 30, 22).1);
    let attacks: [(Attack, &str); 4] = [
        (Box::new(|cells| cells.truncate(20)), "another number of rows"),
        (Box::new(|cells| cells.push(cells[1].clone())), "another number of rows"),
        (Box::new(|cells| cells[0][2] = "name".to_owned()), "other columns than the plan"),
        (Box::new(|cells| cells[5].push("13800138000".to_owned())), "cannot be read as CSV"),
    ];
    for (attack, expected) in attacks {
        let error = attacked(&desk, attack).await.err().expect("fails").to_string();
        assert!(error.contains(expected) && !error.contains("13800138000"), "{error}");
        assert!(!desk.path("out").exists());
    }
}

fn undeclared(stops: &[Stop]) -> &[Undeclared] {
    match stops {
        [Stop::Undeclared { found }] => found,
        other => panic!("{other:?}"),
    }
}

/// A hidden number comes in with the data: the run is right and the plan is not.
#[tokio::test]
async fn i4_a_single_number_in_a_kept_column_stops_until_it_is_declared() {
    let desk = Desk::new();
    let rows = |hidden: &str| {
        let rows = (0..3_000).map(|n| {
            let (amount, code, remark) =
                (format!("{n}.50"), format!("SKU-{n:05}"), format!("第{n}次补货，请于周末前到仓，谢谢。"));
            let mut cells = [format!("C{n}"), amount, code, remark];
            if n == 1_999 {
                let (column, value) = hidden.split_once(' ').unwrap_or(("0", "C1999"));
                cells[column.parse::<usize>().expect("a column")] = value.to_owned();
            }
            cells.join(",")
        });
        format!("cust_id,amount,code,remark\n{}\n", rows.collect::<Vec<_>>().join("\n"))
    };
    let fields = [("cust_id", "pseudonym"), ("amount", "keep"), ("code", "keep"), ("remark", "keep")];
    let text = transfer(&fields, &format!("{USUAL}{PERMIT}"), "out");
    desk.write("people.csv", rows(""));
    desk.released(&text).await;
    std::fs::remove_dir_all(desk.path("out")).expect("removes");
    for (hidden, column, label, counts) in [
        ("1 11010519491231002X", "amount", "ID_CN", (1, 0)),
        ("1 110105194912310021", "amount", "ID_CN", (0, 1)),
        ("2 110101197001010016", "code", "ID_CN", (1, 0)),
        ("2 13800138000", "code", "PHONE_CN", (1, 0)),
        ("2 4111111111111111", "code", "BANK_CARD", (1, 0)),
        ("2 a.b@example.com", "code", "EMAIL", (1, 0)),
    ] {
        desk.write("people.csv", rows(hidden));
        let (assessment, stops) = desk.stopped(&text).await;
        let found = undeclared(&stops);
        assert_eq!(found.len(), 1, "{found:?}");
        assert_eq!((found[0].column.as_str(), found[0].label.as_str()), (column, label));
        assert_eq!((found[0].valid, found[0].suspected), counts);
        let planned =
            assessment.found.plan.sources[0].fields.iter().find(|field| field.name == column).expect("planned");
        assert!(planned.personal, "and the plan says that persons are in it");
        let declared = text.replace(
            &format!("name = \"{column}\"\nneed = \"keep\""),
            &format!("name = \"{column}\"\nneed = \"keep\"\nholds = [\"{label}\"]"),
        );
        desk.released(&declared).await;
        std::fs::remove_dir_all(desk.path("out")).expect("removes");
    }
    // A card number in a column makes the column sensitive.
    desk.write("people.csv", rows("2 4111111111111111"));
    let (assessment, _) = desk.stopped(&text).await;
    assert_eq!(assessment.found.plan.sources[0].fields[2].sensitive.to_string(), "yes");
}

/// Running text that was only sampled: what the whole of it holds was declared by nobody.
#[tokio::test]
async fn i4_what_sampling_missed_stops_and_a_full_scan_declares_it() {
    let desk = Desk::new();
    let line = |n: usize, text: &str| format!("C{n},\"{text}，请于周末前安排到仓并通知仓库负责的同事，谢谢配合。\"");
    let rows = (0..4_000).map(|n| line(n, if n == 3_333 { "本人身份证号11010519491231002X" } else { "第一次补货" }));
    desk.write("people.csv", format!("cust_id,remark\n{}\n", rows.collect::<Vec<_>>().join("\n")));
    let text = transfer(&[("cust_id", "pseudonym"), ("remark", "keep")], &format!("{USUAL}{PERMIT}"), "out");
    let sampled = Options { full: false, ..desk.options() };
    let found = stops(desk.clear_with(&text, sampled).await.expect("runs"));
    let found = undeclared(&found);
    assert_eq!((found[0].column.as_str(), found[0].label.as_str(), found[0].sampled), ("remark", "ID_CN", true));
    assert_eq!((found[0].valid, found[0].suspected), (1, 0));
    let released = desk.released(&text).await;
    let remark = released.assessment.found.inventories[0].1.column("remark").expect("inspected");
    assert!(remark.found_in_text.contains(&("ID_CN".to_owned(), 1)));
}

#[tokio::test]
async fn a_class_that_does_not_exist_cannot_be_declared() {
    let desk = Desk::new();
    desk.write("people.csv", "cust_id,code\nA1,x\n");
    let text =
        transfer(&[("code", "keep")], USUAL, "out").replace("need = \"keep\"", "need = \"keep\"\nholds = [\"ID\"]");
    desk.fails(&text, "`code` holds `ID`, which is no class").await;
}

/// What a table's columns are given in turn, each a form that can read something of it.
const FORMS: [&str; 8] = ["keep", "pseudonym", "ff1", "mask", "month", "year", "city", "age-band:10"];

fn planned(table: &sample::Table, seed: usize) -> Vec<(String, &'static str)> {
    let forms = table.header.iter().enumerate().map(|(column, name)| {
        // Half of them stay as they are.
        let turn = (column * 7 + seed * 5 + column * seed) % 16;
        (name.clone(), FORMS[turn.saturating_sub(8)])
    });
    forms.collect()
}

#[tokio::test]
async fn i4_honest_plans_leave_and_a_single_raw_identifier_anywhere_stops() {
    let identifiers = ["resident_id", "mobile", "bank_card", "email"];
    let people = sample::table(Kind::People, 40, 99);
    let (mut honest, mut planted) = (0, 0);
    for seed in 0..8 {
        for kind in Kind::ALL {
            let desk = Desk::new();
            let (table, bytes) = sample_csv(kind, 90, seed as u64);
            desk.write("people.csv", bytes);
            let wishes = planned(&table, seed);
            let fields = wishes.iter().map(|(name, need)| (name.as_str(), *need)).collect::<Vec<_>>();
            let key = &table.header[0];
            let text = transfer(&fields, &format!("{USUAL}{PERMIT}").replace("cust_id", key), "out")
                .replace("format = \"csv\"", if seed % 2 == 0 { "format = \"csv\"" } else { "format = \"parquet\"" });
            let released = desk.released(&text).await;
            assert_eq!(released.receipt.columns.len(), table.header.len());
            honest += 1;
            if seed % 2 == 1 {
                continue;
            }
            std::fs::remove_dir_all(desk.path("out")).expect("removes");
            // One cell of the staged file becomes somebody's number.
            for (turn, identifier) in identifiers.iter().enumerate() {
                let from = people.header.iter().position(|header| header == identifier).expect("a column");
                let value = people.rows.iter().filter_map(|row| row[from].clone()).nth(turn).expect("a value");
                let place = (seed * 31 + turn * 17 + 3) * 13;
                let width = table.header.len();
                let attack = move |cells: &mut Cells| {
                    let row = 1 + place % 90;
                    // Text with commas is not taken apart by this test: such rows keep their number of cells.
                    if cells[row].len() == width {
                        cells[row][place % width] = value.clone();
                    } else {
                        let last = cells[row].len() - 1;
                        cells[row][last] = value.clone();
                    }
                };
                let watch = Arc::new(Tamper { folder: desk.folder.path().to_owned(), attack: Box::new(attack) });
                let cleared = desk.clear_with(&text, Options { watch, ..desk.options() }).await.expect("runs");
                assert!(!told(&stops(cleared)).is_empty());
                planted += 1;
            }
        }
    }
    assert_eq!((honest, planted), (24, 48));
}

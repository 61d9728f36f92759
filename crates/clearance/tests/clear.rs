//! The main job from end to end, on made-up tables.

mod support;

use std::collections::BTreeSet;

use clearance::{Cleared, Home, Loaded, Options, Stop, read_trust, recover, verify};
use engine::kind;
use law::Outcome;
use sqlx::Connection as _;
use support::{Desk, ON, USUAL, files, sample_csv, transfer};

const FIELDS: [(&str, &str); 5] =
    [("cust_id", "pseudonym"), ("name", "mask"), ("mobile", "ff1"), ("birth_date", "age-band:10"), ("address", "city")];

#[tokio::test]
async fn i4_exactly_the_planned_columns_leave_in_their_form() {
    let desk = Desk::new();
    let (table, bytes) = sample_csv(sample::Kind::People, 60, 5);
    desk.write("people.csv", bytes);
    let released = desk.released(&transfer(&FIELDS, USUAL, "out")).await;
    let text = std::fs::read_to_string(desk.path("out/data/people.csv")).expect("the release");
    let mut lines = text.lines();
    // In the order of the source, whatever the order of the wishes.
    assert_eq!(lines.next(), Some("cust_id,name,birth_date,mobile,address"));
    let rows = lines.collect::<Vec<_>>();
    assert_eq!(rows.len(), 60);
    let column = |name: &str| table.header.iter().position(|header| header == name).expect("a column");
    let (name, mobile) = (column("name"), column("mobile"));
    for (row, source) in rows.iter().zip(&table.rows) {
        let cells = row.split(',').collect::<Vec<_>>();
        assert_eq!(cells[0].len(), 26, "a pseudonym");
        assert_ne!(Some(cells[1]), source[name].as_deref());
        assert!(cells[1].contains('*'));
        assert_ne!(Some(cells[3]), source[mobile].as_deref());
        assert_eq!(cells[3].len(), 11, "the form is preserved");
    }
    assert_eq!(released.receipt.files.len(), 1);
    assert_eq!(released.receipt.files[0].rows, 60);
    assert_eq!(released.receipt.columns.len(), 5);
}

#[tokio::test]
async fn i8_no_raw_value_is_in_anything_that_is_kept_or_sent() {
    let desk = Desk::new();
    let (table, mut bytes) = sample_csv(sample::Kind::People, 200, 6);
    // A bad row with personal data in it, too.
    bytes.extend_from_slice("500000999,王小明,男,13912345678\n".as_bytes());
    desk.write("people.csv", bytes);
    desk.released(&transfer(&FIELDS, USUAL, "out")).await;
    let direct = ["name", "resident_id", "mobile", "landline", "email", "address", "bank_card", "passport", "plate", "vin", "imei", "ip", "cust_id"];
    let mut values = BTreeSet::from(["13912345678".to_owned()]);
    for (index, header) in table.header.iter().enumerate() {
        if direct.contains(&header.as_str()) {
            let cells = table.rows.iter().filter_map(|row| row[index].clone());
            values.extend(cells.filter(|cell| cell.chars().count() >= 8));
        }
    }
    assert!(values.len() > 1000);
    let name_column = table.header.iter().position(|header| header == "name").expect("a column");
    let mut looked_at = 0;
    for path in files(&desk.home_path()).into_iter().chain(files(&desk.path("out"))) {
        let bytes = std::fs::read(&path).expect("reads");
        let text = String::from_utf8_lossy(&bytes);
        for value in &values {
            assert!(!text.contains(value), "a raw value is in {}", path.display());
        }
        // Names are short: they are looked for as whole values, in JSON and in CSV.
        for name in table.rows.iter().filter_map(|row| row[name_column].as_deref()) {
            let whole = [format!("\"{name}\""), format!(",{name},"), format!("\n{name},"), format!(",{name}\n")];
            assert!(whole.iter().all(|value| !text.contains(value)), "a name is in {}", path.display());
        }
        looked_at += 1;
    }
    assert!(looked_at >= 10, "{looked_at} files");
}

#[tokio::test]
async fn i9_the_same_inputs_give_the_same_bytes() {
    let desk = Desk::new();
    let (_, bytes) = sample_csv(sample::Kind::People, 80, 7);
    desk.write("people.csv", bytes);
    for format in ["csv", "parquet"] {
        let digests = async |name: &str| {
            let text = transfer(&FIELDS, USUAL, name).replace("format = \"csv\"", &format!("format = \"{format}\""));
            desk.released(&text).await.receipt.files[0].sha256.clone()
        };
        assert_eq!(digests(&format!("a-{format}")).await, digests(&format!("b-{format}")).await);
    }
}

#[tokio::test]
async fn i5_persons_are_counted_once_across_releases_and_writings() {
    let desk = Desk::new();
    let text = |key: &str, out: &str| {
        let usual = USUAL.replace("cust_id", key);
        transfer(&[("gender", "keep")], &usual, out)
    };
    desk.write("people.csv", "cust_id,gender\nA1,F\na1,F\n\u{ff21}1 ,F\nB2,M\n,M\n");
    let first = desk.released(&text("cust_id", "one")).await.assessment.persons.expect("persons");
    assert_eq!((first.distinct, first.exact), (3, false), "two keys and one row without");
    assert_eq!((first.ordinary.before, first.ordinary.release, first.ordinary.after), (0, 3, 3));
    desk.write("people.csv", "cust_id,gender\nB2,M\nC3,F\n");
    let second = desk.released(&text("cust_id", "two")).await.assessment.persons.expect("persons");
    assert_eq!((second.ordinary.before, second.ordinary.release, second.ordinary.after), (3, 2, 4));
}

#[tokio::test]
async fn i5_a_value_that_stays_counts_nobody() {
    let desk = Desk::new();
    desk.write("people.csv", "cust_id,gender,diagnosis\nA1,F,高血压\nB2,M,\nC3,,\n");
    let text = transfer(&[("gender", "keep"), ("diagnosis", "keep")], USUAL, "out");
    let (assessment, _) = desk.stopped(&text).await;
    let persons = assessment.persons.expect("persons");
    assert_eq!((persons.ordinary.release, persons.sensitive.release), (2, 1));
}

#[tokio::test]
async fn whatever_leaves_of_a_person_under_fourteen_is_sensitive() {
    let desk = Desk::new();
    desk.write("people.csv", "cust_id,gender,birth_date\nA1,F,2012-11-03\nB2,M,2012-11-02\nC3,F,1980-01-01\n");
    let (assessment, _) = desk.stopped(&transfer(&[("gender", "keep")], USUAL, "out")).await;
    let persons = assessment.persons.expect("persons");
    assert_eq!((persons.ordinary.release, persons.sensitive.release), (3, 1), "one is 13 on {ON}");
}

#[tokio::test]
async fn earlier_exports_count_and_silence_is_not_none() {
    let desk = Desk::new();
    desk.write("people.csv", "cust_id,gender\nA1,F\nB2,M\n");
    desk.write("sent.csv", "uid,cust_id\n1,B2\n2,C3\n");
    let with = |earlier: &str, out: &str| {
        let usual = USUAL.split("[earlier]").next().expect("the rest");
        transfer(&[("gender", "keep")], &format!("{usual}{earlier}"), out)
    };
    let (assessment, stops) = desk.stopped(&with("", "out")).await;
    assert_eq!(assessment.determination.outcome, Outcome::NotYetKnown);
    assert!(matches!(&stops[..], [Stop::NotYetKnown { facts }] if facts.contains(&"persons.ordinary".to_owned())));
    let (assessment, stops) = desk.stopped(&with("[earlier]\nordinary = 99_998\nsensitive = 0\n", "out")).await;
    assert_eq!(assessment.persons.expect("persons").ordinary.after, 100_000);
    assert!(matches!(&stops[..], [Stop::NoPermit { .. }]));
    desk.released(&with("[earlier]\nordinary = 99_997\nsensitive = 0\n", "a")).await;
    let file = "[earlier]\nfile = \"sent.csv\"\nkey = \"cust_id\"\nkind = \"ordinary\"\n";
    let persons = desk.released(&with(file, "b")).await.assessment.persons.expect("persons");
    assert_eq!(persons.ordinary.after, 3, "A1, B2 and C3");
    desk.fails(&with(&file.replace("cust_id", "nobody"), "c"), "has no field `nobody`").await;
}

#[tokio::test]
async fn exempt_grounds_of_article_5_are_kept_apart_and_not_added() {
    let desk = Desk::new();
    desk.write("people.csv", "cust_id,gender\nA1,F\nB2,M\n");
    let text = |contract: bool, out: &str| {
        transfer(&[("gender", "keep")], USUAL, out)
            .replace("contract_with_individual = false", &format!("contract_with_individual = {contract}"))
    };
    desk.released(&text(true, "booking")).await;
    let home = desk.home().await;
    let mut tally = home.store.tally("91110105MA0000000A", 2026).await.expect("a tally");
    assert_eq!(tally.count(kind::ORDINARY), 0);
    home.store.close().await;
    let persons = desk.released(&text(false, "other")).await.assessment.persons.expect("persons");
    assert_eq!((persons.ordinary.before, persons.ordinary.after), (0, 2));
}

/// Puts the only release back to where it was right after its commit.
async fn put_back(desk: &Desk, staging: &str) {
    let url = format!("sqlite://{}", desk.home_path().join("state.db").display());
    let mut connection = sqlx::SqliteConnection::connect(&url).await.expect("connects");
    let update = sqlx::query("UPDATE release SET state = 'committed', staging = ?").bind(staging);
    update.execute(&mut connection).await.expect("updates");
    connection.close().await.expect("closes");
}

#[tokio::test]
async fn i6_what_was_cut_short_is_rolled_forward_or_thrown_away() {
    let desk = Desk::new();
    desk.write("people.csv", "cust_id,gender\nA1,F\nB2,M\n");
    desk.released(&transfer(&[("gender", "keep")], USUAL, "out")).await;
    let before = files(&desk.path("out")).iter().map(|p| std::fs::read(p).expect("reads")).collect::<Vec<_>>();
    // As after a crash between commit and publication: the folder still staged, the state `committed`.
    let home = desk.home().await;
    let staging = desk.path(".tongguan-cut-short");
    std::fs::rename(desk.path("out"), &staging).expect("moves");
    put_back(&desk, &staging.to_string_lossy()).await;
    // And staging that nobody committed.
    let abandoned = desk.path(".tongguan-abandoned");
    std::fs::create_dir_all(abandoned.join("data")).expect("makes");
    home.store.begin_staging("rel-x", &abandoned.to_string_lossy()).await.expect("notes");
    assert_eq!(recover(&home).await.expect("recovers").len(), 1);
    let after = files(&desk.path("out")).iter().map(|p| std::fs::read(p).expect("reads")).collect::<Vec<_>>();
    assert_eq!(after, before);
    assert!(!abandoned.exists() && !staging.exists());
    assert!(recover(&home).await.expect("recovers").is_empty(), "a second recovery changes nothing");
    let (log, _) = home.log().expect("a log");
    assert_eq!(log.size(), 1, "the leaf is there once");
    let trust = read_trust(&home.trust_file()).expect("trust");
    assert!(verify(&desk.path("out"), &trust).expect("verifies").holds());
}

#[tokio::test]
async fn i7_a_release_holds_until_anything_in_it_is_changed() {
    let desk = Desk::new();
    let (_, bytes) = sample_csv(sample::Kind::People, 30, 8);
    desk.write("people.csv", bytes);
    desk.released(&transfer(&FIELDS, USUAL, "out")).await;
    let trust = read_trust(&desk.home_path().join("trust")).expect("trust");
    let out = desk.path("out");
    assert!(verify(&out, &trust).expect("verifies").holds());
    let mut changed = 0;
    for path in files(&out) {
        let original = std::fs::read(&path).expect("reads");
        for at in [0, original.len() / 2, original.len() - 2] {
            let mut bytes = original.clone();
            bytes[at] ^= 1;
            std::fs::write(&path, &bytes).expect("writes");
            let holds = verify(&out, &trust).is_ok_and(|verdict| verdict.holds());
            assert!(!holds, "byte {at} of {} was changed", path.display());
            changed += 1;
        }
        std::fs::write(&path, original).expect("writes");
    }
    assert_eq!(changed, 15);
    std::fs::write(out.join("data/extra.csv"), "x\n").expect("writes");
    assert!(!verify(&out, &trust).expect("verifies").holds(), "a file more");
    std::fs::remove_file(out.join("data/extra.csv")).expect("removes");
    // Another state folder does not know the key: consistent, but not trusted.
    let other = Home::open(&desk.path("other")).await.expect("a state folder");
    let verdict = verify(&out, &read_trust(&other.trust_file()).expect("trust")).expect("verifies");
    assert!(verdict.faults.is_empty() && !verdict.pinned && !verdict.holds());
    assert_eq!(verdict.fingerprint.len(), 64);
}

#[tokio::test]
async fn bad_rows_stay_and_are_kept_raw_only_on_request() {
    let desk = Desk::new();
    desk.write("people.csv", "cust_id,gender\nA1,F\nB2,M,张三丰的备注\nC3,F\n");
    let text = |out: &str| transfer(&[("gender", "keep")], USUAL, out);
    let released = desk.released(&text("one")).await;
    assert_eq!(released.receipt.files[0].rows, 2);
    let strict = Options { strict: true, ..desk.options() };
    let error = desk.clear_with(&text("two"), strict).await.err().expect("strict stops").to_string();
    assert!(error.contains("row 2 (bytes 20 to ") && error.contains("field-count"), "{error}");
    assert!(!desk.path("two").exists());
    assert!(!files(&desk.home_path()).iter().any(|path| path.ends_with(".raw")));
    let keep = Options { keep_raw: true, ..desk.options() };
    desk.clear_with(&text("three"), keep).await.expect("runs");
    let raw = files(&desk.home_path().join("quarantine"));
    assert_eq!(std::fs::read_to_string(&raw[0]).expect("reads"), "B2,M,张三丰的备注\n");
}

#[tokio::test]
async fn mistakes_in_a_transfer_are_one_line_and_nothing_is_written() {
    let desk = Desk::new();
    desk.write("people.csv", "cust_id,name,gender\nA1,张三,F\nB2,李四,M\n");
    let text = |fields: &[(&str, &str)], more: &str| transfer(fields, more, "out");
    let usual = text(&[("gender", "keep")], USUAL);
    desk.fails(&text(&[("colour", "keep")], USUAL), "`people` has no field `colour`; it has: cust_id, name, gender").await;
    desk.fails(&text(&[("gender", "keep"), ("gender", "drop")], USUAL), "named twice").await;
    desk.fails(&text(&[], USUAL), "nothing leaves").await;
    desk.fails(&text(&[("gender", "keep")], &USUAL.replace("cust_id", "nobody")), "has no field `nobody`").await;
    let no_subject = USUAL.replace("[[subject]]\nkey = [\"cust_id\"]", "");
    desk.fails(&text(&[("gender", "keep")], &no_subject), "key = [\"cust_id\"]").await;
    desk.fails(&usual.replace("people.csv", "nowhere.csv"), "no such file").await;
    desk.fails(&usual.replace("path = \"out\"", "path = \"nowhere/out\""), "no such folder").await;
    desk.fails(&usual.replace("[data]", "[data]\npersonal = false"), "says `personal = false`, but").await;
    desk.fails(&usual.replace("uscc = \"91110105MA0000000A\"", ""), "add `uscc").await;
    desk.fails(&usual.replace("[recipient]", "[permit]\nfile = \"p\"\n[recipient]"), "[permit] names a `file`").await;
    let early = Options { on: jiff::civil::date(2023, 1, 1), ..desk.options() };
    let error = desk.clear_with(&usual, early).await.err().expect("too early").to_string();
    assert!(error.contains("2024-03-22"), "{error}");
    assert!(!desk.path("out").exists());
    let left = std::fs::read_dir(desk.folder.path()).expect("reads").filter(|entry| {
        entry.as_ref().is_ok_and(|entry| entry.file_name().to_string_lossy().starts_with(".tongguan"))
    });
    assert_eq!(left.count(), 0, "no staging is left behind");
    desk.released(&usual).await;
    desk.fails(&usual, "the destination exists").await;
}

#[tokio::test]
async fn the_examples_do_what_their_first_lines_say() {
    let examples = std::path::Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/../../examples"));
    let desk = Desk::new();
    let run = async |folder: &str| {
        for entry in std::fs::read_dir(examples.join(folder)).expect("the example") {
            let path = entry.expect("an entry").path();
            if path.is_file() {
                std::fs::copy(&path, desk.path(&path.file_name().expect("a name").to_string_lossy())).expect("copies");
            }
        }
        let loaded = Loaded::open(&desk.path("transfer.toml")).expect("opens");
        let options = Options { on: loaded.transfer.on.expect("a day"), ..desk.options() };
        let text = std::fs::read_to_string(desk.path("transfer.toml")).expect("reads").replace("\"release\"", &format!("\"{folder}\""));
        desk.clear_with(&text, options).await.expect("runs")
    };
    assert!(matches!(run("01-exempt").await, Cleared::Released(_)));
    let Cleared::Stopped(second) = run("02-contract-needed").await else { panic!("it left") };
    assert!(matches!(&second.gate.expect_err("stops")[..], [Stop::NoPermit { .. }]));
    let Cleared::Stopped(third) = run("03-refused").await else { panic!("it left") };
    assert!(matches!(&third.gate.expect_err("stops")[..], [Stop::Refused { rules }] if rules.len() == 2));
}

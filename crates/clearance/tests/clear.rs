//! The main job from end to end, on made-up tables.

mod support;

use std::collections::BTreeSet;

use clearance::{Cleared, Home, Loaded, Options, Stop, read_trust, recover, verify};
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
    let direct = [
        "name",
        "resident_id",
        "mobile",
        "landline",
        "email",
        "address",
        "bank_card",
        "passport",
        "plate",
        "vin",
        "imei",
        "ip",
        "cust_id",
    ];
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
    assert_eq!(desk.tally().await.ordinary(), 0);
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
    assert_eq!(recover(&home).await.expect("recovers").iter().filter(|(_, stuck)| stuck.is_none()).count(), 1);
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
    std::fs::rename(out.join("data/extra.csv"), out.join("raw.csv")).expect("moves");
    assert!(!verify(&out, &trust).expect("verifies").holds(), "a file more, beside the data");
    std::fs::remove_file(out.join("raw.csv")).expect("removes");
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
    desk.fails(&text(&[("colour", "keep")], USUAL), "`people` has no field `colour`; it has: cust_id, name, gender")
        .await;
    desk.fails(&text(&[("gender", "keep"), ("gender", "drop")], USUAL), "named twice").await;
    desk.fails(&text(&[], USUAL), "nothing leaves").await;
    desk.fails(&text(&[("gender", "keep")], &USUAL.replace("cust_id", "nobody")), "has no field `nobody`").await;
    desk.fails(
        &text(&[("gender", "keep")], &USUAL.replace("cust_id", "gender")),
        "`people.gender` is GENDER: it cannot be",
    )
    .await;
    let no_subject = USUAL.replace("[[subject]]\nkey = [\"cust_id\"]", "");
    desk.fails(&text(&[("gender", "keep")], &no_subject), "key = [\"cust_id\"]").await;
    desk.fails(&usual.replace("people.csv", "nowhere.csv"), "no such file").await;
    desk.fails(&usual.replace("path = \"out\"", "path = \"nowhere/out\""), "no such folder").await;
    desk.fails(&usual.replace("[data]", "[data]\npersonal = false"), "says `personal = false`, but").await;
    desk.fails(&usual.replace("uscc = \"91110105MA0000000A\"", ""), "add `uscc").await;
    desk.fails(&usual.replace("[recipient]", "[permit]\nfile = \"p\"\n[recipient]"), "p: no such").await;
    let early = Options { on: jiff::civil::date(2017, 5, 31), ..desk.options() };
    let error = desk.clear_with(&usual, early).await.err().expect("too early").to_string();
    assert!(error.contains("2017-06-01"), "{error}");
    assert!(!desk.path("out").exists());
    let left = std::fs::read_dir(desk.folder.path())
        .expect("reads")
        .filter(|entry| entry.as_ref().is_ok_and(|entry| entry.file_name().to_string_lossy().starts_with(".tongguan")));
    assert_eq!(left.count(), 0, "no staging is left behind");
    desk.released(&usual).await;
    desk.fails(&usual, "the destination exists").await;
}

/// I1, I5: a table in which nothing is recognised is not a table about nobody.
#[tokio::test]
async fn a_table_of_unknown_meaning_counts_its_rows_or_says_that_it_is_about_nobody() {
    let desk = Desk::new();
    desk.write("people.csv", "badge,door\n10231x,7\n10232x,8\n");
    let fields = [("badge", "keep")];
    let no_subject = USUAL.replace("[[subject]]\nkey = [\"cust_id\"]", "");
    desk.fails(&transfer(&fields, &no_subject, "out"), "who are the rows of `people` about?").await;
    let personal = transfer(&fields, &no_subject, "out").replace("[data]", "[data]\npersonal = true");
    desk.fails(&personal, "who are the rows of `people` about?").await;
    let declared = transfer(&fields, &USUAL.replace("cust_id", "badge"), "out");
    assert_eq!(desk.released(&declared).await.assessment.persons.expect("persons").ordinary.after, 2);
    let nobody = transfer(&fields, &no_subject, "two").replace("[data]", "[data]\npersonal = false");
    assert!(desk.released(&nobody).await.assessment.persons.is_none());
}

/// A catalogue beside the orders is about nobody; a table of persons cannot be stated to be.
#[tokio::test]
async fn a_source_may_be_about_nobody_where_nothing_in_it_is_personal() {
    let desk = Desk::new();
    desk.write("people.csv", "cust_id,gender\nA1,F\nB2,M\n");
    desk.write("goods.csv", "sku,colour\nx-1,red\nx-2,blue\nx-3,red\n");
    let text = |line: &str, out: &str| {
        let subject = USUAL.replace("[[subject]]", "[[subject]]\nsource = \"people\"");
        let more = format!("[[source]]\npath = \"goods.csv\"\n{line}\n{subject}");
        transfer(&[("gender", "keep"), ("colour", "keep")], &more, out)
    };
    desk.fails(&text("", "out"), "who are the rows of `goods` about?").await;
    let released = desk.released(&text("personal = false", "out")).await;
    assert_eq!(released.assessment.persons.expect("persons").distinct, 2);
    let people = text("personal = false", "two").replace("\"people.csv\"", "\"people.csv\"\npersonal = false");
    desk.fails(&people, "the source `people` says `personal = false`, but").await;
}

/// I5: equal numbers of two tables are one person only where they are the same key.
#[tokio::test]
async fn keys_join_by_what_they_are() {
    let desk = Desk::new();
    let count = async |a: &str, b: &str, key_a: &str, key_b: &str, out: &str| {
        desk.write("people.csv", a);
        desk.write("other.csv", b);
        let usual = USUAL.replace("[[subject]]\nkey = [\"cust_id\"]", "");
        let more = format!(
            "[[source]]\npath = \"other.csv\"\n[[subject]]\nsource = \"people\"\nkey = [\"{key_a}\"]\n\
             [[subject]]\nsource = \"other\"\nkey = [\"{key_b}\"]\n{usual}"
        );
        let fields = [("x", "keep"), ("y", "keep")];
        desk.released(&transfer(&fields, &more, out)).await.assessment.persons.expect("persons").distinct
    };
    assert_eq!(count("cust_id,x\n1,a\n2,b\n", "cust_id,y\n2,a\n3,b\n", "cust_id", "cust_id", "a").await, 3);
    assert_eq!(count("id,x\n1,a\n2,b\n", "id,y\n1,a\n2,b\n", "id", "id", "b").await, 4, "doctors and patients");
    assert_eq!(
        count("工号,x\n1,a\n2,b\n", "客户号,y\n1,a\n2,b\n", "工号", "客户号", "c").await,
        4,
        "staff and customers"
    );
    assert_eq!(count("USUBJID,x\nS-1,a\n", "USUBJID,y\nS-1,b\n", "USUBJID", "USUBJID", "d").await, 1);
    assert_eq!(count("SUBJID,x\n001,a\n", "SUBJID,y\n001,b\n", "SUBJID", "SUBJID", "e").await, 2, "two studies");
}

#[tokio::test]
async fn whoever_may_be_a_child_counts_as_one() {
    let desk = Desk::new();
    let check = async |header: &str, value: &str, sensitive: u64| {
        desk.write("people.csv", format!("cust_id,gender,{header}\nA1,F,{value}\n"));
        let loaded = transfer(&[("gender", "keep")], USUAL, &format!("out-{header}-{sensitive}-{}", value.len()));
        let assessment = match desk.clear(&loaded).await.expect("runs") {
            Cleared::Released(released) => released.assessment,
            Cleared::Stopped(assessment) => *assessment,
            Cleared::NothingNew { .. } => panic!("asked to release again"),
        };
        assert_eq!(assessment.persons.expect("persons").sensitive.release, sensitive, "{header} {value}");
    };
    check("age", "9.0", 1).await;
    check("age", "41", 0).await;
    check("birth_date", "27/06/2015", 1).await;
    check("birth_date", "1979-06-27", 0).await;
    check("birth_date", "", 0).await;
}

/// Keys, tally and log belong together: nothing is begun anew in silence.
#[tokio::test]
async fn i5_a_state_folder_that_lost_a_part_refuses() {
    let desk = Desk::new();
    desk.write("people.csv", "cust_id,gender\nA1,F\nB2,M\n");
    let text = transfer(&[("gender", "keep")], USUAL, "out");
    desk.released(&text).await;
    let again = text.replace("\"out\"", "\"again\"");
    let fingerprint = std::fs::read_dir(desk.home_path().join("keys"))
        .expect("reads")
        .map(|entry| entry.expect("an entry").file_name().to_string_lossy().into_owned())
        .find(|name| name.starts_with("fingerprint"))
        .expect("a fingerprint key");
    for (part, expected) in [
        ("state.db", "tally begin"),
        ("log", "no `log`"),
        ("keys", "no `keys` folder"),
        ("keys/master.key", "the key is missing"),
        ("keys/log.key", "the key is missing"),
        (&*format!("keys/{fingerprint}"), "is missing: restore it"),
    ] {
        let (from, to) = (desk.home_path().join(part), desk.path("kept-aside"));
        std::fs::rename(&from, &to).expect("moves");
        desk.fails(&again, expected).await;
        std::fs::rename(&to, &from).expect("moves back");
    }
    desk.released(&again).await;
    // A first run that was cut short before anybody was counted is simply run again.
    let fresh = Desk::new();
    fresh.write("people.csv", "cust_id,gender\nA1,F\n");
    std::fs::create_dir_all(fresh.home_path().join("keys")).expect("makes");
    fresh.released(&text).await;
}

/// I5: deciding and counting are one step; whoever comes second sees the first.
#[tokio::test(flavor = "multi_thread")]
async fn i5_of_two_releases_started_together_only_one_fits() {
    for round in 0..5 {
        let desk = Desk::new();
        let job = |name: &str, persons: &str| {
            desk.write(&format!("{name}.csv"), format!("cust_id,gender\n{persons}"));
            let usual = USUAL.replace("none = true\nby = \"tester\"", "ordinary = 99_997\nsensitive = 0");
            let text = transfer(&[("gender", "keep")], &usual, &format!("out-{name}"));
            desk.write(&format!("{name}.toml"), text.replace("people.csv", &format!("{name}.csv")))
        };
        let (a, b) = (job("a", "A1,F\nB2,M\n"), job("b", "C3,F\nD4,M\n"));
        let (first, second) = tokio::join!(desk.clear_file(&a), desk.clear_file(&b));
        let left = [first, second].map(|ended| matches!(ended.expect("runs"), Cleared::Released(_)));
        assert_eq!(left.iter().filter(|left| **left).count(), 1, "round {round}");
        assert_eq!(desk.tally().await.ordinary(), 2);
    }
}

#[tokio::test]
async fn i4_persons_of_a_permit_are_spent_across_years() {
    let desk = Desk::new();
    let more = "[permit]\nkind = \"security-assessment\"\nnumber = \"N 1\"\neffective = 2025-06-01\npersons = 3\n";
    let text = |out: &str| transfer(&[("diagnosis", "keep")], &format!("{USUAL}{more}"), out);
    let year = |year: i16| Options {
        on: jiff::civil::date(year, 12, 1),
        today: jiff::civil::date(2026, 12, 2),
        ..desk.options()
    };
    let usual = |text: String| text.replace("2026-10-20", "2025-05-01").replace("2026-01-01", "2025-01-01");
    desk.write("people.csv", "cust_id,diagnosis\nA1,高血压\nB2,糖尿病\n");
    let first = desk.clear_with(&usual(text("a")), year(2025)).await.expect("runs");
    assert!(matches!(first, Cleared::Released(_)));
    // A ledger of its own tells who was sent last year: B2 is spent once.
    desk.write("people.csv", "cust_id,diagnosis\nB2,高血压\nC3,糖尿病\n");
    let second = usual(text("b")).replace("N 1", "N1");
    let Cleared::Released(second) = desk.clear_with(&second, year(2026)).await.expect("runs") else {
        panic!("stopped")
    };
    assert_eq!(second.assessment.spent.expect("a permit").persons, 3);
    desk.write("people.csv", "cust_id,diagnosis\nC3,高血压\nD4,糖尿病\n");
    let Cleared::Stopped(second) =
        desk.clear_with(&usual(text("c")).replace("N 1", "N1"), year(2026)).await.expect("runs")
    else {
        panic!("it left")
    };
    assert_eq!(second.gate.expect_err("stops"), [Stop::TooManyPersons { persons: 4, permitted: 3, item: None }]);
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
        let text = std::fs::read_to_string(desk.path("transfer.toml"))
            .expect("reads")
            .replace("\"release\"", &format!("\"{folder}\""));
        desk.clear_with(&text, options).await.expect("runs")
    };
    assert!(matches!(run("01-exempt").await, Cleared::Released(_)));
    let Cleared::Stopped(second) = run("02-contract-needed").await else { panic!("it left") };
    assert!(matches!(&second.gate.expect_err("stops")[..], [Stop::NoPermit { .. }]));
    let Cleared::Stopped(third) = run("03-refused").await else { panic!("it left") };
    assert!(matches!(&third.gate.expect_err("stops")[..], [Stop::Refused { rules }] if rules.len() == 2));
}

//! Golden releases: that they are what the generator makes, and that both verifiers say of each what it says (I7).
#![allow(clippy::unwrap_used, reason = "clippy.toml allows it in tests, but helpers of tests are not seen as such")]

mod generator;
mod python;

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

use clearance::{Fault, read_trust, verify};
use deid::Transform;
use evidence::{Role, SigningKey, Trust, sign_note};
use generator::support::{Desk, USUAL, files, sample_csv, transfer};
use jiff::civil::date;
use serde_json::Value;
use transfer::{PermitField, PermitItem, PermitKind, Terms};

fn golden() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../golden")
}

/// Name of each case with the codes it must give.
fn expected() -> BTreeMap<String, Vec<String>> {
    let text = std::fs::read_to_string(golden().join("expected.json")).unwrap();
    let cases: BTreeMap<String, Value> = serde_json::from_str(&text).unwrap();
    let codes = |case: &Value| serde_json::from_value::<Vec<String>>(case["faults"].clone()).unwrap();
    for (name, case) in &cases {
        assert_eq!(case["exit"].as_u64(), Some(u64::from(!codes(case).is_empty())), "{name}");
        assert_eq!(name.starts_with("good-"), codes(case).is_empty(), "{name}");
    }
    cases.iter().map(|(name, case)| (name.clone(), codes(case))).collect()
}

/// The codes our own verifier gives, each once, in order; none where the release holds.
fn verdict(folder: &Path, trust: &Trust) -> Vec<String> {
    let verdict = verify(folder, trust).unwrap_or_else(|error| panic!("{}: {error}", folder.display()));
    let code = |fault| serde_json::to_value(fault).unwrap()["code"].as_str().unwrap().to_owned();
    let mut codes = verdict.faults.iter().map(code).collect::<BTreeSet<_>>();
    if codes.is_empty() && !verdict.pinned {
        codes.insert("unknown-key".to_owned());
    }
    assert_eq!(verdict.holds(), codes.is_empty());
    codes.into_iter().collect()
}

#[tokio::test]
async fn i7_golden_releases_are_what_the_generator_makes() {
    let again = tempfile::tempdir().unwrap();
    generator::write(again.path()).await;
    let list = |root: &Path| {
        let relative = |path: PathBuf| path.strip_prefix(root).unwrap().to_owned();
        files(root).into_iter().map(relative).collect::<Vec<_>>()
    };
    let how = "run `cargo run --locked -p tongguan-clearance --example golden`";
    assert_eq!(list(&golden()), list(again.path()), "{how}");
    for path in list(again.path()) {
        let (old, new) = (golden().join(&path), again.path().join(&path));
        assert_eq!(std::fs::read_link(&old).ok(), std::fs::read_link(&new).ok(), "{}: {how}", path.display());
        if !new.is_symlink() {
            assert!(std::fs::read(&old).unwrap() == std::fs::read(&new).unwrap(), "{}: {how}", path.display());
        }
    }
}

#[test]
fn i7_our_verifier_says_of_every_golden_release_what_it_is() {
    let trust = read_trust(&golden().join("trust")).unwrap();
    let found = |name: &String| (name.clone(), verdict(&golden().join(name), &trust));
    assert_eq!(expected().keys().map(found).collect::<BTreeMap<_, _>>(), expected());
}

#[test]
fn i7_the_second_verifier_says_of_every_golden_release_what_it_is() {
    let Some(python) = python::at_hand() else { return };
    let names = expected().into_keys().collect::<Vec<_>>();
    let folders = names.iter().map(|name| golden().join(name)).collect::<Vec<_>>();
    let found = python.verdicts(&folders, &golden().join("trust"));
    assert_eq!(names.into_iter().zip(found).collect::<BTreeMap<_, _>>(), expected());
}

/// What our own verifier says of a permit that goes beyond the office's: the second says the same, word for word.
#[test]
fn i7_both_verifiers_name_what_goes_beyond_the_offices_permit() {
    let trust_file = golden().join("trust");
    let trust = read_trust(&trust_file).unwrap();
    for (name, expected) in [
        ("bad-office-kind", "kind"),
        ("bad-office-number", "number"),
        ("bad-office-no-number", "number"),
        ("bad-office-handler", "handler"),
        ("bad-office-recipient", "recipients"),
        ("bad-office-recipient-name", "recipients"),
        ("bad-office-purpose", "purposes"),
        ("bad-office-not-effective", "validity"),
        ("bad-office-expired", "validity"),
        ("bad-office-no-last-day", "validity"),
        ("bad-office-more-than-three-years", "validity"),
        ("bad-office-for-ever", "validity"),
        ("bad-office-column-of-another-source", "items: people.gender as keep"),
        ("bad-office-form", "items: people.name as mask"),
        ("bad-office-unused-column", "items: people.mobile as keep"),
        ("bad-office-withdrawn", "items: withdrawn-orders.name as mask"),
    ] {
        let what = format!("the office's {expected}");
        let verdict = verify(&golden().join(name), &trust).unwrap();
        assert_eq!(verdict.faults, [Fault::OutsidePermit { what: what.clone() }], "{name}");
        let Some(python) = python::at_hand() else { continue };
        let (_, text) = python.command(&golden().join(name), &trust_file, &[]);
        assert_eq!(text, format!("outside-permit: {what}\n"), "{name}");
    }
}

#[test]
fn i7_the_second_verifier_is_called_as_documented() {
    let Some(python) = python::at_hand() else { return };
    let trust = golden().join("trust");
    let check = |folder: &str, more: &[&str], status: i32, expected: &str| {
        let (found, text) = python.command(&golden().join(folder), &trust, more);
        assert_eq!((found, text.contains(expected)), (status, true), "{folder} {more:?}: {text}");
    };
    check("good-exempt", &[], 0, "holds");
    check("good-cosigned", &["--witnesses", "1"], 0, "holds");
    check("good-cosigned", &["--witnesses", "2"], 1, "too-few-witnesses: ");
    check("good-exempt", &["--witnesses", "1"], 1, "too-few-witnesses: ");
    check("bad-key-unknown", &[], 1, "consistent with itself, signed by an unknown key ");
    check("bad-byte-in-csv", &[], 1, "changed: data/people.csv\n");
    check("bad-office-unknown", &[], 1, "the permit is signed by an unknown office key");
    check("bad-office-number", &[], 1, "outside-permit: the office's number\n");
    check("bad-office-form", &[], 1, "outside-permit: the office's items: people.name as mask\n");
    check("nowhere", &[], 2, "nowhere");
    check("good-exempt", &["--trust", "nowhere"], 2, "nowhere");
    check("good-exempt", &["--witnesses", "many"], 2, "--witnesses");
    let lines = std::fs::read_to_string(golden().join("../docs/verify.py")).unwrap().lines().count();
    assert!(lines <= 300, "short enough to be read: {lines} lines");
}

#[test]
fn i7_the_second_verifier_agrees_on_every_merkle_vector() {
    let Some(python) = python::at_hand() else { return };
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../shared/data/tlog/merkle-proof-vectors/inclusion");
    if !folder.is_dir() {
        python::say(&format!("skipped: {} is not there", folder.display()));
        return;
    }
    assert_eq!(python.vectors(&folder), "98 vectors, 0 wrong");
}

/// What is done to one byte.
#[derive(Clone, Copy, Debug)]
enum Harm {
    Flip(u8),
    Remove,
}

/// Each byte of the evidence and some of the data, changed in several ways: no verifier may miss one. (Which fault it is
/// may differ: ours knows the words of closed lists, such as the transforms, where the second only compares them.)
#[test]
fn i7_no_byte_of_a_release_can_be_changed() {
    let trust_file = golden().join("trust");
    let trust = read_trust(&trust_file).unwrap();
    let all = ["receipt.json", "permit.json", "receipt.proof", "checkpoint", "data/"];
    for (case, names) in [
        ("good-exempt", &all[..]),
        ("good-contract", &["data/"]),
        ("good-signed-permit", &["permit.note"]),
        ("good-cosigned", &["receipt.proof", "checkpoint"]),
    ] {
        let copy = tempfile::tempdir().unwrap();
        copy_folder(&golden().join(case), copy.path());
        let mut harms = Vec::new();
        for path in files(copy.path()) {
            let length = std::fs::read(&path).unwrap().len();
            let name = path.strip_prefix(copy.path()).unwrap().to_str().unwrap().to_owned();
            if !names.iter().any(|harmed| name.starts_with(harmed)) {
                continue;
            }
            let is_data = name.starts_with("data/");
            for at in (0..length).step_by(if is_data { 17 } else { 1 }) {
                harms.push((name.clone(), at, Harm::Flip(1)));
                if !is_data && at % 5 == 0 {
                    harms.push((name.clone(), at, Harm::Flip(0x20)));
                    harms.push((name.clone(), at, Harm::Remove));
                }
            }
        }
        for (name, at, harm) in &harms {
            let path = copy.path().join(name);
            let good = std::fs::read(&path).unwrap();
            let mut bytes = good.clone();
            match harm {
                Harm::Flip(bits) => bytes[*at] ^= bits,
                Harm::Remove => drop(bytes.remove(*at)),
            }
            std::fs::write(&path, &bytes).unwrap();
            let codes = verdict(copy.path(), &trust);
            std::fs::write(&path, good).unwrap();
            assert!(!codes.is_empty(), "{case}: {name} at {at}, {harm:?}: it was not noticed");
        }
        assert!(harms.len() > 100, "{case}: {}", harms.len());
        let Some(python) = python::at_hand() else { continue };
        let second = python.harmed(copy.path(), &trust_file, &harms);
        assert_eq!(harms.len(), second.len());
        let missed = harms.iter().zip(&second).find(|(_, codes)| codes.is_empty());
        assert!(missed.is_none(), "{case}: the second verifier did not notice {missed:?}");
    }
}

fn copy_folder(from: &Path, to: &Path) {
    for path in files(from) {
        let target = to.join(path.strip_prefix(from).unwrap());
        std::fs::create_dir_all(target.parent().unwrap()).unwrap();
        std::fs::copy(path, target).unwrap();
    }
}

/// Every field of a JSON document, lists taken together: `files[].sha256`.
fn shape(value: &Value, at: &str, into: &mut BTreeSet<String>) {
    match value {
        Value::Object(fields) => fields.iter().for_each(|(name, value)| shape(value, &format!("{at}.{name}"), into)),
        Value::Array(items) => items.iter().for_each(|item| shape(item, &format!("{at}[]"), into)),
        _ => drop(into.insert(at.to_owned())),
    }
}

#[tokio::test]
async fn i7_a_release_of_today_has_the_shape_of_the_golden_ones_and_holds_for_both_verifiers() {
    let desk = Desk::new();
    desk.write("people.csv", sample_csv(sample::Kind::People, 40, 9).1);
    let fields = [("cust_id", "pseudonym"), ("name", "mask"), ("mobile", "ff1"), ("address", "city")];
    for (format, out) in [("csv", "a"), ("parquet", "b")] {
        let text = transfer(&fields, USUAL, out).replace("[data]", "[purpose]\ntext = \"x, \\\"y\\\"\"\n[data]");
        desk.released(&text.replace("format = \"csv\"", &format!("format = \"{format}\""))).await;
    }
    let fields_of = |folder: &Path, name: &str| {
        let mut fields = BTreeSet::new();
        shape(&serde_json::from_slice(&std::fs::read(folder.join(name)).unwrap()).unwrap(), name, &mut fields);
        fields
    };
    for name in ["receipt.json", "permit.json"] {
        assert_eq!(fields_of(&desk.path("a"), name), fields_of(&golden().join("good-exempt"), name));
    }
    let trust_file = desk.home_path().join("trust");
    let trust = read_trust(&trust_file).unwrap();
    let folders = [desk.path("a"), desk.path("b")];
    for folder in &folders {
        assert_eq!(verdict(folder, &trust), [""; 0]);
    }
    let Some(python) = python::at_hand() else { return };
    assert_eq!(python.verdicts(&folders, &trust_file), [vec![""; 0], vec![""; 0]]);
    let nobody = desk.write("nobody", "# no keys\n");
    assert_eq!(python.verdicts(&folders, &nobody), [["unknown-key"], ["unknown-key"]]);
}

/// A release under a signed permit, as `clear` makes it: the office names the recipient by name and one purpose of two, and
/// the list of those who withdrew bears the name of the subject's key, whatever the tables of consents call it.
#[tokio::test]
async fn i7_a_release_under_a_signed_permit_holds_for_both_verifiers_and_so_do_its_lists() {
    let desk = Desk::new();
    let office = SigningKey::from_seed("office.example/beijing", &[9; 32]).unwrap();
    desk.home().await.store.close().await;
    let trust_file = desk.home_path().join("trust");
    let mut trust: Trust = std::fs::read_to_string(&trust_file).unwrap().parse().unwrap();
    trust.add(Role::Office, office.verifier());
    std::fs::write(&trust_file, trust.to_string()).unwrap();
    let keyed = |name: &str| PermitField { name: name.into(), forms: vec![Transform::Pseudonym] };
    let terms = Terms {
        kind: PermitKind::SecurityAssessment,
        number: Some("2026-17".into()),
        handler: Some("91110105ma0000000a".into()),
        recipients: Some(vec!["Universitätsklinikum Musterstadt".into()]),
        purposes: Some(vec!["customer care".into()]),
        effective: Some(date(2026, 1, 5)),
        filed: None,
        expires: None,
        items: Some(vec![
            PermitItem {
                name: "gender".into(),
                fields: vec![PermitField { name: "gender".into(), forms: vec![] }],
                persons: None,
            },
            PermitItem {
                name: "who".into(),
                fields: vec![keyed("people.cust_id"), keyed("people.guest_mobile")],
                persons: Some(10),
            },
        ]),
        persons: None,
        stored_until: None,
        places: None,
    };
    desk.write("permit.note", sign_note(&terms.office_text(), &[&office]).unwrap());
    desk.write("people.csv", "cust_id,guest_mobile,gender\nA1,13800138000,F\nB2,13900139001,M\n");
    desk.write("consents.csv", "CUST_ID,other,given,withdrawn\nA1,x,2026-01-01,\nB2,y,2026-01-01,\n");
    desk.write("guests.csv", "mobile,given,withdrawn\n13800138000,2026-01-01,\n13900139001,2026-01-01,\n");
    let text = |out: &str| {
        let more = "[[subject]]\nkey = [\"guest_mobile\"]\n[permit]\nfile = \"permit.note\"\n\
                    [[consent]]\nsource = \"consents.csv\"\nkey = \"CUST_ID\"\ngiven = \"given\"\nwithdrawn = \"withdrawn\"\n\
                    [[consent]]\nsource = \"guests.csv\"\nkey = \"mobile\"\ngiven = \"given\"\nwithdrawn = \"withdrawn\"\n";
        let fields = [("cust_id", "pseudonym"), ("guest_mobile", "pseudonym"), ("gender", "mask")];
        transfer(&fields, &format!("{USUAL}{more}"), out)
            .replace("none = true\nby = \"tester\"", "ordinary = 0\nsensitive = 10_000")
            .replace("basis = \"contract\"", "basis = \"consent\"")
            .replace("id = \"r1\"", "id = \"r1\"\nname = \"universitätsklinikum  MUSTERSTADT\"")
            .replace("[data]", "[purpose]\ntext = \"to answer calls\"\nscenario = \"customer care\"\n[data]")
    };
    desk.released(&text("first")).await;
    for (table, row) in [("consents.csv", "B2,y,2026-01-01,"), ("guests.csv", "13900139001,2026-01-01,")] {
        let consents = std::fs::read_to_string(desk.path(table)).unwrap();
        desk.write(table, consents.replace(row, &format!("{row}2026-11-01")));
    }
    let second = desk.released(&text("second")).await;
    assert_eq!(second.withdrawn, 2);
    let read = |path: &str| std::fs::read_to_string(desk.path(path)).unwrap();
    let first = read("first/data/people.csv");
    let of_b2 = first.lines().nth(2).unwrap().split(',').collect::<Vec<_>>();
    assert_eq!(read("second/data/withdrawn-people.csv"), format!("cust_id\n{}\n", of_b2[0]));
    assert_eq!(read("second/data/withdrawn-people-2.csv"), format!("guest_mobile\n{}\n", of_b2[1]));
    let permit: transfer::Permit = serde_json::from_str(&read("second/permit.json")).unwrap();
    let list = permit.columns.iter().find(|column| column.source == "withdrawn-people-2").unwrap();
    assert_eq!((list.name.as_str(), list.withdrawn_from.as_deref()), ("guest_mobile", Some("people")));
    assert_eq!((permit.purpose.as_str(), permit.expires), ("customer care", Some(date(2029, 1, 5))));
    let folders = ["first", "second"].map(|out| desk.path(out));
    let trust = read_trust(&trust_file).unwrap();
    for folder in &folders {
        assert_eq!(verify(folder, &trust).unwrap().faults, []);
    }
    let Some(python) = python::at_hand() else { return };
    assert_eq!(python.verdicts(&folders, &trust_file), [vec![""; 0], vec![""; 0]]);
}

/// Columns are named by whoever made the table: what has to be quoted in a header is quoted in one way.
#[tokio::test]
async fn headers_with_commas_and_quotes_hold_for_both_verifiers() {
    let desk = Desk::new();
    desk.write(
        "people.csv",
        "cust_id,\"a,b\",\"say \"\"x\"\"\",\"two\nlines\",性别\nA1,1,2,3,F\nB2,4,5,6,M\nC3,7,8,9,F\n",
    );
    let fields = [("a,b", "keep"), ("say \\\"x\\\"", "keep"), ("two\\nlines", "keep"), ("性别", "keep")];
    desk.released(&transfer(&fields, USUAL, "out")).await;
    let trust_file = desk.home_path().join("trust");
    assert_eq!(verdict(&desk.path("out"), &read_trust(&trust_file).unwrap()), [""; 0]);
    let Some(python) = python::at_hand() else { return };
    assert_eq!(python.verdicts(&[desk.path("out")], &trust_file), [vec![""; 0]]);
}

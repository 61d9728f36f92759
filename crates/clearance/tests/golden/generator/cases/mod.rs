//! The golden releases one by one: what is done to each, and what a verifier must find.

mod data;
mod logs;
mod permits;
mod receipts;
mod terms;

use deid::Transform;
use evidence::{SigningKey, sign_note};
use jiff::civil::date;
use serde_json::{Value, json};
use transfer::{PermitField, PermitItem, PermitKind, Terms};

use super::base::{Base, Release};
use super::folder::{Edit as _, Folder, Keys, cosigned, logged};

/// One release.
pub(crate) struct Case {
    pub(crate) name: &'static str,
    pub(crate) en: &'static str,
    pub(crate) zh: &'static str,
    /// The codes a verifier must give, each once, in order; none: it holds.
    pub(crate) faults: Vec<&'static str>,
    pub(crate) folder: Folder,
}

impl Case {
    pub(crate) fn exit(&self) -> u8 {
        u8::from(!self.faults.is_empty())
    }
}

/// Collects cases.
struct Cases(Vec<Case>);

impl Cases {
    fn add(&mut self, name: &'static str, en: &'static str, zh: &'static str, faults: &[&'static str], folder: Folder) {
        let mut faults = faults.to_vec();
        faults.sort_unstable();
        self.0.push(Case { name, en, zh, faults, folder });
    }
}

/// Every golden release.
pub(super) fn cases(base: &Base, keys: &Keys) -> Vec<Case> {
    let log = json!(keys.log.verifier().to_string());
    let [exempt, contract] =
        [&base.exempt, &base.contract].map(|release| release.with(|release| release.receipt["log"] = log.clone()));
    let signed = Signed::by_office(&contract, office_terms().office_text());
    let mut cases = Cases(Vec::new());
    good(&mut cases, &exempt, &contract, &signed, keys);
    data::data(&mut cases, &exempt, &contract, keys);
    receipts::receipts(&mut cases, &exempt, keys);
    receipts::paths(&mut cases, &exempt, keys);
    permits::permits(&mut cases, &contract, keys);
    permits::offices(&mut cases, &contract, &signed, keys);
    terms::terms(&mut cases, &signed, keys);
    logs::proofs(&mut cases, &exempt, keys);
    logs::signers(&mut cases, &exempt, keys);
    cases.0
}

/// A release under a permit that an office signed, and the text it signed.
#[derive(Clone)]
struct Signed {
    release: Release,
    text: String,
}

impl Signed {
    /// The release with this text as its ground.
    fn by_office(release: &Release, text: String) -> Self {
        let release = release.with(|release| {
            release.permit["standing"] = json!("signed");
            release.permit["office_permit"] = json!(transfer::digest(text.as_bytes()));
            release.receipt["permit_standing"] = json!("signed");
        });
        Self { release, text }
    }

    /// The folder, logged, its permit signed by a key.
    fn folder(&self, office: &SigningKey, keys: &Keys) -> Folder {
        with_note(&self.release, &sign_note(&self.text, &[office]).unwrap(), keys)
    }
}

/// What the office says: as much as the contract needs, and a little more.
fn office_terms() -> Terms {
    let field = |name: &str, forms: &[Transform]| PermitField { name: name.into(), forms: forms.to_vec() };
    Terms {
        kind: PermitKind::StandardContract,
        number: Some("GOLDEN-2026-001".into()),
        handler: Some("91110105MA0000000A".into()),
        recipients: Some(vec!["r0".into(), "r1".into()]),
        purposes: Some(vec!["made-up rows for those who write verifiers".into()]),
        effective: Some(date(2026, 10, 26)),
        filed: Some(date(2026, 10, 30)),
        expires: Some(date(2027, 10, 25)),
        items: Some(vec![
            PermitItem {
                name: "people".into(),
                fields: vec![
                    field("people.name", &[Transform::Mask]),
                    field("people.gender", &[Transform::Keep]),
                    field("birth_date", &[Transform::Year, Transform::AgeBand(10)]),
                    field("address", &[Transform::Keep]),
                    field("created_at", &[]),
                ],
                persons: Some(200_000),
            },
            PermitItem {
                name: "orders".into(),
                fields: vec![field("order_id", &[]), field("qty", &[])],
                persons: None,
            },
        ]),
        persons: None,
        stored_until: Some(date(2028, 10, 25)),
        places: Some(vec!["Berlin".into()]),
    }
}

fn with_note(release: &Release, note: &str, keys: &Keys) -> Folder {
    let mut folder = release.folder(&keys.log);
    folder.put("permit.note", note.as_bytes().to_vec());
    folder
}

fn good(cases: &mut Cases, exempt: &Release, contract: &Release, signed: &Signed, keys: &Keys) {
    cases.add("good-exempt", "two CSV files, exempt", "两个 CSV 文件，豁免", &[], exempt.folder(&keys.log));
    cases.add(
        "good-contract",
        "two Parquet files under a standard contract",
        "两个 Parquet 文件，标准合同",
        &[],
        contract.folder(&keys.log),
    );
    cases.add(
        "good-signed-permit",
        "under a permit that a pinned office signed",
        "许可由已确认的主管机关密钥签名",
        &[],
        signed.folder(&keys.office, keys),
    );
    let receipt = transfer::canonical_bytes(&exempt.receipt);
    let mut proof = logged(&receipt, &keys.log, 5);
    cosigned(&mut proof, &keys.witness, keys.log.name());
    let mut folder = exempt.folder(&keys.log);
    folder.set_proof(&proof);
    cases.add(
        "good-cosigned",
        "with the cosignature of a pinned witness and a signature of a type nobody knows",
        "带已确认见证者的副署和一行未知类型的签名",
        &[],
        folder,
    );
    let later = exempt.with(|release| {
        release.receipt["later"] = json!({"edition": 2, "list": ["é", "\u{1f512}"]});
        release.permit["later"] = json!([]);
    });
    cases.add(
        "good-later-edition",
        "receipt and permit have fields of a later edition",
        "回执和许可带有后续版本的字段",
        &[],
        later.folder(&keys.log),
    );
    let mut folder = exempt.folder(&keys.log);
    let mut proof = logged(&receipt, &keys.log, 3);
    folder.set_proof(&proof);
    cases.add("good-last-leaf", "the last leaf of its log", "日志的最后一个叶子", &[], folder.clone());
    proof.checkpoint.push_str(&sign_line(&proof.checkpoint, keys));
    folder.set_proof(&proof);
    cases.add("good-other-signature", "signed by an unknown key, too", "另有一个未知密钥的签名", &[], folder);
    let old = exempt.with(|release| release.receipt["log"] = json!(keys.same_name.verifier().to_string()));
    cases.add(
        "good-other-key-of-the-log",
        "the receipt names a key nobody pinned; a pinned key of the log signed",
        "回执写的密钥未经确认，由该日志已确认的密钥签名",
        &[],
        old.folder_as(&transfer::canonical_bytes(&old.receipt), &keys.log),
    );
}

/// The line with which the unknown key signs the text of a note.
fn sign_line(note: &str, keys: &Keys) -> String {
    let text = &note[..=note.rfind("\n\n").unwrap()];
    let again = sign_note(text, &[&keys.unknown]).unwrap();
    again.lines().last().unwrap().to_owned() + "\n"
}

/// Replaces a text wherever it stands in a value.
fn edit_text(value: &mut Value, from: &str, to: &str) {
    let text = value.to_string();
    assert!(text.contains(from), "no {from}");
    *value = serde_json::from_str(&text.replacen(from, to, 1)).unwrap();
}

fn text(release: &Release, field: &str) -> String {
    release.receipt[field].as_str().unwrap().to_owned()
}

//! Receipts of made-up releases, in a made-up log: mostly within the permit, sometimes outside.

use deid::Transform;
use evidence::{Log, MemStore, SigningKey};
use jiff::civil::Date;
use transfer::{NotPublished, Permit, PermitForm, PermittedColumn, Receipt, ReleasedColumn, RuleBaseName, Standing};

use super::dice::Dice;
use crate::case::Case;
use crate::payload::Report;
use crate::permit::text_digest;

/// A report of a release under the case's permit, or the correction of one.
pub(super) fn report(case: &Case, dice: &mut Dice, day: Date) -> Option<Report> {
    let permit = case.permits.last()?;
    let key = SigningKey::from_seed("example.com/handler", &[7; 32]).ok()?;
    let mut log = Log::create(MemStore::default(), "example.com/handler", &key).ok()?;
    let log_key = key.verifier().to_string();
    let reported: Vec<_> = case.releases.iter().filter(|release| release.not_published.is_none()).collect();
    if dice.in_thousand(200)
        && let Some(release) = dice.of(&reported)
    {
        let entry = NotPublished::new(&release.release, b"receipt", day);
        let proof = proof(&mut log, &key, &transfer::canonical_bytes(&entry))?;
        return Some(Report::NotPublished { entry: Box::new(entry), proof });
    }
    let fields = permit.terms.items.iter().flatten().flat_map(|item| &item.fields);
    let mut columns: Vec<ReleasedColumn> = fields.filter_map(|field| column(&field.name)).collect();
    if dice.in_thousand(100) {
        columns.extend(column("people.resident_id"));
    }
    let stood_on = Permit {
        form: PermitForm::V1,
        kind: permit.terms.kind,
        standing: Standing::Signed,
        number: permit.terms.number.clone(),
        effective: permit.terms.effective.unwrap_or(day),
        expires: permit.terms.expires,
        paths: vec![permit.terms.kind.path()],
        rules: Vec::new(),
        recipient: "recipient".to_owned(),
        recipient_name: permit.terms.recipients.iter().flatten().next().cloned(),
        purpose: "示例".to_owned(),
        office_permit: text_digest(&permit.note),
        columns: columns.iter().map(permitted).collect(),
    };
    let receipt = Receipt {
        form: "tongguan/receipt/1".to_owned(),
        release: format!("{:016x}", dice.draw()),
        day,
        handler: case.handler.uscc.clone(),
        recipient: "recipient".to_owned(),
        permit_kind: permit.terms.kind,
        permit_standing: Standing::Signed,
        permit: transfer::digest(&transfer::canonical_bytes(&stood_on)),
        encrypted_to: Vec::new(),
        files: Vec::new(),
        columns,
        rule_base: RuleBaseName { version: "simulated".to_owned(), sha256: transfer::digest(b"simulated") },
        program: "simulated".to_owned(),
        commitment: transfer::digest(b"simulated"),
        log: log_key,
    };
    let proof = proof(&mut log, &key, &transfer::canonical_bytes(&receipt))?;
    let persons = Some(1_000);
    Some(Report::Released { receipt: Box::new(receipt), permit: Box::new(stood_on), proof, persons })
}

fn column(name: &str) -> Option<ReleasedColumn> {
    let (source, name) = name.split_once('.')?;
    let label = "CITY".to_owned();
    Some(ReleasedColumn { source: source.to_owned(), name: name.to_owned(), label, form: Transform::Keep })
}

fn permitted(column: &ReleasedColumn) -> PermittedColumn {
    let (source, name) = (column.source.clone(), column.name.clone());
    PermittedColumn { source, name, form: column.form, withdrawn_from: None }
}

fn proof(log: &mut Log<MemStore>, key: &SigningKey, leaf: &[u8]) -> Option<String> {
    let range = log.append(&[leaf.to_vec()], key).ok()?;
    Some(log.proof(range.start).ok()?.to_string())
}

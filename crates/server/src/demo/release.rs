//! Reports of releases: receipts in a log of the handler's own, as the gate writes them.

use cases::{Case, Report};
use deid::Transform;
use evidence::{Log, MemStore, SigningKey};
use jiff::civil::Date;
use transfer::{Permit, PermitForm, PermittedColumn, Receipt, ReleasedColumn, RuleBaseName, Standing};

use super::script::ReleaseScript;

/// The report of a release on a day under the case's last permit; `None`: it has none.
pub(super) fn report(case: &Case, script: &ReleaseScript, day: Date, name: &str) -> Option<Report> {
    let permit = case.permits.last()?;
    // A log of its own for each handler: its key is made from nothing but its code.
    let origin = format!("{}.example.cn/exits", case.handler.uscc.to_lowercase());
    let seed = transfer::digest(case.handler.uscc.as_bytes());
    let seed: [u8; 32] = seed.as_bytes().get(..32)?.try_into().ok()?;
    let key = SigningKey::from_seed(&origin, &seed).ok()?;
    let mut log = Log::create(MemStore::default(), &origin, &key).ok()?;
    let fields = permit.terms.items.iter().flatten().flat_map(|item| &item.fields);
    let columns = fields.map(|field| (field.name.as_str(), field.forms.first().copied().unwrap_or(Transform::Keep)));
    let columns = columns.chain(script.also.iter().map(|name| (name.as_str(), Transform::Keep)));
    let columns: Vec<ReleasedColumn> = columns.filter_map(|(name, form)| column(name, form)).collect();
    let recipient = permit.terms.recipients.iter().flatten().next().cloned();
    let recipient = script.to.clone().or(recipient).unwrap_or_default();
    let stood_on = Permit {
        form: PermitForm::V1,
        kind: permit.terms.kind,
        standing: Standing::Signed,
        number: permit.terms.number.clone(),
        effective: permit.terms.effective.unwrap_or(day),
        expires: permit.terms.expires,
        paths: vec![permit.terms.kind.path()],
        rules: Vec::new(),
        recipient: recipient.clone(),
        recipient_name: Some(recipient.clone()),
        purpose: permit.terms.purposes.iter().flatten().next().cloned().unwrap_or_default(),
        office_permit: evidence::note::unverified_text(permit.note.as_bytes())
            .ok()
            .map(|text| transfer::digest(text.as_bytes())),
        columns: columns.iter().map(permitted).collect(),
    };
    let receipt = Receipt {
        form: "tongguan/receipt/1".to_owned(),
        release: transfer::digest(name.as_bytes()).chars().take(16).collect(),
        day,
        handler: case.handler.uscc.clone(),
        recipient,
        permit_kind: permit.terms.kind,
        permit_standing: Standing::Signed,
        permit: transfer::digest(&transfer::canonical_bytes(&stood_on)),
        encrypted_to: Vec::new(),
        files: Vec::new(),
        columns,
        rule_base: RuleBaseName { version: "demonstration".to_owned(), sha256: transfer::digest(b"demonstration") },
        program: "demonstration".to_owned(),
        commitment: transfer::digest(name.as_bytes()),
        log: key.verifier().to_string(),
    };
    let range = log.append(&[transfer::canonical_bytes(&receipt)], &key).ok()?;
    let proof = log.proof(range.start).ok()?.to_string();
    let persons = Some(script.persons);
    Some(Report::Released { receipt: Box::new(receipt), permit: Box::new(stood_on), proof, persons })
}

fn column(name: &str, form: Transform) -> Option<ReleasedColumn> {
    let (source, name) = name.split_once('.')?;
    Some(ReleasedColumn { source: source.to_owned(), name: name.to_owned(), label: "FREE_TEXT".to_owned(), form })
}

fn permitted(column: &ReleasedColumn) -> PermittedColumn {
    let (source, name) = (column.source.clone(), column.name.clone());
    PermittedColumn { source, name, form: column.form, withdrawn_from: None }
}

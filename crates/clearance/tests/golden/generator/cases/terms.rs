//! `permit.json` against what the office signed: within it, beyond it, and papers of an office that are no permits.
#![allow(clippy::too_many_lines, reason = "a list of cases")]

use deid::Transform;
use jiff::civil::date;
use serde_json::{Value, json};
use transfer::{PermitField, PermitKind, Terms};

use super::super::base::Release;
use super::super::folder::Keys;
use super::{Cases, Signed, office_terms};

pub(super) fn terms(cases: &mut Cases, signed: &Signed, keys: &Keys) {
    let with = |terms: Terms, change: &dyn Fn(&mut Release)| {
        Signed::by_office(&signed.release.with(change), terms.office_text()).folder(&keys.office, keys)
    };
    let mut add = |name, en, zh, faults: &[&'static str], terms: Terms, change: &dyn Fn(&mut Release)| {
        cases.add(name, en, zh, faults, with(terms, change));
    };
    within(&mut |name, en, zh, terms, change| add(name, en, zh, &[], terms, change));
    beyond(&mut |name, en, zh, terms, change| add(name, en, zh, &["outside-permit"], terms, change));
    malformed(cases, signed, keys);
}

/// Adds a case: name, what it is in English and Chinese, what the office says, and what is done to the release.
type Add<'a> = &'a mut dyn FnMut(&'static str, &'static str, &'static str, Terms, &dyn Fn(&mut Release));

fn within(add: Add<'_>) {
    let name = "Universitätsklinikum Musterstadt";
    add(
        "good-office-by-name",
        "the office names recipient and handler in other spacing and case",
        "机关以名称写明接收方，空格与大小写不同",
        Terms {
            recipients: Some(vec!["UNIVERSITÄTSKLINIKUM  Musterstadt".into()]),
            handler: Some("9111 0105 ma00 0000 0a".into()),
            ..office_terms()
        },
        &|release| release.permit["recipient_name"] = json!(name),
    );
    add(
        "good-office-narrower",
        "the permit lets less leave, later and shorter, than the office does",
        "许可比机关所准更窄：列更少、期间更短",
        Terms { expires: None, ..office_terms() },
        &|release| {
            release.permit["effective"] = json!("2026-11-02");
            release.permit["expires"] = json!("2026-11-02");
        },
    );
    add(
        "good-office-three-years",
        "an assessment that states no last day, until the last day by law",
        "安全评估未写明到期日，许可至法定的最后一日",
        Terms {
            kind: PermitKind::SecurityAssessment,
            effective: Some(date(2024, 2, 29)),
            expires: None,
            ..office_terms()
        },
        &|release| assessed(release, Some("2027-02-28")),
    );
    add(
        "good-office-withdrawn",
        "with a list of persons to delete, which stands under the items of their source",
        "附应删除者名单，适用其来源表所属的事项",
        office_terms(),
        &|release| withdrawn(release, "people"),
    );
}

fn beyond(add: Add<'_>) {
    let as_it_is = |_: &mut Release| {};
    let other = |change: &dyn Fn(&mut Terms)| {
        let mut terms = office_terms();
        change(&mut terms);
        terms
    };
    add(
        "bad-office-kind",
        "the office gave another kind of permit",
        "机关所给的许可种类不同",
        other(&|terms| terms.kind = PermitKind::Certification),
        &as_it_is,
    );
    add(
        "bad-office-number",
        "the office's permit has another number",
        "机关的许可编号不同",
        other(&|terms| terms.number = Some("GOLDEN-2026-002".into())),
        &as_it_is,
    );
    add(
        "bad-office-no-number",
        "the permit has no number, and the office's has",
        "许可没有编号，而机关的有",
        office_terms(),
        &|release| drop(release.permit.as_object_mut().unwrap().remove("number")),
    );
    add(
        "bad-office-handler",
        "the office gave it to another handler",
        "机关许可的是另一处理者",
        other(&|terms| terms.handler = Some("91110105MA0000000B".into())),
        &as_it_is,
    );
    add(
        "bad-office-recipient",
        "the office does not name the recipient",
        "机关未列出该接收方",
        other(&|terms| terms.recipients = Some(vec!["r0".into(), "r11".into()])),
        &as_it_is,
    );
    add(
        "bad-office-recipient-name",
        "the office names neither the recipient's id nor its name",
        "机关既未列出接收方的编号，也未列出其名称",
        other(&|terms| terms.recipients = Some(vec!["Universitätsklinikum Musterstadt".into()])),
        &|release| release.permit["recipient_name"] = json!("Klinikum Musterstadt"),
    );
    add(
        "bad-office-purpose",
        "the office names other purposes",
        "机关列出的目的不同",
        other(&|terms| terms.purposes = Some(vec!["care".into(), "research".into()])),
        &as_it_is,
    );
    add(
        "bad-office-not-effective",
        "the permit begins before the office's does",
        "许可早于机关的许可生效",
        other(&|terms| terms.effective = Some(date(2026, 10, 27))),
        &as_it_is,
    );
    add(
        "bad-office-expired",
        "the office's permit was over before the release",
        "放行前机关的许可已到期",
        other(&|terms| terms.expires = Some(date(2026, 11, 1))),
        &as_it_is,
    );
    add(
        "bad-office-no-last-day",
        "the permit has no last day, and the office's has",
        "许可没有到期日，而机关的有",
        office_terms(),
        &|release| drop(release.permit.as_object_mut().unwrap().remove("expires")),
    );
    let assessment = || {
        let kind = PermitKind::SecurityAssessment;
        other(&|terms| (terms.kind, terms.effective, terms.expires) = (kind, Some(date(2024, 2, 29)), None))
    };
    add(
        "bad-office-more-than-three-years",
        "an assessment that states no last day, a day longer than by law",
        "安全评估未写明到期日，许可比法定期限多一日",
        assessment(),
        &|release| assessed(release, Some("2027-03-01")),
    );
    add(
        "bad-office-for-ever",
        "an assessment that states no last day, without end",
        "安全评估未写明到期日，许可没有期限",
        assessment(),
        &|release| assessed(release, None),
    );
    add(
        "bad-office-column",
        "the permit has a column that is in none of the office's items",
        "许可有一列不在机关的任何事项之内",
        other(&|terms| terms.items.as_mut().unwrap().truncate(1)),
        &as_it_is,
    );
    add(
        "bad-office-column-of-another-source",
        "the office names the field of another source",
        "机关写的是另一来源表的同名字段",
        other(&|terms| edit_field(terms, "people.gender", |field| field.name = "orders.gender".into())),
        &as_it_is,
    );
    add(
        "bad-office-form",
        "the office does not allow a column's form",
        "机关未准许某列的形式",
        other(&|terms| edit_field(terms, "people.name", |field| field.forms = vec![Transform::Pseudonym])),
        &as_it_is,
    );
    add(
        "bad-office-unused-column",
        "the permit has a column beyond the office's items which did not leave",
        "许可多出机关事项之外的一列，虽未出境",
        office_terms(),
        &|release| {
            let more = json!({"source": "people", "name": "mobile", "form": "keep"});
            release.permit["columns"].as_array_mut().unwrap().push(more);
        },
    );
    add(
        "bad-office-withdrawn",
        "a list of persons to delete of a source whose field the office does not name",
        "应删除者名单所属来源表的字段，机关未列出",
        office_terms(),
        &|release| withdrawn(release, "orders"),
    );
}

fn malformed(cases: &mut Cases, signed: &Signed, keys: &Keys) {
    let mut add = |name, en, zh, change: &dyn Fn(&mut Value)| {
        let mut office: Value = serde_json::from_str(&signed.text).unwrap();
        change(&mut office);
        let text = String::from_utf8(transfer::canonical_bytes(&office)).unwrap() + "\n";
        let paper = Signed::by_office(&signed.release, text).folder(&keys.office, keys);
        cases.add(name, en, zh, &["permit"], paper);
    };
    let without = |office: &mut Value, field: &str| drop(office.as_object_mut().unwrap().remove(field));
    add(
        "bad-office-form-of-text",
        "the office signed a paper of another form",
        "机关签名的文书格式版本不同",
        &|office| {
            office["form"] = json!("tongguan/office-permit/9");
        },
    );
    add("bad-office-no-items", "the office's permit has no items", "机关的许可没有事项", &|office| {
        without(office, "items");
    });
    add("bad-office-no-handler", "the office's permit has no handler", "机关的许可没有处理者", &|office| {
        without(office, "handler");
    });
    add(
        "bad-office-unknown-field",
        "the office says something that nobody knows",
        "机关的许可有无法识别的字段",
        &|office| {
            office["weekdays"] = json!(["monday"]);
        },
    );
    add(
        "bad-office-null",
        "the office's permit has a field that says nothing",
        "机关的许可有空字段",
        &|office| {
            office["persons"] = Value::Null;
        },
    );
    add(
        "bad-office-bare-field",
        "the office's permit has a field that is a mere name",
        "机关的许可中字段只写了名称",
        &|office| {
            office["items"][0]["fields"][0] = json!("people.name");
        },
    );
    add(
        "bad-office-no-forms",
        "the office's permit has an empty list of forms",
        "机关的许可中形式列表为空",
        &|office| {
            office["items"][1]["fields"][0]["forms"] = json!([]);
        },
    );
    add("bad-office-day", "the office's permit has a day that is none", "机关的许可日期不成立", &|office| {
        office["filed"] = json!("2026-02-30");
    });
    add(
        "bad-office-persons",
        "the office's permit has persons of 16 digits",
        "机关的许可人数有 16 位",
        &|office| {
            office["persons"] = json!(1_000_000_000_000_000_u64);
        },
    );
    add("bad-office-list", "the office signed a list", "机关签名的是一个列表", &|office| *office = json!([]));
}

fn edit_field(terms: &mut Terms, name: &str, change: impl Fn(&mut PermitField)) {
    let mut fields = terms.items.as_mut().unwrap().iter_mut().flat_map(|item| &mut item.fields);
    change(fields.find(|field| field.name == name).unwrap());
}

/// The release under an assessment that took effect on a leap day.
fn assessed(release: &mut Release, last: Option<&str>) {
    for field in [&mut release.permit["kind"], &mut release.receipt["permit_kind"]] {
        *field = json!("security-assessment");
    }
    release.permit["effective"] = json!("2024-02-29");
    match last {
        Some(day) => release.permit["expires"] = json!(day),
        None => drop(release.permit.as_object_mut().unwrap().remove("expires")),
    }
}

/// A list of persons to delete beside the data: their names, masked.
fn withdrawn(release: &mut Release, from: &str) {
    let source = format!("withdrawn-{from}");
    let file = format!("{source}.csv");
    release.data.insert(file.clone(), "name\n张**\n".as_bytes().to_vec());
    let push = |list: &mut Value, entry: Value| list.as_array_mut().unwrap().push(entry);
    let column = json!({"source": source, "name": "name", "form": "mask"});
    let (mut permitted, mut released) = (column.clone(), column);
    permitted["withdrawn_from"] = json!(from);
    released["label"] = json!("PERSON");
    push(&mut release.permit["columns"], permitted);
    push(&mut release.receipt["columns"], released);
    let entry = json!({"path": format!("data/{file}"), "source": source, "sha256": "", "bytes": 0, "rows": 1});
    push(&mut release.receipt["files"], entry);
}

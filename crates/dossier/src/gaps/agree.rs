//! Answers that have to agree with one another.

use std::collections::BTreeSet;

use jiff::civil::Date;
use law::Text;
use serde_json::Value;
use transfer::is_same_name;

use super::{Gap, GapCode, gap};
use crate::fault::{count, day};
use crate::procedure::Procedure;
use crate::walk::Walk;

pub(super) fn gaps(walk: &Walk<'_>, on: Date, gaps: &mut Vec<Gap>) {
    let mut say = |field: &str, rows: &[u32], code: GapCode, zh: &str, en: &str| {
        let asked = walk.forms.field(field).is_some_and(|field| field.needs.of(walk.procedure).is_some());
        if asked {
            gaps.extend(gap(walk, field, rows, code, Text::new(zh, en), None));
        }
    };
    days(walk, on, &mut say);
    people(walk, &mut say);
    for &scenario in walk.rows.in_table("scenario", &[]) {
        persons(walk, scenario, &mut say);
        data_items(walk, scenario, &mut say);
    }
    recipients(walk, &mut say);
    members(walk, &mut say);
}

/// A name as `transfer::is_same_name` compares it: spaces and case make no difference.
fn plain(name: &str) -> String {
    name.split_whitespace().collect::<String>().to_lowercase()
}

type Say<'a> = dyn FnMut(&str, &[u32], GapCode, &str, &str) + 'a;

/// Pairs of days of which the first may not be after the second.
const PAIRS: [(&str, &str); 3] = [
    ("self_assessment.started", "self_assessment.finished"),
    ("authorisation.from", "authorisation.until"),
    ("scenario.retention_from", "scenario.retention_until"),
];

fn days(walk: &Walk<'_>, on: Date, say: &mut Say<'_>) {
    for (first, last) in PAIRS {
        let tables = walk.forms.tables_around(first).collect::<Vec<_>>();
        for rows in walk.rows.each(&tables, &[]) {
            let of = |field| walk.value(field, &rows).and_then(day);
            if let (Some(from), Some(until)) = (of(first), of(last))
                && from > until
            {
                say(last, &rows, GapCode::Disagrees, "早于起始日", "is before the first day");
            }
        }
    }
    if walk.value("authorisation.until", &[]).and_then(day).is_some_and(|until| until < on) {
        say("authorisation.until", &[], GapCode::Wrong, "授权已经到期", "is over on the day of filing");
    }
}

fn people(walk: &Walk<'_>, say: &mut Say<'_>) {
    let none = walk.value("legal_representative.none", &[]) == Some(&Value::Bool(true));
    if none && walk.value("legal_representative.name", &[]).is_some() {
        let (zh, en) = ("勾选了没有，却填写了姓名", "is ticked, and yet one is named");
        say("legal_representative.none", &[], GapCode::Disagrees, zh, en);
    }
}

fn persons(walk: &Walk<'_>, scenario: u32, say: &mut Say<'_>) {
    let held = walk.value("handler.persons_held", &[]).and_then(count);
    for field in ["scenario.persons.this_year", "scenario.persons.total"] {
        let persons = walk.value(field, &[scenario]).and_then(count);
        if let (Some(held), Some(persons)) = (held, persons)
            && persons > held
        {
            let zh = "多于所处理个人信息的人数（`handler.persons_held`）";
            let en = "is more than the persons whose information is processed (`handler.persons_held`)";
            say(field, &[scenario], GapCode::Disagrees, zh, en);
        }
    }
}

fn data_items(walk: &Walk<'_>, scenario: u32, say: &mut Say<'_>) {
    let rows = walk.rows.in_table("scenario.item", &[scenario]);
    let mut seen = BTreeSet::new();
    for &row in rows {
        let name = walk.value("scenario.item.name", &[scenario, row]).and_then(Value::as_str);
        if name.is_some_and(|name| !seen.insert(plain(name))) {
            let (zh, en) = ("与前面的数据项重复；应当去重", "stands in an earlier row too; every item stands once");
            say("scenario.item.name", &[scenario, row], GapCode::Disagrees, zh, en);
        }
    }
    // Said of the scenario and of its items: the two have to agree.
    let sensitive =
        rows.iter().map(|row| walk.value("scenario.item.sensitive", &[scenario, *row]).and_then(Value::as_bool));
    let sensitive = sensitive.collect::<Vec<_>>();
    let any = sensitive.contains(&Some(true));
    let all_known = !rows.is_empty() && !sensitive.contains(&None);
    match walk.value("scenario.personal.sensitive", &[scenario]).and_then(Value::as_bool) {
        Some(false) if any => {
            let (zh, en) = ("填否，数据项中却有敏感个人信息", "says no, and yet an item is sensitive");
            say("scenario.personal.sensitive", &[scenario], GapCode::Disagrees, zh, en);
        }
        Some(true) if all_known && !any => {
            let (zh, en) = ("填是，数据项中却没有敏感个人信息", "says yes, and yet no item is sensitive");
            say("scenario.personal.sensitive", &[scenario], GapCode::Disagrees, zh, en);
        }
        _ => {}
    }
}

fn recipients(walk: &Walk<'_>, say: &mut Say<'_>) {
    let tables = walk.forms.tables_around("scenario.recipient.name").collect::<Vec<_>>();
    let mut party: Option<&str> = None;
    for rows in walk.rows.each(&tables, &[]) {
        let country = walk.value("scenario.recipient.country", &rows).and_then(Value::as_str);
        if country == Some("CN") {
            say("scenario.recipient.country", &rows, GapCode::Wrong, "不在境外", "is not abroad");
        }
        if walk.procedure == Procedure::GbaStandardContract && country.is_some_and(|at| at != "HK" && at != "MO") {
            let (zh, en) =
                ("不是香港或者澳门；不能使用大湾区合同", "is neither Hong Kong nor Macao; this contract is not for it");
            say("scenario.recipient.country", &rows, GapCode::Wrong, zh, en);
        }
        let Some(name) = walk.value("scenario.recipient.name", &rows).and_then(Value::as_str) else { continue };
        let one = matches!(walk.procedure, Procedure::StandardContract | Procedure::GbaStandardContract);
        // The contract has room for one recipient (its head); another one needs a contract of its own.
        if one && party.is_some_and(|party| !is_same_name(party, name)) {
            let (zh, en) =
                ("与前面的接收方不同；一份合同只有一个接收方", "is another than before; a contract has one recipient");
            say("scenario.recipient.name", &rows, GapCode::Disagrees, zh, en);
        }
        party = party.or(Some(name));
    }
}

fn members(walk: &Walk<'_>, say: &mut Say<'_>) {
    let own = walk.value("handler.uscc", &[]).and_then(Value::as_str);
    let mut seen = own.into_iter().map(plain).collect::<BTreeSet<_>>();
    for &row in walk.rows.in_table("member", &[]) {
        let Some(uscc) = walk.value("member.uscc", &[row]).and_then(Value::as_str) else { continue };
        if !seen.insert(plain(uscc)) {
            let (zh, en) = ("与申报单位或者其他成员相同", "is that of the unit that files or of another member");
            say("member.uscc", &[row], GapCode::Disagrees, zh, en);
        }
    }
}

//! Something done to the permit, or to what an office signed.
#![allow(clippy::too_many_lines, reason = "a list of cases")]

use evidence::sign_note;
use serde_json::json;

use super::super::base::Release;
use super::super::folder::{Edit as _, Keys};
use super::{Cases, Signed, edit_text, text, with_note};

pub(super) fn permits(cases: &mut Cases, contract: &Release, keys: &Keys) {
    let mut folder = contract.folder(&keys.log);
    folder.replace("permit.json", "2027-10-25", "2028-10-25");
    cases.add("bad-permit-edited", "the last day of the permit put off", "改写许可的到期日", &["other-permit"], folder);
    let mut folder = contract.folder(&keys.log);
    folder.put("permit.json", Vec::new());
    cases.add("bad-permit-empty", "an empty permit", "许可为空", &["other-permit", "permit"], folder);
    let mut folder = contract.folder(&keys.log);
    folder.remove("permit.json");
    cases.add("bad-permit-missing", "no permit", "没有许可", &["missing"], folder);
    let mut release = contract.clone();
    release.receipt["permit"] = json!(text(contract, "permit").to_uppercase());
    cases.add(
        "bad-permit-digest-upper-case",
        "the digest of the permit in upper case",
        "许可的摘要用大写",
        &["other-permit"],
        release.folder(&keys.log),
    );
    let mut add = |name, en, zh, fault, change: &dyn Fn(&mut Release)| {
        cases.add(name, en, zh, &[fault], contract.with(change).folder(&keys.log));
    };
    add(
        "bad-recipient",
        "logged under a permit for another recipient",
        "许可给的是另一接收方",
        "outside-permit",
        &|release| {
            release.permit["recipient"] = json!("r2");
        },
    );
    add(
        "bad-expired",
        "logged after the permit's last day",
        "放行在许可到期之后",
        "outside-permit",
        &|release| {
            release.permit["expires"] = json!("2026-11-01");
        },
    );
    add(
        "bad-not-effective",
        "logged before the permit's first day",
        "放行在许可生效之前",
        "outside-permit",
        &|release| {
            release.permit["effective"] = json!("2026-11-03");
        },
    );
    add(
        "bad-kind",
        "logged under another kind of permit than the receipt says",
        "许可种类与回执不符",
        "outside-permit",
        &|release| {
            release.permit["kind"] = json!("certification");
        },
    );
    add(
        "bad-column",
        "logged, but the permit does not have a column",
        "许可没有其中一列",
        "not-permitted",
        &|release| {
            release.permit["columns"].as_array_mut().unwrap().remove(0);
        },
    );
    add(
        "bad-form",
        "logged, but the permit has a column in another form",
        "许可中一列的形式不同",
        "not-permitted",
        &|release| {
            edit_text(&mut release.permit["columns"], "\"mask\"", "\"pseudonym\"");
        },
    );
    add(
        "bad-permit-form",
        "logged with a permit of another form",
        "许可的格式版本不同",
        "permit",
        &|release| {
            release.permit["form"] = json!("tongguan/permit/9");
        },
    );
    add("bad-permit-day", "logged with a permit whose day is none", "许可的日期不成立", "permit", &|release| {
        release.permit["effective"] = json!("2026-02-30");
    });
    add("bad-permit-none", "logged with a list in place of a permit", "许可是一个列表", "permit", &|release| {
        release.permit = json!([]);
    });
    let spaced = |bytes: &[u8]| String::from_utf8(bytes.to_vec()).unwrap().replacen("\":", "\": ", 1).into_bytes();
    let mut release = contract.clone();
    let permit = spaced(&transfer::canonical_bytes(&release.permit));
    release.receipt["permit"] = json!(transfer::digest(&permit));
    let mut folder = release.folder(&keys.log);
    folder.put("permit.json", permit);
    cases.add(
        "bad-permit-spaces",
        "logged with a permit that is not in canonical form",
        "许可不是规范形式",
        &["permit"],
        folder,
    );
}

pub(super) fn offices(cases: &mut Cases, contract: &Release, signed: &Signed, keys: &Keys) {
    let Signed { release, text } = signed;
    let note = sign_note(text, &[&keys.office]).unwrap();
    cases.add(
        "bad-office-unknown",
        "the permit is signed by an office nobody pinned",
        "许可由未经确认的机关密钥签名",
        &["permit"],
        signed.folder(&keys.unknown, keys),
    );
    cases.add(
        "bad-office-is-log",
        "the permit is signed by a key that is pinned as a log",
        "许可由作为日志确认的密钥签名",
        &["permit"],
        signed.folder(&keys.log, keys),
    );
    cases.add(
        "bad-office-other-permit",
        "the office signed another permit",
        "机关签名的是另一份许可",
        &["permit"],
        with_note(release, &sign_note(&text.replacen("001", "002", 1), &[&keys.office]).unwrap(), keys),
    );
    cases.add(
        "bad-office-signature",
        "the office's permit was changed after it was signed",
        "机关的许可在签名后被改动",
        &["permit"],
        with_note(release, &note.replacen("r1", "r2", 1), keys),
    );
    let spaced = Signed::by_office(release, text.replacen(':', ": ", 1));
    cases.add(
        "bad-office-spaces",
        "the office's permit is not in canonical form",
        "机关的许可不是规范形式",
        &["permit"],
        spaced.folder(&keys.office, keys),
    );
    cases.add(
        "bad-office-missing",
        "a signed permit without the note",
        "称许可已签名但没有签名文件",
        &["missing"],
        release.folder(&keys.log),
    );
    cases.add(
        "bad-office-needless",
        "a note beside a permit that is not signed",
        "许可并非签名却附有签名文件",
        &["unknown"],
        with_note(contract, &note, keys),
    );
}

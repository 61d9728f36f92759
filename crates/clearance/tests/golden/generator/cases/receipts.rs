//! Something done to the receipt: most of these were logged as they are, since a log does not know what a receipt is.
#![allow(clippy::too_many_lines, reason = "a list of cases")]

use serde_json::json;

use super::super::base::Release;
use super::super::folder::{Edit as _, Keys};
use super::{Cases, edit_text, text};

pub(super) fn receipts(cases: &mut Cases, exempt: &Release, keys: &Keys) {
    let good = String::from_utf8(transfer::canonical_bytes(&exempt.receipt)).unwrap();
    let mut edited = exempt.folder(&keys.log);
    edited.replace("receipt.json", "\"recipient\":\"r1\"", "\"recipient\":\"r2\"");
    cases.add(
        "bad-receipt-edited",
        "another recipient written into the receipt",
        "改写回执中的接收方",
        &["outside-permit", "proof"],
        edited,
    );
    let mut edited = exempt.folder(&keys.log);
    edited.replace("receipt.json", "\"rows\":12", "\"rows\":11");
    cases.add("bad-receipt-rows", "another number of rows", "改写回执中的行数", &["proof"], edited);
    let mut edited = exempt.folder(&keys.log);
    edited.put("receipt.json", Vec::new());
    cases.add("bad-receipt-empty", "an empty receipt", "回执为空", &["proof"], edited);
    let mut edited = exempt.folder(&keys.log);
    edited.remove("receipt.json");
    cases.add("bad-receipt-missing", "no receipt", "没有回执", &["missing"], edited);
    // Logged as they are: the log does not know what a receipt is.
    let mut logged_as = |name, en, zh, receipt: Vec<u8>| {
        assert_ne!(receipt, good.as_bytes(), "{name}");
        cases.add(name, en, zh, &["proof"], exempt.folder_as(&receipt, &keys.log));
    };
    let swap = |from: &str, to: &str| good.replacen(from, to, 1).into_bytes();
    logged_as("bad-receipt-spaces", "logged with spaces", "已入日志，但带空格", swap("\":", "\": "));
    logged_as("bad-receipt-newline", "logged with a line end", "已入日志，但末尾换行", format!("{good}\n").into());
    logged_as(
        "bad-receipt-order",
        "logged with its fields in another order",
        "已入日志，但字段次序不同",
        format!("{{\"release\":\"{}\",{}", text(exempt, "release"), &swap_out(&good, "release", exempt)[1..]).into(),
    );
    logged_as(
        "bad-receipt-key-twice",
        "logged with a field twice",
        "已入日志，但字段重复",
        swap("\"recipient\":\"r1\"", "\"recipient\":\"r2\",\"recipient\":\"r1\""),
    );
    logged_as(
        "bad-receipt-later-key-twice",
        "logged with a field of a later edition twice",
        "已入日志，但后续版本的字段重复",
        swap("{\"", "{\"a\":1,\"a\":2,\""),
    );
    logged_as(
        "bad-receipt-escape",
        "logged with a needless escape",
        "已入日志，但有多余的转义",
        swap("\"r1\"", "\"\\u00721\""),
    );
    logged_as(
        "bad-receipt-lone-surrogate",
        "logged with half a character",
        "已入日志，但有半个字符",
        swap("\"r1\"", "\"\\ud800\""),
    );
    let mut bytes = good.clone().into_bytes();
    let at = good.find("\"r1\"").unwrap() + 1;
    bytes[at] = 0xff;
    logged_as("bad-receipt-not-utf8", "logged with a byte that is no UTF-8", "已入日志，但有非 UTF-8 的字节", bytes);
    logged_as(
        "bad-receipt-fraction",
        "logged with `12.0` rows",
        "已入日志，行数写作 12.0",
        swap("\"rows\":12", "\"rows\":12.0"),
    );
    logged_as(
        "bad-receipt-huge-number",
        "logged with 10^400 rows",
        "已入日志，行数为 10^400",
        swap("\"rows\":12", "\"rows\":1e400"),
    );
    logged_as(
        "bad-receipt-inexact-number",
        "logged with 2^53 + 1 rows, which is no double",
        "已入日志，行数为 2^53 + 1",
        swap("\"rows\":12", "\"rows\":9007199254740993"),
    );
    logged_as(
        "bad-receipt-negative",
        "logged with -12 rows",
        "已入日志，行数为负",
        swap("\"rows\":12", "\"rows\":-12"),
    );
    logged_as(
        "bad-receipt-day",
        "logged on 30 February",
        "已入日志，日期为 2 月 30 日",
        swap("2026-11-02", "2026-02-30"),
    );
    logged_as(
        "bad-receipt-day-form",
        "logged with a day in another form",
        "已入日志，日期写法不同",
        swap("2026-11-02", "20261102"),
    );
    logged_as(
        "bad-receipt-form",
        "logged with another form",
        "已入日志，但格式版本不同",
        swap("receipt/1", "receipt/9"),
    );
    logged_as(
        "bad-receipt-no-log-key",
        "logged without a log key",
        "已入日志，但没有日志公钥",
        swap("\"log\":\"", "\"log\":\"+"),
    );
    logged_as("bad-receipt-list", "a list in place of a receipt", "回执是一个列表", b"[]".to_vec());
}

fn swap_out(good: &str, field: &str, release: &Release) -> String {
    good.replacen(&format!("\"{field}\":\"{}\",", text(release, field)), "", 1)
}

pub(super) fn paths(cases: &mut Cases, exempt: &Release, keys: &Keys) {
    let mut add = |name, en, zh, faults: &[&'static str], path: &str| {
        let release = exempt.with(|release| edit_text(&mut release.receipt["files"], "data/orders.csv", path));
        cases.add(name, en, zh, faults, release.folder(&keys.log));
    };
    add("bad-path-out", "a path that leads out of `data`", "路径指向 data 之外", &["unknown"], "data/../receipt.json");
    add("bad-path-absolute", "an absolute path", "绝对路径", &["unknown"], "/etc/hostname");
    add("bad-path-nothing", "a path without a name", "路径没有文件名", &["unknown"], "data/");
    add("bad-path-dot", "a path to the folder itself", "路径指向目录本身", &["unknown"], "data/.");
    add("bad-path-backslash", "a path with a backslash", "路径带反斜杠", &["unknown"], "data/..\\\\orders.csv");
    add("bad-path-twice", "one path for two files", "两个文件同一路径", &["unknown"], "data/people.csv");
    let upper = |release: &mut Release| {
        let digest = release.receipt["files"][0]["sha256"].as_str().unwrap().to_uppercase();
        release.receipt["files"][0]["sha256"] = json!(digest);
    };
    let mut release = exempt.clone();
    upper(&mut release);
    cases.add("bad-digest-upper-case", "a digest in upper case", "摘要用大写", &["changed"], release.folder(&keys.log));
    let mut release = exempt.clone();
    release.receipt["files"][0]["bytes"] = json!(release.receipt["files"][0]["bytes"].as_u64().unwrap() + 1);
    cases.add(
        "bad-size",
        "a size that is not that of the file",
        "文件大小不符",
        &["changed"],
        release.folder(&keys.log),
    );
}

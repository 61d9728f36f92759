//! Something done to the data.
#![allow(clippy::too_many_lines, reason = "a list of cases")]

use super::super::base::Release;
use super::super::folder::{Edit as _, Folder, Item, Keys, logged};
use super::{Cases, edit_text};

pub(super) fn data(cases: &mut Cases, exempt: &Release, contract: &Release, keys: &Keys) {
    let csv = || exempt.folder(&keys.log);
    let parquet = || contract.folder(&keys.log);
    let mut add = |name, en, zh, fault, mut folder: Folder, change: &dyn Fn(&mut Folder)| {
        change(&mut folder);
        cases.add(name, en, zh, &[fault], folder);
    };
    add("bad-byte-in-csv", "one byte of the data changed", "数据中改动一个字节", "changed", csv(), &|folder| {
        folder.edit("data/people.csv", |mut bytes| {
            let last = bytes.len() - 3;
            bytes[last] ^= 1;
            bytes
        });
    });
    add(
        "bad-byte-in-parquet",
        "one byte of the data changed",
        "数据中改动一个字节",
        "changed",
        parquet(),
        &|folder| {
            folder.edit("data/people.parquet", |mut bytes| {
                bytes[40] ^= 1;
                bytes
            });
        },
    );
    add("bad-row-removed", "the last row removed", "删去最后一行", "changed", csv(), &|folder| {
        folder.edit("data/people.csv", |bytes| {
            let end = bytes[..bytes.len() - 1].iter().rposition(|byte| *byte == b'\n').unwrap();
            bytes[..=end].to_vec()
        });
    });
    add("bad-file-empty", "a data file emptied", "数据文件被清空", "changed", csv(), &|folder| {
        folder.put("data/orders.csv", Vec::new());
    });
    add("bad-file-missing", "a data file removed", "缺少一个数据文件", "missing", csv(), &|folder| {
        folder.remove("data/orders.csv");
    });
    add("bad-file-added", "a file more in `data`", "data 中多出一个文件", "unknown", csv(), &|folder| {
        folder.put("data/raw.csv", b"name\n".to_vec());
    });
    add("bad-file-beside", "a file more beside `data`", "data 之外多出一个文件", "unknown", csv(), &|folder| {
        folder.put("raw.csv", b"name\n".to_vec());
    });
    add("bad-folder-added", "a folder more in `data`", "data 中多出一个目录", "unknown", csv(), &|folder| {
        folder.put("data/more/raw.csv", b"name\n".to_vec());
    });
    add(
        "bad-link",
        "a link to the right bytes",
        "以链接代替文件，内容相同",
        "not-a-file",
        csv(),
        &|folder| {
            folder.insert("data/people.csv".to_owned(), Item::Link("../../good-exempt/data/people.csv"));
        },
    );
    add(
        "bad-link-for-data",
        "`data` is a link to the right folder",
        "data 是指向正确目录的链接",
        "not-a-file",
        csv(),
        &|folder| {
            folder.retain(|path, _| !path.starts_with("data/"));
            folder.insert("data".to_owned(), Item::Link("../good-exempt/data"));
        },
    );
    add(
        "bad-link-for-receipt",
        "receipt.json is a link to itself elsewhere",
        "receipt.json 是链接",
        "not-a-file",
        csv(),
        &|folder| {
            folder.insert("receipt.json".to_owned(), Item::Link("../good-exempt/receipt.json"));
        },
    );
    // From here on the pinned key has signed what is wrong.
    let header = exempt.with(|release| {
        let text = String::from_utf8(release.data["people.csv"].clone()).unwrap();
        release.data.insert("people.csv".to_owned(), text.replacen("gender", "sex", 1).into_bytes());
    });
    cases.add(
        "bad-columns-csv",
        "logged, but a file has another column than the receipt",
        "已入日志，但文件的列与回执不同",
        &["other-columns"],
        header.folder(&keys.log),
    );
    let mut folder = header.folder(&keys.log);
    folder.set_proof(&logged(&transfer::canonical_bytes(&exempt.receipt), &keys.log, 5));
    cases.add(
        "bad-column-renamed",
        "a column renamed and the digest in the receipt mended",
        "改了列名并改写回执中的摘要",
        &["other-columns", "proof"],
        folder,
    );
    let swapped = contract.with(|release| {
        let orders = release.data["orders.parquet"].clone();
        release.data.insert("people.parquet".to_owned(), orders);
    });
    cases.add(
        "bad-columns-parquet",
        "logged, but a file has the columns of another",
        "已入日志，但文件的列是另一张表的",
        &["other-columns"],
        swapped.folder(&keys.log),
    );
    let no_footer = contract.with(|release| {
        release.data.get_mut("people.parquet").unwrap().truncate(200);
    });
    cases.add(
        "bad-parquet-cut",
        "logged, but a Parquet file has no footer",
        "已入日志，但 Parquet 文件没有尾部",
        &["other-columns"],
        no_footer.folder(&keys.log),
    );
    let renamed = exempt.with(|release| {
        let bytes = release.data.remove("people.csv").unwrap();
        release.data.insert("people.txt".to_owned(), bytes);
        edit_text(&mut release.receipt["files"], "data/people.csv", "data/people.txt");
    });
    cases.add(
        "bad-other-kind-of-file",
        "logged, but a file is neither CSV nor Parquet by its name",
        "已入日志，但文件名既非 CSV 也非 Parquet",
        &["other-columns"],
        renamed.folder(&keys.log),
    );
}

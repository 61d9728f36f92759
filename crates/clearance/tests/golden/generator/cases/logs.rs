//! Something done to proof and checkpoint, or signed by somebody else.
#![allow(clippy::too_many_lines, reason = "a list of cases")]

use serde_json::json;

use super::super::base::Release;
use super::super::folder::{Edit as _, Folder, Keys, cosigned, logged};
use super::Cases;

pub(super) fn proofs(cases: &mut Cases, exempt: &Release, keys: &Keys) {
    let receipt = transfer::canonical_bytes(&exempt.receipt);
    let mut add = |name, en, zh, faults: &[&'static str], change: &dyn Fn(&mut Folder)| {
        let mut folder = exempt.folder(&keys.log);
        change(&mut folder);
        cases.add(name, en, zh, faults, folder);
    };
    add("bad-proof-of-another", "the proof of another leaf", "是另一个叶子的证明", &["proof"], &|folder| {
        folder.set_proof(&logged(b"another leaf", &keys.log, 5));
    });
    add("bad-proof-cut", "the proof cut off", "证明被截断", &["proof"], &|folder| {
        folder.edit("receipt.proof", |bytes| bytes[..bytes.len() / 2].to_vec());
    });
    add("bad-proof-hash-missing", "a hash less in the proof", "证明少一个哈希", &["proof"], &|folder| {
        let mut proof = logged(&receipt, &keys.log, 5);
        proof.hashes.pop();
        folder.set_proof(&proof);
    });
    add("bad-proof-hash-more", "a hash more in the proof", "证明多一个哈希", &["proof"], &|folder| {
        let mut proof = logged(&receipt, &keys.log, 5);
        proof.hashes.push(proof.hashes[0]);
        folder.set_proof(&proof);
    });
    add("bad-proof-index", "the index of another leaf", "证明的序号不对", &["proof"], &|folder| {
        folder.replace("receipt.proof", "index 2\n", "index 3\n");
    });
    add("bad-proof-index-form", "the index with a zero before it", "证明的序号前有零", &["proof"], &|folder| {
        folder.replace("receipt.proof", "index 2\n", "index 02\n");
    });
    add("bad-proof-index-huge", "an index beyond 64 bits", "证明的序号超出 64 位", &["proof"], &|folder| {
        folder.replace("receipt.proof", "index 2\n", "index 18446744073709551618\n");
    });
    add(
        "bad-proof-extra",
        "a line `extra` that nothing vouches for",
        "证明中多出 extra 行",
        &["proof"],
        &|folder| {
            folder.replace("receipt.proof", "index 2\n", "extra aGlkZGVu\nindex 2\n");
        },
    );
    add("bad-proof-empty", "an empty proof", "证明为空", &["proof"], &|folder| {
        folder.put("receipt.proof", Vec::new());
    });
    add("bad-proof-missing", "no proof", "没有证明", &["missing"], &|folder| {
        folder.remove("receipt.proof");
    });
    add(
        "bad-proof-not-utf8",
        "a byte in the proof that is no UTF-8",
        "证明中有非 UTF-8 的字节",
        &["proof"],
        &|folder| {
            folder.edit("receipt.proof", |mut bytes| {
                let last = bytes.len() - 2;
                bytes[last] = 0xff;
                bytes
            });
        },
    );
    add(
        "bad-checkpoint-of-another-size",
        "proof and checkpoint of different sizes",
        "证明与检查点的大小不同",
        &["proof"],
        &|folder| {
            let mut proof = logged(&receipt, &keys.log, 5);
            proof.checkpoint = logged(&receipt, &keys.log, 9).checkpoint;
            folder.set_proof(&proof);
        },
    );
    add(
        "bad-checkpoint-other",
        "another checkpoint beside the proof",
        "checkpoint 与证明中的不同",
        &["other-checkpoint"],
        &|folder| {
            folder.put("checkpoint", logged(&receipt, &keys.log, 6).checkpoint.into_bytes());
        },
    );
    add("bad-checkpoint-empty", "an empty checkpoint", "checkpoint 为空", &["other-checkpoint"], &|folder| {
        folder.put("checkpoint", Vec::new());
    });
    add("bad-checkpoint-missing", "no checkpoint", "没有 checkpoint", &["missing"], &|folder| {
        folder.remove("checkpoint");
    });
}

pub(super) fn signers(cases: &mut Cases, exempt: &Release, keys: &Keys) {
    let receipt = transfer::canonical_bytes(&exempt.receipt);
    let mut unpinned = |name, en, zh, key| cases.add(name, en, zh, &["unknown-key"], exempt.folder(key));
    unpinned("bad-key-unknown", "signed by a key nobody pinned", "由未经确认的密钥签名", &keys.unknown);
    unpinned("bad-key-same-name", "signed by another key of the log's name", "密钥同名但不同", &keys.same_name);
    unpinned(
        "bad-key-other-role",
        "signed by a key that is pinned as an office",
        "由作为机关确认的密钥签名",
        &keys.other_role,
    );
    let forged = exempt.with(|release| {
        release.data.insert("people.csv".to_owned(), b"name,gender,birth_date,address,created_at\n".to_vec());
        release.receipt["files"][0]["rows"] = json!(0);
    });
    cases.add(
        "bad-key-forged-whole",
        "other data, all made to fit, signed by a fresh key",
        "换了数据并全部改妥，用新密钥签名",
        &["unknown-key"],
        forged.folder(&keys.unknown),
    );
    let mut folder = exempt.folder(&keys.log);
    folder.set_proof(&logged(&receipt, &keys.unknown, 5));
    cases.add(
        "bad-key-not-the-named",
        "the receipt names the pinned key, but another signed",
        "回执写的是已确认的密钥，签名的却是另一个",
        &["proof"],
        folder.clone(),
    );
    folder.set_proof(&logged(&receipt, &keys.same_name, 5));
    cases.add(
        "bad-key-not-the-named-same-name",
        "the same with another key of the log's name",
        "同上，密钥同名但不同",
        &["proof"],
        folder.clone(),
    );
    let good = logged(&receipt, &keys.log, 5);
    let mut proof = good.clone();
    // The log's own signature line is left out: only the witness signs.
    cosigned(&mut proof, &keys.witness, "somebody.example");
    let lines: Vec<&str> = proof.checkpoint.lines().collect();
    let kept = lines.iter().enumerate().filter(|(at, _)| *at != 4).map(|(_, line)| format!("{line}\n"));
    proof.checkpoint = kept.collect();
    folder.set_proof(&proof);
    cases.add("bad-key-witness-only", "signed by a witness alone", "只有见证者签名", &["proof"], folder.clone());
    let mut proof = good.clone();
    proof.checkpoint = proof.checkpoint.replacen("\n5\n", "\n6\n", 1);
    folder.set_proof(&proof);
    cases.add(
        "bad-checkpoint-edited",
        "another size written into the checkpoint",
        "改写检查点的大小",
        &["proof"],
        folder.clone(),
    );
    let mut proof = good;
    let mut other = logged(&receipt, &keys.log, 6);
    cosigned(&mut other, &keys.witness, keys.log.name());
    let line = other.checkpoint.lines().find(|line| line.contains("/witness ")).unwrap().to_owned();
    proof.checkpoint += &(line + "\n");
    folder.set_proof(&proof);
    cases.add(
        "bad-cosignature",
        "a pinned witness's signature of another checkpoint",
        "已确认见证者的副署属于另一个检查点",
        &["proof"],
        folder,
    );
}

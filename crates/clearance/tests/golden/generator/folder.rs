//! Release folders in memory, and the keys that sign them.

use std::collections::BTreeMap;

use evidence::{Hash, Log, MemStore, Proof, SigningKey, note};
use serde_json::json;

use super::base::Release;

/// What stands at a path.
#[derive(Clone)]
pub(crate) enum Item {
    File(Vec<u8>),
    Link(&'static str),
}

pub(super) type Folder = BTreeMap<String, Item>;

/// Keys made for the golden releases alone. Anybody can make them again from these lines: nobody must pin them for
/// anything else.
pub(super) struct Keys {
    pub(super) log: SigningKey,
    pub(super) office: SigningKey,
    pub(super) witness: SigningKey,
    /// Not in the trust file.
    pub(super) unknown: SigningKey,
    /// Not in the trust file, with the name of the log.
    pub(super) same_name: SigningKey,
    /// In the trust file as an office, not as a log.
    pub(super) other_role: SigningKey,
}

impl Keys {
    pub(super) fn new() -> Self {
        let key = |name: &str, seed: u8| SigningKey::from_seed(name, &[seed; 32]).unwrap();
        Self {
            log: key("golden.tongguan.example/log", 1),
            office: key("golden.tongguan.example/office", 2),
            witness: key("golden.tongguan.example/witness", 3),
            unknown: key("elsewhere.example/log", 4),
            same_name: key("golden.tongguan.example/log", 5),
            other_role: key("golden.tongguan.example/office-2", 6),
        }
    }

    pub(super) fn trust(&self) -> String {
        format!(
            "# Keys of the golden releases. Their secret halves are public: never trust them for anything else.\n\
             log {}\noffice {}\noffice {}\nwitness {}\n",
            self.log.verifier(),
            self.office.verifier(),
            self.other_role.verifier(),
            self.witness.cosigner()
        )
    }
}

impl Release {
    /// The folder of this release, logged under a key.
    pub(super) fn folder(&self, key: &SigningKey) -> Folder {
        let mut named = self.clone();
        named.receipt["log"] = json!(key.verifier().to_string());
        named.folder_as(&transfer::canonical_bytes(&named.receipt), key)
    }

    /// The folder with these bytes as its receipt, whatever they are, logged under a key.
    pub(super) fn folder_as(&self, receipt: &[u8], key: &SigningKey) -> Folder {
        let proof = logged(receipt, key, 5);
        let mut folder = Folder::new();
        folder.put("receipt.json", receipt.to_vec());
        folder.put("permit.json", transfer::canonical_bytes(&self.permit));
        folder.set_proof(&proof);
        for (name, bytes) in &self.data {
            folder.put(&format!("data/{name}"), bytes.clone());
        }
        folder
    }
}

/// The proof of a receipt, the third leaf of a log of `size`.
pub(super) fn logged(receipt: &[u8], key: &SigningKey, size: usize) -> Proof {
    let mut leaves: Vec<Vec<u8>> = (0..size).map(|n| format!("golden leaf {n}").into_bytes()).collect();
    leaves[2] = receipt.to_vec();
    let mut log = Log::create(MemStore::default(), key.name(), key).unwrap();
    log.append(&leaves, key).unwrap();
    log.proof(2).unwrap()
}

/// A checkpoint with a witness's cosignature and a line of a type of signature that is not known.
pub(super) fn cosigned(proof: &mut Proof, witness: &SigningKey, origin: &str) {
    let day = 1_793_577_600; // 2026-11-02
    let note = note::cosign(&proof.checkpoint, witness, day).unwrap();
    // 32 bytes whose base64 the hash's own text form gives.
    proof.checkpoint = format!("{note}\u{2014} {origin} {}\n", Hash([0xff; 32]));
}

/// What is done to folders.
pub(super) trait Edit {
    fn put(&mut self, path: &str, bytes: Vec<u8>);
    fn get_bytes(&self, path: &str) -> Vec<u8>;
    fn edit(&mut self, path: &str, change: impl FnOnce(Vec<u8>) -> Vec<u8>);
    fn replace(&mut self, path: &str, from: &str, to: &str);
    fn set_proof(&mut self, proof: &Proof);
}

impl Edit for Folder {
    fn put(&mut self, path: &str, bytes: Vec<u8>) {
        self.insert(path.to_owned(), Item::File(bytes));
    }

    fn get_bytes(&self, path: &str) -> Vec<u8> {
        match &self[path] {
            Item::File(bytes) => bytes.clone(),
            Item::Link(target) => panic!("{path} is a link to {target}"),
        }
    }

    fn edit(&mut self, path: &str, change: impl FnOnce(Vec<u8>) -> Vec<u8>) {
        let changed = change(self.get_bytes(path));
        assert_ne!(changed, self.get_bytes(path), "{path}: nothing was changed");
        self.put(path, changed);
    }

    fn replace(&mut self, path: &str, from: &str, to: &str) {
        self.edit(path, |bytes| String::from_utf8(bytes).unwrap().replacen(from, to, 1).into_bytes());
    }

    fn set_proof(&mut self, proof: &Proof) {
        self.put("receipt.proof", proof.to_string().into_bytes());
        self.put("checkpoint", proof.checkpoint.clone().into_bytes());
    }
}

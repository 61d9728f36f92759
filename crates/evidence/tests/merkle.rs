//! Merkle proofs against a naive tree and against the vectors of transparency-dev/merkle.
#![allow(clippy::unwrap_used, reason = "clippy.toml allows it in tests, but helpers of tests are not seen as such")]

use std::convert::Infallible;
use std::fs;
use std::io::Write as _;
use std::path::{Path, PathBuf};

use evidence::Hash;
use evidence::merkle::{
    Nodes, leaf_hash, node_hash, prove_consistency, prove_inclusion, root, verify_consistency, verify_inclusion,
};
use serde::Deserialize;

/// MTH of RFC 6962, 2.1, word for word.
fn naive_root(leaves: &[Hash]) -> Hash {
    match leaves {
        [] => evidence::merkle::empty_root(),
        [leaf] => *leaf,
        _ => {
            let (left, right) = leaves.split_at(split(leaves.len()));
            node_hash(&naive_root(left), &naive_root(right))
        }
    }
}

/// PATH of RFC 6962, 2.1.1, word for word.
fn naive_path(index: usize, leaves: &[Hash]) -> Vec<Hash> {
    if leaves.len() == 1 {
        return Vec::new();
    }
    let (left, right) = leaves.split_at(split(leaves.len()));
    let (mut path, sibling) = if index < left.len() {
        (naive_path(index, left), right)
    } else {
        (naive_path(index - left.len(), right), left)
    };
    path.push(naive_root(sibling));
    path
}

/// SUBPROOF of RFC 6962, 2.1.2, word for word.
fn naive_subproof(old: usize, leaves: &[Hash], whole: bool) -> Vec<Hash> {
    if old == leaves.len() {
        return if whole { Vec::new() } else { vec![naive_root(leaves)] };
    }
    let (left, right) = leaves.split_at(split(leaves.len()));
    let (mut path, sibling) = if old <= left.len() {
        (naive_subproof(old, left, whole), right)
    } else {
        (naive_subproof(old - left.len(), right, false), left)
    };
    path.push(naive_root(sibling));
    path
}

fn split(n: usize) -> usize {
    n.next_power_of_two() / 2
}

fn leaves(n: usize) -> Vec<Hash> {
    (0..n).map(|i| leaf_hash(format!("leaf {i}").as_bytes())).collect()
}

struct Plain<'a>(&'a [Hash]);

impl Nodes for Plain<'_> {
    type Error = Infallible;

    fn node(&mut self, level: u32, index: u64) -> Result<Hash, Infallible> {
        let start = usize::try_from(index << level).expect("test trees are small");
        Ok(naive_root(&self.0[start..start + (1 << level)]))
    }
}

#[test]
fn every_inclusion_proof_of_small_trees_is_the_naive_one_and_holds() {
    let all = leaves(600);
    // Every size to 130, then those around powers of two and tile borders.
    let sizes = (1..=130).chain([191, 255, 256, 257, 300, 511, 512, 513, 600]);
    for size in sizes {
        let tree = &all[..size];
        let top = naive_root(tree);
        assert_eq!(root(&mut Plain(tree), size as u64).unwrap(), top);
        for index in 0..size {
            let path = prove_inclusion(&mut Plain(tree), index as u64, size as u64).unwrap();
            assert_eq!(path, naive_path(index, tree), "{index} of {size}");
            verify_inclusion(&tree[index], index as u64, size as u64, &path, &top).unwrap();
            if size > 1 {
                let wrong = (index + 1) % size;
                assert!(verify_inclusion(&tree[wrong], index as u64, size as u64, &path, &top).is_err());
                assert!(verify_inclusion(&tree[index], wrong as u64, size as u64, &path, &top).is_err());
                assert!(verify_inclusion(&tree[index], index as u64, size as u64, &path[1..], &top).is_err());
            }
        }
    }
}

#[test]
fn every_consistency_proof_of_small_trees_is_the_naive_one_and_holds() {
    let all = leaves(130);
    let roots: Vec<Hash> = (0..=130).map(|n| naive_root(&all[..n])).collect();
    for size in 1..=130_usize {
        for old in 1..=size {
            let path = prove_consistency(&mut Plain(&all[..size]), old as u64, size as u64).unwrap();
            assert_eq!(path, naive_subproof(old, &all[..size], true), "{old} to {size}");
            let check = |old_root, root| verify_consistency(old as u64, size as u64, &path, old_root, root);
            check(&roots[old], &roots[size]).unwrap();
            assert!(check(&roots[old - 1], &roots[size]).is_err());
            assert!(check(&roots[old], &roots[size - 1]).is_err());
        }
        let nothing = verify_consistency(0, size as u64, &[], &roots[0], &roots[size]);
        assert!(nothing.is_err(), "an empty tree proves nothing");
    }
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[allow(dead_code)]
struct Inclusion {
    leaf_idx: u64,
    tree_size: u64,
    root: String,
    leaf_hash: String,
    proof: Option<Vec<String>>,
    desc: String,
    want_err: bool,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[allow(dead_code)]
struct Consistency {
    size1: u64,
    size2: u64,
    root1: String,
    root2: String,
    proof: Option<Vec<String>>,
    desc: String,
    want_err: bool,
}

fn files(folder: &Path, into: &mut Vec<PathBuf>) {
    for entry in fs::read_dir(folder).expect("the folder is there") {
        let path = entry.expect("the folder can be read").path();
        if path.is_dir() {
            files(&path, into);
        } else {
            into.push(path);
        }
    }
}

/// The vector files of one kind; none, with a word on it, where the shared data is not at hand.
fn vectors(kind: &str) -> Vec<PathBuf> {
    let folder =
        Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../shared/data/tlog/merkle-proof-vectors").join(kind);
    if !folder.is_dir() {
        // Past the test harness, which would keep it to itself.
        let _ = writeln!(std::io::stderr(), "skipped: {} is not there", folder.display());
        return Vec::new();
    }
    let mut paths = Vec::new();
    files(&folder, &mut paths);
    assert_eq!(paths.len(), 98, "{kind}");
    paths
}

fn hashes(texts: Option<Vec<String>>) -> Option<Vec<Hash>> {
    texts.unwrap_or_default().iter().map(|text| text.parse().ok()).collect()
}

#[test]
fn inclusion_vectors_agree() {
    for path in vectors("inclusion") {
        let case: Inclusion = serde_json::from_slice(&fs::read(&path).unwrap()).unwrap();
        // A hash that is not 32 bytes is no hash: refused.
        let holds = (|| {
            let (root, leaf, proof) = (case.root.parse().ok()?, case.leaf_hash.parse().ok()?, hashes(case.proof)?);
            verify_inclusion(&leaf, case.leaf_idx, case.tree_size, &proof, &root).ok()
        })();
        assert_eq!(holds.is_none(), case.want_err, "{}", path.display());
    }
}

#[test]
fn consistency_vectors_agree() {
    for path in vectors("consistency") {
        let case: Consistency = serde_json::from_slice(&fs::read(&path).unwrap()).unwrap();
        let holds = (|| {
            let (root1, root2, proof) = (case.root1.parse().ok()?, case.root2.parse().ok()?, hashes(case.proof)?);
            verify_consistency(case.size1, case.size2, &proof, &root1, &root2).ok()
        })();
        // The one documented exception: its roots are the words "don't care 2", which no tree of ours accepts as a root.
        let want_err = if path.ends_with("additional/sizes-are-equal-one-and-proof-is-empty.json") {
            assert!(!case.want_err);
            true
        } else {
            case.want_err
        };
        assert_eq!(holds.is_none(), want_err, "{}", path.display());
    }
}

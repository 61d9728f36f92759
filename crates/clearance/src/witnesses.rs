//! Witnesses of our log: asking them, taking up what they sign, and bringing it into releases that are already out.
//!
//! A witness that is down keeps nothing from leaving. What it has not cosigned yet is its backlog, which is said each time.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use evidence::merkle::leaf_hash;
use evidence::witness::cosign_with;
use evidence::{DirStore, Log, Role, VerifierKey, Witness, note};

use crate::disk;
use crate::error::{At as _, ClearanceError};
use crate::home::Home;
use crate::verify::read_trust;

/// The file of our log's witnesses.
pub(crate) const WITNESSES: &str = "witnesses";
/// How far each of them has come.
pub(crate) const SEEN: &str = "witnesses.seen";

/// A witness that is to be asked.
pub struct Asked {
    /// Where it is.
    pub url: String,
    /// The keys whose cosignatures are taken from it.
    pub keys: Vec<VerifierKey>,
    /// How it is reached.
    pub witness: Box<dyn Witness + Send + Sync>,
}

/// What became of asking.
pub struct Cosigning {
    /// The size of the tree that was handed in.
    pub size: u64,
    /// An entry a witness, in the order they were given.
    pub answers: Vec<WitnessAnswer>,
    /// Whether the log's checkpoint carries the cosignatures now; false also where it has grown meanwhile.
    pub stored: bool,
}

/// What one witness said.
pub struct WitnessAnswer {
    /// Where it is.
    pub url: String,
    /// The keys that cosigned, or why none did.
    pub result: Result<Vec<VerifierKey>, String>,
    /// Entries of the log that it has not cosigned yet, as far as is known here.
    pub backlog: u64,
}

impl Cosigning {
    /// How many different witnesses cosigned.
    pub fn cosigned(&self) -> usize {
        let keys = self.answers.iter().filter_map(|answer| answer.result.as_ref().ok()).flatten();
        keys.map(VerifierKey::fingerprint).collect::<std::collections::BTreeSet<_>>().len()
    }
}

impl Home {
    /// The witnesses of the file `witnesses`: URL and key.
    pub fn witnesses(&self) -> Result<Vec<(String, VerifierKey)>, ClearanceError> {
        let path = self.root().join(WITNESSES);
        if !path.exists() {
            return Ok(Vec::new());
        }
        let text = std::fs::read_to_string(&path).at(&path)?;
        let mut found = Vec::new();
        for (number, line) in (1..).zip(text.lines().map(str::trim)) {
            if line.is_empty() || line.starts_with('#') {
                continue;
            }
            let fault = |why: &str| ClearanceError::input(format!("{}: line {number}: {why}", path.display()));
            let (url, key) =
                line.split_once(char::is_whitespace).ok_or_else(|| fault("it is not of the form `url key`"))?;
            let key: VerifierKey = key.trim().parse().map_err(|error| fault(&format!("{error}")))?;
            if !key.is_cosigner() {
                return Err(fault("it is no witness's key: those have signature type 0x04"));
            }
            found.push((url.to_owned(), key));
        }
        Ok(found)
    }

    /// The witness keys known here: pinned ones and those of the file `witnesses`.
    pub fn witness_keys(&self) -> Result<Vec<VerifierKey>, ClearanceError> {
        let mut keys = read_trust(&self.trust_file())?.keys(Role::Witness);
        keys.extend(self.witnesses()?.into_iter().map(|(_, key)| key));
        Ok(keys)
    }

    /// Asks witnesses to cosign our log as it is now, all at once, takes up what they sign, and gives releases of this log a new
    /// proof under the cosigned checkpoint. Nobody who appends waits for it.
    pub async fn cosign(&self, asked: Vec<Asked>, releases: &[PathBuf]) -> Result<Cosigning, ClearanceError> {
        let (log, _) = self.log()?;
        let seen = self.seen()?;
        let keys: Vec<VerifierKey> = asked.iter().flat_map(|asked| asked.keys.clone()).collect();
        let answering = tokio::task::spawn_blocking(move || {
            let lines = ask_all(&log, &asked, &seen);
            (log, asked.into_iter().map(|asked| asked.url).zip(lines).collect::<Vec<_>>())
        });
        let answered = answering.await.map_err(|error| ClearanceError::Log(error.to_string()))?;
        let (mut log, answered) = answered;

        let _one = self.lock("log").await?;
        // Others may have cosigned meanwhile in a run beside this one.
        let mut seen = self.seen()?;
        let mut cosigning = Cosigning { size: log.size(), answers: Vec::new(), stored: false };
        for (url, lines) in answered {
            let result = match lines {
                Ok(lines) => {
                    cosigning.stored |= log.take_cosignatures(&lines, &keys)?;
                    let known = seen.entry(url.clone()).or_default();
                    *known = (*known).max(log.size());
                    signers(&lines, &keys)
                }
                Err(why) => Err(why),
            };
            let backlog = log.size().saturating_sub(seen.get(&url).copied().unwrap_or_default());
            cosigning.answers.push(WitnessAnswer { url, result, backlog });
        }
        self.write_seen(&seen)?;
        for folder in releases {
            renew_proof(&log, folder)?;
        }
        Ok(cosigning)
    }

    fn seen(&self) -> Result<BTreeMap<String, u64>, ClearanceError> {
        let path = self.root().join(SEEN);
        match std::fs::read_to_string(&path) {
            // Only hints: a line that does not read is one that is not there.
            Ok(text) => Ok(text.lines().filter_map(seen_line).collect()),
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => Ok(BTreeMap::new()),
            Err(error) => Err(ClearanceError::Io { path, error }),
        }
    }

    fn write_seen(&self, seen: &BTreeMap<String, u64>) -> Result<(), ClearanceError> {
        let path = self.root().join(SEEN);
        let text = seen.iter().fold(String::new(), |text, (url, size)| format!("{text}{size} {url}\n"));
        disk::replace_private(&path, text.as_bytes()).at(&path)
    }
}

fn seen_line(line: &str) -> Option<(String, u64)> {
    let (size, url) = line.split_once(' ')?;
    Some((url.to_owned(), size.parse().ok()?))
}

/// Lines of each witness, or why there are none.
fn ask_all(log: &Log<DirStore>, asked: &[Asked], seen: &BTreeMap<String, u64>) -> Vec<Result<String, String>> {
    std::thread::scope(|scope| {
        let ask = |asked: &Asked| {
            let known = seen.get(&asked.url).copied().unwrap_or_default();
            cosign_with(log, &*asked.witness, &asked.keys, known).map_err(|error| error.to_string())
        };
        let threads: Vec<_> = asked.iter().map(|asked| scope.spawn(move || ask(asked))).collect();
        let ended = threads.into_iter().map(std::thread::ScopedJoinHandle::join);
        ended.map(|ended| ended.unwrap_or_else(|_| Err("asking it ended early".to_owned()))).collect()
    })
}

/// Whose lines these are: they were checked before.
fn signers(lines: &str, keys: &[VerifierKey]) -> Result<Vec<VerifierKey>, String> {
    let named = note::signers(format!("\n\n{lines}").as_bytes()).map_err(|error| error.to_string())?;
    let key = |(name, id): (String, evidence::KeyId)| keys.iter().find(|key| key.name() == name && key.id() == id);
    Ok(named.into_iter().filter_map(key).cloned().collect())
}

/// Puts a new proof and checkpoint into a release folder that is already out. Each file is replaced whole; where the second is
/// not reached, `verify` says that the checkpoints differ, and the same call mends it.
fn renew_proof(log: &Log<DirStore>, folder: &Path) -> Result<(), ClearanceError> {
    let path = folder.join("receipt.json");
    let leaf = std::fs::read(&path).at(&path)?;
    let index = log.find(&leaf_hash(&leaf))?;
    let index = index.ok_or_else(|| {
        ClearanceError::input(format!("{}: its receipt is not in this state folder's log", folder.display()))
    })?;
    let proof = log.proof(index)?;
    let checkpoint = proof.checkpoint.clone();
    for (name, text) in [("receipt.proof", proof.to_string()), ("checkpoint", checkpoint)] {
        let path = folder.join(name);
        disk::replace_beside(folder, &path, text.as_bytes()).at(&path)?;
    }
    Ok(())
}

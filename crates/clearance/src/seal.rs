//! Encrypting what leaves to its recipients (age, X25519): `data/x.parquet` becomes `data/x.parquet.age`.
//!
//! A step of its own between staging and commit, so that whatever looks at what is about to leave looks at it before. A
//! release that is cut short meanwhile is thrown away whole; after the commit no plain file is there any more.

use std::fs::File;
use std::io::{BufReader, BufWriter, Read, Write};
use std::path::Path;

use age::{DecryptError, Decryptor, Encryptor, Recipient};
use engine::OutputForm;
use futures::{StreamExt as _, TryStreamExt as _};
use sha2::{Digest as _, Sha256};
use transfer::{AgeRecipient, Inner, ReleasedFile};

use crate::disk;
use crate::envelope::{self, Identities};
use crate::error::{At as _, ClearanceError};

/// The ending of an encrypted file.
const ENDING: &str = ".age";

/// Encrypts every staged file, so many at a time, and takes the plain ones away. Without recipients nothing is done.
pub(crate) async fn seal(
    data: &Path,
    files: Vec<ReleasedFile>,
    to: &[AgeRecipient],
    cores: usize,
) -> Result<Vec<ReleasedFile>, ClearanceError> {
    if to.is_empty() {
        return Ok(files);
    }
    let keys = envelope::recipients(to)?;
    let sealing = files.into_iter().map(|file| {
        let (data, keys) = (data.to_owned(), keys.clone());
        async move {
            let sealed = tokio::task::spawn_blocking(move || seal_file(&data, file, &keys)).await;
            sealed.map_err(|error| ClearanceError::Store(error.to_string()))?
        }
    });
    let sealed = futures::stream::iter(sealing).buffered(cores.max(1)).try_collect().await?;
    disk::sync_folder(data).at(data)?;
    Ok(sealed)
}

fn seal_file(data: &Path, file: ReleasedFile, keys: &[age::x25519::Recipient]) -> Result<ReleasedFile, ClearanceError> {
    let name = Path::new(&file.path).file_name().unwrap_or_default().to_string_lossy().into_owned();
    let (plain, sealed) = (data.join(&name), data.join(format!("{name}{ENDING}")));
    let encryptor = Encryptor::with_recipients(keys.iter().map(|key| key as &dyn Recipient))
        .map_err(|error| ClearanceError::Store(format!("cannot be encrypted: {error}")))?;
    let mut inside = Digesting::new(BufReader::with_capacity(1 << 18, File::open(&plain).at(&plain)?));
    let output = Digesting::new(BufWriter::with_capacity(1 << 18, File::create_new(&sealed).at(&sealed)?));
    let mut writer = encryptor.wrap_output(output).at(&sealed)?;
    std::io::copy(&mut inside, &mut writer).at(&sealed)?;
    let mut output = writer.finish().at(&sealed)?;
    output.flush().and_then(|()| output.inner.get_ref().sync_all()).at(&sealed)?;
    let inner = Inner { sha256: inside.hex(), bytes: inside.bytes };
    // What is encrypted must be what was written and looked at.
    if (&inner.sha256, inner.bytes) != (&file.sha256, file.bytes) {
        return Err(ClearanceError::Store(format!("{}: changed while the release was being made", plain.display())));
    }
    std::fs::remove_file(&plain).at(&plain)?;
    let (sha256, bytes) = (output.hex(), output.bytes);
    Ok(ReleasedFile { path: format!("{}{ENDING}", file.path), sha256, bytes, inner: Some(inner), ..file })
}

/// What an encrypted file holds.
pub(crate) struct Inside {
    pub(crate) inner: Inner,
    pub(crate) columns: Option<Vec<String>>,
}

/// Looks into an encrypted file without writing anything of it anywhere. `None`: it is no age file, or what is in it was
/// not encrypted whole.
pub(crate) fn look_inside(path: &Path, identities: &Identities) -> Result<Option<Inside>, ClearanceError> {
    let file = BufReader::with_capacity(1 << 17, File::open(path).at(path)?);
    let Ok(decryptor) = Decryptor::new_buffered(file) else { return Ok(None) };
    let reader = match decryptor.decrypt(identities.iter()) {
        Ok(reader) => reader,
        Err(DecryptError::NoMatchingKeys) => {
            return Err(ClearanceError::input(format!(
                "{}: is encrypted to other keys than those of the identity given: name the recipient's with --identity",
                path.display()
            )));
        }
        Err(_) => return Ok(None),
    };
    let mut inside = Digesting::new(reader);
    if std::io::copy(&mut inside, &mut std::io::sink()).is_err() {
        return Ok(None);
    }
    let inner = Inner { sha256: inside.hex(), bytes: inside.bytes };
    let plain = path.with_extension("");
    let csv = plain.extension().is_some_and(|ending| ending == OutputForm::Csv.extension());
    let form = if csv { OutputForm::Csv } else { OutputForm::Parquet };
    Ok(Some(Inside { inner, columns: engine::stream_columns(path, &mut inside.inner, form).ok() }))
}

/// Counts and digests what passes through.
struct Digesting<T> {
    inner: T,
    digest: Sha256,
    bytes: u64,
}

impl<T> Digesting<T> {
    fn new(inner: T) -> Self {
        Self { inner, digest: Sha256::new(), bytes: 0 }
    }

    fn hex(&self) -> String {
        transfer::hex(&self.digest.clone().finalize())
    }

    fn pass(&mut self, passed: &[u8]) {
        self.digest.update(passed);
        self.bytes += passed.len() as u64;
    }
}

impl<R: Read> Read for Digesting<R> {
    fn read(&mut self, buf: &mut [u8]) -> std::io::Result<usize> {
        let read = self.inner.read(buf)?;
        self.pass(&buf[..read]);
        Ok(read)
    }
}

impl<W: Write> Write for Digesting<W> {
    fn write(&mut self, buf: &[u8]) -> std::io::Result<usize> {
        let written = self.inner.write(buf)?;
        self.pass(&buf[..written]);
        Ok(written)
    }

    fn flush(&mut self) -> std::io::Result<()> {
        self.inner.flush()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A folder with two staged files, one of several chunks of age (64 KiB each), and an identity.
    fn staged() -> (tempfile::TempDir, Vec<ReleasedFile>, Identities, AgeRecipient) {
        let folder = tempfile::tempdir().expect("a folder");
        let identity = age::x25519::Identity::generate();
        let key = envelope::public_key(&identity).expect("a key");
        let files = [("a.csv", 3), ("b.csv", 70_000)].map(|(name, rows)| {
            let bytes = format!("name\n{}", "value\n".repeat(rows)).into_bytes();
            std::fs::write(folder.path().join(name), &bytes).expect("writes");
            ReleasedFile {
                path: format!("data/{name}"),
                source: name.to_owned(),
                sha256: transfer::digest(&bytes),
                bytes: bytes.len() as u64,
                rows: rows as u64,
                inner: None,
            }
        });
        (folder, files.to_vec(), identity.into(), key)
    }

    fn names(folder: &Path) -> Vec<String> {
        let entries = std::fs::read_dir(folder).expect("reads");
        let name = |entry: std::io::Result<std::fs::DirEntry>| entry.expect("an entry").file_name();
        let mut names = entries.map(|entry| name(entry).to_string_lossy().into_owned()).collect::<Vec<_>>();
        names.sort();
        names
    }

    #[tokio::test]
    async fn files_of_any_length_open_whole_or_not_at_all() {
        let (folder, files, identities, key) = staged();
        let sealed = seal(folder.path(), files.clone(), &[key], 2).await.expect("seals");
        assert_eq!(names(folder.path()), ["a.csv.age", "b.csv.age"]);
        for (plain, sealed) in files.iter().zip(&sealed) {
            let path = folder.path().join(sealed.path.strip_prefix("data/").expect("in the data folder"));
            let inside = look_inside(&path, &identities).expect("looks").expect("is whole");
            assert_eq!(inside.inner, Inner { sha256: plain.sha256.clone(), bytes: plain.bytes });
            assert_eq!(inside.columns.expect("columns"), ["name"]);
            assert_eq!((sealed.rows, &sealed.source), (plain.rows, &plain.source));
            let bytes = std::fs::read(&path).expect("reads");
            for end in [0, 100, bytes.len() / 2, bytes.len() - 1] {
                std::fs::write(&path, &bytes[..end]).expect("writes");
                assert!(look_inside(&path, &identities).expect("looks").is_none(), "{end} of {} bytes", bytes.len());
            }
        }
    }

    #[tokio::test]
    async fn a_staged_file_that_changed_is_not_sealed() {
        let (folder, files, _, key) = staged();
        let mut bytes = std::fs::read(folder.path().join("b.csv")).expect("reads");
        bytes[9] ^= 1;
        std::fs::write(folder.path().join("b.csv"), bytes).expect("writes");
        let error = seal(folder.path(), files, &[key], 1).await.expect_err("must not be sealed").to_string();
        assert!(error.contains("b.csv: changed while the release was being made"), "{error}");
    }

    #[tokio::test]
    async fn without_recipients_nothing_is_done() {
        let (folder, files, _, _) = staged();
        assert_eq!(seal(folder.path(), files.clone(), &[], 1).await.expect("passes"), files);
        assert_eq!(names(folder.path()), ["a.csv", "b.csv"]);
    }
}

//! A release in an object store: written so that `receipt.json`, put last, makes it.

use std::fmt;
use std::fs::File;
use std::io::Read as _;
use std::path::Path;
use std::sync::Arc;

use futures::{StreamExt as _, TryStreamExt as _};
use object_store::path::Path as Key;
use object_store::{Error, MultipartUpload, ObjectMeta, ObjectStore, ObjectStoreExt as _, PutMode, PutPayload};

use crate::error::{At as _, ClearanceError};

/// The manifest: put last, it makes the release.
const RECEIPT: &str = "receipt.json";
/// S3 takes 10,000 parts.
const MOST_PARTS: u64 = 9_000;
/// Parts under way at a time: what a release keeps in memory.
const PARTS_AT_ONCE: usize = 4;

/// What is said for an answer of the store.
const GONE: &str = "no such bucket or object (404)";
const REFUSED: &str = "the store refuses (403): check the bucket's policy and AWS_…";
const UNKNOWN: &str = "the store does not know these credentials (401): check AWS_…";

/// A prefix in an object store.
#[derive(Clone)]
pub struct Objects {
    pub(crate) store: Arc<dyn ObjectStore>,
    /// Files of more bytes go in parts of at least as many.
    pub(crate) part: u64,
    pub(crate) prefix: Key,
    pub(crate) url: String,
    /// What no message may repeat.
    pub(crate) secrets: Arc<[String]>,
}

impl fmt::Debug for Objects {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Objects").field("url", &self.url).finish_non_exhaustive()
    }
}

impl Objects {
    /// As it was written: `s3://bucket/prefix`.
    pub fn url(&self) -> &str {
        &self.url
    }

    /// Refuses a prefix under which anything lies.
    pub(crate) async fn check_free(&self) -> Result<(), ClearanceError> {
        match self.list().await?.first() {
            None => Ok(()),
            Some(_) => Err(ClearanceError::input(format!(
                "{}: the destination exists; name a new prefix or remove what lies there",
                self.url
            ))),
        }
    }

    /// The names, below the prefix, of all that lies there.
    pub(crate) async fn list(&self) -> Result<Vec<String>, ClearanceError> {
        let found = self.store.list(Some(&self.prefix)).map_ok(|meta| meta.location);
        let found = found.try_collect::<Vec<_>>().await.map_err(|error| self.fault(&error))?;
        Ok(found.iter().map(|key| self.below(key)).collect())
    }

    /// The name under which [`Self::list`] gives a file: some signs are written otherwise in a key.
    pub(crate) fn listed_as(&self, name: &str) -> String {
        self.below(&self.key(name))
    }

    fn below(&self, key: &Key) -> String {
        let parts = key.prefix_match(&self.prefix).into_iter().flatten();
        parts.map(|part| part.as_ref().to_owned()).collect::<Vec<_>>().join("/")
    }

    /// The receipt, where it lies there.
    pub(crate) async fn receipt(&self) -> Result<Option<Vec<u8>>, ClearanceError> {
        match self.store.get(&self.key(RECEIPT)).await {
            Ok(found) => Ok(Some(found.bytes().await.map_err(|error| self.fault(&error))?.to_vec())),
            Err(Error::NotFound { .. }) => Ok(None),
            Err(error) => Err(self.fault(&error)),
        }
    }

    /// Brings every file of a staged release here, the receipt last. What is there already with the same bytes is done.
    pub(crate) async fn upload(&self, staging: &Path) -> Result<(), ClearanceError> {
        let data = staging.join("data");
        let mut names = Vec::new();
        for entry in std::fs::read_dir(&data).at(&data)? {
            names.push(format!("data/{}", entry.at(&data)?.file_name().to_string_lossy()));
        }
        names.sort();
        let beside = ["permit.json", "permit.note", "receipt.proof", "checkpoint"];
        // Only a permit that an office signed brings its note.
        names.extend(beside.into_iter().filter(|name| staging.join(name).exists()).map(str::to_owned));
        for name in &names {
            self.put(name, &staging.join(name)).await?;
        }
        // Before it can be seen: everything is there as long as it should be.
        for name in &names {
            let path = staging.join(name);
            let bytes = path.metadata().at(&path)?.len();
            if self.meta(name).await?.map(|meta| meta.size) != Some(bytes) {
                return Err(self.says(&format!("`{name}` was put there, and is not there whole: run again")));
            }
        }
        self.put(RECEIPT, &staging.join(RECEIPT)).await?;
        let receipt = std::fs::read(staging.join(RECEIPT)).at(staging)?;
        if self.receipt().await?.is_none_or(|found| found != receipt) {
            return Err(self.says("the receipt was put there, and is not there: run again"));
        }
        Ok(())
    }

    /// Copies an object into a new file; false where there is none.
    pub(crate) async fn fetch(&self, name: &str, path: &Path) -> Result<bool, ClearanceError> {
        use std::io::Write as _;
        let found = match self.store.get(&self.key(name)).await {
            Ok(found) => found,
            Err(Error::NotFound { .. }) => return Ok(false),
            Err(error) => return Err(self.fault(&error)),
        };
        let mut file = File::create_new(path).at(path)?;
        let mut stream = found.into_stream();
        while let Some(bytes) = stream.next().await {
            file.write_all(&bytes.map_err(|error| self.fault(&error))?).at(path)?;
        }
        Ok(true)
    }

    async fn put(&self, name: &str, path: &Path) -> Result<(), ClearanceError> {
        if let Some(meta) = self.meta(name).await? {
            return self.check_same(name, &meta, path).await;
        }
        let size = path.metadata().at(path)?.len();
        if size > self.part {
            return self.put_parts(name, path, size).await;
        }
        let key = self.key(name);
        let payload = PutPayload::from(std::fs::read(path).at(path)?);
        match self.store.put_opts(&key, payload.clone(), PutMode::Create.into()).await {
            // Put by a run whose answer was lost, or by somebody else in this moment.
            Err(Error::AlreadyExists { .. } | Error::Precondition { .. }) => {
                let meta = self.meta(name).await?;
                let meta =
                    meta.ok_or_else(|| self.says(&format!("`{name}` comes and goes: who else writes there?")))?;
                self.check_same(name, &meta, path).await
            }
            // A store that knows no conditions: that nothing lay there was seen a moment ago.
            Err(Error::NotImplemented { .. } | Error::NotSupported { .. }) => {
                self.store.put(&key, payload).await.map(drop).map_err(|error| self.fault(&error))
            }
            done => done.map(drop).map_err(|error| self.fault(&error)),
        }
    }

    async fn put_parts(&self, name: &str, path: &Path, size: u64) -> Result<(), ClearanceError> {
        let mut upload = self.store.put_multipart(&self.key(name)).await.map_err(|error| self.fault(&error))?;
        let done = self.parts(upload.as_mut(), path, size).await;
        if done.is_err() {
            // Parts that stay cost room, no more; the first error is the one to tell.
            let _ = upload.abort().await;
        }
        done
    }

    async fn parts(&self, upload: &mut dyn MultipartUpload, path: &Path, size: u64) -> Result<(), ClearanceError> {
        let mut file = File::open(path).at(path)?;
        let part = self.part.max(size.div_ceil(MOST_PARTS));
        let mut under_way = futures::stream::FuturesOrdered::new();
        for start in (0..size).step_by(part as usize) {
            let mut bytes = vec![0; part.min(size - start) as usize];
            file.read_exact(&mut bytes).at(path)?;
            under_way.push_back(upload.put_part(PutPayload::from(bytes)));
            if under_way.len() >= PARTS_AT_ONCE {
                under_way.try_next().await.map_err(|error| self.fault(&error))?;
            }
        }
        while under_way.try_next().await.map_err(|error| self.fault(&error))?.is_some() {}
        upload.complete().await.map(drop).map_err(|error| self.fault(&error))
    }

    async fn check_same(&self, name: &str, meta: &ObjectMeta, path: &Path) -> Result<(), ClearanceError> {
        let other = || {
            self.says(&format!("`{name}` lies there with other bytes than the release has: move it away and run again"))
        };
        let mut file = File::open(path).at(path)?;
        if meta.size != file.metadata().at(path)?.len() {
            return Err(other());
        }
        let found = self.store.get(&self.key(name)).await.map_err(|error| self.fault(&error))?;
        let mut stream = found.into_stream();
        let mut own = Vec::new();
        while let Some(bytes) = stream.next().await {
            let bytes = bytes.map_err(|error| self.fault(&error))?;
            own.resize(bytes.len(), 0);
            if file.read_exact(&mut own).is_err() || own != bytes {
                return Err(other());
            }
        }
        Ok(())
    }

    async fn meta(&self, name: &str) -> Result<Option<ObjectMeta>, ClearanceError> {
        match self.store.head(&self.key(name)).await {
            Ok(meta) => Ok(Some(meta)),
            Err(Error::NotFound { .. }) => Ok(None),
            Err(error) => Err(self.fault(&error)),
        }
    }

    fn key(&self, name: &str) -> Key {
        name.split('/').fold(self.prefix.clone(), Key::join)
    }

    pub(crate) fn says(&self, what: &str) -> ClearanceError {
        ClearanceError::Remote { place: self.url.clone(), what: what.to_owned() }
    }

    /// What the store said, without what must not be repeated: its answers quote access keys and signed requests.
    fn fault(&self, error: &Error) -> ClearanceError {
        let text = error.to_string();
        // A list tells of its status in words only.
        let tells = |words: &str| text.contains(words);
        let what = match error {
            Error::NotFound { .. } => GONE.to_owned(),
            Error::PermissionDenied { .. } => REFUSED.to_owned(),
            Error::Unauthenticated { .. } => UNKNOWN.to_owned(),
            _ if tells("404 Not Found") => GONE.to_owned(),
            _ if tells("403 Forbidden") => REFUSED.to_owned(),
            _ if tells("401 Unauthorized") => UNKNOWN.to_owned(),
            _ => {
                let text = text.split(['<', '\n']).next().unwrap_or_default().trim();
                self.secrets.iter().fold(text.to_owned(), |text, secret| text.replace(secret, "…"))
            }
        };
        self.says(&what)
    }
}

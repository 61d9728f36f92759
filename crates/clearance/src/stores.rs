//! Opening object stores, by settings that are handed in.

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use object_store::aws::{AmazonS3Builder, AmazonS3ConfigKey};
use object_store::path::Path as Key;
use object_store::{ClientOptions, ObjectStore, RetryConfig};
use url::Url;

use crate::error::ClearanceError;
use crate::objects::Objects;

/// A file beyond this many bytes goes in parts of at least as many.
const PART: u64 = 8 << 20;
/// Opens object stores.
#[derive(Clone, Default)]
pub struct Stores {
    settings: Vec<(String, String)>,
    given: Option<Arc<dyn ObjectStore>>,
    part: Option<u64>,
}

impl Stores {
    /// S3 and what speaks like it, by settings of the usual names (`AWS_ACCESS_KEY_ID`, `AWS_ENDPOINT_URL`, …); others
    /// are passed over.
    pub fn s3(settings: impl IntoIterator<Item = (String, String)>) -> Self {
        Self {
            settings: settings.into_iter().filter(|(name, _)| name.starts_with("AWS_")).collect(),
            ..Self::default()
        }
    }

    /// One store for every bucket.
    pub fn given(store: Arc<dyn ObjectStore>) -> Self {
        Self { given: Some(store), ..Self::default() }
    }

    /// Files of more bytes than this go in parts of at least as many. S3 wants 5 MiB or more; 8 where nothing is said.
    pub fn in_parts_of(self, bytes: u64) -> Self {
        Self { part: Some(bytes.max(1)), ..self }
    }

    /// Opens `s3://bucket/prefix`. Nothing is asked of the store yet.
    pub(crate) fn open(&self, text: &str) -> Result<Objects, ClearanceError> {
        let form = || ClearanceError::input("a place in an object store has the form s3://bucket/prefix, and no more");
        let url = Url::parse(text).map_err(|_| form())?;
        let is_plain = url.username().is_empty()
            && url.password().is_none()
            && url.port().is_none()
            && url.query().is_none()
            && url.fragment().is_none();
        let bucket = url.host_str().filter(|_| is_plain).ok_or_else(form)?;
        let prefix = Key::from_url_path(url.path()).map_err(|_| form())?;
        if prefix.parts_count() == 0 {
            return Err(form());
        }
        let store = match &self.given {
            Some(store) => Arc::clone(store),
            None => self.amazon(bucket, text)?,
        };
        let is_secret = |name: &str| ["KEY", "SECRET", "TOKEN"].iter().any(|part| name.contains(part));
        let secrets = self.settings.iter().filter(|(name, value)| is_secret(name) && value.len() > 3);
        let secrets = secrets.map(|(_, value)| value.clone()).collect::<Vec<_>>().into();
        let part = self.part.unwrap_or(PART);
        Ok(Objects { store, part, prefix, url: text.trim_end_matches('/').to_owned(), secrets })
    }

    fn amazon(&self, bucket: &str, url: &str) -> Result<Arc<dyn ObjectStore>, ClearanceError> {
        let client =
            ClientOptions::new().with_connect_timeout(Duration::from_secs(10)).with_timeout(Duration::from_mins(5));
        let retry = RetryConfig { max_retries: 4, retry_timeout: Duration::from_mins(1), ..RetryConfig::default() };
        let mut builder = AmazonS3Builder::new().with_client_options(client).with_retry(retry).with_bucket_name(bucket);
        for (name, value) in &self.settings {
            if let Ok(key) = name.to_ascii_lowercase().parse::<AmazonS3ConfigKey>() {
                builder = builder.with_config(key, value);
            }
        }
        // What it complains about may be the value of a setting: its name is in no message of ours.
        let built = builder.build();
        let store =
            built.map_err(|_| ClearanceError::input(format!("{url}: the AWS_… settings do not make a store")))?;
        Ok(Arc::new(store))
    }
}

impl fmt::Debug for Stores {
    /// Without the settings: there are secrets among them.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Stores").finish_non_exhaustive()
    }
}

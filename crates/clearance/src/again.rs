//! Recurring transfers: the same inputs are not sent twice.

use serde::Serialize;
use transfer::{Consent, Field, Form, Ground, ListFacts, Purpose, Recipient, SourceRecord, Subject};

use crate::clear::{Cleared, Job};
use crate::error::{At as _, ClearanceError};
use crate::survey::{keyed_digest, keyed_digest_of};

/// All that decides which bytes leave to whom. Where consents decide, the day belongs to it: they take effect by day.
#[derive(Serialize)]
struct Inputs<'a> {
    form: &'static str,
    sources: Vec<(&'a str, &'a str)>,
    consents: Vec<String>,
    on: Option<String>,
    recipient: &'a Recipient,
    purpose: &'a Purpose,
    ground: &'a Ground,
    list: &'a ListFacts,
    subjects: &'a [Subject],
    fields: &'a [Field],
    consent: &'a [Consent],
    format: Option<Form>,
}

impl Job<'_> {
    /// The release that already sent these inputs, if there is one. Only where one of sources of the same sizes was published
    /// are the sources read for it.
    pub(crate) async fn same_again(&self) -> Result<Option<Cleared>, ClearanceError> {
        let store = &self.home.store;
        if self.options.again || !store.has_sizes(&self.handler, &self.sizes()).await? {
            return Ok(None);
        }
        let key = self.home.keys.naming_key()?;
        let mut sources = Vec::new();
        for source in &self.loaded.sources {
            let (key, path) = (key.clone(), source.path.clone());
            sources.push(tokio::task::spawn_blocking(move || keyed_digest_of(&key, &path)));
        }
        let mut digests = Vec::new();
        for source in sources {
            digests.push(source.await.map_err(|error| ClearanceError::Store(error.to_string()))??);
        }
        let names = self.loaded.sources.iter().map(|source| source.name.as_str());
        let inputs = self.inputs_of(names.zip(digests.iter().map(String::as_str)).collect())?;
        let same = store.same_again(&self.handler, &inputs).await?;
        Ok(same.map(|(release, day, destination)| Cleared::NothingNew { release, day, destination }))
    }

    /// The keyed digest of what went in.
    pub(crate) fn inputs(&self, records: &[SourceRecord]) -> Result<String, ClearanceError> {
        self.inputs_of(records.iter().map(|record| (record.name.as_str(), record.hmac.as_str())).collect())
    }

    fn inputs_of(&self, sources: Vec<(&str, &str)>) -> Result<String, ClearanceError> {
        let transfer = &self.loaded.transfer;
        let key = self.home.keys.naming_key()?;
        let own = |consent: &&Consent| !self.loaded.sources.iter().any(|source| source.name == consent.source);
        let consents = transfer.consent.iter().filter(own);
        let consents = consents.map(|consent| keyed_digest_of(&key, &self.loaded.beside(&consent.source)));
        let inputs = Inputs {
            form: "tongguan/inputs/1",
            sources,
            consents: consents.collect::<Result<_, _>>()?,
            on: (!transfer.consent.is_empty()).then(|| self.options.on.to_string()),
            recipient: &transfer.recipient,
            purpose: &transfer.purpose,
            ground: &transfer.ground,
            list: &transfer.list,
            subjects: &transfer.subject,
            fields: &transfer.field,
            consent: &transfer.consent,
            format: transfer.destination.as_ref().map(|destination| destination.format),
        };
        let bytes = transfer::canonical_bytes(&inputs);
        keyed_digest(key.bytes(), &mut bytes.as_slice()).at(&self.loaded.path)
    }

    /// The sizes of the sources, as they are compared before anything is digested.
    pub(crate) fn sizes(&self) -> String {
        let sizes = self.loaded.sources.iter().map(|source| source.size.to_string());
        sizes.collect::<Vec<_>>().join(" ")
    }
}

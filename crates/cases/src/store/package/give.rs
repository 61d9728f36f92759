//! Gives a case as a package.

use std::io::Write as _;

use age::armor::{ArmoredWriter, Format};
use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;
use evidence::NoteSigner;
use sqlx::Row as _;
use transfer::AgeRecipient;
use zeroize::Zeroizing;

use super::{ActionLine, FORM, File, FileLine, First, KEY_FORM, Key, Manifest, Wrapped, bad, note_text};
use crate::store::Store;
use crate::store::error::StoreError;
use crate::store::keys::{DataKey, Gone};
use crate::store::load::{self, ids};
use crate::terms::CaseId;
use database::{number, query, text};

impl Store {
    /// A case as a package, signed by `signer`. With a recipient, who holds its identity can read what is personal; without, it
    /// stays sealed.
    pub async fn export_case(
        &self,
        case: &CaseId,
        signer: &dyn NoteSigner,
        recipient: Option<&AgeRecipient>,
    ) -> Result<Vec<u8>, StoreError> {
        let inner = &self.inner;
        let mut connection = inner.readers.acquire().await?;
        let mut moment = inner.database.begin_reading(&mut connection).await?;
        let statement = "SELECT seq, body, digest FROM action WHERE case_id = $1 ORDER BY seq";
        let mut bodies = Vec::new();
        for row in query(statement).bind(case.as_str()).fetch_all(&mut *moment).await? {
            bodies.push((number(&row, "seq")?, text(&row, "body")?, text(&row, "digest")?));
        }
        let Some((actions, _, digest)) = bodies.last().cloned() else { return Err(StoreError::NoCase(case.clone())) };
        let keys =
            load::keys(&mut moment, inner.sql, &inner.keys, &ids([case])).await?.remove(case).unwrap_or_default();
        // A record that does not hold is not handed on.
        load::chain(case, &keys, bodies.clone())?;
        let mut files = Vec::new();
        let statement = "SELECT digest, size, media_type, key, bytes FROM blob WHERE case_id = $1 ORDER BY digest";
        for row in query(statement).bind(case.as_str()).fetch_all(&mut *moment).await? {
            let bytes: Vec<u8> = row.try_get("bytes")?;
            let (size, key) = (number(&row, "size")? as u64, number(&row, "key")?);
            let (digest, media_type) = (text(&row, "digest")?, text(&row, "media_type")?);
            files.push((File { digest, size, media_type, key, stored: transfer::digest(&bytes) }, bytes));
        }
        moment.commit().await?;
        let wrapped = keys.0.iter().map(|(no, key)| {
            let age = match (key, recipient) {
                (Ok(key), Some(recipient)) => Some(wrap(case, key, recipient)?),
                _ => None,
            };
            Ok(Key { no: *no, forgotten: matches!(key, Err(Gone::Forgotten)), age })
        });
        let manifest = Manifest {
            case: case.clone(),
            actions: actions as u32,
            digest,
            files: files.iter().map(|(file, _)| file.clone()).collect(),
            keys: wrapped.collect::<Result<_, StoreError>>()?,
        };
        let manifest = transfer::canonical_bytes(&manifest);
        let note =
            evidence::sign_note(&note_text(case, &manifest), &[signer]).map_err(|error| bad(error.to_string()))?;
        let mut package = transfer::canonical_bytes(&First { form: FORM.to_owned(), note });
        package.push(b'\n');
        package.extend(manifest);
        for (_, body, _) in bodies {
            package.push(b'\n');
            package.extend(transfer::canonical_bytes(&ActionLine { body }));
        }
        for (_, bytes) in files {
            package.push(b'\n');
            package.extend(transfer::canonical_bytes(&FileLine { file: BASE64_STANDARD.encode(bytes) }));
        }
        package.push(b'\n');
        Ok(package)
    }
}

fn wrap(case: &CaseId, key: &DataKey, recipient: &AgeRecipient) -> Result<String, StoreError> {
    let fault = |error: String| bad(format!("its key cannot be wrapped: {error}"));
    let to: age::x25519::Recipient = recipient.to_string().parse().map_err(|error: &str| fault(error.to_owned()))?;
    let key_text = Zeroizing::new(BASE64_STANDARD.encode(key.bytes()));
    let of = Wrapped { form: KEY_FORM.to_owned(), case: case.clone(), no: key.no, key: key_text.to_string() };
    let plain = Zeroizing::new(transfer::canonical_bytes(&of));
    let encryptor = age::Encryptor::with_recipients(std::iter::once(&to as &dyn age::Recipient));
    let sealed = encryptor.map_err(|error| fault(error.to_string()))?;
    let sealed = ArmoredWriter::wrap_output(Vec::new(), Format::AsciiArmor)
        .and_then(|armour| sealed.wrap_output(armour))
        .and_then(|mut writer| {
            writer.write_all(&plain)?;
            writer.finish()?.finish()
        });
    sealed.map(|bytes| String::from_utf8_lossy(&bytes).into_owned()).map_err(|error| fault(error.to_string()))
}

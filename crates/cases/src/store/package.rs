//! One case as a single file: its record as it is stored, its files, what they are in a signed manifest.
//!
//! Lines of JSON: the signed note, the manifest, the actions in order, the files in the manifest's order. The note (C2SP
//! signed-note) names the manifest's digest, the manifest everything else's; so one signature covers all.

use std::io::{Read as _, Write as _};

use age::armor::{ArmoredReader, ArmoredWriter, Format};
use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;
use evidence::{NoteSigner, VerifierKey};
use serde::{Deserialize, Serialize};
use serde_json::json;
use sqlx::{AnyConnection, Connection as _, Row as _};
use transfer::AgeRecipient;
use zeroize::Zeroizing;

use super::db::{number, query, text};
use super::error::StoreError;
use super::files::changed;
use super::keys::{CaseKeys, DataKey, Gone};
use super::load::{self, ids, json as rows};
use super::{Inner, Store, body};
use crate::case::fold;
use crate::payload::{MAX_FILE, Recorded};
use crate::terms::{CaseId, Version};

const FORM: &str = "tongguan/case-package/1";
const KEY_FORM: &str = "tongguan/case-data-key/1";

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct First {
    form: String,
    note: String,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Manifest {
    case: CaseId,
    /// How many actions there are.
    actions: u32,
    /// The digest of the last.
    digest: String,
    files: Vec<File>,
    keys: Vec<Key>,
}

#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    digest: String,
    size: u64,
    media_type: String,
    /// The data key it is sealed under; 0: none.
    key: i64,
    /// SHA-256 of the bytes as they are stored.
    stored: String,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Key {
    no: i64,
    /// Whether it was destroyed.
    forgotten: bool,
    /// The key, to whom it was wrapped: an armoured age file.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    age: Option<String>,
}

/// What is in the age file.
#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Wrapped {
    form: String,
    case: CaseId,
    no: i64,
    key: String,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct ActionLine {
    body: String,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct FileLine {
    file: String,
}

/// What an import took.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Imported {
    /// The case.
    pub case: CaseId,
    /// How many actions were new here; 0: the case was here already.
    pub actions: u32,
    /// How many files were.
    pub files: u32,
    /// Whether personal values can be read here.
    pub readable: bool,
    /// The keys that signed the package.
    pub by: Vec<VerifierKey>,
}

/// A package whose every part was held against its signature.
struct Opened {
    manifest: Manifest,
    bodies: Vec<String>,
    digests: Vec<String>,
    files: Vec<(File, Vec<u8>)>,
    by: Vec<VerifierKey>,
}

fn bad(what: impl Into<String>) -> StoreError {
    StoreError::Package { what: what.into() }
}

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
        let mut moment = connection.begin_with(inner.database.dialect.begin_reading()).await?;
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

    /// Takes a case in from a package that one of `trusted` signed. Taking the same in again changes nothing; a longer history of
    /// the same case is added; another history is refused. `identity` opens what was wrapped to it.
    pub async fn import_case(
        &self,
        package: &[u8],
        trusted: &[VerifierKey],
        identity: Option<&(dyn age::Identity + Sync)>,
    ) -> Result<Imported, StoreError> {
        let opened = open(package, trusted)?;
        let case = opened.manifest.case.clone();
        let known = CaseKeys(
            opened
                .manifest
                .keys
                .iter()
                .map(|key| Ok((key.no, unwrap(&case, key, identity)?)))
                .collect::<Result<_, StoreError>>()?,
        );
        let mut record = Vec::with_capacity(opened.bodies.len());
        for (at, body) in opened.bodies.iter().enumerate() {
            record.push(body::read(&known, &case, Version(at as u32 + 1), body)?.0);
        }
        fold(&case, &record).map_err(|error| bad(error.to_string()))?;
        for (file, bytes) in &opened.files {
            let holds = match (file.key, known.get(file.key)) {
                (0, _) => transfer::digest(bytes) == file.digest && bytes.len() as u64 == file.size,
                (_, Ok(key)) => key
                    .open_bytes(&super::files::place(&case, &file.digest), bytes)
                    .is_some_and(|plain| transfer::digest(&plain) == file.digest),
                (_, Err(_)) => true,
            };
            if !holds {
                return Err(bad(format!("the file `{}` has other bytes than its digest says", file.digest)));
            }
        }
        let mut writer = self.inner.writer.lock().await;
        let connection = writer.connection(&self.inner.database).await?;
        let mut transaction = connection.begin_with(self.inner.database.dialect.begin()).await?;
        let imported = self.take_in(&mut transaction, &opened, &known, &record).await?;
        transaction.commit().await?;
        self.inner.cache().forget(&case);
        self.inner.recorded.notify_one();
        Ok(imported)
    }

    async fn take_in(
        &self,
        connection: &mut AnyConnection,
        opened: &Opened,
        known: &CaseKeys,
        record: &[Recorded],
    ) -> Result<Imported, StoreError> {
        let (inner, case) = (&self.inner, &opened.manifest.case);
        let of = ids([case]);
        query(inner.sql.claim.as_str()).bind(of.as_str()).execute(&mut *connection).await?;
        let heads = load::heads(connection, &inner.sql.heads, &of).await?;
        let head = heads.get(case).ok_or_else(|| StoreError::NoCase(case.clone()))?;
        let here = "SELECT digest FROM action WHERE case_id = $1 ORDER BY seq";
        let mut have = 0;
        for (row, digest) in
            query(here).bind(case.as_str()).fetch_all(&mut *connection).await?.iter().zip(&opened.digests)
        {
            have += 1;
            if text(row, "digest")? != *digest {
                return Err(StoreError::OtherHistory { case: case.clone(), from: Version(have) });
            }
        }
        let readable = put_keys(inner, connection, case, known).await?;
        let new = (have as usize..opened.bodies.len()).map(|at| {
            let recorded = &record[at];
            json!({
                "case_id": case, "seq": recorded.version, "at": recorded.at, "day": recorded.day,
                "request": recorded.request, "actor": recorded.by.id, "role": recorded.by.role,
                "action": recorded.action, "body": opened.bodies[at], "digest": opened.digests[at],
            })
        });
        let new: Vec<_> = new.collect();
        changed(connection, case, head).await?;
        if !new.is_empty() {
            query(inner.sql.insert_actions.as_str()).bind(rows(&new)).execute(&mut *connection).await?;
            let put = "UPDATE case_head SET seq = $2, digest = $3 WHERE case_id = $1";
            let manifest = &opened.manifest;
            let put = query(put).bind(case.as_str()).bind(i64::from(manifest.actions)).bind(manifest.digest.as_str());
            put.execute(&mut *connection).await?;
        }
        let mut files = 0;
        for (file, bytes) in &opened.files {
            let put = "INSERT INTO blob (case_id, digest, size, media_type, key, bytes) VALUES ($1, $2, $3, $4, $5, $6) \
                       ON CONFLICT (case_id, digest) DO NOTHING";
            let put = query(put).bind(case.as_str()).bind(file.digest.as_str()).bind(file.size as i64);
            let put = put.bind(file.media_type.as_str()).bind(file.key).bind(bytes.clone());
            files += put.execute(&mut *connection).await?.rows_affected() as u32;
        }
        let last = record.last().map(|last| last.day).unwrap_or_default();
        self.project_some(connection, std::slice::from_ref(case), last).await?;
        Ok(Imported { case: case.clone(), actions: new.len() as u32, files, readable, by: opened.by.clone() })
    }
}

/// Keeps keys that came along; whether all are here then. A key that was destroyed here stays destroyed.
async fn put_keys(
    inner: &Inner,
    connection: &mut AnyConnection,
    case: &CaseId,
    came: &CaseKeys,
) -> Result<bool, StoreError> {
    let have = load::keys(connection, inner.sql, &inner.keys, &ids([case])).await?.remove(case).unwrap_or_default();
    let mut put = Vec::new();
    let mut readable = true;
    for (no, key) in &came.0 {
        let before = have.0.get(no);
        match (before, key) {
            (Some(Ok(_)), _) => {}
            (Some(Err(Gone::Forgotten)), _) => readable = false,
            (_, Ok(key)) => {
                put.push(json!({ "case_id": case, "no": no, "wrapped": inner.keys.wrap(case, key)? }));
            }
            (_, Err(gone)) => {
                readable = false;
                put.push(json!({ "case_id": case, "no": no, "gone": gone.word() }));
            }
        }
    }
    if !put.is_empty() {
        query(inner.sql.put_keys.as_str()).bind(rows(&put)).execute(connection).await?;
    }
    Ok(readable)
}

fn note_text(case: &CaseId, manifest: &[u8]) -> String {
    format!("{FORM}\n{case}\n{}\n", transfer::digest(manifest))
}

/// Reads a package and holds every part against its signature.
fn open(package: &[u8], trusted: &[VerifierKey]) -> Result<Opened, StoreError> {
    let lines = std::str::from_utf8(package).map_err(|_| bad("it is no text"))?;
    let lines = lines.strip_suffix('\n').ok_or_else(|| bad("it does not end with a line: it was cut off"))?;
    let mut lines = lines.split('\n');
    let mut next = |what: &str| lines.next().ok_or_else(|| bad(format!("{what} is missing: it was cut off")));
    let first: First = serde_json::from_str(next("the signed note")?)
        .map_err(|_| bad("its first line is no signed note: it is none of `tongguan/case-package/1`"))?;
    let manifest_line = next("the manifest")?;
    let manifest: Manifest = serde_json::from_str(manifest_line).map_err(|_| bad("its manifest cannot be read"))?;
    let note = evidence::open_note(first.note.as_bytes(), trusted).map_err(|error| bad(error.to_string()))?;
    if first.form != FORM || note.text != note_text(&manifest.case, manifest_line.as_bytes()) {
        return Err(bad("its manifest is not the one that was signed"));
    }
    let mut last = body::first_digest(&manifest.case);
    let (mut bodies, mut digests) = (Vec::new(), Vec::new());
    for at in 1..=manifest.actions {
        let what = format!("action {at}");
        let line: ActionLine = serde_json::from_str(next(&what)?).map_err(|_| bad(format!("{what} cannot be read")))?;
        last = body::next_digest(&last, &line.body);
        digests.push(last.clone());
        bodies.push(line.body);
    }
    if last != manifest.digest {
        return Err(bad("its actions are not those of the manifest"));
    }
    let mut files = Vec::new();
    for file in &manifest.files {
        let what = format!("the file `{}`", file.digest);
        let line: FileLine = serde_json::from_str(next(&what)?).map_err(|_| bad(format!("{what} cannot be read")))?;
        let bytes = BASE64_STANDARD.decode(line.file).map_err(|_| bad(format!("{what} cannot be read")))?;
        if transfer::digest(&bytes) != file.stored || file.size > MAX_FILE {
            return Err(bad(format!("{what} is not the one of the manifest")));
        }
        files.push((file.clone(), bytes));
    }
    if next("").is_ok() {
        return Err(bad("it has more lines than its manifest names"));
    }
    Ok(Opened { manifest, bodies, digests, files, by: note.by })
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

/// The key of a manifest, where it is wrapped to the identity.
fn unwrap(
    case: &CaseId,
    key: &Key,
    identity: Option<&(dyn age::Identity + Sync)>,
) -> Result<Result<DataKey, Gone>, StoreError> {
    let (Some(sealed), Some(identity)) = (&key.age, identity) else {
        return Ok(Err(if key.forgotten { Gone::Forgotten } else { Gone::Elsewhere }));
    };
    let broken = || bad(format!("its key {} cannot be opened with the identity handed in", key.no));
    let file = age::Decryptor::new(ArmoredReader::new(sealed.as_bytes())).map_err(|_| broken())?;
    let mut plain = Zeroizing::new(Vec::with_capacity(sealed.len()));
    let identity: &dyn age::Identity = identity;
    let mut reader = file.decrypt(std::iter::once(identity)).map_err(|_| broken())?;
    reader.read_to_end(&mut plain).map_err(|_| broken())?;
    let wrapped: Wrapped = serde_json::from_slice(&plain).map_err(|_| broken())?;
    let bytes = Zeroizing::new(BASE64_STANDARD.decode(&wrapped.key).map_err(|_| broken())?);
    let of_this = wrapped.form == KEY_FORM && wrapped.case == *case && wrapped.no == key.no;
    let opened = DataKey::from_bytes(key.no, &bytes).filter(|_| of_this);
    opened.map(Ok).ok_or_else(broken)
}

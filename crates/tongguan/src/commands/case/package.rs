//! `case export`, `case import`, `case backup`, `case restore`: cases out of one installation and into another.

use std::io::Write as _;
use std::path::Path;

use clearance::{Identities, read_trust};
use evidence::Role;
use serde_json::json;
use transfer::AgeRecipient;

use super::Desk;
use super::act::OFFICE;
use crate::args::Format;
use crate::{Answer, Failure};

pub(super) async fn export(desk: &Desk<'_>, id: &str, file: &Path, to: Option<&str>) -> Result<Answer, Failure> {
    let case = desk.case(id).await?;
    let key = desk.home.keys.office_key(OFFICE)?;
    let recipient = to.map(str::parse::<AgeRecipient>).transpose();
    let recipient = recipient.map_err(|error| Failure::Input(format!("--to: {error}")))?;
    let package = desk.store.export_case(&case.id, &key, recipient.as_ref()).await?;
    let at = |error: std::io::Error| match error.kind() {
        std::io::ErrorKind::AlreadyExists => Failure::Input(format!("{}: {error}", file.display())),
        _ => Failure::Other(format!("{}: {error}", file.display())),
    };
    let mut out = std::fs::File::create_new(file).map_err(at)?;
    out.write_all(&package).and_then(|()| out.sync_all()).map_err(at)?;
    let values =
        [("id", case.id.as_str()), ("file", &file.display().to_string()), ("key", &key.verifier().to_string())];
    desk.context.note(&desk.context.say.fill("case.exported", &values));
    Ok(Answer::Yes)
}

pub(super) async fn import(
    desk: &Desk<'_>,
    file: &Path,
    trust: Option<&Path>,
    identity: Option<&Path>,
) -> Result<Answer, Failure> {
    let package = std::fs::read(file).map_err(|error| Failure::Input(format!("{}: {error}", file.display())))?;
    let mut trusted = read_trust(trust.unwrap_or(&desk.home.trust_file()))?.keys(Role::Office);
    trusted.push(desk.home.keys.office_key(OFFICE)?.verifier());
    let identity = match identity {
        Some(file) => Some(Identities::read(file)?),
        None => desk.context.identity()?,
    };
    let imported = match identity.as_ref().and_then(Identities::first) {
        Some(identity) => desk.store.import_case(&package, &trusted, Some(identity)).await?,
        None => desk.store.import_case(&package, &trusted, None).await?,
    };
    let (actions, files) = (imported.actions.to_string(), imported.files.to_string());
    if desk.context.format == Format::Json {
        let by: Vec<String> = imported.by.iter().map(evidence::VerifierKey::fingerprint).collect();
        desk.context.json(&json!({"case": imported.case, "actions": imported.actions, "files": imported.files,
            "readable": imported.readable, "signed_by": by}))?;
        return Ok(Answer::Yes);
    }
    let key = if imported.readable { "case.imported" } else { "case.imported-sealed" };
    let values = [("id", imported.case.as_str()), ("actions", &actions), ("files", &files)];
    desk.context.out(&desk.context.say.fill(key, &values))?;
    Ok(Answer::Yes)
}

/// Lines of JSON of the cases alone, which either kind of database takes back; or a copy of the SQLite database with everything in it.
pub(super) async fn backup(desk: &Desk<'_>, file: &Path, copy: bool) -> Result<Answer, Failure> {
    if copy {
        desk.store.backup(file).await?;
        // After the database, so that it is no older.
        let folder = file.with_added_extension("log");
        let log = super::log::copy(&desk.home, &folder)?;
        let shown = [file, &folder].map(|path| path.display().to_string());
        let key = if log { "case.copied" } else { "case.copied-without-log" };
        desk.context.note(&desk.context.say.fill(key, &[("file", &shown[0]), ("log", &shown[1])]));
        return Ok(Answer::Yes);
    }
    let lines = desk.store.export_all(file).await?;
    let values = [("n", lines.to_string()), ("file", file.display().to_string())];
    let values = values.each_ref().map(|(name, value)| (*name, value.as_str()));
    desk.context.note(&desk.context.say.fill("case.backed-up", &values));
    Ok(Answer::Yes)
}

pub(super) async fn restore(desk: &Desk<'_>, file: &Path) -> Result<Answer, Failure> {
    let actions = desk.store.restore(file, desk.today).await?;
    desk.context.out(&desk.context.say.fill("case.restored", &[("n", &actions.to_string())]))?;
    Ok(Answer::Yes)
}

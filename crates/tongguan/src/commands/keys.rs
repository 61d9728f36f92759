//! `keys`: what they are, their backups, how they lie at rest, and new ones.

use std::collections::BTreeMap;
use std::path::Path;

use clearance::{
    Backup, Closed, Identities, Keystore, Opener, Overlap, Passphrase, Restored, SealTo, WrapWith, closed_how,
};
use serde_json::json;

use super::{Context, from_environment};
use crate::args::{Format, KeysCommand, Retired, Rotated};
use crate::screen::{Paint, paint, table};
use crate::{Answer, Failure};

pub(crate) async fn run(context: &Context, command: &KeysCommand) -> Result<Answer, Failure> {
    match command {
        KeysCommand::List => list(context).await?,
        KeysCommand::Backup { file, to, passphrase_file, plain } => {
            let to = if *plain { None } else { Some(seal_to(context, to, passphrase_file.as_deref())?) };
            backup(context, file, to.as_ref()).await?;
        }
        KeysCommand::Restore { file, identity, passphrase_file, list } => {
            let opener = backup_opener(context, file, identity.as_deref(), passphrase_file.as_deref())?;
            let backup = Backup::read(file, &opener)?;
            if *list {
                show_backup(context, &backup)?;
            } else {
                return restore(context, &backup);
            }
        }
        KeysCommand::Wrap => wrap(context).await?,
        KeysCommand::Unwrap => {
            let home = context.home_path()?;
            let count = Keystore::unwrap(&home.join("keys"), context.opener(&home)?)?.to_string();
            context.note(&context.say.fill("keys.unwrapped", &[("count", &count)]));
        }
        KeysCommand::Rotate { what: Rotated::Master, .. } => rotate_master(context).await?,
        KeysCommand::Rotate { what: Rotated::Log, at_once } => {
            let overlap = if *at_once { Overlap::None } else { Overlap::Both };
            let (new, old) = context.home().await?.rotate_log_key(overlap).await?;
            let text = if *at_once { "keys.rotated-at-once" } else { "keys.rotated" };
            context.note(&context.say.fill(text, &[("old", &old.fingerprint())]));
            context.out(&new.to_string())?;
        }
        KeysCommand::Retire { key: Retired::Log } => {
            let count = context.home().await?.retire_log_keys().await?.to_string();
            context.note(&context.say.fill("keys.retired", &[("count", &count)]));
        }
        KeysCommand::AddSm2 => {
            let key = context.home().await?.add_sm2().await?.to_string();
            context.note(context.say.text("keys.sm2-added"));
            context.out(&key)?;
        }
        KeysCommand::Identity { file } => {
            let key = Identities::create(file)?.to_string();
            match context.format {
                Format::Json => context.json(&json!({ "recipient": key }))?,
                Format::Text => context.out(&key)?,
            }
            let file = file.display().to_string();
            context.note(&context.say.fill("keys.identity", &[("file", &file)]));
        }
    }
    Ok(Answer::Yes)
}

async fn list(context: &Context) -> Result<(), Failure> {
    let home = context.home().await?;
    let names = home.keys.fingerprints()?;
    let (log, wrapped) = (home.log_key()?.to_string(), home.keys.wrapped_to()?.map(|to| to.to_string()));
    let sm2 = home.log_sm2_key()?.map(|key| key.to_string());
    if context.format == Format::Json {
        let fingerprints = names.iter().cloned().collect::<BTreeMap<_, _>>();
        let names = names.into_iter().map(|(name, _)| name).collect::<Vec<_>>();
        return context.json(&json!({
            "keys": names, "fingerprints": fingerprints, "wrapped": wrapped, "log": log, "log_sm2": sm2,
        }));
    }
    show_names(context, names)?;
    context.out(&context.say.fill("keys.log", &[("key", &log)]))?;
    if let Some(key) = sm2 {
        context.out(&context.say.fill("keys.log-sm2", &[("key", &key)]))?;
    }
    if let Some(to) = wrapped {
        context.out(&context.say.fill("keys.wrapped-to", &[("key", &to)]))?;
    }
    Ok(())
}

fn show_names(context: &Context, names: Vec<(String, String)>) -> Result<(), Failure> {
    let header = ["name", "fingerprint"].map(|name| context.say.text(&format!("keys.column.{name}")));
    let rows = names.into_iter().map(|(name, fingerprint)| vec![name, fingerprint]).collect::<Vec<_>>();
    context.out(&table(&header, &rows, 0))
}

/// For whom a backup is sealed: the keys or the passphrase that were named, or a passphrase asked for twice.
fn seal_to(context: &Context, to: &[String], passphrase_file: Option<&Path>) -> Result<SealTo, Failure> {
    let say = context.say;
    if !to.is_empty() {
        let parse = |(index, text): (usize, &String)| {
            let place = format!("--to ({})", index + 1);
            text.parse().map_err(|error| Failure::Input(format!("{place}: {error}")))
        };
        return Ok(SealTo::Recipients(to.iter().enumerate().map(parse).collect::<Result<_, _>>()?));
    }
    let passphrase = match passphrase_file {
        Some(file) => Some(Passphrase::read(file)?),
        None => context.ask_new_passphrase()?,
    };
    passphrase.map(SealTo::Passphrase).ok_or_else(|| Failure::Input(say.text("keys.backup-how").to_owned()))
}

async fn backup(context: &Context, file: &Path, to: Option<&SealTo>) -> Result<(), Failure> {
    let home = context.home().await?;
    let count = home.keys.backup(file, to, context.day(None))?.to_string();
    let values = [("count", count.as_str()), ("file", &file.display().to_string())];
    if to.is_some() {
        context.note(&context.say.fill("keys.backed-up", &values));
    } else {
        context.note(&context.say.fill("keys.backed-up-plain", &values));
    }
    Ok(())
}

/// What a backup is opened with: what was named, and the identity of the environment; a passphrase is asked for.
fn backup_opener(
    context: &Context,
    file: &Path,
    identity: Option<&Path>,
    passphrase_file: Option<&Path>,
) -> Result<Opener, Failure> {
    let mut identities = identity.map(Identities::read).transpose()?.unwrap_or_default();
    let closed = closed_how(file)?;
    let passphrase = match passphrase_file {
        Some(file) => Some(Passphrase::read(file)?),
        None if closed == Closed::Passphrase => context.ask_passphrase(context.say.text("keys.ask-backup"))?,
        None => None,
    };
    if closed == Closed::Identity {
        identities.extend(context.identity()?.unwrap_or_default());
    }
    match closed {
        Closed::Identity if identities.is_empty() => {
            Err(Failure::Input(context.say.text("keys.restore-identity").to_owned()))
        }
        Closed::Passphrase if passphrase.is_none() => {
            Err(Failure::Input(context.say.text("keys.restore-passphrase").to_owned()))
        }
        _ => Ok(Opener { identities, passphrase }),
    }
}

fn show_backup(context: &Context, backup: &Backup) -> Result<(), Failure> {
    let made_on = backup.made_on.map(|day| day.to_string());
    if context.format == Format::Json {
        let keys = backup.names().into_iter().collect::<BTreeMap<_, _>>();
        return context.json(&json!({ "made_on": made_on, "keys": keys, "files": backup.files() }));
    }
    if let Some(day) = made_on {
        context.out(&context.say.fill("keys.made-on", &[("day", &day)]))?;
    }
    show_names(context, backup.names())
}

fn restore(context: &Context, backup: &Backup) -> Result<Answer, Failure> {
    let say = context.say;
    let home = context.home_path()?;
    let folder = home.join("keys");
    let done = Keystore::restore(&folder, backup, context.opener(&home)?)?;
    let answer = if done.conflicts.is_empty() { Answer::Yes } else { Answer::No };
    if context.format == Format::Json {
        let Restored { restored, held, conflicts, files } = &done;
        context.json(&json!({ "restored": restored, "held": held, "conflicts": conflicts, "files": files }))?;
    } else if answer == Answer::No {
        let (names, folder) = (done.conflicts.join(", "), folder.display().to_string());
        context.out(&paint(&say.fill("keys.conflict", &[("names", &names), ("folder", &folder)]), Paint::Bad))?;
    }
    if answer == Answer::Yes {
        let (count, held) = (done.restored.len().to_string(), done.held.len().to_string());
        context.note(&say.fill("keys.restored", &[("count", &count), ("held", &held)]));
    }
    Ok(answer)
}

async fn wrap(context: &Context) -> Result<(), Failure> {
    let say = context.say;
    let home = context.home_path()?;
    let keys = home.join("keys");
    if !keys.exists() {
        context.home().await?;
    }
    for name in ["TONGGUAN_IDENTITY", "TONGGUAN_PASSPHRASE_FILE"] {
        // What opens the keys must not be carried off with them.
        let within = |file: &Path| Some(file.canonicalize().ok()?.starts_with(home.canonicalize().ok()?));
        if from_environment(name).is_some_and(|file| within(&file) == Some(true)) {
            return Err(Failure::Input(say.fill("keys.wrap-within", &[("name", name)])));
        }
    }
    let passphrase = || match from_environment("TONGGUAN_PASSPHRASE_FILE") {
        Some(file) => Ok(Some(Passphrase::read(&file)?)),
        None if Keystore::closed(&keys)? == Closed::Passphrase => context.ask_passphrase(say.text("keys.ask")),
        None => context.ask_new_passphrase(),
    };
    let with = match context.identity()? {
        Some(identities) => Some(WrapWith::Identity(identities)),
        None => passphrase()?.map(WrapWith::Passphrase),
    };
    let with = with.ok_or_else(|| Failure::Input(say.text("keys.wrap-with").to_owned()))?;
    let count = Keystore::wrap(&keys, &with)?.to_string();
    context.note(&say.fill("keys.wrapped", &[("count", &count)]));
    Ok(())
}

async fn rotate_master(context: &Context) -> Result<(), Failure> {
    let home = context.home().await?;
    let done = home.keys.rotate_master()?;
    if context.format == Format::Json {
        return context.json(&json!({ "old": done.old, "new": done.new }));
    }
    context.out(&context.say.fill("keys.rotated-master", &[("old", &done.old), ("new", &done.new)]))?;
    context.note(context.say.text("keys.rotated-note"));
    Ok(())
}

//! Backups: every key in one text, sealed with age or plain, and back. What stands beside the keys (`beside`) goes along.
//!
//! The text inside names its form, its day and each key by its short fingerprint, then holds a line a key, so that it can
//! be read with `age` and one's own eyes when this program is gone.

use std::collections::BTreeMap;
use std::path::Path;

use engine::Secret;
use jiff::civil::Date;
use zeroize::Zeroizing;

use super::Keystore;
use super::beside::Beside;
use super::file::{fingerprint, hex_of, parse_hex};
use crate::disk;
use crate::envelope::{self, Closed, Opener, SealTo};
use crate::error::{At as _, ClearanceError};

const HEAD: &str = "# tongguan keys backup";
const MADE_ON: &str = "# made on ";
const NAMED: &str = "# key ";

/// What a backup holds.
pub struct Backup {
    /// The day it was made; the first form did not say.
    pub made_on: Option<Date>,
    keys: BTreeMap<String, Secret>,
    beside: Beside,
}

/// What became of a restoration.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Restored {
    /// Keys that were missing and are there now.
    pub restored: Vec<String>,
    /// Keys that were there already.
    pub held: Vec<String>,
    /// Keys of which another is held under the same name. Where there is any, nothing was written.
    pub conflicts: Vec<String>,
    /// Files of the state folder that were missing and are there now.
    pub files: Vec<String>,
}

impl Backup {
    /// Opens a backup, armoured or binary age or plain, whole or not at all.
    pub fn read(file: &Path, opener: &Opener) -> Result<Self, ClearanceError> {
        let bytes = Zeroizing::new(std::fs::read(file).at(file)?);
        let fault = |what: &str| ClearanceError::input(format!("{}: {what}", file.display()));
        let plain = match envelope::closed(&bytes) {
            Closed::Not => bytes,
            _ => envelope::open(&bytes, opener).map_err(|shut| fault(&shut.to_string()))?,
        };
        let text = std::str::from_utf8(&plain).map_err(|_| fault("is no backup of keys"))?;
        Self::parse(text).map_err(|what| fault(&what))
    }

    fn parse(text: &str) -> Result<Self, String> {
        let form = text.strip_prefix(HEAD).and_then(|rest| rest.split(':').next()).map(str::trim);
        let form = form.ok_or_else(|| format!("is no backup of keys: it does not begin with `{HEAD}`"))?;
        if !["", "1"].contains(&form) {
            return Err("was written by a newer version of tongguan: use that one".to_owned());
        }
        let (mut made_on, mut named, mut keys) = (None, BTreeMap::new(), BTreeMap::new());
        for (number, line) in text.lines().enumerate() {
            let fault = || format!("line {} is no key: the backup is damaged or cut short", number + 1);
            if let Some(day) = line.strip_prefix(MADE_ON) {
                made_on = Some(day.parse::<Date>().map_err(|_| fault())?);
            } else if let Some((name, print)) = line.strip_prefix(NAMED).and_then(|rest| rest.split_once(' ')) {
                named.insert(name.to_owned(), print.to_owned());
            } else if !line.starts_with('#') && !line.is_empty() {
                let (name, hex) = line.split_once(' ').ok_or_else(fault)?;
                let is_name = !name.is_empty() && name.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-');
                let key = parse_hex(hex.trim()).filter(|_| is_name).ok_or_else(fault)?;
                if keys.insert(name.to_owned(), key).is_some() {
                    return Err(format!("line {} has the key `{name}` a second time", number + 1));
                }
            }
        }
        let held = keys.iter().map(|(name, key)| (name.clone(), fingerprint(key))).collect::<BTreeMap<_, _>>();
        // The first form named nothing ahead.
        if form == "1" && held != named {
            return Err("is damaged or cut short: its keys are not the ones it names".to_owned());
        }
        if keys.is_empty() {
            return Err("holds no key".to_owned());
        }
        let beside =
            Beside::parse(text).map_err(|name| format!("is damaged or cut short: its `{name}` is not whole"))?;
        Ok(Self { made_on, keys, beside })
    }

    /// Each key by its name and short fingerprint.
    pub fn names(&self) -> Vec<(String, String)> {
        self.keys.iter().map(|(name, key)| (name.clone(), fingerprint(key))).collect()
    }

    /// The files of the state folder that it holds.
    pub fn files(&self) -> Vec<String> {
        self.beside.names()
    }
}

impl Keystore {
    /// Writes every key, and what stands beside them, into one new file of mode 0600, sealed, or plain where `to` is `None`; how
    /// many keys.
    pub fn backup(&self, file: &Path, to: Option<&SealTo>, on: Date) -> Result<usize, ClearanceError> {
        if file.symlink_metadata().is_ok() {
            return Err(ClearanceError::input(format!(
                "{}: exists and is not overwritten: name a new file",
                file.display()
            )));
        }
        let (keys, beside) = {
            // No rotation halfway.
            let _one = self.one_writer()?;
            let read = |name: String| self.read(&name).map(|key| key.map(|key| (name, key)));
            let keys = self.names()?.into_iter().filter_map(|name| read(name).transpose());
            (keys.collect::<Result<Vec<_>, _>>()?, Beside::of(self)?.to_text())
        };
        // Room for all of it at once: a text that grows would leave its old bytes behind.
        let mut text = Zeroizing::new(String::with_capacity(512 + beside.len() + keys.len() * 512));
        text.push_str(HEAD);
        text.push_str(" 1: whoever reads this file can link every pseudonym\n");
        text.push_str(&[MADE_ON, &on.to_string(), "\n"].concat());
        for (name, key) in &keys {
            text.push_str(&[NAMED, name, " ", &fingerprint(key), "\n"].concat());
        }
        text.push_str(&beside);
        for (name, key) in &keys {
            text.push_str(name);
            text.push(' ');
            text.push_str(&hex_of(key));
            text.push('\n');
        }
        let sealed = to.map(|to| envelope::seal(text.as_bytes(), to)).transpose()?;
        let bytes = sealed.as_ref().map_or(text.as_bytes(), |sealed| sealed.as_bytes());
        disk::write_private(file, bytes).at(file)?;
        Ok(keys.len())
    }

    /// Brings back the keys of a backup that are not here. A key that is here is never replaced: where one of the same
    /// name has other bytes, nothing is written at all, for the two folders then have different pasts. The same holds for the
    /// files beside them, of which the one that is here stays.
    pub fn restore(folder: &Path, backup: &Backup, opener: Opener) -> Result<Restored, ClearanceError> {
        disk::private_folder(folder).at(folder)?;
        let keystore = Self::at(folder, opener);
        let _one = keystore.one_writer()?;
        let (mut missing, mut held, mut conflicts) = (Vec::new(), Vec::new(), Vec::new());
        for (name, key) in &backup.keys {
            let is = |other: Option<Secret>| other.is_some_and(|other| other.bytes() == key.bytes());
            match keystore.read(name)? {
                None => missing.push((name, key)),
                Some(here) if here.bytes() == key.bytes() => held.push(name.clone()),
                // A backup from before a rotation: what was the key then is kept here under its fingerprint.
                Some(_) if is(keystore.read(&format!("{name}-{}", fingerprint(key)))?) => held.push(name.clone()),
                Some(_) => conflicts.push(name.clone()),
            }
        }
        let (mut restored, mut files) = (Vec::new(), Vec::new());
        if conflicts.is_empty() {
            for (name, key) in missing {
                keystore.write_new(name, key)?;
                restored.push(name.clone());
            }
            files = backup.beside.restore(&keystore)?;
        }
        Ok(Restored { restored, held, conflicts, files })
    }
}

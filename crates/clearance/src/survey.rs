//! Looking and planning: what is in the sources, and what will happen to each field.

use std::path::Path;

use engine::{Secret, Source};
use hmac::{Hmac, KeyInit as _, Mac as _};
use sha2::Sha256;
use transfer::{Inventory, Plan};

use crate::clear::{Job, Step};
use crate::error::{At as _, ClearanceError};
use crate::inventory;
use crate::planning;

impl Job<'_> {
    pub(crate) async fn inspect(&self) -> Result<Vec<(String, Inventory)>, ClearanceError> {
        let bytes = self.loaded.sources.iter().map(|source| source.size).sum();
        self.options.watch.begin(Step::Inspect, bytes);
        let mut inventories = Vec::new();
        for source in &self.loaded.sources {
            let inspection = self.runner.inspect(source, self.options.full).await?;
            if let (true, Some(bad)) = (self.options.strict, inspection.quarantine.located.first()) {
                return Err(ClearanceError::input(format!(
                    "{}: row {} (bytes {} to {}) is bad: {}",
                    source.path.display(),
                    bad.row,
                    bad.start,
                    bad.end,
                    bad.reason
                )));
            }
            if inspection.quarantine.count > inspection.rows {
                return Err(ClearanceError::input(format!(
                    "{}: {} rows are bad and only {} good ({}): is it read as it was written?",
                    source.path.display(),
                    inspection.quarantine.count,
                    inspection.rows,
                    source.format.describe()
                )));
            }
            if self.options.keep_raw && inspection.quarantine.count > 0 {
                self.keep_raw(source, &inspection.quarantine)?;
            }
            inventories
                .push((source.name.clone(), inventory::inventory(&source.name, source, &inspection, self.options.on)));
        }
        Ok(inventories)
    }

    /// Puts the located bad rows, raw, into a file of the state folder that only its owner can read.
    pub(crate) fn keep_raw(&self, source: &Source, quarantine: &engine::Quarantine) -> Result<(), ClearanceError> {
        let folder = self.home.root().join("quarantine");
        crate::disk::private_folder(&folder).at(&folder)?;
        let mut raw = Vec::new();
        for bad in &quarantine.located {
            raw.extend(source.raw(bad.start, bad.end)?);
        }
        let mut number = 1;
        loop {
            let path = folder.join(format!("{}-{}-{number}.raw", source.name, self.options.on));
            match crate::disk::write_private(&path, &raw) {
                Err(error) if error.kind() == std::io::ErrorKind::AlreadyExists => number += 1,
                done => return done.at(&path),
            }
        }
    }

    pub(crate) fn plan(&self, inventories: &[(String, Inventory)]) -> Result<Plan, ClearanceError> {
        let key = self.home.keys.naming_key()?;
        let bytes = transfer::canonical_bytes(&inventories);
        let digest = keyed_digest(key.bytes(), &mut bytes.as_slice()).at(Path::new("inventory"))?;
        let plan = planning::plan(&self.loaded.transfer, inventories, self.options.on, digest);
        if plan.sources.iter().all(|source| source.leaving().next().is_none()) {
            return Err(self
                .loaded
                .fault("nothing leaves: name fields with `[[field]]`, for example `need = \"keep\"`".to_owned()));
        }
        Ok(plan)
    }
}

/// The same for a file.
pub(crate) fn keyed_digest_of(key: &Secret, path: &Path) -> Result<String, ClearanceError> {
    let mut file = std::fs::File::open(path).at(path)?;
    keyed_digest(key.bytes(), &mut file).at(path)
}

/// HMAC-SHA-256 under an onshore key, hex: a name for raw data that reveals nothing of it.
pub(crate) fn keyed_digest(key: &[u8; 32], input: &mut impl std::io::Read) -> std::io::Result<String> {
    let mut mac = Hmac::<Sha256>::new_from_slice(key).map_err(std::io::Error::other)?;
    let mut buffer = vec![0u8; 1 << 18];
    loop {
        let read = input.read(&mut buffer)?;
        if read == 0 {
            return Ok(transfer::hex(&mac.finalize().into_bytes()));
        }
        mac.update(&buffer[..read]);
    }
}

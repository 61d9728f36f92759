//! Verifying a release wherever it lies: from an object store it is fetched first.

use std::path::Path;

use evidence::Trust;
use transfer::{Receipt, Standing};

use crate::destination::Destination;
use crate::disk;
use crate::envelope::Identities;
use crate::error::{At as _, ClearanceError};
use crate::objects::Objects;
use crate::release::remove;
use crate::stores::Stores;
use crate::verify::{Fault, Verdict, verify_with};

/// Checks a release at a path or URL against pinned keys. What has to be fetched lies meanwhile in a new folder, ours
/// alone, within `scratch`.
pub async fn verify_at(
    place: &str,
    trust: &Trust,
    identities: &Identities,
    stores: &Stores,
    scratch: &Path,
) -> Result<Verdict, ClearanceError> {
    match Destination::parse(place, Path::new(""), stores)? {
        // As it was typed, so that messages name it so.
        Destination::Folder(folder) if place.contains("://") => verify_with(&folder, trust, identities),
        Destination::Folder(_) => verify_with(Path::new(place), trust, identities),
        Destination::Objects(objects) => {
            let mut random = [0u8; 16];
            getrandom::fill(&mut random).map_err(|error| ClearanceError::Store(format!("no randomness: {error}")))?;
            let folder = scratch.join(format!("tongguan-verify-{}", transfer::hex(&random)));
            disk::new_private_folder(&folder).at(&folder)?;
            let fetched = fetch(&objects, &folder).await;
            let verdict = fetched.and_then(|strange| {
                let mut verdict = verify_with(&folder, trust, identities)?;
                verdict.faults.extend(strange.into_iter().map(|path| Fault::Unknown { path }));
                Ok(verdict)
            });
            remove(&folder)?;
            verdict
        }
    }
}

/// Fetches what the receipt names, and its company. Gives the names of everything else that lies there.
async fn fetch(objects: &Objects, folder: &Path) -> Result<Vec<String>, ClearanceError> {
    let there = objects.list().await?;
    if there.is_empty() {
        return Err(ClearanceError::input(format!("{}: no such release", objects.url())));
    }
    disk::new_private_folder(&folder.join("data")).at(folder)?;
    let mut names = ["receipt.json", "permit.json", "receipt.proof", "checkpoint"].map(str::to_owned).to_vec();
    for name in &names {
        objects.fetch(name, &folder.join(name)).await?;
    }
    // What lies there without being a receipt is a fault that `verify` finds.
    let receipt = std::fs::read(folder.join("receipt.json")).ok();
    if let Some(receipt) = receipt.and_then(|bytes| serde_json::from_slice::<Receipt>(&bytes).ok()) {
        if receipt.permit_standing == Standing::Signed {
            objects.fetch("permit.note", &folder.join("permit.note")).await?;
            names.push("permit.note".to_owned());
        }
        for file in receipt.files {
            // Any other name is a fault that `verify` finds, and no path to write to.
            let plain = file.path.strip_prefix("data/").filter(|name| !name.contains(['/', '\\']) && *name != "..");
            if plain.is_some() && !names.contains(&file.path) {
                objects.fetch(&file.path, &folder.join(&file.path)).await?;
                names.push(file.path);
            }
        }
    }
    let known = names.iter().map(|name| objects.listed_as(name)).collect::<Vec<_>>();
    Ok(there.into_iter().filter(|name| !known.contains(name)).collect())
}

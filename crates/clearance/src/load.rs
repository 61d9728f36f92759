//! Reading a transfer file and opening what it names.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use engine::Source;
use transfer::{Handler, Transfer, TransferError};

use crate::error::{At as _, ClearanceError};

/// A transfer with its sources opened.
pub struct Loaded {
    /// The transfer file.
    pub path: PathBuf,
    /// The transfer, completed from the handler's profile.
    pub transfer: Transfer,
    /// Its sources in order.
    pub sources: Vec<Arc<Source>>,
}

impl Loaded {
    /// Reads the file and its profile, opens every source and finds every field.
    pub fn open(path: &Path) -> Result<Self, ClearanceError> {
        let transfer = read(path)?;
        let mut sources = Vec::new();
        for spec in &transfer.source {
            if spec.path.contains("://") {
                return Err(ClearanceError::input(format!(
                    "{}: the source `{}` is a URL: this version reads files only",
                    path.display(),
                    spec.name()
                )));
            }
            sources.push(Arc::new(Source::open(&spec.name(), &beside(path, &spec.path))?));
        }
        let loaded = Self { path: path.to_owned(), transfer, sources };
        loaded.check_fields()?;
        Ok(loaded)
    }

    /// A path of the transfer file, relative to it.
    pub fn beside(&self, name: &str) -> PathBuf {
        beside(&self.path, name)
    }

    /// Who counts: the unified social credit code, or else the name.
    pub fn handler(&self) -> Result<String, ClearanceError> {
        let Handler { uscc, name, .. } = &self.transfer.handler;
        // One handler, one tally, however it was typed.
        let plain = |id: &String| id.split_whitespace().collect::<String>().to_uppercase();
        let id = uscc.iter().chain(name).map(plain).find(|id| !id.is_empty());
        id.ok_or_else(|| {
            self.fault("who sends? add `uscc = \"…\"` to [handler]: persons are counted for each handler".to_owned())
        })
    }

    /// A fault of the transfer file.
    pub fn fault(&self, text: String) -> ClearanceError {
        ClearanceError::Transfer { path: self.path.clone(), error: TransferError::Meaning(text) }
    }

    /// Every field named exists in exactly one source, and none twice.
    fn check_fields(&self) -> Result<(), ClearanceError> {
        let mut seen: Vec<(String, &str)> = Vec::new();
        for field in &self.transfer.field {
            if let Some(label) = field.holds.iter().find(|label| codes::taxonomy().by_label(label).is_none()) {
                let name = &field.name;
                return Err(self.fault(format!(
                    "`{name}` holds `{label}`, which is no class: use a label as `inspect` shows them, such as `ID_CN`"
                )));
            }
            let having = match &field.source {
                Some(name) => self.sources.iter().filter(|source| source.name == *name).collect::<Vec<_>>(),
                None => {
                    let having = self.sources.iter().filter(|source| source.columns.contains(&field.name));
                    having.collect::<Vec<_>>()
                }
            };
            match having.as_slice() {
                [source] => {
                    source.column(&field.name)?;
                    let place = (source.name.clone(), field.name.as_str());
                    if seen.contains(&place) {
                        return Err(self.fault(format!("the field `{}.{}` is named twice", place.0, place.1)));
                    }
                    seen.push(place);
                }
                [] => {
                    // The error of the first source lists what there is.
                    self.sources[0].column(&field.name)?;
                }
                several => {
                    let names = several.iter().map(|source| source.name.as_str()).collect::<Vec<_>>().join(", ");
                    return Err(self.fault(format!(
                        "several sources have a field `{}` ({names}): add `source` to its [[field]]",
                        field.name
                    )));
                }
            }
        }
        for subject in &self.transfer.subject {
            for source in &self.sources {
                if subject.source.as_deref().is_none_or(|name| name == source.name) {
                    for field in &subject.key {
                        source.column(field)?;
                    }
                    // A joining column may be named as it is called in the other table.
                    for field in &subject.join {
                        if !self.sources.iter().any(|source| source.columns.contains(field)) {
                            source.column(field)?;
                        }
                    }
                }
            }
        }
        Ok(())
    }
}

fn read(path: &Path) -> Result<Transfer, ClearanceError> {
    let text = match std::fs::read_to_string(path) {
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => {
            return Err(ClearanceError::input(format!("{}: no such file; `tongguan init` writes one", path.display())));
        }
        other => other.at(path)?,
    };
    let fault = |error| ClearanceError::Transfer { path: path.to_owned(), error };
    let mut transfer = Transfer::parse(&text).map_err(fault)?;
    if let Some(profile) = transfer.handler.profile.clone() {
        let profile_path = beside(path, &profile.to_string_lossy());
        let text = std::fs::read_to_string(&profile_path).at(&profile_path)?;
        let profile: Profile = toml::from_str(&text).map_err(|error| ClearanceError::Transfer {
            path: profile_path,
            error: TransferError::Meaning(error.message().lines().collect::<Vec<_>>().join("; ")),
        })?;
        transfer.handler = transfer.handler.or(profile.handler);
    }
    Ok(transfer)
}

/// A handler's profile file.
#[derive(serde::Deserialize)]
#[serde(deny_unknown_fields)]
struct Profile {
    handler: Handler,
}

fn beside(file: &Path, name: &str) -> PathBuf {
    file.parent().unwrap_or(Path::new("")).join(name)
}

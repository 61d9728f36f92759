//! Files that are handed in and given out.

use ::cases::{Attachment, Case, NewFile, Role};
use bytes::Bytes;
use law::Text;

use super::permission;
use crate::house::House;
use crate::problem::Problem;
use crate::who::Who;

/// A file as it arrived.
#[derive(Debug)]
pub(crate) struct Upload {
    /// Its name, for people.
    pub(crate) name: String,
    /// The type its sender states.
    pub(crate) media_type: String,
    pub(crate) bytes: Bytes,
}

/// Types by the endings of names: browsers state a type of their own, or none, for several of those that are taken.
const ENDINGS: [(&str, &str); 14] = [
    ("pdf", "application/pdf"),
    ("png", "image/png"),
    ("jpg", "image/jpeg"),
    ("jpeg", "image/jpeg"),
    ("tif", "image/tiff"),
    ("tiff", "image/tiff"),
    ("docx", "application/vnd.openxmlformats-officedocument.wordprocessingml.document"),
    ("xlsx", "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"),
    ("odt", "application/vnd.oasis.opendocument.text"),
    ("ods", "application/vnd.oasis.opendocument.spreadsheet"),
    ("ofd", "application/ofd"),
    ("csv", "text/csv"),
    ("json", "application/json"),
    ("txt", "text/plain"),
];

impl Upload {
    /// The type by its name, where that says one; otherwise what its sender states. Either is held against the content.
    fn kind(&self) -> &str {
        let ending = self.name.rsplit_once('.').map(|(_, ending)| ending.to_ascii_lowercase());
        let known = ENDINGS.iter().find(|(known, _)| ending.as_deref() == Some(known));
        known.map_or(self.media_type.as_str(), |(_, kind)| kind)
    }

    /// The last part of its name, without what could be taken for a path or a control.
    pub(super) fn plain_name(&self) -> String {
        let last = self.name.rsplit(['/', '\\']).next().unwrap_or_default();
        let plain: String = last.chars().filter(|c| !c.is_control()).take(200).collect();
        if plain.trim().is_empty() { "file".to_owned() } else { plain }
    }
}

/// Keeps a file for a case. Its content has to be what its type says; it is sealed where it may hold personal data.
/// Whoever hands it in has to have an action there that takes files along.
pub(crate) async fn keep(
    house: &House,
    who: &Who,
    case: &Case,
    upload: &Upload,
    material: Option<&str>,
) -> Result<Attachment, Problem> {
    permission::may_hand_in(house, who, case)?;
    let name = upload.plain_name();
    let file = NewFile { name: &name, media_type: upload.kind(), material, bytes: &upload.bytes };
    Ok(house.store.put_file(&case.id, &file).await?)
}

/// A file of a case for whoever may fetch it, with its name and type. What was handed in and never attached is given to nobody; a
/// recipient abroad gets what it attached itself.
pub(crate) async fn fetched(
    house: &House,
    who: &Who,
    case: &Case,
    digest: &str,
) -> Result<(Attachment, Vec<u8>), Problem> {
    if who.role == Role::Recipient {
        if !attached_by(house, case, who, digest).await? {
            return Err(Problem::forbidden());
        }
    } else {
        permission::may_read_files(house, who, case)?;
    }
    let attached = case.attachments.iter().rev().find(|file| file.digest == digest).cloned();
    let unknown = || Problem::not_found(Text::new("本案没有此文件", "the case has no such file"));
    let attached = attached.ok_or_else(unknown)?;
    let bytes = house.store.file(&case.id, digest).await?;
    Ok((attached, bytes.to_vec()))
}

/// Whether it was this actor who attached the file.
async fn attached_by(house: &House, case: &Case, who: &Who, digest: &str) -> Result<bool, Problem> {
    let record = house.store.record(&case.id).await?;
    let own = record.iter().filter(|entry| entry.recorded.by.id == who.id);
    Ok(own.flat_map(|entry| &entry.recorded.payload.attachments).any(|file| file.digest == digest))
}

//! A field as it is written in the files of `forms/`.

use law::{Status, Text};
use serde::Deserialize;

use super::FormsError;
use super::field::{Field, Place, Source};
use super::kind::{Choice, Computed, Kind};
use super::need::{Needs, WhenFile, needs};
use crate::procedure::Procedure;

#[derive(Deserialize)]
#[serde(untagged)]
enum PlaceFile {
    Plain(String),
    Told(PlaceTold),
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct PlaceTold {
    at: String,
    title: Option<Text>,
    certainty: Option<Status>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct FieldFile {
    id: String,
    title: Text,
    #[serde(rename = "type")]
    kind: String,
    max: Option<u32>,
    options: Option<Vec<Choice>>,
    by: Option<String>,
    computed: Option<Computed>,
    #[serde(default)]
    personal: bool,
    places: Vec<PlaceFile>,
    #[serde(default)]
    required: Vec<Procedure>,
    #[serde(default)]
    optional: Vec<Procedure>,
    #[serde(default)]
    required_when: Vec<WhenFile>,
    derived: Option<Source>,
    guidance: Text,
    cite: String,
    certainty: Status,
}

/// The needs of a field, table or material, with the id in the fault.
pub(super) fn asked(
    file: &str,
    id: &str,
    required: &[Procedure],
    optional: &[Procedure],
    when: Vec<WhenFile>,
) -> Result<Needs, FormsError> {
    needs(required, optional, when).map_err(|what| FormsError::new(file, format!("`{id}` {what}")))
}

impl FieldFile {
    pub(super) fn read(self, file: &str) -> Result<Field, FormsError> {
        let fault = |what: String| FormsError::new(file, format!("`{}` {what}", self.id));
        let places = self.places.iter().map(|place| read_place(place, self.certainty));
        let places = places.collect::<Result<Vec<_>, String>>().map_err(fault)?;
        let kind = self.kind().map_err(fault)?;
        let needs = asked(file, &self.id, &self.required, &self.optional, self.required_when)?;
        Ok(Field {
            id: self.id,
            title: self.title,
            kind,
            personal: self.personal,
            places,
            needs,
            derived: self.derived,
            guidance: self.guidance,
            cite: self.cite,
            certainty: self.certainty,
            file: file.to_owned(),
        })
    }

    /// The kind with what belongs to it, and nothing that does not.
    fn kind(&self) -> Result<Kind, String> {
        let given = [
            ("max", self.max.is_some()),
            ("options", self.options.is_some()),
            ("by", self.by.is_some()),
            ("computed", self.computed.is_some()),
        ];
        let wanted = match self.kind.as_str() {
            "text" => "max",
            "choice" | "choices" => "options",
            "id-number" => "by",
            "computed" => "computed",
            _ => "",
        };
        if let Some((key, _)) = given.iter().find(|(key, given)| *given && *key != wanted) {
            return Err(format!("is of type `{}`, which takes no `{key}`; leave it out", self.kind));
        }
        let needs = |key: &str| format!("is of type `{}` and needs `{key}`", self.kind);
        Ok(match self.kind.as_str() {
            "text" => Kind::Text { max: self.max },
            "choice" => Kind::Choice { options: self.options.clone().ok_or_else(|| needs("options"))? },
            "choices" => Kind::Choices { options: self.options.clone().ok_or_else(|| needs("options"))? },
            "yes-no" => Kind::YesNo,
            "tick" => Kind::Tick,
            "day" => Kind::Day,
            "persons" => Kind::Persons,
            "number" => Kind::Number,
            "growth" => Kind::Growth,
            "size" => Kind::Size,
            "phone" => Kind::Phone,
            "email" => Kind::Email,
            "uscc" => Kind::Uscc,
            "id-number" => Kind::IdNumber { by: self.by.clone().ok_or_else(|| needs("by"))? },
            "country" => Kind::Country,
            "person-name" => Kind::PersonName,
            "columns" => Kind::Columns,
            "class" => Kind::Class,
            "computed" => Kind::Computed { computed: self.computed.ok_or_else(|| needs("computed"))? },
            other => return Err(format!("has the unknown type `{other}`; README.md lists the types")),
        })
    }
}

fn read_place(place: &PlaceFile, certainty: Status) -> Result<Place, String> {
    let (at, title, own) = match place {
        PlaceFile::Plain(at) => (at, None, None),
        PlaceFile::Told(told) => (&told.at, told.title.clone(), told.certainty),
    };
    let (form, section) = at.split_once('/').ok_or_else(|| format!("has the place `{at}`; write `form/section`"))?;
    let certainty = own.map_or(certainty, |own| super::weaker(own, certainty));
    Ok(Place { form: form.to_owned(), section: section.to_owned(), title, certainty })
}

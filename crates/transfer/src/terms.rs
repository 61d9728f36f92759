//! What a permit says, whoever says it: the handler in the transfer file, or an office in a signed permit.

use deid::Transform;
use jiff::ToSpan as _;
use jiff::civil::Date;
use serde::{Deserialize, Serialize};

use crate::permit::PermitKind;

/// The form of an office's permit: the text of a signed note.
const OFFICE_FORM: &str = "tongguan/office-permit/1";
/// Canonical JSON writes numbers as doubles; integers of 15 digits are the same everywhere.
const MOST_PERSONS: u64 = 999_999_999_999_999;

/// What a permit covers and until when. What it does not say is `None`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, schemars::JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Terms {
    /// What it is the end of.
    pub kind: PermitKind,
    /// Its number.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub number: Option<String>,
    /// The handler it was given to: unified social credit code, or name.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub handler: Option<String>,
    /// The recipients, by id or name.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub recipients: Option<Vec<String>>,
    /// The purposes.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub purposes: Option<Vec<String>>,
    /// First day.
    #[serde(default, deserialize_with = "law::deserialize_optional_date", skip_serializing_if = "Option::is_none")]
    pub effective: Option<Date>,
    /// The day it was filed.
    #[serde(default, deserialize_with = "law::deserialize_optional_date", skip_serializing_if = "Option::is_none")]
    pub filed: Option<Date>,
    /// Last day.
    #[serde(default, deserialize_with = "law::deserialize_optional_date", skip_serializing_if = "Option::is_none")]
    pub expires: Option<Date>,
    /// The items it covers.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub items: Option<Vec<PermitItem>>,
    /// The persons it covers, all items together.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub persons: Option<u64>,
    /// Until when the recipient may keep the data.
    #[serde(default, deserialize_with = "law::deserialize_optional_date", skip_serializing_if = "Option::is_none")]
    pub stored_until: Option<Date>,
    /// Where the recipient may keep it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub places: Option<Vec<String>>,
}

/// One item of a permit: fields that were decided on together.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, schemars::JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct PermitItem {
    /// Its name; empty where the permit has no items, only fields.
    pub name: String,
    /// Its fields.
    pub fields: Vec<PermitField>,
    /// The persons it covers.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub persons: Option<u64>,
}

/// A field a permit covers: a name, with or without its source, or `{ name, forms }`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, schemars::JsonSchema)]
#[serde(from = "FieldForm")]
pub struct PermitField {
    /// `field` or `source.field`.
    pub name: String,
    /// The forms in which it may leave; none: in any.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    #[schemars(with = "Vec<String>")]
    pub forms: Vec<Transform>,
}

#[derive(Deserialize, schemars::JsonSchema)]
#[serde(untagged)]
enum FieldForm {
    Name(String),
    Forms {
        name: String,
        #[serde(default)]
        #[schemars(with = "Vec<String>")]
        forms: Vec<Transform>,
    },
}

impl From<FieldForm> for PermitField {
    fn from(form: FieldForm) -> Self {
        match form {
            FieldForm::Name(name) => Self { name, forms: Vec::new() },
            FieldForm::Forms { name, forms } => Self { name, forms },
        }
    }
}

impl PermitField {
    /// Whether it is this field of this source.
    pub fn is(&self, source: &str, field: &str) -> bool {
        self.name == field || self.name.strip_prefix(source).and_then(|rest| rest.strip_prefix('.')) == Some(field)
    }

    /// Whether the field may leave in this form. What may leave as it is may leave in any form.
    pub fn allows(&self, form: Transform) -> bool {
        self.forms.is_empty() || self.forms.contains(&form) || self.forms.contains(&Transform::Keep)
    }
}

/// Why a text is no permit of an office.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum OfficePermitError {
    /// Not the form.
    #[error("is no permit of the form `{OFFICE_FORM}`: {0}")]
    Form(String),
    /// Not canonical: two readers could read it differently.
    #[error("is not in canonical form (RFC 8785)")]
    NotCanonical,
    /// A permit that leaves out what an office has to say.
    #[error("does not say `{0}`")]
    Missing(&'static str),
}

impl Terms {
    /// The text of an office's permit, to be signed: canonical JSON and a line end.
    pub fn office_text(&self) -> String {
        let mut value = serde_json::to_value(self).unwrap_or_default();
        if let Some(object) = value.as_object_mut() {
            object.insert("form".to_owned(), OFFICE_FORM.into());
        }
        // Canonical JSON is UTF-8.
        format!("{}\n", String::from_utf8_lossy(&crate::canonical_bytes(&value)))
    }

    /// Reads the text of an office's permit.
    pub fn from_office_text(text: &str) -> Result<Self, OfficePermitError> {
        let form = |error: &dyn std::fmt::Display| OfficePermitError::Form(error.to_string());
        let json = text.strip_suffix('\n').ok_or(OfficePermitError::NotCanonical)?;
        let mut value: serde_json::Value = serde_json::from_str(json).map_err(|error| form(&error))?;
        let named = value.as_object_mut().and_then(|object| object.remove("form"));
        if named.as_ref().and_then(serde_json::Value::as_str) != Some(OFFICE_FORM) {
            return Err(form(&"`form` is another"));
        }
        let terms: Self = serde_json::from_value(value).map_err(|error| form(&error))?;
        if terms.office_text() != text {
            return Err(OfficePermitError::NotCanonical);
        }
        for (missing, name) in [
            (terms.number.is_none(), "number"),
            (terms.handler.is_none(), "handler"),
            (terms.recipients.is_none(), "recipients"),
            (terms.effective.is_none(), "effective"),
            (terms.items.is_none(), "items"),
        ] {
            if missing {
                return Err(OfficePermitError::Missing(name));
            }
        }
        let items = terms.items.iter().flatten().filter_map(|item| item.persons);
        if items.chain(terms.persons).any(|persons| persons > MOST_PERSONS) {
            return Err(form(&"`persons` has more than 15 digits"));
        }
        Ok(terms)
    }

    /// The last day it is in force. A result of an assessment and a certificate run for three years where no day is stated
    /// (Order 16 art 9, Order 20 art 8): what has an end by law never is without one.
    pub fn last_day(&self) -> Option<Date> {
        let by_law = match self.kind {
            PermitKind::SecurityAssessment | PermitKind::Certification => {
                self.effective.and_then(|effective| effective.checked_add(3.years()).ok())
            }
            _ => None,
        };
        self.expires.or(by_law)
    }

    /// Whether one of these names stands among the recipients. A permit that names none leaves them open.
    pub fn names_recipient<'a>(&self, names: impl IntoIterator<Item = &'a String>) -> bool {
        is_among(self.recipients.as_ref(), names)
    }

    /// Whether one of these stands among the purposes. A permit that names none leaves them open.
    pub fn names_purpose<'a>(&self, purposes: impl IntoIterator<Item = &'a String>) -> bool {
        is_among(self.purposes.as_ref(), purposes)
    }

    /// Whether some item lets a field leave in this form. A permit without items leaves the fields open.
    pub fn allows(&self, source: &str, field: &str, form: Transform) -> bool {
        let fields = |item: &PermitItem| item.fields.iter().any(|of| of.is(source, field) && of.allows(form));
        self.items.as_ref().is_none_or(|items| items.iter().any(fields))
    }

    /// The number in the order of the permit of the item a field belongs to: the one that is named, or the first that has it.
    pub fn item_of(&self, source: &str, field: &str, named: Option<&str>) -> Option<(usize, &PermitField)> {
        let items = self.items.iter().flatten().enumerate();
        let mut fitting = items.filter(|(_, item)| named.is_none_or(|name| item.name.is_empty() || item.name == name));
        fitting.find_map(|(index, item)| Some((index, item.fields.iter().find(|of| of.is(source, field))?)))
    }
}

/// Whether two names are one, as people write them: spaces and case make no difference.
pub fn is_same_name(one: &str, other: &str) -> bool {
    let plain = |text: &str| text.split_whitespace().collect::<String>().to_lowercase();
    plain(one) == plain(other)
}

fn is_among<'a>(permitted: Option<&Vec<String>>, names: impl IntoIterator<Item = &'a String>) -> bool {
    permitted.is_none_or(|permitted| {
        names.into_iter().any(|name| permitted.iter().any(|permitted| is_same_name(permitted, name)))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn terms() -> Terms {
        Terms {
            kind: PermitKind::SecurityAssessment,
            number: Some("2026-17".into()),
            handler: Some("91110105MA0000000A".into()),
            recipients: Some(vec!["umc".into()]),
            purposes: None,
            effective: Some(jiff::civil::date(2026, 1, 5)),
            filed: None,
            expires: None,
            items: Some(vec![PermitItem {
                name: "labs".into(),
                fields: vec![
                    PermitField { name: "lb.value".into(), forms: vec![] },
                    PermitField { name: "subject".into(), forms: vec![Transform::Pseudonym] },
                ],
                persons: Some(300),
            }]),
            persons: None,
            stored_until: None,
            places: None,
        }
    }

    #[test]
    fn an_offices_text_is_read_back_and_any_other_writing_of_it_refused() {
        let text = terms().office_text();
        assert_eq!(Terms::from_office_text(&text), Ok(terms()));
        assert_eq!(Terms::from_office_text(text.trim_end()), Err(OfficePermitError::NotCanonical));
        let spaced = text.replacen(':', ": ", 1);
        assert_eq!(Terms::from_office_text(&spaced), Err(OfficePermitError::NotCanonical));
        let other = text.replace("office-permit/1", "office-permit/9");
        assert!(matches!(Terms::from_office_text(&other), Err(OfficePermitError::Form(_))));
        let open = Terms { items: None, ..terms() };
        assert_eq!(Terms::from_office_text(&open.office_text()), Err(OfficePermitError::Missing("items")));
        for (persons, reads) in [(MOST_PERSONS, true), (MOST_PERSONS + 1, false)] {
            let text = Terms { persons: Some(persons), ..terms() }.office_text();
            assert_eq!(Terms::from_office_text(&text).is_ok(), reads, "{persons}");
        }
    }

    #[test]
    fn a_field_may_leave_where_any_item_lets_it_and_an_empty_item_covers_nothing() {
        let mut terms = terms();
        let item = |fields| PermitItem { name: "more".into(), fields, persons: None };
        assert!(terms.allows("vs", "subject", Transform::Pseudonym) && !terms.allows("vs", "subject", Transform::Keep));
        assert!(terms.allows("lb", "value", Transform::Keep) && !terms.allows("vs", "value", Transform::Keep));
        let subject = PermitField { name: "vs.subject".into(), forms: vec![Transform::Keep] };
        terms.items.iter_mut().for_each(|items| items.push(item(vec![subject.clone()])));
        assert!(terms.allows("vs", "subject", Transform::Month) && !terms.allows("lb", "subject", Transform::Month));
        terms.items = Some(vec![item(Vec::new())]);
        assert!(!terms.allows("lb", "value", Transform::Mask), "an empty item");
        terms.items = None;
        assert!(terms.allows("lb", "value", Transform::Keep), "nothing said");
    }

    #[test]
    fn names_are_one_in_any_spacing_and_case_and_what_is_not_said_is_open() {
        let mut terms = Terms { recipients: Some(vec!["Universitätsklinikum Musterstadt".into()]), ..terms() };
        assert!(terms.names_recipient([&"umc".to_owned(), &" UNIVERSITÄTS klinikum musterstadt".to_owned()]));
        assert!(!terms.names_recipient([&"umc".to_owned()]) && !terms.names_recipient([]));
        assert!(terms.names_purpose([]), "no purposes are named");
        terms.purposes = Some(Vec::new());
        assert!(!terms.names_purpose([&"care".to_owned()]), "none is permitted");
    }

    #[test]
    fn a_result_and_a_certificate_end_after_three_years_where_no_day_is_stated() {
        let date = jiff::civil::date;
        let last = |kind, effective, expires| Terms { kind, effective, expires, ..terms() }.last_day();
        for (kind, expected) in [
            (PermitKind::SecurityAssessment, Some(date(2027, 2, 28))),
            (PermitKind::Certification, Some(date(2027, 2, 28))),
            (PermitKind::StandardContract, None),
        ] {
            assert_eq!(last(kind, Some(date(2024, 2, 29)), None), expected);
            assert_eq!(last(kind, Some(date(2024, 2, 29)), Some(date(2030, 1, 1))), Some(date(2030, 1, 1)));
        }
    }

    #[test]
    fn fields_belong_to_items_by_name_with_or_without_source() {
        let terms = terms();
        let item = |source, field, named| terms.item_of(source, field, named).map(|(index, _)| index);
        assert_eq!(item("lb", "value", None), Some(0));
        assert_eq!(item("vs", "value", None), None, "of another source");
        assert_eq!(item("vs", "subject", Some("labs")), Some(0));
        assert_eq!(item("vs", "subject", Some("imaging")), None);
        let (_, subject) = terms.item_of("lb", "subject", None).expect("an item");
        assert!(subject.allows(Transform::Pseudonym) && !subject.allows(Transform::Keep));
    }
}

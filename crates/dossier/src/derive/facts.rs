//! What each source gives.

use codes::divisions;
use jiff::civil::Date;
use law::Value as FactValue;
use serde_json::{Value, json};
use transfer::{Earlier, PermitKind};

use super::Artefacts;
use crate::answers::Answers;
use crate::model::{Field, Source};

impl Source {
    /// Its name: the path into the artefact, as it stands in `forms/`.
    pub fn name(self) -> &'static str {
        match self {
            Self::HandlerName => "transfer.handler.name",
            Self::HandlerUscc => "transfer.handler.uscc",
            Self::HandlerCiio => "transfer.handler.ciio",
            Self::HandlerPersons => "transfer.handler.persons_held",
            Self::HandlerCity => "transfer.handler.city",
            Self::HandlerGbaCity => "transfer.handler.gba_city",
            Self::HandlerSector => "transfer.handler.sector",
            Self::HandlerZone => "transfer.handler.zone",
            Self::RecipientName => "transfer.recipient.name",
            Self::RecipientCountry => "transfer.recipient.country",
            Self::StoragePlace => "transfer.recipient.storage.place",
            Self::StorageUntil => "transfer.recipient.storage.until",
            Self::PurposeText => "transfer.purpose.text",
            Self::PurposeScenario => "transfer.purpose.scenario",
            Self::ListScenario => "transfer.list.scenario",
            Self::PipiaDone => "transfer.duties.pipia.done",
            Self::PermitEffective => "transfer.permit.effective",
            Self::PermitNumber => "transfer.permit.number",
            Self::PermitExpires => "transfer.permit.expires",
            Self::DataKinds => "determination.facts.data",
            Self::OrdinaryPersons => "determination.facts.persons.ordinary",
            Self::SensitivePersons => "determination.facts.persons.sensitive",
            Self::ListRows => "determination.rules.list",
            Self::InventoryPersons => "inventory.persons.distinct",
            Self::ReceiptPersons => "receipts.persons.after",
            Self::PlanSensitive => "plan.sensitive",
            Self::ItemName => "plan.item.name",
            Self::ItemDescription => "plan.item.description",
            Self::ItemWhy => "plan.item.why",
            Self::ItemExample => "sample.value",
            Self::ItemTransform => "plan.item.transform",
            Self::ItemColumns => "plan.item.columns",
            Self::ItemClass => "plan.item.class",
            Self::ItemSensitive => "plan.item.sensitive",
        }
    }
}

impl Artefacts<'_> {
    /// Whether the artefact a source is a path into is there.
    pub(super) fn gives(&self, source: Source) -> bool {
        match source.name().split('.').next() {
            Some("transfer") => self.transfer.is_some(),
            Some("determination") => self.determination.is_some(),
            Some("inventory") => self.inventories.is_some(),
            Some("receipts") => self.receipts.is_some(),
            _ => self.plan.is_some(),
        }
    }

    /// What it gives; `None` where the artefact does not say.
    pub(super) fn value(&self, source: Source, field: &Field, answers: &Answers) -> Option<Value> {
        let text = |text: &Option<String>| text.clone().filter(|text| !text.trim().is_empty()).map(Value::from);
        // `none` is how transfer files say that there is no zone, sector or scenario.
        let named = |name: &Option<String>| name.clone().filter(|name| name != "none").map(Value::from);
        let day = |day: Option<Date>| day.map(|day| Value::from(day.to_string()));
        if let Some(transfer) = self.transfer {
            let (handler, recipient) = (&transfer.handler, &transfer.recipient);
            let storage = recipient.storage.as_ref();
            // A permit that is renewed, filed or in effect is of the kind the field speaks of.
            let permit = |kinds: &[PermitKind]| {
                Some(&transfer.permit).filter(|p| p.kind.is_some_and(|kind| kinds.contains(&kind)))
            };
            let contract = [PermitKind::StandardContract, PermitKind::GbaStandardContract];
            match source {
                Source::HandlerName => return text(&handler.name),
                Source::HandlerUscc => return text(&handler.uscc),
                Source::HandlerCiio => return handler.ciio.map(Value::from),
                Source::HandlerPersons => return handler.persons_held.map(Value::from),
                Source::HandlerCity => return handler.city.as_deref().and_then(place).map(Value::from),
                Source::HandlerGbaCity => return handler.city.as_deref().and_then(|city| city_of(city, field)),
                Source::HandlerSector => return named(&handler.sector),
                Source::HandlerZone => return named(&handler.zone),
                Source::RecipientName => return text(&recipient.name),
                Source::RecipientCountry => return text(&recipient.region).or_else(|| text(&recipient.country)),
                Source::StoragePlace => return storage.and_then(|storage| text(&storage.place)),
                Source::StorageUntil => return day(storage.and_then(|storage| storage.until)),
                Source::PurposeText => return text(&transfer.purpose.text),
                Source::PurposeScenario => return named(&transfer.purpose.scenario),
                Source::ListScenario => return named(&transfer.list.scenario),
                Source::PipiaDone => return day(transfer.duties.pipia.as_ref().map(|pipia| pipia.done)),
                Source::PermitEffective => return day(permit(&contract)?.effective),
                Source::PermitNumber if field.id.starts_with("extension.") => {
                    return text(&permit(&[PermitKind::SecurityAssessment])?.number);
                }
                Source::PermitNumber => return text(&permit(&[PermitKind::Certification])?.number),
                Source::PermitExpires => return day(permit(&[PermitKind::Certification])?.expires),
                _ => {}
            }
        }
        match source {
            Source::DataKinds => self.kinds(),
            Source::OrdinaryPersons => self.fact_count("persons.ordinary").map(Value::from),
            Source::SensitivePersons => self.fact_count("persons.sensitive").map(Value::from),
            Source::ListRows => self.list_rows(),
            Source::InventoryPersons => self.inventory_persons().map(Value::from),
            Source::ReceiptPersons => self.exported(answers).map(Value::from),
            Source::PlanSensitive => self.sensitive().map(Value::from),
            _ => None,
        }
    }

    fn fact_count(&self, id: &str) -> Option<u64> {
        match self.determination?.facts.get(id)? {
            FactValue::Count(count) => Some(*count),
            _ => None,
        }
    }

    /// Personal information, important data, or both; nothing where either is not known.
    fn kinds(&self) -> Option<Value> {
        let facts = &self.determination?.facts;
        let FactValue::Bool(personal) = facts.get("data.personal")? else { return None };
        let FactValue::Text(important) = facts.get("data.important")? else { return None };
        let important = match important.as_str() {
            "notified" | "published" => true,
            "no" => false,
            _ => return None,
        };
        let kinds = [("important", important), ("personal", *personal)];
        let kinds = kinds.iter().filter(|(_, is)| *is).map(|(kind, _)| *kind).collect::<Vec<_>>();
        (!kinds.is_empty()).then(|| json!(kinds))
    }

    /// The rows of a zone's list that decide, each as it is cited.
    fn list_rows(&self) -> Option<Value> {
        let rules = self.determination?.rules.iter();
        let of_list =
            rules.filter(|rule| rule.decides && rule.gives_way_to.is_none() && rule.id.starts_with("cn.list."));
        let rows = of_list.map(|rule| format!("{} {}", rule.instrument, rule.article)).collect::<Vec<_>>();
        (!rows.is_empty()).then(|| Value::from(rows.join("；")))
    }

    /// Of several tables about persons nobody can say who is in two of them.
    fn inventory_persons(&self) -> Option<u64> {
        let mut persons = self.inventories?.iter().filter_map(|inventory| inventory.persons.as_ref());
        let one = persons.next()?;
        persons.next().is_none().then_some(one.distinct)
    }

    /// Persons who left this year. The receipts count ordinary and sensitive apart and for the handler as a whole, so this
    /// is known where one of the two is nobody and there is one scenario only.
    fn exported(&self, answers: &Answers) -> Option<u64> {
        if answers.rows("scenario", &[]).len() > 1 {
            return None;
        }
        match self.receipts?.last() {
            Some(last) => match (last.ordinary.after, last.sensitive.after) {
                (ordinary, 0) => Some(ordinary),
                (0, sensitive) => Some(sensitive),
                _ => None,
            },
            None => matches!(self.transfer?.earlier, Some(Earlier::None { .. })).then_some(0),
        }
    }

    /// Whether anything that leaves is sensitive; nothing is said where it depends and nothing else is.
    fn sensitive(&self) -> Option<bool> {
        let leaving = self.plan?.sources.iter().flat_map(transfer::PlannedSource::leaving);
        let found = leaving.map(|field| field.sensitive).collect::<Vec<_>>();
        if found.contains(&codes::Sensitivity::Yes) {
            return Some(true);
        }
        (!found.contains(&codes::Sensitivity::Depends)).then_some(false)
    }
}

/// A division by name, with its province.
fn place(code: &str) -> Option<String> {
    let code = code.parse().ok()?;
    let province = divisions::province(code)?;
    let names = [Some(province), divisions::city(code).map(|(_, name)| name), divisions::by_code(code).map(|d| d.name)];
    let mut said: Vec<&str> = names.into_iter().flatten().filter(|name| !name.is_empty()).collect();
    said.dedup();
    Some(said.concat())
}

/// The city as one of the options of the field.
fn city_of(code: &str, field: &Field) -> Option<Value> {
    let city = code.get(..4)?;
    field.kind.options().iter().any(|option| option.id == city).then(|| Value::from(city))
}

//! From the transfer file and the counts to the facts of the law.

use law::{Facts, FieldFacts, LawError, RuleBase, Value};
use transfer::{Plan, Transfer, TransferError};

use crate::error::ClearanceError;

/// The numbers of persons as far as they are known.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Counts {
    /// All of this year, this transfer included.
    Known {
        /// With ordinary personal information.
        ordinary: u64,
        /// With sensitive personal information.
        sensitive: u64,
    },
    /// At least these: other exports of this year were not stated.
    AtLeast {
        /// With ordinary personal information.
        ordinary: u64,
        /// With sensitive personal information.
        sensitive: u64,
    },
    /// The data has no persons.
    None,
}

/// The facts of a transfer. `personal`: what was found, `None` where nothing was and nobody said.
pub(crate) fn facts(
    base: &RuleBase,
    transfer: &Transfer,
    personal: Option<bool>,
    counts: Counts,
) -> Result<Facts, ClearanceError> {
    let mut facts = Facts::new();
    let mut put = |id: &str, value: Option<Value>| -> Result<(), LawError> {
        match value {
            Some(value) => facts.set(base, id, value),
            None => Ok(()),
        }
    };
    let text = |value: &Option<String>| value.clone().map(Value::Text);
    let flag = |value: Option<bool>| value.map(Value::Bool);
    let count = |value: Option<u64>| value.map(Value::Count);
    let Transfer { handler, recipient, data, ground, list, request, persons, activity, renewal, contract, .. } =
        transfer;
    put("handler.ciio", flag(handler.ciio))?;
    put("handler.region", text(&handler.region))?;
    put("handler.city", text(&handler.city))?;
    put("handler.zone", text(&handler.zone))?;
    put("handler.sector", text(&handler.sector))?;
    put("handler.persons_held", count(handler.persons_held))?;
    put("handler.faces_held", count(handler.faces_held))?;
    put("handler.group_exports", flag(handler.group_exports))?;
    put("data.personal", flag(personal))?;
    put("data.important", text(&data.important))?;
    put("data.notified_on", data.notified_on.map(Value::Date))?;
    put("data.core", flag(data.core))?;
    put("data.core_approved", flag(data.core_approved))?;
    put("data.state_secret", flag(data.state_secret))?;
    put("data.overseas_origin_only", flag(data.overseas_origin_only))?;
    put("data.pseudonymous", flag(data.pseudonymous))?;
    put("ground.necessary", text(&ground.necessary))?;
    put("ground.contract_with_individual", flag(ground.contract_with_individual))?;
    put("ground.hr_labour_rules", flag(ground.hr_labour_rules))?;
    put("ground.hr_collective_contract", flag(ground.hr_collective_contract))?;
    put("ground.emergency", flag(ground.emergency))?;
    put("ground.statutory_duty", flag(ground.statutory_duty))?;
    put("ground.foreign_duty", flag(ground.foreign_duty))?;
    put("ground.sector_guide", text(&ground.sector_guide))?;
    put("persons.ordinary_two_years", count(persons.ordinary_two_years))?;
    put("persons.sensitive_two_years", count(persons.sensitive_two_years))?;
    put("persons.any_two_years", count(persons.any_two_years))?;
    put("activity.began_on", activity.began_on.map(Value::Date))?;
    put("activity.filed", text(&activity.filed))?;
    put("renewal.stage", text(&renewal.stage))?;
    put("renewal.persons_growth", count(renewal.persons_growth))?;
    put("renewal.size_growth", count(renewal.size_growth))?;
    put("renewal.event", text(&renewal.event))?;
    put("contract.event", text(&contract.event))?;
    put("list.scenario", text(&list.scenario))?;
    put("list.on_list", flag(list.on_list))?;
    put("list.adopted", text(&list.adopted))?;
    put("recipient.region", text(&recipient.region).or_else(|| text(&recipient.country)))?;
    put("recipient.onward_outside_gba", flag(recipient.onward_outside_gba))?;
    put("request.foreign_authority", flag(request.foreign_authority))?;
    put("request.prc_approval", flag(request.prc_approval))?;
    match counts {
        Counts::Known { ordinary, sensitive } => {
            put("persons.ordinary", Some(Value::Count(ordinary)))?;
            put("persons.sensitive", Some(Value::Count(sensitive)))?;
        }
        Counts::None => {
            put("persons.ordinary", Some(Value::Count(0)))?;
            put("persons.sensitive", Some(Value::Count(0)))?;
        }
        Counts::AtLeast { ordinary, sensitive } => {
            facts.set_at_least(base, "persons.ordinary", ordinary)?;
            facts.set_at_least(base, "persons.sensitive", sensitive)?;
        }
    }
    facts.check()?;
    Ok(facts)
}

/// The leaving fields with what is so of each before a zone's list: none where no list is used or no field is marked, and then
/// the transfer is assessed as one. A field without a mark is as `[list]` says.
pub(crate) fn by_field(transfer: &Transfer, plan: &Plan) -> Vec<FieldFacts> {
    let under_a_list = transfer.list.scenario.as_deref().is_some_and(|scenario| scenario != "none");
    let marks = |source: &str, name: &str| {
        let named = |field: &&transfer::Field| {
            field.name == name && field.source.as_deref().is_none_or(|its_source| its_source == source)
        };
        transfer.field.iter().find(named).and_then(|field| field.on_list)
    };
    if !under_a_list || transfer.field.iter().all(|field| field.on_list.is_none()) {
        return Vec::new();
    }
    let leaving =
        plan.sources.iter().flat_map(|source| source.leaving().map(move |field| (&source.source, &field.name)));
    let of_field = |(source, name): (&String, &String)| {
        let on_list = marks(source, name).or(transfer.list.on_list).map(Value::Bool);
        FieldFacts { field: format!("{source}.{name}"), facts: [("list.on_list".to_owned(), on_list)].into() }
    };
    leaving.map(of_field).collect()
}

/// Whether the data is personal: stated, found, or unknown. Stating that it is not, where it was found to be, is an error.
pub(crate) fn personal(transfer: &Transfer, found: Option<&str>) -> Result<Option<bool>, TransferError> {
    match (transfer.data.personal, found) {
        (Some(false), Some(place)) => Err(TransferError::Meaning(format!(
            "[data] says `personal = false`, but {place}: take the line out or leave the data out"
        ))),
        (_, Some(_)) => Ok(Some(true)),
        (stated, None) => Ok(stated),
    }
}

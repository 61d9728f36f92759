//! What was decided, as a permit that the gate obeys.

use deid::Transform;
use evidence::NoteSigner;
use jiff::civil::Date;
use serde::Deserialize as _;
use transfer::{PermitField, PermitItem, Plan, Terms};

use crate::case::Case;
use crate::clocks::{Running, clocks};
use crate::items::items;
use crate::payload::{ArtefactKind, ItemDecision, Recorded, Verdict};
use crate::procedure::{ActionDefinition, Effect, Procedure};
use crate::refusal::Refusal;
use crate::world::{Due, World};

/// The terms of the signed permit in a note; `None`: it is none.
pub(crate) fn read(note: &str) -> Option<Terms> {
    let text = evidence::note::unverified_text(note.as_bytes()).ok()?;
    Terms::from_office_text(text).ok()
}

/// SHA-256 of the text of a signed permit, as `permit.json` names it.
pub(crate) fn text_digest(note: &str) -> Option<String> {
    let text = evidence::note::unverified_text(note.as_bytes()).ok()?;
    Some(transfer::digest(text.as_bytes()))
}

/// The signed permit that an action issues, or the one it prolongs; `None`: nothing was approved, so none is issued.
pub(crate) fn issue(
    world: &World<'_>,
    procedure: &Procedure,
    action: &ActionDefinition,
    before: &Case,
    recorded: &Recorded,
    signer: Option<&dyn NoteSigner>,
) -> Result<Option<String>, Refusal> {
    if !matches!(action.effect, Some(Effect::Permit | Effect::Prolong)) {
        return Ok(None);
    }
    // The case as it will be without the note: numbers, decisions and days of this action count.
    let mut after = before.clone();
    after.apply(recorded).map_err(|error| Refusal::Record { what: error.to_string() })?;
    let Some(terms) = terms(world, procedure, &after, recorded.day)? else { return Ok(None) };
    let signer = signer.ok_or(Refusal::NoOfficeKey { action: action.id.clone() })?;
    let note = evidence::sign_note(&terms.office_text(), &[signer]);
    note.map(Some).map_err(|error| Refusal::Record { what: error.to_string() })
}

/// What the case's permit says: the items approved, to whom, for what, from when until when.
fn terms(world: &World<'_>, procedure: &Procedure, case: &Case, today: Date) -> Result<Option<Terms>, Refusal> {
    let Some(permit) = &procedure.permit else { return Ok(None) };
    let approved = |key: &str| match case.decisions.iter().find(|decision| decision.item == key) {
        Some(decision) => (decision.verdict_is(Verdict::Approved)).then(|| decision.clone()),
        // Where a procedure decides on the whole, every item is approved with it.
        None if case.decisions.is_empty() => Some(ItemDecision::of(key)),
        None => None,
    };
    let plan = case.artefacts.get(&ArtefactKind::Plan).and_then(|plan| Plan::deserialize(plan).ok());
    let items: Vec<PermitItem> = items(&case.dossier)
        .into_iter()
        .filter_map(|item| {
            let decision = approved(&item.key)?;
            let field = |name: String| {
                // What was declared is the form of the plan, unless the office decided on others.
                let forms =
                    if decision.forms.is_empty() { planned(plan.as_ref(), &name) } else { decision.forms.clone() };
                PermitField { name, forms }
            };
            let fields = item.columns.into_iter().map(field).collect();
            Some(PermitItem { name: item.name, fields, persons: decision.persons })
        })
        .collect();
    if items.is_empty() {
        return Ok(None);
    }
    let effective = permit.effective.as_ref().and_then(|day| case.day_of(day)).unwrap_or(today);
    let filed = permit.filed_by.as_ref().and_then(|action| case.last(action)).map(|happened| happened.day);
    Ok(Some(Terms {
        kind: permit.kind,
        number: Some(case.number.clone().unwrap_or_else(|| case.id.to_string())),
        handler: Some(case.handler.uscc.clone()),
        recipients: Some(named(case, &["scenario.recipient.name"])),
        purposes: Some(named(case, &["scenario.name", "scenario.purpose"])).filter(|purposes| !purposes.is_empty()),
        effective: Some(effective),
        filed,
        expires: last_day(world, procedure, case, today)?,
        items: Some(items),
        persons: None,
        stored_until: stored_until(case),
        places: None,
    }))
}

/// The form in which the plan of the case lets a column leave; none: there is no plan, or it does not leave.
fn planned(plan: Option<&Plan>, column: &str) -> Vec<Transform> {
    let sources = plan.into_iter().flat_map(|plan| &plan.sources);
    let fields = sources.flat_map(|source| source.leaving().map(move |field| (&source.source, field)));
    let is_this = |(source, field): &(&String, &transfer::PlannedField)| {
        column == field.name
            || column.strip_prefix(source.as_str()).and_then(|rest| rest.strip_prefix('.')) == Some(&field.name)
    };
    fields.filter(is_this).map(|(_, field)| field.transform).collect()
}

/// Every distinct answer of these fields, in the order of the forms' rows.
fn named(case: &Case, fields: &[&str]) -> Vec<String> {
    let mut found: Vec<String> = Vec::new();
    for (_, answer) in case.dossier.answers.iter().filter(|(path, _)| fields.contains(&path.field().as_str())) {
        let text = answer.value.as_str().map(str::trim).unwrap_or_default();
        if !text.is_empty() && !found.iter().any(|known| known == text) {
            found.push(text.to_owned());
        }
    }
    found
}

/// The earliest of the days until which the scenarios say the data is kept abroad.
fn stored_until(case: &Case) -> Option<Date> {
    let until = case.dossier.answers.iter().filter(|(path, _)| path.field() == "scenario.retention_until");
    until.filter_map(|(_, answer)| answer.value.as_str()?.parse().ok()).min()
}

/// The last day by the procedure's clocks of validity; `None`: it has no end.
fn last_day(world: &World<'_>, procedure: &Procedure, case: &Case, today: Date) -> Result<Option<Date>, Refusal> {
    let Some(permit) = &procedure.permit else { return Ok(None) };
    let ends = clocks(world, case, today).into_iter().filter(|clock| permit.validity.contains(&clock.clock));
    let mut last = None;
    for clock in ends.filter(|clock| clock.running != Running::Again) {
        match &*clock.due {
            Due::Day { day, .. } => last = last.max(Some(*day)),
            Due::Unknown { why } => return Err(Refusal::Record { what: why.en.clone() }),
        }
    }
    Ok(last)
}

impl ItemDecision {
    fn of(key: &str) -> Self {
        let (forms, persons, reason) = (Vec::new(), None, None);
        Self { item: key.to_owned(), decision: Verdict::Approved, forms, persons, reason }
    }

    fn verdict_is(&self, verdict: Verdict) -> bool {
        self.decision == verdict
    }
}

//! What a permit has to say for the gate to open, and where a transfer has drifted from it.

use jiff::ToSpan as _;
use jiff::civil::Date;
use law::{Outcome, Path, Workdays};
use transfer::{PermitKind, Standing, Terms, is_same_name};

use super::{Look, Stop};

/// Everything about a permit that keeps the gate shut.
pub(super) fn stops(look: &Look<'_>, terms: &Terms, standing: Standing, stops: &mut Vec<Stop>) {
    let (on, kind) = (look.on, terms.kind);
    let needed = &look.determination.paths;
    let heaviest = needed.iter().map(|path| path.weight()).max().unwrap_or(u8::MAX);
    let opens = if kind == PermitKind::ZoneFiling {
        needed == &[Path::Exempt]
    } else {
        needed.contains(&kind.path()) || kind.path().weight() > heaviest
    };
    if !opens && look.determination.outcome == Outcome::Determined {
        stops.push(Stop::PermitTooLight { kind, paths: needed.clone() });
    }
    if look.transfer.handler.require_signed_permit == Some(true) && standing != Standing::Signed {
        stops.push(Stop::PermitNotSigned);
    }
    if let Some(handler) = terms.handler.as_ref().filter(|handler| !is_same_name(handler, look.handler)) {
        stops.push(Stop::OtherHandler { handler: handler.clone() });
    }
    match terms.effective {
        Some(effective) if effective <= on => {}
        effective => stops.push(Stop::PermitNotEffective { effective }),
    }
    if let Some(expires) = terms.last_day().filter(|expires| *expires < on) {
        stops.push(Stop::PermitExpired { expires });
    }
    if matches!(kind, PermitKind::StandardContract | PermitKind::GbaStandardContract) {
        contract(look, terms, stops);
    }
    fields(look, terms, stops);
    scope(look, terms, stops);
    spent(look, terms, stops);
}

/// A contract has to be filed within ten working days of its effect (Order 13 art 7), on an impact assessment finished
/// within the three months before; the filing number is never waited for.
fn contract(look: &Look<'_>, terms: &Terms, stops: &mut Vec<Stop>) {
    let filed = terms.filed.filter(|filed| *filed <= look.on);
    if let (Some(effective), None) = (terms.effective, filed) {
        match look.calendar.due(effective, Workdays(10)) {
            Ok(count) if count.day < look.on => stops.push(Stop::NotFiled { due: count.day }),
            Ok(_) => {}
            // A period that cannot be counted is a period that is over.
            Err(_) => stops.push(Stop::NotFiled { due: effective }),
        }
    }
    if let Some(pipia) = &look.transfer.duties.pipia {
        // Not filed yet: it would be filed today at the earliest.
        let filing = filed.unwrap_or(look.on);
        if pipia.done > filing {
            stops.push(Stop::PipiaAfterFiling { done: pipia.done, filed: filing });
        }
        let until = pipia.done.checked_add(3.months()).unwrap_or(Date::MAX);
        if filing > until {
            stops.push(Stop::PipiaStale { done: pipia.done, until });
        }
    }
}

/// Each field has to be in the permit, in one of its forms; where the permit names none, in what first left under it.
fn fields(look: &Look<'_>, terms: &Terms, stops: &mut Vec<Stop>) {
    let kind = terms.kind;
    let (mut unknown, mut otherwise) = (Vec::new(), Vec::new());
    for leaving in look.leaving {
        let allowed = if terms.items.is_some() {
            let field = terms.item_of(&leaving.source, &leaving.name, leaving.item.as_deref());
            field.map(|(_, field)| field.allows(leaving.form))
        } else if let Some(baseline) = look.baseline {
            let before = baseline.fields.iter().find(|(place, _)| *place == leaving.place());
            before.map(|(_, form)| *form == leaving.form || *form == deid::Transform::Keep)
        } else {
            Some(true)
        };
        match allowed {
            Some(true) => {}
            Some(false) => otherwise.push(leaving.place()),
            None => unknown.push(leaving.place()),
        }
    }
    if !unknown.is_empty() {
        stops.push(Stop::FieldNotPermitted { kind, fields: unknown });
    }
    if !otherwise.is_empty() {
        stops.push(Stop::FormNotPermitted { kind, fields: otherwise });
    }
}

/// Recipient, purpose and storage: what the permit says, or else what first left under it.
fn scope(look: &Look<'_>, terms: &Terms, stops: &mut Vec<Stop>) {
    let kind = terms.kind;
    let recipient = &look.transfer.recipient;
    let permitted = match (&terms.recipients, look.baseline) {
        (None, Some(baseline)) => is_same_name(&baseline.recipient, &recipient.id),
        _ => terms.names_recipient([&recipient.id].into_iter().chain(&recipient.name)),
    };
    if !permitted {
        stops.push(Stop::RecipientNotPermitted { kind, recipient: recipient.id.clone() });
    }
    let purpose = &look.transfer.purpose;
    let own = || purpose.text.iter().chain(&purpose.scenario);
    let permitted = match (&terms.purposes, look.baseline.and_then(|baseline| baseline.purpose.as_ref())) {
        (None, Some(before)) => own().any(|own| is_same_name(before, own)),
        _ => terms.names_purpose(own()),
    };
    if !permitted {
        let purpose = own().next().cloned().unwrap_or_default();
        stops.push(Stop::PurposeNotPermitted { kind, purpose });
    }
    let storage = recipient.storage.clone().unwrap_or_default();
    if let Some(permitted) = terms.stored_until.or(look.baseline.and_then(|baseline| baseline.stored_until))
        && storage.until.is_none_or(|until| until > permitted)
    {
        stops.push(Stop::StoredLonger { kind, until: storage.until, permitted });
    }
    let places = terms.places.clone().or_else(|| Some(vec![look.baseline?.place.clone()?]));
    if let Some(permitted) = places
        && !storage.place.as_ref().is_some_and(|place| permitted.iter().any(|of| is_same_name(of, place)))
    {
        stops.push(Stop::StoredElsewhere { kind, place: storage.place, permitted });
    }
}

/// Persons are spent cumulatively, of the permit and of each of its items.
fn spent(look: &Look<'_>, terms: &Terms, stops: &mut Vec<Stop>) {
    for (item, permitted, persons) in limits(look, terms) {
        if permitted < persons {
            stops.push(Stop::TooManyPersons { persons, permitted, item });
        }
    }
}

/// Every limit of persons: the item, what it covers, what is spent.
pub(super) fn limits<'a>(
    look: &'a Look<'_>,
    terms: &'a Terms,
) -> impl Iterator<Item = (Option<String>, u64, u64)> + 'a {
    let whole = terms.persons.map(|permitted| (None, permitted, look.persons_under_permit));
    let items = terms.items.iter().flatten().zip(look.persons_by_item);
    let items = items.filter_map(|(item, persons)| Some((Some(item.name.clone()), item.persons?, *persons)));
    whole.into_iter().chain(items)
}

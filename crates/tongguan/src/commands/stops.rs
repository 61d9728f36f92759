//! Why the gate stays shut and what to do soon, in words.

use clearance::{Stop, Warning};
use law::RuleBase;

use super::Context;
use super::show::{INDENT, line, need, paths};
use crate::Failure;
use crate::catalogue::Say;
use crate::screen::{Paint, grouped, paint, table, wrap};

/// Why the gate stays shut, each with its article and how to go on.
pub(crate) fn stops(context: &Context, base: &RuleBase, stops: &[Stop]) -> Result<(), Failure> {
    let say = context.say;
    let mut title = paint(say.text("show.stopped"), Paint::Bad);
    for stop in stops {
        let text = stop_text(say, stop);
        let cite = base.cited(stop.cite());
        let cite = say.of(&cite);
        // A painted title counts its colour codes as width: it is filled by hand.
        let plain = say.text("show.stopped");
        let wrapped = wrap(
            if title.is_empty() { "" } else { plain },
            &say.fill("show.with-cite", &[("text", &text), ("cite", cite)]),
            INDENT,
        );
        let shown = if title.is_empty() { wrapped } else { wrapped.replacen(plain, &title, 1) };
        context.out(&shown)?;
        title = String::new();
        if let Some(counts) = counts(say, stop) {
            context.out(&counts)?;
        }
    }
    Ok(())
}

/// The table of a stop that counts values: column, class, and how many of which sort.
fn counts(say: Say, stop: &Stop) -> Option<String> {
    let words = |names: &[&str]| names.iter().map(|name| say.text(&format!("egress.{name}"))).collect::<Vec<_>>();
    let place = |source: &str, column: &str| format!("{source}.{column}");
    let (header, rows) = match stop {
        Stop::Undeclared { found } => {
            let rows = found.iter().map(|found| {
                let (valid, suspected) = (grouped(found.valid), grouped(found.suspected));
                vec![place(&found.source, &found.column), found.label.clone(), valid, suspected]
            });
            (words(&["column", "class", "valid", "suspected"]), rows.collect::<Vec<_>>())
        }
        Stop::NotAsPlanned { found } => {
            let rows = found.iter().map(|found| {
                let form = need(say, found.form);
                vec![place(&found.source, &found.column), found.label.clone(), form, grouped(found.count)]
            });
            (words(&["column", "class", "form", "count"]), rows.collect::<Vec<_>>())
        }
        Stop::RawAmongSurrogates { found } => {
            let rows = found.iter().map(|found| {
                let same = format!("{} ({})", grouped(found.same), grouped(found.same_most));
                let met = format!("{} ({})", grouped(found.met), grouped(found.met_most));
                vec![place(&found.source, &found.column), found.label.clone(), same, met]
            });
            (words(&["column", "class", "same", "met"]), rows.collect::<Vec<_>>())
        }
        _ => return None,
    };
    Some(table(&header, &rows, INDENT))
}

/// One stop in words.
fn stop_text(say: Say, stop: &Stop) -> String {
    let list = |items: &[String]| items.join(", ");
    match stop {
        Stop::Refused { rules } => say.fill("stop.refused", &[("rules", &list(rules))]),
        Stop::NotYetKnown { facts } => say.fill("stop.not-yet-known", &[("facts", &list(facts))]),
        Stop::HumanJudgement { facts } => say.fill("stop.human-judgement", &[("facts", &list(facts))]),
        Stop::NoPermit { paths: needed } => {
            let mut text = say.fill("stop.no-permit", &[("paths", &paths(say, needed))]);
            for path in needed {
                text.push(' ');
                text.push_str(say.text(&format!("file.{path}")));
            }
            text
        }
        Stop::PermitTooLight { kind, paths: needed } => {
            let have = paths(say, &[kind.path()]);
            say.fill("stop.permit-too-light", &[("have", &have), ("paths", &paths(say, needed))])
        }
        Stop::NoZoneFiling => say.text("stop.no-zone-filing").to_owned(),
        Stop::PermitNotSigned => say.text("stop.permit-not-signed").to_owned(),
        Stop::PermitNotEffective { effective: Some(day) } => {
            say.fill("stop.permit-not-effective", &[("day", &day.to_string())])
        }
        Stop::PermitNotEffective { effective: None } => say.text("stop.permit-no-day").to_owned(),
        Stop::PermitExpired { expires } => say.fill("stop.permit-expired", &[("day", &expires.to_string())]),
        Stop::PermitNotTrusted { signers } if signers.is_empty() => say.text("stop.permit-unsigned").to_owned(),
        Stop::PermitNotTrusted { signers } => say.fill("stop.permit-not-trusted", &[("signers", &list(signers))]),
        Stop::OtherHandler { handler } => say.fill("stop.other-handler", &[("handler", handler)]),
        Stop::FieldNotPermitted { fields, .. } => drifted(say, "stop.field-not-permitted", &list(fields)),
        Stop::FormNotPermitted { fields, .. } => drifted(say, "stop.form-not-permitted", &list(fields)),
        Stop::RecipientNotPermitted { recipient, .. } => drifted(say, "stop.recipient-not-permitted", recipient),
        Stop::PurposeNotPermitted { purpose, .. } => drifted(say, "stop.purpose-not-permitted", purpose),
        Stop::StoredLonger { until: Some(until), permitted, .. } => {
            drifted(say, "stop.stored-longer", &format!("{until} > {permitted}"))
        }
        Stop::StoredLonger { until: None, permitted, .. } => {
            say.fill("stop.storage-unsaid", &[("key", "until"), ("permitted", &permitted.to_string())])
        }
        Stop::StoredElsewhere { place: Some(place), .. } => drifted(say, "stop.stored-elsewhere", place),
        Stop::StoredElsewhere { place: None, permitted, .. } => {
            say.fill("stop.storage-unsaid", &[("key", "place"), ("permitted", &list(permitted))])
        }
        Stop::TooManyPersons { persons, permitted, item } => {
            let values = [grouped(*persons), grouped(*permitted)];
            let text = say.fill("stop.too-many-persons", &[("persons", &values[0]), ("permitted", &values[1])]);
            item.as_ref().filter(|item| !item.is_empty()).map_or(text.clone(), |item| format!("{item}: {text}"))
        }
        Stop::NotFiled { due } => say.fill("stop.not-filed", &[("day", &due.to_string())]),
        Stop::NoPipia => say.text("stop.no-pipia").to_owned(),
        Stop::PipiaStale { done, until } => {
            say.fill("stop.pipia-stale", &[("done", &done.to_string()), ("until", &until.to_string())])
        }
        Stop::PipiaAfterFiling { done, filed } => {
            say.fill("stop.pipia-after-filing", &[("done", &done.to_string()), ("filed", &filed.to_string())])
        }
        Stop::NoNotice => say.text("stop.no-notice").to_owned(),
        Stop::NoBasis => say.text("stop.no-basis").to_owned(),
        Stop::NoConsents => say.text("stop.no-consents").to_owned(),
        Stop::NobodyConsented => say.text("stop.nobody-consented").to_owned(),
        Stop::Undeclared { found } => {
            let sampled = found.iter().any(|found| found.sampled);
            say.text(if sampled { "stop.undeclared-sampled" } else { "stop.undeclared" }).to_owned()
        }
        Stop::NotAsPlanned { .. } => say.text("stop.not-as-planned").to_owned(),
        Stop::RawAmongSurrogates { .. } => say.text("stop.raw-among-surrogates").to_owned(),
    }
}

/// A change that calls for declaring, filing or certifying anew.
fn drifted(say: Say, key: &str, what: &str) -> String {
    format!("{} {}", say.fill(key, &[("what", what)]), say.text("stop.declare-anew"))
}

/// What to do soon.
pub(crate) fn warnings(context: &Context, warnings: &[Warning]) -> Result<(), Failure> {
    let say = context.say;
    let mut title = say.text("show.soon");
    for warning in warnings {
        let text = match warning {
            Warning::NearlySpent { persons, permitted, item } => {
                let values = [grouped(*persons), grouped(*permitted)];
                let text = say.fill("warning.nearly-spent", &[("persons", &values[0]), ("permitted", &values[1])]);
                item.as_ref().filter(|item| !item.is_empty()).map_or(text.clone(), |item| format!("{item}: {text}"))
            }
            Warning::ExpiresSoon { kind, expires, act_by } => {
                let key = match kind {
                    transfer::PermitKind::SecurityAssessment => "warning.assessment-ends",
                    transfer::PermitKind::Certification => "warning.certificate-ends",
                    _ => "warning.permit-ends",
                };
                say.fill(key, &[("expires", &expires.to_string()), ("day", &act_by.to_string())])
            }
            Warning::FileBy { due } => say.fill("warning.file-by", &[("day", &due.to_string())]),
            Warning::UnreadableConsents { consents } => {
                say.fill("warning.unreadable-consents", &[("count", &grouped(*consents))])
            }
            Warning::WithdrawnUnnamed { persons } => {
                say.fill("warning.withdrawn-unnamed", &[("count", &grouped(*persons))])
            }
        };
        line(context, title, &text)?;
        title = "";
    }
    Ok(())
}

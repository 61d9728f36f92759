//! How far a count may grow before the path changes, and what the other way of counting would say.

use crate::answer::determination::{Determination, Headroom};
use crate::answer::lighter::weight;
use crate::logic::diagram::Signature;
use crate::logic::facts::{Value, grouped};
use crate::logic::inforce::Law;
use crate::logic::known::Known;
use crate::logic::possible::explore;
use crate::{LawError, Text};

/// For every known count that can change the path by growing: the last value that does not. Fewer persons by splitting a
/// transfer is no remedy (Order 13 art 4), so headroom looks upward only.
pub(crate) fn headroom(law: &Law<'_>, known: &Known, now: &Signature) -> Result<Vec<Headroom>, LawError> {
    let mut found = Vec::new();
    for (n, definition) in law.names().iter().enumerate() {
        let Some(Value::Count(count)) = known.values[n] else {
            continue;
        };
        let mut grown = known.clone();
        for step in law.numberings[n].steps().filter(|step| *step > count) {
            grown.values[n] = Some(Value::Count(step));
            if law.contradicts(&law.codes(&grown)) {
                break;
            }
            let then = explore(law, &grown)?;
            if then.settled() != Some(now) {
                let then = then.paths.into_iter().collect();
                found.push(Headroom { fact: definition.id.clone(), now: count, until: step - 1, then });
                break;
            }
        }
    }
    Ok(found)
}

/// For every known count below which the path would be lighter: the greatest such value and the paths there. It is no
/// remedy: volumes may not be split (Order 13 art 4).
pub(crate) fn lighter_below(law: &Law<'_>, known: &Known, now: &Determination) -> Result<Vec<Headroom>, LawError> {
    let mut found = Vec::new();
    for (n, definition) in law.names().iter().enumerate() {
        let Some(Value::Count(count)) = known.values[n] else {
            continue;
        };
        let mut steps: Vec<u64> = law.numberings[n].steps().filter(|step| *step <= count && *step > 0).collect();
        steps.sort_unstable();
        let mut fewer = known.clone();
        for step in steps.into_iter().rev() {
            fewer.values[n] = Some(Value::Count(step - 1));
            if law.contradicts(&law.codes(&fewer)) {
                continue;
            }
            let then = explore(law, &fewer)?;
            let least = |paths: &mut dyn Iterator<Item = u8>| paths.min().unwrap_or(u8::MAX);
            let settled = matches!(then.settled(), Some(Signature::Paths(_)));
            let lighter = least(&mut then.paths.iter().map(|path| path.weight())) < weight(now);
            if settled && lighter {
                let then = then.paths.into_iter().collect();
                found.push(Headroom { fact: definition.id.clone(), now: count, until: step - 1, then });
                break;
            }
        }
    }
    Ok(found)
}

/// The note due where a person with both kinds, counted among the sensitive only, would give another path (docs/INTERFACE.md).
///
/// How many of the sensitive are also among the ordinary is not known; the reading's lowest figure decides whether to speak.
pub(crate) fn other_reading(law: &Law<'_>, known: &Known, now: &Signature) -> Result<Option<Text>, LawError> {
    let place = |id: &str| law.names().iter().position(|f| f.id == id);
    let (Some(ordinary), Some(sensitive)) = (place("persons.ordinary"), place("persons.sensitive")) else {
        return Ok(None);
    };
    let (Some(Value::Count(all)), Some(Value::Count(both))) = (&known.values[ordinary], &known.values[sensitive])
    else {
        return Ok(None);
    };
    let least = all.saturating_sub(*both);
    if least == *all {
        return Ok(None);
    }
    let mut other = known.clone();
    other.values[ordinary] = Some(Value::Count(least));
    let other = explore(law, &other)?;
    if other.settled() == Some(now) {
        return Ok(None);
    }
    let paths = other.paths.iter().map(|p| p.name()).collect::<Vec<_>>().join(" / ");
    let least = grouped(least);
    Ok(Some(Text::new(
        format!(
            "“不含敏感个人信息”我们从严理解：两类信息都出境的人两边都计数（未经确认）。若只计入敏感一边，普通个人信息最少为 {least} 人，路径将为 {paths}。"
        ),
        format!(
            "\"not counting sensitive\" is read cautiously: a person with both kinds counts in both (unconfirmed). Counted among \
             the sensitive only, the ordinary count could be as low as {least} and the path would be {paths}."
        ),
    )))
}

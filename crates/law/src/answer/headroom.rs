//! How far a count may grow before the path changes, and what the other way of counting would say.

use crate::answer::determination::{Determination, Headroom};
use crate::answer::lighter::weight;
use crate::book::definition::{FactIndex, FactType};
use crate::logic::condition::Truth;
use crate::logic::diagram::Signature;
use crate::logic::facts::{Value, grouped};
use crate::logic::inforce::{Assignment, Law};
use crate::logic::possible::explore;
use crate::logic::regions::boundaries;
use crate::{LawError, Text};

/// For every known count that can change the path by growing: the last value that does not. Fewer persons by splitting a
/// transfer is no remedy (Order 13 art 4), so headroom looks upward only.
pub(crate) fn headroom(law: &Law<'_>, facts: &Assignment, now: &Signature) -> Result<Vec<Headroom>, LawError> {
    let mut found = Vec::new();
    for (n, definition) in law.names().iter().enumerate() {
        let (FactType::Count, Some(Value::Count(count))) = (definition.kind, &facts[n]) else {
            continue;
        };
        let mut steps = steps(law, FactIndex(n));
        steps.retain(|step| step > count);
        steps.sort_unstable();
        steps.dedup();
        for step in steps {
            let mut grown = facts.clone();
            grown[n] = Some(Value::Count(step));
            if contradicts(law, &grown) {
                break;
            }
            let then = explore(law, &grown)?;
            if then.settled() != Some(now) {
                let then = then.paths.into_iter().collect();
                found.push(Headroom { fact: definition.id.clone(), now: *count, until: step - 1, then });
                break;
            }
        }
    }
    Ok(found)
}

/// The counts at which some rule in force changes its answer, unsorted.
fn steps(law: &Law<'_>, fact: FactIndex) -> Vec<u64> {
    let mut tests = Vec::new();
    for rule in &law.rules {
        rule.when.each_test(&mut |read, test| {
            if read == fact {
                tests.push(test);
            }
        });
    }
    boundaries(tests)
}

/// For every known count below which the path would be lighter: the greatest such value and the paths there. It is no
/// remedy: volumes may not be split (Order 13 art 4).
pub(crate) fn lighter_below(law: &Law<'_>, facts: &Assignment, now: &Determination) -> Result<Vec<Headroom>, LawError> {
    let mut found = Vec::new();
    for (n, definition) in law.names().iter().enumerate() {
        let (FactType::Count, Some(Value::Count(count))) = (definition.kind, &facts[n]) else {
            continue;
        };
        let mut steps = steps(law, FactIndex(n));
        steps.retain(|step| step <= count && *step > 0);
        steps.sort_unstable();
        for step in steps.into_iter().rev() {
            let mut fewer = facts.clone();
            fewer[n] = Some(Value::Count(step - 1));
            if contradicts(law, &fewer) {
                continue;
            }
            let then = explore(law, &fewer)?;
            let least = |paths: &mut dyn Iterator<Item = u8>| paths.min().unwrap_or(u8::MAX);
            let settled = matches!(then.settled(), Some(Signature::Paths(_)));
            let lighter = least(&mut then.paths.iter().map(|path| path.weight())) < weight(now);
            if settled && lighter {
                let then = then.paths.into_iter().collect();
                found.push(Headroom { fact: definition.id.clone(), now: *count, until: step - 1, then });
                break;
            }
        }
    }
    Ok(found)
}

fn contradicts(law: &Law<'_>, facts: &Assignment) -> bool {
    law.base.vocabulary().contradictions.iter().any(|c| c.when.truth(facts.as_slice()) == Truth::True)
}

/// The note due where a person with both kinds, counted among the sensitive only, would give another path (docs/INTERFACE.md).
///
/// How many of the sensitive are also among the ordinary is not known; the reading's lowest figure decides whether to speak.
pub(crate) fn other_reading(law: &Law<'_>, facts: &Assignment, now: &Signature) -> Result<Option<Text>, LawError> {
    let place = |id: &str| law.names().iter().position(|f| f.id == id);
    let (Some(ordinary), Some(sensitive)) = (place("persons.ordinary"), place("persons.sensitive")) else {
        return Ok(None);
    };
    let (Some(Value::Count(all)), Some(Value::Count(both))) = (&facts[ordinary], &facts[sensitive]) else {
        return Ok(None);
    };
    let least = all.saturating_sub(*both);
    if least == *all {
        return Ok(None);
    }
    let mut other = facts.clone();
    other[ordinary] = Some(Value::Count(least));
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

//! From facts and a day to the written answer.

use jiff::civil::Date;

use crate::answer::determination::{AlsoCheck, Determination, Fine, FiredRule, NotFired, Obligation, RuleBaseId};
use crate::answer::headroom::{headroom, other_reading};
use crate::answer::questions::questions;
use crate::answer::words;
use crate::book::definition::FactIndex;
use crate::book::rule::{Effect, FineDefinition};
use crate::logic::condition::Truth;
use crate::logic::diagram::{Possible, Signature};
use crate::logic::inforce::{Assignment, Known, Law, known};
use crate::logic::possible::explore;
use crate::{Facts, LawError, Outcome, Path, RuleBase, Status, Text};

/// Which path the transfer needs by the law of that day, with everything the answer rests on.
///
/// Unknown facts are split into all their cases, so the answer is never lighter than any of them (I1). Errors: a day before
/// the rule base, facts that contradict each other, rules that conflict (I3) or leave a gap.
pub fn determine(base: &RuleBase, facts: &Facts, on: Date) -> Result<Determination, LawError> {
    let law = Law::on(base, on)?.above(facts);
    for (id, value) in facts.iter() {
        base.fact(id).ok_or_else(|| LawError::fact(id, "is not a known fact"))?.accepts(value)?;
    }
    facts.check_against(base.vocabulary())?;
    let Known { facts: known, added, raised } = known(law.names(), facts);
    let mut possible = explore(&law, &known)?;
    let signature = possible.settled().cloned();
    let questions = questions(&law, &mut possible);
    let outcome = outcome_of(signature.as_ref());
    let mut notes: Vec<Text> = possible.readings.iter().cloned().collect();
    notes.extend(
        added
            .iter()
            .filter(|fact| rests_on(&law, **fact, &possible))
            .filter_map(|fact| law.names()[fact.0].sum.as_ref().map(|sum| sum.note.clone())),
    );
    notes.extend(raised.iter().filter(|fact| rests_on(&law, **fact, &possible)).map(|fact| raised_note(&law, *fact)));
    let mut room = Vec::new();
    if let Some(now @ Signature::Paths(_)) = &signature {
        notes.extend(other_reading(&law, &known, now)?);
        room = headroom(&law, &known, now)?;
    }
    let paths: Vec<Path> = possible.paths.iter().copied().collect();
    let settled_paths: &[Path] = if outcome == Outcome::Determined { &paths } else { &[] };
    let fines = fines(&law, &known, settled_paths);
    let obligations = obligations(&law, &known, settled_paths);
    Ok(Determination {
        outcome,
        on,
        certainty: possible.certainty.unwrap_or(Status::Unconfirmed),
        obligations,
        also_check: also_check(&law, &known),
        rules: fired(&law, &known, &possible, outcome),
        not_fired: not_fired(&law, &known, &possible, outcome),
        paths,
        by_field: Vec::new(),
        questions,
        headroom: room,
        fines,
        facts: facts.clone(),
        at_least: facts.floors().map(|(id, least)| (id.to_owned(), least)).collect(),
        notes,
        rule_base: RuleBaseId { version: base.version().to_owned(), sha256: base.sha256().to_owned() },
    })
}

fn outcome_of(signature: Option<&Signature>) -> Outcome {
    match signature {
        None => Outcome::NotYetKnown,
        Some(Signature::Refused) => Outcome::Refused,
        Some(Signature::Judgement(_)) => Outcome::HumanJudgement,
        Some(Signature::Paths(_)) => Outcome::Determined,
    }
}

/// Whether a rule is part of the answer: it holds, or it decides in one of the cases that all come out the same.
fn applies(law: &Law<'_>, n: usize, known: &Assignment, possible: &Possible, outcome: Outcome) -> bool {
    let settled = matches!(outcome, Outcome::Determined | Outcome::Refused | Outcome::HumanJudgement);
    law.truth(n, known) == Truth::True || (settled && possible.deciding.contains(&n))
}

fn fired(law: &Law<'_>, known: &Assignment, possible: &Possible, outcome: Outcome) -> Vec<FiredRule> {
    let mut found = Vec::new();
    for (n, rule) in law.rules.iter().enumerate() {
        if !applies(law, n, known, possible, outcome) {
            continue;
        }
        let read = rule.when.facts().into_iter().filter(|f| known[f.0].is_some());
        found.push(FiredRule {
            id: rule.id.clone(),
            cite: words::cite(law.base, rule),
            instrument: rule.instrument_short.clone(),
            article: rule.article.clone(),
            effect: rule.effect_words(),
            effect_text: words::effect(&rule.effect),
            decides: rule.effect.decides(),
            status: law.status(n, known),
            facts: read.map(|f| law.names()[f.0].id.clone()).collect(),
            title: rule.title.clone(),
            provision: rule.provision.clone(),
            in_force_from: rule.from,
            source: rule.source.clone(),
            last_checked: Some(rule.last_checked.on),
            reviewed_by: rule.reviewed_by.clone(),
            gives_way_to: law.gives_way_to(n, known).map(|other| law.rules[other].id.clone()),
        });
    }
    found
}

fn not_fired(law: &Law<'_>, known: &Assignment, possible: &Possible, outcome: Outcome) -> Vec<NotFired> {
    let mut found = Vec::new();
    for (n, rule) in law.rules.iter().enumerate() {
        if applies(law, n, known, possible, outcome) {
            continue;
        }
        let failed = rule.when.failure(known.as_slice(), law.names()).unwrap_or_else(|| {
            let mut open = std::collections::BTreeSet::new();
            rule.when.open(known.as_slice(), &mut open);
            let ids = open.iter().map(|f| format!("`{}`", law.names()[f.0].id)).collect::<Vec<_>>().join(", ");
            format!("not yet known: {ids}")
        });
        let because = words::failure(&rule.when, known.as_slice(), law.names())
            .unwrap_or_else(|| words::open(&rule.when, known.as_slice(), law.names()));
        found.push(NotFired {
            id: rule.id.clone(),
            failed,
            because,
            cite: words::cite(law.base, rule),
            instrument: rule.instrument_short.clone(),
            article: rule.article.clone(),
            title: rule.title.clone(),
            decides: rule.effect.decides(),
            paths: rule.effect.paths(),
        });
    }
    found
}

/// Duties that hold or, while facts are missing, may hold, and those tied to the settled path; each id once.
fn obligations(law: &Law<'_>, known: &Assignment, paths: &[Path]) -> Vec<Obligation> {
    let mut found: Vec<Obligation> = Vec::new();
    for (n, rule) in law.rules.iter().enumerate() {
        let Effect::Obligations(duties) = &rule.effect else {
            continue;
        };
        if law.truth(n, known) == Truth::False {
            continue;
        }
        for duty in duties {
            let due = duty.for_paths.is_empty() || duty.for_paths.iter().any(|p| paths.contains(p));
            if due && !found.iter().any(|o| o.id == duty.id) {
                found.push(Obligation { id: duty.id.clone(), cite: duty.cite.clone(), text: duty.text.clone() });
            }
        }
    }
    found
}

/// Whether a rule that decides in some case reads the fact.
fn rests_on(law: &Law<'_>, fact: FactIndex, possible: &Possible) -> bool {
    possible.deciding.iter().any(|n| law.rules[*n].when.facts().contains(&fact))
}

fn raised_note(law: &Law<'_>, fact: FactIndex) -> Text {
    let definition = &law.names()[fact.0];
    let parts = definition.never_below.iter().map(|id| format!("`{id}`")).collect::<Vec<_>>().join(", ");
    Text::new(
        format!("`{}` 填报的人数少于其所含的 {parts}，按较大者计。", definition.id),
        format!("`{}` was stated lower than {parts}, which it includes; the greater figure is used.", definition.id),
    )
}

/// The fines of the provisions that hold: what a breach of the duties and of the path would cost.
fn fines(law: &Law<'_>, known: &Assignment, paths: &[Path]) -> Vec<Fine> {
    let mut found = Vec::new();
    for (n, rule) in law.rules.iter().enumerate() {
        let Effect::Fines(fines) = &rule.effect else {
            continue;
        };
        if law.truth(n, known) != Truth::True {
            continue;
        }
        let due = |fine: &&FineDefinition| {
            fine.for_paths.is_empty() || fine.for_paths.iter().any(|path| paths.contains(path))
        };
        found.extend(fines.iter().filter(due).map(|fine| Fine {
            id: fine.id.clone(),
            cite: fine.cite.clone(),
            gravity: fine.gravity,
            organisation: fine.organisation,
            turnover_percent: fine.turnover_percent,
            persons: fine.persons,
            text: fine.text.clone(),
            status: law.status(n, known),
        }));
    }
    found
}

fn also_check(law: &Law<'_>, known: &Assignment) -> Vec<AlsoCheck> {
    let mut found = Vec::new();
    for (n, rule) in law.rules.iter().enumerate() {
        let Effect::AlsoCheck(regimes) = &rule.effect else {
            continue;
        };
        if law.truth(n, known) == Truth::True {
            found.extend(regimes.iter().map(|r| AlsoCheck {
                regime: r.regime.clone(),
                why: r.why.en.clone(),
                text: r.why.clone(),
            }));
        }
    }
    found
}

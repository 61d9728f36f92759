//! The provisions of two determinations, one by one.

use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};

use crate::Text;
use crate::answer::determination::Determination;
use crate::answer::words::join;

/// How a provision bears on a determination.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, schemars::JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Bearing {
    /// It applies.
    Applies,
    /// It applies but gives way to another.
    GivesWay,
    /// Its conditions do not hold, or are not known to.
    DoesNotApply,
    /// It was not among the provisions in force: another day, or another rule base.
    Absent,
}

/// A provision that bears on the two sides differently.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, schemars::JsonSchema)]
pub struct RuleDifference {
    /// Rule id.
    pub id: String,
    /// Citation and title, as far as either side records them.
    pub cite: Text,
    /// Whether it decides the path on the side where it applies.
    pub decides: bool,
    /// How it bears here.
    pub here: Bearing,
    /// How it bears there.
    pub there: Bearing,
    /// Why it does not apply where it does not: the condition that fails, or the rule that prevails.
    pub why: Text,
}

/// Every provision that does not bear alike, in the order of this side.
pub(super) fn differences(here: &Determination, there: &Determination) -> Vec<RuleDifference> {
    let mut seen = BTreeSet::new();
    let ids = [here, there]
        .into_iter()
        .flat_map(|side| side.rules.iter().map(|rule| &rule.id).chain(side.not_fired.iter().map(|rule| &rule.id)));
    let mut found = Vec::new();
    for id in ids.filter(|id| seen.insert(id.as_str())) {
        let (ours, theirs) = (bearing(here, id), bearing(there, id));
        let alike = ours.0 == theirs.0;
        // A provision that is new or gone and applies on neither side makes no difference.
        let idle = |bearing: Bearing| matches!(bearing, Bearing::DoesNotApply | Bearing::Absent);
        if alike || (idle(ours.0) && idle(theirs.0)) {
            continue;
        }
        let fired = [here, there].into_iter().find_map(|side| side.rules.iter().find(|rule| &rule.id == id));
        let cite = fired.map_or_else(Text::default, |rule| {
            // Earlier versions cite in one language alone.
            let place = format!("{} {}", rule.instrument, rule.article);
            let place = if rule.cite == Text::default() { Text::new(place.clone(), place) } else { rule.cite.clone() };
            join(&[place, rule.title.clone()], "：", ": ")
        });
        found.push(RuleDifference {
            id: id.clone(),
            cite,
            decides: fired.is_some_and(|rule| rule.decides || path_words(&rule.effect)),
            here: ours.0,
            there: theirs.0,
            why: if ours.0 == Bearing::Applies { theirs.1 } else { ours.1 },
        });
    }
    found.sort_by_key(|difference| !difference.decides);
    found
}

fn bearing(of: &Determination, id: &str) -> (Bearing, Text) {
    if let Some(rule) = of.rules.iter().find(|rule| rule.id == id) {
        return match &rule.gives_way_to {
            Some(to) => (Bearing::GivesWay, Text::new(format!("让位于 {to}"), format!("gives way to {to}"))),
            None => (Bearing::Applies, Text::default()),
        };
    }
    match of.not_fired.iter().find(|rule| rule.id == id) {
        // Earlier versions wrote the condition in English alone.
        Some(rule) if rule.because == Text::default() => {
            (Bearing::DoesNotApply, Text::new(rule.failed.clone(), rule.failed.clone()))
        }
        Some(rule) => (Bearing::DoesNotApply, rule.because.clone()),
        None => (
            Bearing::Absent,
            Text::new("当日未施行，或者该规则库没有这一条", "not in force that day, or not in that rule base"),
        ),
    }
}

/// Whether an effect of a version that did not say so decides a path.
fn path_words(effect: &str) -> bool {
    !["duties", "also", "fines", "affirms"].iter().any(|head| effect.starts_with(head))
}

//! The scenarios as a suite any other tool can be run against (docs/RULES_EXPORT.md).

use std::collections::BTreeMap;

use jiff::civil::Date;
use law::{Checked, Expectation, Facts, Outcome, Path, RuleBase, RuleBaseId, Status};
use schemars::JsonSchema;
use serde::Serialize;

use crate::View;
use crate::tried::Tried;

/// The suite.
#[derive(Debug, Serialize, JsonSchema)]
pub(super) struct Suite {
    /// `tongguan/scenarios/1`.
    form: String,
    /// The rule base the cases stand in.
    rule_base: RuleBaseId,
    /// The program that answered.
    program: String,
    /// The cases, in the order of the rules.
    cases: Vec<Case>,
}

/// One case.
#[derive(Debug, Serialize, JsonSchema)]
struct Case {
    /// The rule's id and the scenario's number in its file.
    id: String,
    /// What it shows.
    name: String,
    /// The day whose law is asked.
    on: Date,
    /// Every fact that is known.
    facts: Facts,
    /// The facts of the vocabulary that are not known: those the case takes away, and those it says nothing of.
    unknown: Vec<String>,
    /// What has to come out, as the author of the case demands; what is left out is not looked at.
    expect: Expectation,
    /// What Tongguan answers in full.
    #[serde(skip_serializing_if = "Option::is_none")]
    answer: Option<Answer>,
    /// Why there is no answer.
    #[serde(skip_serializing_if = "Option::is_none")]
    error: Option<String>,
    /// Where the case comes from.
    provenance: Provenance,
}

/// The answer in short.
#[derive(Debug, Serialize, JsonSchema)]
struct Answer {
    /// How it came out.
    outcome: Outcome,
    /// The paths; where it is not settled, all that are possible.
    paths: Vec<Path>,
    /// The weakest status it rests on.
    certainty: Status,
    /// Ids of the provisions that apply.
    rules: Vec<String>,
    /// Those among them that give way, with the provision that prevails.
    gives_way: BTreeMap<String, String>,
    /// Ids of the duties.
    obligations: Vec<String>,
    /// Facts to ask, best first.
    questions: Vec<String>,
    /// Other regimes to look at.
    also_check: Vec<String>,
}

/// Where a case stands.
#[derive(Debug, Serialize, JsonSchema)]
struct Provenance {
    /// The file, relative to the lawbook.
    file: String,
    /// The provision in whose file it stands; `expect.fires` is about it.
    #[serde(skip_serializing_if = "Option::is_none")]
    provision: Option<Provision>,
}

/// The provision a case stands under.
#[derive(Debug, Serialize, JsonSchema)]
struct Provision {
    /// Its id.
    rule: String,
    /// How the instrument is cited.
    instrument: String,
    /// The article.
    article: String,
    /// How well the provision is attested.
    status: Status,
    /// Where its text stands.
    source: Vec<String>,
    /// When and against what it was last compared.
    last_checked: Checked,
    /// The lawyer who signed it; empty until one did.
    reviewed_by: String,
}

pub(super) fn suite(base: &RuleBase, view: &View<'_>, tried: &[Tried<'_>]) -> Suite {
    Suite {
        form: "tongguan/scenarios/1".to_owned(),
        rule_base: RuleBaseId { version: base.version().to_owned(), sha256: base.sha256().to_owned() },
        program: view.program.to_owned(),
        cases: tried.iter().map(|one| case(base, one)).collect(),
    }
}

fn case(base: &RuleBase, one: &Tried<'_>) -> Case {
    let facts = one.facts.clone().unwrap_or_default();
    let unknown = base.facts().iter().filter(|fact| facts.get(&fact.id).is_none()).map(|fact| fact.id.clone());
    let answer = one.answer.as_ref().ok().map(|answer| Answer {
        outcome: answer.outcome,
        paths: answer.paths.clone(),
        certainty: answer.certainty,
        rules: answer.rules.iter().map(|rule| rule.id.clone()).collect(),
        gives_way: answer.rules.iter().filter_map(|rule| Some((rule.id.clone(), rule.gives_way_to.clone()?))).collect(),
        obligations: answer.obligations.iter().map(|duty| duty.id.clone()).collect(),
        questions: answer.questions.iter().map(|question| question.fact.clone()).collect(),
        also_check: answer.also_check.iter().map(|regime| regime.regime.clone()).collect(),
    });
    let provision = one.rule.map(|rule| Provision {
        rule: rule.id.clone(),
        instrument: rule.instrument_short.clone(),
        article: rule.article.clone(),
        status: rule.status,
        source: rule.source.clone(),
        last_checked: rule.last_checked.clone(),
        reviewed_by: rule.reviewed_by.clone(),
    });
    Case {
        id: one.id.clone(),
        name: one.scenario.name.clone(),
        on: one.scenario.on,
        unknown: unknown.collect(),
        facts,
        expect: one.scenario.expect.clone(),
        answer,
        error: one.answer.as_ref().err().map(ToString::to_string),
        provenance: Provenance { file: one.file.clone(), provision },
    }
}

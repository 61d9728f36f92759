//! Which path a transfer needs: asked of the law at once, or one question at a time. Open to all; nothing is kept.

use std::collections::BTreeMap;
use std::sync::Arc;

use ::law::{Determination, Facts, Interview, Lighter, Outcome, Question, Value};
use axum::http::Method;
use jiff::civil::Date;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use tokio::sync::Semaphore;

use super::answer::Shown;
use super::asked::{Asked, Json, Nothing};
use super::table::{Need, Operation, operation};
use crate::house::{House, Shared};
use crate::problem::Problem;

pub(super) fn operations() -> Vec<Operation> {
    let problems = &["fact-value", "facts-contradict", "before-rule-base", "rules-conflict", "rules-gap"];
    vec![
        operation(
            (Method::POST, "/api/determinations"),
            "determine",
            "path",
            Need::Public,
            ("Which path the facts need, and why", "依所述事实判定路径及理由"),
            determine,
        )
        .problems(problems),
        operation(
            (Method::POST, "/api/interview"),
            "interview",
            "path",
            Need::Public,
            ("The next question that matters, after these answers", "在已有答复之后，下一个有意义的问题"),
            interview,
        )
        .problems(problems),
    ]
}

/// What is known of a transfer.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(rename = "KnownFacts")]
struct Known {
    /// Facts by id, such as `persons.ordinary`; what is left out is not known.
    #[serde(default)]
    facts: BTreeMap<String, Value>,
    /// Counts that are not known, with the least they can be.
    #[serde(default)]
    at_least: BTreeMap<String, u64>,
    /// The day; today where nothing is said.
    #[serde(default)]
    on: Option<Date>,
    /// Whether ways to a lighter path are looked for, where the facts determine one.
    #[serde(default)]
    lighter: bool,
}

/// The answer of the law.
#[derive(Debug, Serialize, JsonSchema)]
struct Determined {
    determination: Determination,
    /// Ways to a lighter path, where they were asked for and the outcome is determined.
    lighter: Option<Lighter>,
}

fn facts(house: &House, values: &BTreeMap<String, Value>, at_least: &BTreeMap<String, u64>) -> Result<Facts, Problem> {
    let mut facts = Facts::new();
    for (id, value) in values {
        facts.set(house.world.base, id, value.clone())?;
    }
    for (id, least) in at_least {
        facts.set_at_least(house.world.base, id, *least)?;
    }
    facts.check()?;
    Ok(facts)
}

/// Open to all, this must not take the machine from those who work with it: so many are thought about at once, others wait.
const AT_ONCE: usize = 2;
static THINKING: Semaphore = Semaphore::const_new(AT_ONCE);

/// Thinking takes its time; others are answered meanwhile.
async fn thought<T: Send + 'static>(
    house: &Shared,
    work: impl FnOnce(&House) -> Result<T, Problem> + Send + 'static,
) -> Result<T, Problem> {
    let house = Arc::clone(house);
    let _turn = THINKING.acquire().await.map_err(|error| Problem::internal(&error))?;
    tokio::task::spawn_blocking(move || work(&house)).await.map_err(|error| Problem::internal(&error))?
}

async fn determine(asked: Asked<Nothing, Nothing, Json<Known>>) -> Result<Shown<Determined>, Problem> {
    let Json(known) = asked.body;
    let determined = thought(&asked.house, move |house| {
        let base = house.world.base;
        let facts = facts(house, &known.facts, &known.at_least)?;
        let on = known.on.unwrap_or_else(|| house.today());
        let determination = ::law::determine(base, &facts, on)?;
        // While facts are missing every way is open still, and looking at all of them takes long and says little.
        let settled = determination.outcome != Outcome::NotYetKnown;
        let lighter = (known.lighter && settled).then(|| ::law::lighter(base, &facts, on, None)).transpose()?;
        Ok(Determined { determination, lighter })
    });
    Ok(Shown(determined.await?))
}

/// Answers so far, in the order they were given.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(rename = "InterviewAnswers")]
struct Answered {
    #[serde(default)]
    answers: Vec<OneAnswer>,
    /// The day; today where nothing is said.
    #[serde(default)]
    on: Option<Date>,
}

/// One answer.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct OneAnswer {
    fact: String,
    /// Null: nobody knows.
    #[serde(default)]
    value: Option<Value>,
}

/// Where an interview stands.
#[derive(Debug, Serialize, JsonSchema)]
#[schemars(rename = "InterviewStanding")]
struct Standing {
    /// What to ask now; null where no answer can change the outcome any more.
    next: Option<Question>,
    /// The number of that question, from 1.
    number: usize,
    /// Questions still to come after it, at best.
    fewest: usize,
    /// Questions still to come after it, at worst.
    most: usize,
    /// Whether the outcome is settled.
    settled: bool,
    /// The answer of the law to what is known by now.
    determination: Determination,
}

async fn interview(asked: Asked<Nothing, Nothing, Json<Answered>>) -> Result<Shown<Standing>, Problem> {
    let Json(answered) = asked.body;
    if answered.answers.len() > 200 {
        return Err(Problem::bad("答复过多", "there are more answers than facts"));
    }
    let standing = thought(&asked.house, move |house| {
        let base = house.world.base;
        let on = answered.on.unwrap_or_else(|| house.today());
        let mut interview = Interview::new(base, &Facts::new(), on);
        for one in answered.answers {
            if base.fact(&one.fact).is_none() {
                // Said as the law says it.
                Facts::new().set(base, &one.fact, Value::Bool(true))?;
            }
            interview.answer(&one.fact, one.value)?;
        }
        let asking = interview.asking()?;
        let determination = ::law::determine(base, &interview.facts()?, on)?;
        let (number, fewest, most, settled) = (asking.number, asking.fewest, asking.most, asking.settled);
        Ok(Standing { next: asking.next, number, fewest, most, settled, determination })
    });
    Ok(Shown(standing.await?))
}

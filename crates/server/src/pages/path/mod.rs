//! "Which path do I need": an interview open to all. Nothing of it is kept here: the answers travel in the address, so that a
//! determination can be shared, and had again as it was.

mod course;
mod determination;
mod question;

use std::sync::{Arc, Mutex};

use axum::extract::{RawQuery, State};
use axum::response::Html;
use jiff::civil::Date;
use law::{Asking, Interview};
use serde_json::{Value, json};
use tokio::sync::Semaphore;

use self::course::Course;
use super::props::Say;
use crate::house::{House, Shared};
use crate::problem::Problem;
use crate::who::Visitor;

/// Interviews that are worked out at the same time: whoever asks for many waits, and the rest of the house goes on.
static AT_ONCE: Semaphore = Semaphore::const_new(4);

/// The first question, with the rule base and the day it was worked out for: it is asked most, and holds nobody's answers.
static FIRST: Mutex<Option<(String, Date, Asking)>> = Mutex::new(None);

/// `GET /path`: the next question, or the determination.
pub(super) async fn page(
    State(house): State<Shared>,
    visitor: Visitor,
    RawQuery(query): RawQuery,
) -> Result<Html<String>, Problem> {
    let course = Course::read(&house, query.as_deref().unwrap_or_default())?;
    // A decision diagram takes a while: other requests are answered meanwhile.
    let turn = AT_ONCE.acquire().await.map_err(|error| Problem::internal(&error))?;
    let answered = tokio::task::spawn_blocking(move || answered(&house, &visitor, course)).await;
    drop(turn);
    answered.map_err(|error| Problem::internal(&error))?
}

fn answered(house: &House, visitor: &Visitor, mut course: Course) -> Result<Html<String>, Problem> {
    let say = Say::new(house, visitor.lang);
    let base = house.world.base;
    let interview = course.interview(base);
    if course.print && course.wrong.is_none() {
        return determination::printed(house, visitor, &course, &interview);
    }
    let asking = asking(base, &course, &interview)?;
    if let Some(fact) = course.asked_again() {
        return question::page(say, visitor, &course, &fact, &asking);
    }
    match &asking.next {
        Some(next) if !course.stop => question::page(say, visitor, &course, &next.fact, &asking),
        _ => determination::page(say, visitor, &course, &interview, &asking),
    }
}

/// Works out the first question of today before anybody asks for it.
pub(crate) async fn warm(house: &Shared) -> Result<(), Problem> {
    let house = Arc::clone(house);
    let asked = tokio::task::spawn_blocking(move || {
        let mut course = Course::read(&house, "")?;
        let interview = course.interview(house.world.base);
        asking(house.world.base, &course, &interview).map(drop)
    });
    asked.await.map_err(|error| Problem::internal(&error))?
}

/// What to ask now.
fn asking(base: &law::RuleBase, course: &Course, interview: &Interview<'_>) -> Result<Asking, Problem> {
    if !course.answers.is_empty() {
        return Ok(interview.asking()?);
    }
    let known = |held: &Option<(String, Date, Asking)>| match held {
        Some((of, on, asking)) if of == base.sha256() && *on == course.on => Some(asking.clone()),
        _ => None,
    };
    // A lock whose holder panicked holds a whole answer or none all the same.
    let held = known(&FIRST.lock().unwrap_or_else(std::sync::PoisonError::into_inner));
    if let Some(asking) = held {
        return Ok(asking);
    }
    let asking = interview.asking()?;
    let first = Some((base.sha256().to_owned(), course.on, asking.clone()));
    *FIRST.lock().unwrap_or_else(std::sync::PoisonError::into_inner) = first;
    Ok(asking)
}

/// The answers so far, each with the address at which it is changed.
fn answers(say: Say<'_>, course: &Course) -> Vec<Value> {
    let base = say.house.world.base;
    let rows = course.answers.iter().filter_map(|(fact, value)| {
        let definition = base.fact(fact)?;
        let said = match value {
            Some(value) => say.of(&course::words(definition, value)).to_owned(),
            None => say.text("interview.unknown").to_owned(),
        };
        Some(json!({"title": say.of(&definition.title), "question": say.of(&definition.question), "value": said,
                    "unknown": value.is_none(), "change": course.link(&[("ask", fact)])}))
    });
    rows.collect()
}

/// How far it is: questions behind and, at worst, still ahead.
fn progress(say: Say<'_>, course: &Course, asking: &Asking) -> Value {
    let (done, most) = (course.answers.len(), asking.most + usize::from(asking.next.is_some()));
    let key = match (asking.fewest, asking.most) {
        (_, 0) => "interview.progress.last",
        (fewest, most) if fewest == most => "interview.progress.exact",
        _ => "interview.progress",
    };
    let n = |n: usize| n.to_string();
    let said = say.fill(key, &[("n", &n(done + 1)), ("fewest", &n(asking.fewest)), ("most", &n(asking.most))]);
    json!({"done": done, "total": done + most, "said": said})
}

/// What the law says to the answers.
fn determined(interview: &Interview<'_>, base: &law::RuleBase, course: &Course) -> Result<law::Determination, Problem> {
    Ok(law::determine(base, &interview.facts()?, course.on)?)
}

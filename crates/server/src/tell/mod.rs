//! Tells others what happened: programs by webhooks, people by mail.
//!
//! News stands in the store until it was turned into letters, and a letter knows what it was made of: whoever dies in between begins again
//! and writes none twice. A letter says which case, what was done and how it stands, and nothing that a form or a message says: mail is
//! read on its way, and a webhook by who knows whom. Whoever wants to know more asks for the case and is asked who they are.

mod letter;
mod people;
mod reminders;

pub(crate) use letter::of_trial;
pub(crate) use people::{set_mail, wants_mail};

use std::collections::BTreeMap;
use std::time::Duration;

use cases::{Actor, Case, CaseId, News, StoreError};
use doors::OrganisationId;
use jiff::civil::Date;
use post::{Hook, Letter, Post};

use crate::desk::hooks::{is_seen, viewers};
use crate::house::{House, Shared};
use crate::problem::Problem;

/// How often it is looked for news.
const LOOK: Duration = Duration::from_secs(1);
/// How much of it is told at once.
const AT_ONCE: u32 = 256;
/// The hour in UTC+8 from which the day's reminders are sent.
const HOUR: i8 = 8;
/// The name under which the last day is kept whose reminders were sent.
const REMINDED: &str = "reminded";

/// Hooks, each with those who see what it may be told of.
type Hooks = Vec<(Hook, Vec<Actor>)>;

/// Tells for as long as it is let to. Ends at once where no letters are sent.
pub(crate) async fn run(house: Shared) {
    let Some(post) = house.post.clone() else { return };
    if let Err(error) = house.store.keep_news().await {
        tracing::error!(fault = %error, "nobody is told what happens");
        return;
    }
    loop {
        let told = match news(&house, &post).await {
            Ok(0) => day(&house, &post).await.map(|()| 0),
            other => other,
        };
        match told {
            Ok(0) => tokio::time::sleep(LOOK).await,
            Ok(_) => {}
            // What it was stands in the log already.
            Err(_) => tokio::time::sleep(LOOK * 10).await,
        }
    }
}

/// Turns some news into letters; how much.
pub(crate) async fn news(house: &House, post: &Post) -> Result<usize, Problem> {
    let news = house.store.news(AT_ONCE).await?;
    if news.is_empty() {
        return Ok(0);
    }
    let hooks = hooks(house, post).await?;
    let people = people::all(house, post).await?;
    let mut of: BTreeMap<&CaseId, Vec<&News>> = BTreeMap::new();
    for one in &news {
        of.entry(&one.case).or_default().push(one);
    }
    let mut letters: Vec<Letter> = Vec::new();
    for (id, news) in of {
        let case = match house.store.case(id).await {
            Ok(case) => case,
            // Its keys were destroyed meanwhile: there is nothing to tell.
            Err(StoreError::NoCase(_)) => continue,
            Err(error) => return Err(error.into()),
        };
        let new: Vec<_> =
            case.history.iter().filter(|step| news.iter().any(|one| one.version == step.version)).collect();
        for step in &new {
            let kind = letter::kind(step);
            let told = hooks.iter().filter(|(hook, seen_by)| hook.wants(kind) && seen(house, seen_by, &case));
            letters.extend(told.map(|(hook, _)| letter::of_step(house, hook, &case, step)));
        }
        letters.extend(people.iter().filter_map(|person| letter::of_news(house, person, &case, &new)));
    }
    post.write(&letters, house.now()).await?;
    house.store.told(&news).await?;
    Ok(news.len())
}

fn seen(house: &House, viewers: &[Actor], case: &Case) -> bool {
    is_seen(&house.world, viewers, case)
}

/// Writes the day's reminders, once.
pub(crate) async fn day(house: &House, post: &Post) -> Result<(), Problem> {
    let now = jiff::tz::Offset::constant(8).to_datetime(house.now());
    let today = now.date();
    let last: Option<Date> = post.note(REMINDED).await?.and_then(|day| day.parse().ok());
    if now.hour() < HOUR || last.is_some_and(|last| last >= today) {
        return Ok(());
    }
    // An installation that sends for the first time does not send all that was missed before.
    let after = last.or_else(|| today.yesterday().ok()).unwrap_or(today);
    let letters =
        reminders::letters(house, &hooks(house, post).await?, &people::all(house, post).await?, after, today).await?;
    post.write(&letters, house.now()).await?;
    post.set_note(REMINDED, &today.to_string()).await?;
    post.tidy(house.now()).await?;
    tracing::info!(letters = letters.len(), "the day's reminders are written");
    Ok(())
}

async fn hooks(house: &House, post: &Post) -> Result<Hooks, Problem> {
    let mut hooks = Vec::new();
    for hook in post.hooks(None).await? {
        let organisation = house.doors.organisation(&OrganisationId::new(&hook.owner)).await?;
        let seen_by = viewers(&hook.owner, organisation.as_ref());
        hooks.push((hook, seen_by));
    }
    Ok(hooks)
}

//! Webhooks: those of an organisation, one with what it was sent, and whether one wants mail.

use ::post::{Change, Delivery, Hook, LetterId, NewHook, State, Status};
use axum::extract::{Path, State as Held};
use axum::response::{Html, IntoResponse, Redirect, Response};
use serde_json::{Value, json};

use super::props::{Say, word};
use super::shown;
use crate::desk::hooks::{self, KINDS, hook_of, owner_of};
use crate::house::{House, Shared};
use crate::http::filled::Filled;
use crate::problem::Problem;
use crate::tell::set_mail;
use crate::who::{Visitor, Who};

/// Deliveries shown at most.
const MOST: u32 = 50;

/// What is shown once, or why something was not done.
#[derive(Default)]
struct Once {
    secret: Option<String>,
    wrong: Option<law::Text>,
    typed: Option<(String, String)>,
}

fn status(say: Say<'_>, hook: &Hook) -> Value {
    let (tone, key) = match (hook.status, hook.failing) {
        (Status::On, None) => ("in-force", "webhook.on"),
        (Status::On, Some(_)) => ("returned", "webhook.failing"),
        (Status::Off, _) => ("closed", "webhook.off"),
        (Status::Failed, _) => ("held", "webhook.failed"),
    };
    json!({"tone": tone, "label": say.text(key), "since": hook.failing.map(|at| say.moment(at))})
}

/// The question of what a hook is told of.
fn kinds(say: Say<'_>, hook: Option<&Hook>) -> Value {
    let options = KINDS.map(|kind| json!({"value": kind, "label": say.text(&format!("webhook.{kind}"))}));
    let told = |kind: &&str| hook.is_none_or(|hook| hook.kinds.is_empty() || hook.kinds.contains(*kind));
    let chosen: Vec<&str> = KINDS.into_iter().filter(told).collect();
    json!({"kind": "checkboxes", "id": "kinds", "label": say.text("webhook.kinds"), "options": options, "value": chosen})
}

pub(super) async fn all(Held(house): Held<Shared>, visitor: Visitor, who: Who) -> Result<Html<String>, Problem> {
    list(&house, &visitor, &who, &Once::default()).await
}

async fn list(house: &House, visitor: &Visitor, who: &Who, once: &Once) -> Result<Html<String>, Problem> {
    let say = Say::new(house, visitor.lang);
    let owner = owner_of(house, who, None).await?;
    let found = hooks::post(house)?.hooks(Some(&owner)).await?;
    let found: Vec<Value> = found
        .iter()
        .map(|hook| json!({"id": hook.id, "name": hook.name, "host": host(&hook.url), "status": status(say, hook)}))
        .collect();
    let (name, url) = once.typed.clone().unwrap_or_default();
    let context = json!({
        "title": say.title("webhook.title"),
        "everything": owner == hooks::INSTALLATION,
        "hooks": found,
        "fields": [
            {"kind": "text", "id": "name", "label": say.text("webhook.name"), "required": true, "max": 80, "value": name},
            {"kind": "text", "id": "url", "label": say.text("webhook.url"), "hint": say.text("webhook.url.hint"), "required": true, "value": url},
            kinds(say, None),
        ],
        "problem": once.wrong.as_ref().map(|wrong| say.of(wrong)),
    });
    shown(house, visitor, "webhooks.html", context)
}

/// The host of an address: what comes after it may be a password.
fn host(url: &str) -> &str {
    let rest = url.split_once("://").map_or(url, |(_, rest)| rest);
    let rest = rest.split(['/', '?', '#']).next().unwrap_or_default();
    rest.rsplit('@').next().unwrap_or_default()
}

fn chosen(filled: &Filled) -> std::collections::BTreeSet<String> {
    let chosen = filled.all("kinds").iter().filter(|kind| KINDS.contains(&kind.as_str()));
    let chosen: std::collections::BTreeSet<String> = chosen.cloned().collect();
    // All of them is everything, also what is added later.
    if chosen.len() == KINDS.len() { std::collections::BTreeSet::new() } else { chosen }
}

pub(super) async fn new(
    Held(house): Held<Shared>,
    visitor: Visitor,
    who: Who,
    filled: Filled,
) -> Result<Response, Problem> {
    let owner = owner_of(&house, &who, None).await?;
    let text = |name: &str| filled.text(name).unwrap_or_default().to_owned();
    let new = NewHook { owner, name: text("name"), url: text("url"), kinds: chosen(&filled) };
    let typed = (new.name.clone(), new.url.clone());
    match hooks::post(&house)?.make_hook(new, house.now()).await {
        Ok(made) => {
            hooks::noted(&house, &who, &made.hook.id, "made").await?;
            let once = Once { secret: made.secret, ..Once::default() };
            Ok(page(&house, &visitor, &made.hook, &once).await?.into_response())
        }
        Err(error) if error.is_input() => {
            let once = Once { wrong: Some(error.text()), typed: Some(typed), ..Once::default() };
            Ok(list(&house, &visitor, &who, &once).await?.into_response())
        }
        Err(error) => Err(error.into()),
    }
}

pub(super) async fn one(
    Held(house): Held<Shared>,
    visitor: Visitor,
    who: Who,
    Path(id): Path<String>,
) -> Result<Html<String>, Problem> {
    let hook = hook_of(&house, &who, &id).await?;
    page(&house, &visitor, &hook, &Once::default()).await
}

fn row(say: Say<'_>, of: &Delivery) -> Value {
    let answer = of.answer.as_deref().unwrap_or_default();
    let said = match answer.parse::<u16>() {
        Ok(_) => format!("HTTP {answer}"),
        Err(_) if answer.is_empty() => String::new(),
        Err(_) => say.text(&format!("webhook.answer.{answer}")).to_owned(),
    };
    let kind = say.text(&format!("webhook.{}", of.kind));
    json!({
        "id": of.id, "kind": kind, "made": say.moment(of.made), "tries": of.tries, "state": word(of.state),
        "label": say.word("webhook.state", of.state), "answer": said,
        "next": of.due.filter(|_| of.state == State::Waiting && of.tries > 0).map(|at| say.moment(at)),
    })
}

async fn page(house: &House, visitor: &Visitor, hook: &Hook, once: &Once) -> Result<Html<String>, Problem> {
    let say = Say::new(house, visitor.lang);
    let deliveries = hooks::post(house)?.deliveries(&hook.id, MOST).await?;
    let context = json!({
        "title": hook.name,
        "hook": {"id": hook.id, "on": hook.status == Status::On, "status": status(say, hook), "created": say.moment(hook.created),
                 "everything": hook.owner == hooks::INSTALLATION},
        "fields": [
            {"kind": "text", "id": "name", "label": say.text("webhook.name"), "required": true, "max": 80, "value": hook.name},
            {"kind": "text", "id": "url", "label": say.text("webhook.url"), "hint": say.text("webhook.url.hint"), "required": true, "value": hook.url},
            kinds(say, Some(hook)),
        ],
        "deliveries": deliveries.iter().map(|of| row(say, of)).collect::<Vec<_>>(),
        "secret": once.secret,
        "problem": once.wrong.as_ref().map(|wrong| say.of(wrong)),
    });
    shown(house, visitor, "webhook.html", context)
}

/// `POST /webhooks/{id}`: what is done stands in `what`.
pub(super) async fn change(
    Held(house): Held<Shared>,
    visitor: Visitor,
    who: Who,
    Path(id): Path<String>,
    filled: Filled,
) -> Result<Response, Problem> {
    let hook = hook_of(&house, &who, &id).await?;
    let (post, text) = (hooks::post(&house)?, |name: &str| filled.text(name).map(str::to_owned));
    let change = match filled.text("what") {
        Some("remove") => {
            post.remove_hook(&hook.id).await?;
            hooks::noted(&house, &who, &hook.id, "removed").await?;
            return Ok(Redirect::to("/webhooks?done=saved").into_response());
        }
        Some("test") => {
            hooks::tried(&house, &hook).await?;
            return Ok(Redirect::to(&format!("/webhooks/{id}?done=sent")).into_response());
        }
        Some("again") => {
            post.send_again(&hook.id, &LetterId::new(text("delivery").unwrap_or_default()), house.now()).await?;
            return Ok(Redirect::to(&format!("/webhooks/{id}?done=sent")).into_response());
        }
        Some("on") => Change { on: Some(true), ..Change::default() },
        Some("off") => Change { on: Some(false), ..Change::default() },
        Some("secret") => Change { secret: true, ..Change::default() },
        _ => Change { name: text("name"), url: text("url"), kinds: Some(chosen(&filled)), ..Change::default() },
    };
    let changed = post.change_hook(&hook.id, change).await;
    if changed.is_ok() {
        hooks::noted(&house, &who, &hook.id, "changed").await?;
    }
    match changed {
        Ok(shown) if shown.secret.is_some() => {
            let once = Once { secret: shown.secret, ..Once::default() };
            Ok(page(&house, &visitor, &shown.hook, &once).await?.into_response())
        }
        Ok(_) => Ok(Redirect::to(&format!("/webhooks/{id}?done=saved")).into_response()),
        Err(error) if error.is_input() => {
            let once = Once { wrong: Some(error.text()), ..Once::default() };
            Ok(page(&house, &visitor, &hook, &once).await?.into_response())
        }
        Err(error) => Err(error.into()),
    }
}

/// `POST /webhooks/mail`: whether one wants mail.
pub(super) async fn mail(Held(house): Held<Shared>, who: Who, filled: Filled) -> Result<Redirect, Problem> {
    if who.guest {
        return Err(Problem::forbidden());
    }
    set_mail(hooks::post(&house)?, &who.account.id, filled.text("mail") == Some("on")).await?;
    Ok(Redirect::to("/account?done=saved"))
}

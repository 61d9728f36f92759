//! Webhooks: programs that are told what happens. How they verify what they are sent stands in docs/API.md.

use std::collections::BTreeSet;

use ::post::{Change, Delivery, Hook, LetterId, NewHook, State, Status};
use axum::http::Method;
use doors::TokenScope;
use jiff::Timestamp;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::answer::{Done, Made, Shown};
use super::asked::{Asked, Json, Nothing};
use super::table::{Need, Operation, operation};
use crate::desk::hooks::{self, hook_of, owner_of};
use crate::problem::Problem;

const TAG: &str = "webhooks";
/// Deliveries shown at most.
const MOST: u32 = 100;

pub(super) fn operations() -> Vec<Operation> {
    let need = Need::Scope(&[TokenScope::Webhooks]);
    vec![
        operation((Method::GET, "/api/webhooks"), "listWebhooks", TAG, need, ("Webhooks", "回调"), list)
            .problems(&["not-found"]),
        operation(
            (Method::POST, "/api/webhooks"),
            "makeWebhook",
            TAG,
            need,
            ("Set a webhook up; its secret is shown once", "设置回调；密钥只显示一次"),
            make,
        )
        .problems(&["not-found"]),
        operation((Method::GET, "/api/webhooks/{webhook}"), "getWebhook", TAG, need, ("A webhook", "回调"), one),
        operation(
            (Method::PATCH, "/api/webhooks/{webhook}"),
            "changeWebhook",
            TAG,
            need,
            ("Change a webhook, switch it on or off, or give it another secret", "修改回调、启用或停用、更换密钥"),
            change,
        ),
        operation(
            (Method::DELETE, "/api/webhooks/{webhook}"),
            "removeWebhook",
            TAG,
            need,
            ("Remove a webhook", "删除回调"),
            remove,
        ),
        operation(
            (Method::POST, "/api/webhooks/{webhook}/test"),
            "testWebhook",
            TAG,
            need,
            ("Send a webhook something to try it by", "向回调发送测试消息"),
            test,
        ),
        operation(
            (Method::GET, "/api/webhooks/{webhook}/deliveries"),
            "listDeliveries",
            TAG,
            need,
            ("What a webhook was sent, newest first", "投递记录，新的在前"),
            deliveries,
        ),
        operation(
            (Method::POST, "/api/webhooks/{webhook}/deliveries/{delivery}/again"),
            "deliverAgain",
            TAG,
            need,
            ("Send something once more", "重新投递"),
            again,
        ),
    ]
}

/// What a webhook can be told of.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, JsonSchema)]
enum Kind {
    /// A case was opened.
    #[serde(rename = "case.opened")]
    Opened,
    /// A case came into another state.
    #[serde(rename = "case.moved")]
    Moved,
    /// Something was done that left its state as it was.
    #[serde(rename = "case.changed")]
    Changed,
    /// Something will be due, is late, or ends.
    #[serde(rename = "case.reminder")]
    Reminder,
}

impl Kind {
    fn word(self) -> &'static str {
        match self {
            Self::Opened => "case.opened",
            Self::Moved => "case.moved",
            Self::Changed => "case.changed",
            Self::Reminder => "case.reminder",
        }
    }
}

fn words(kinds: &BTreeSet<Kind>) -> BTreeSet<String> {
    kinds.iter().map(|kind| kind.word().to_owned()).collect()
}

/// A webhook.
#[derive(Debug, Serialize, JsonSchema)]
struct WebhookView {
    id: String,
    /// The organisation whose cases it is told of; `*`: all.
    owner: String,
    name: String,
    url: String,
    /// What it is told of; empty: everything.
    kinds: BTreeSet<String>,
    /// `on`, `off`, or `failed`: nothing arrived for three days, or it said that it is gone.
    status: String,
    created: Timestamp,
    /// Since when nothing has arrived.
    failing: Option<Timestamp>,
}

fn view(hook: Hook) -> WebhookView {
    WebhookView {
        id: hook.id.to_string(),
        owner: hook.owner,
        name: hook.name,
        url: hook.url,
        kinds: hook.kinds,
        status: hook.status.word().to_owned(),
        created: hook.created,
        failing: hook.failing,
    }
}

/// A webhook, and its secret where there is a new one.
#[derive(Debug, Serialize, JsonSchema)]
struct WebhookMade {
    webhook: WebhookView,
    /// What it verifies signatures by (Standard Webhooks). It is shown now and never again.
    secret: Option<String>,
}

/// Whose webhooks.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(rename = "WebhooksAsked")]
struct OwnerAsked {
    /// The organisation; one's own where nothing is said, or the installation for administrators without one.
    owner: Option<String>,
}

async fn list(asked: Asked<Nothing, OwnerAsked>) -> Result<Shown<Vec<WebhookView>>, Problem> {
    let (house, who) = (&asked.house, asked.who()?);
    let owner = owner_of(house, who, asked.query.owner.as_deref()).await?;
    let all = hooks::post(house)?.hooks(Some(&owner)).await?;
    Ok(Shown(all.into_iter().map(view).collect()))
}

/// A webhook to be set up.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct WebhookWanted {
    name: String,
    url: String,
    /// What it is told of; everything where nothing is said.
    #[serde(default)]
    kinds: BTreeSet<Kind>,
    /// The organisation whose cases it is told of; one's own where nothing is said.
    #[serde(default)]
    owner: Option<String>,
}

async fn make(asked: Asked<Nothing, Nothing, Json<WebhookWanted>>) -> Result<Made<WebhookMade>, Problem> {
    let (house, who) = (&asked.house, asked.visitor.signed_in()?);
    let Json(wanted) = asked.body;
    let owner = owner_of(house, who, wanted.owner.as_deref()).await?;
    let new = NewHook { owner, name: wanted.name, url: wanted.url, kinds: words(&wanted.kinds) };
    let shown = hooks::post(house)?.make_hook(new, house.now()).await?;
    hooks::noted(house, who, &shown.hook.id, "made").await?;
    let at = format!("/api/webhooks/{}", shown.hook.id);
    Ok(Made { at, of: WebhookMade { webhook: view(shown.hook), secret: shown.secret } })
}

#[derive(Debug, Deserialize, JsonSchema)]
struct OfWebhook {
    webhook: String,
}

async fn one(asked: Asked<OfWebhook>) -> Result<Shown<WebhookView>, Problem> {
    Ok(Shown(view(hook_of(&asked.house, asked.who()?, &asked.path.webhook).await?)))
}

/// What of a webhook is changed.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
#[derive(Default)]
struct WebhookChange {
    name: Option<String>,
    url: Option<String>,
    kinds: Option<BTreeSet<Kind>>,
    /// Switched on or off; one that failed is switched on again.
    on: Option<bool>,
    /// Whether it gets another secret, which is shown once; the old one holds no more.
    new_secret: bool,
}

async fn change(asked: Asked<OfWebhook, Nothing, Json<WebhookChange>>) -> Result<Shown<WebhookMade>, Problem> {
    let (house, who) = (&asked.house, asked.visitor.signed_in()?);
    let hook = hook_of(house, who, &asked.path.webhook).await?;
    let Json(wanted) = asked.body;
    let change = Change {
        name: wanted.name,
        url: wanted.url,
        kinds: wanted.kinds.as_ref().map(words),
        on: wanted.on,
        secret: wanted.new_secret,
    };
    let shown = hooks::post(house)?.change_hook(&hook.id, change).await?;
    hooks::noted(house, who, &hook.id, "changed").await?;
    Ok(Shown(WebhookMade { webhook: view(shown.hook), secret: shown.secret }))
}

async fn remove(asked: Asked<OfWebhook>) -> Result<Done, Problem> {
    let (house, who) = (&asked.house, asked.who()?);
    let hook = hook_of(house, who, &asked.path.webhook).await?;
    hooks::post(house)?.remove_hook(&hook.id).await?;
    hooks::noted(house, who, &hook.id, "removed").await?;
    Ok(Done)
}

async fn test(asked: Asked<OfWebhook>) -> Result<Done, Problem> {
    let hook = hook_of(&asked.house, asked.who()?, &asked.path.webhook).await?;
    hooks::tried(&asked.house, &hook).await?;
    Ok(Done)
}

/// How something that a webhook was sent went.
#[derive(Debug, Serialize, JsonSchema)]
struct DeliveryView {
    /// `webhook-id` of what was sent.
    id: String,
    kind: String,
    made: Timestamp,
    tries: u64,
    /// `waiting`, `arrived`, `given-up` or `dropped`.
    state: String,
    /// What was answered last: a status of HTTP, or `timeout`, `no-connection`, `no-answer`, `out-of-reach`.
    answer: Option<String>,
    tried: Option<Timestamp>,
    /// When it is tried next.
    next: Option<Timestamp>,
}

fn delivery(of: Delivery) -> DeliveryView {
    DeliveryView {
        id: of.id.to_string(),
        kind: of.kind,
        made: of.made,
        tries: of.tries,
        state: of.state.word().to_owned(),
        answer: of.answer,
        tried: of.tried,
        next: of.due.filter(|_| of.state == State::Waiting),
    }
}

async fn deliveries(asked: Asked<OfWebhook>) -> Result<Shown<Vec<DeliveryView>>, Problem> {
    let hook = hook_of(&asked.house, asked.who()?, &asked.path.webhook).await?;
    let all = hooks::post(&asked.house)?.deliveries(&hook.id, MOST).await?;
    Ok(Shown(all.into_iter().map(delivery).collect()))
}

#[derive(Debug, Deserialize, JsonSchema)]
struct OfDelivery {
    webhook: String,
    delivery: String,
}

async fn again(asked: Asked<OfDelivery>) -> Result<Done, Problem> {
    let (house, path) = (&asked.house, &asked.path);
    let hook = hook_of(house, asked.who()?, &path.webhook).await?;
    if hook.status != Status::On {
        return Err(Problem::bad("回调已停用，请先启用", "the webhook is switched off: switch it on first"));
    }
    hooks::post(house)?.send_again(&hook.id, &LetterId::new(&path.delivery), house.now()).await?;
    Ok(Done)
}

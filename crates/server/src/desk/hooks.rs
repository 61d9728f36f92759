//! Webhooks: whose they are, and what they may be told of.

use ::cases::{Actor, ActorId, Case, Role, Scope, World, may_see};
use axum::http::StatusCode;
use doors::{Action, Organisation, OrganisationId, OrganisationKind, Resource};
use law::Text;
use post::{Hook, HookId, Post};

use super::permission::may;
use crate::house::House;
use crate::problem::Problem;
use crate::who::Who;

/// What a hook of the installation is owned by: it is told of every case.
pub(crate) const INSTALLATION: &str = "*";

/// What a hook can be told of.
pub(crate) const KINDS: [&str; 4] = ["case.opened", "case.moved", "case.changed", "case.reminder"];

/// The post, where letters are sent at all.
pub(crate) fn post(house: &House) -> Result<&Post, Problem> {
    let none = || {
        let what = Text::new("本系统未启用回调", "this installation sends no webhooks");
        Problem::new(StatusCode::NOT_FOUND, "not-found", what)
    };
    house.post.as_ref().ok_or_else(none)
}

/// The owner whoever asks acts for: their own organisation, or one they name; administrators without one act for the installation.
pub(crate) async fn owner_of(house: &House, who: &Who, named: Option<&str>) -> Result<String, Problem> {
    let own = who.account.organisation.as_ref().map(OrganisationId::as_str);
    let owner = named.or(own).unwrap_or(INSTALLATION);
    may_manage(house, who, owner).await?;
    Ok(owner.to_owned())
}

/// Whether whoever asks looks after the hooks of an owner.
async fn may_manage(house: &House, who: &Who, owner: &str) -> Result<(), Problem> {
    if owner == INSTALLATION {
        return may(house, who, Action::ManageWebhooks, Resource::Installation);
    }
    let none = || Problem::not_found(Text::new("没有这个单位", "there is no such organisation"));
    let organisation = house.doors.organisation(&OrganisationId::new(owner)).await?.ok_or_else(none)?;
    may(house, who, Action::ManageWebhooks, Resource::Organisation(&organisation))
}

/// A hook that whoever asks looks after. Nobody learns of others' whether there are any.
pub(crate) async fn hook_of(house: &House, who: &Who, id: &str) -> Result<Hook, Problem> {
    let hook = post(house)?.hook(&HookId::new(id)).await?;
    let none = || Problem::from(post::PostError::NoHook(id.to_owned()));
    may_manage(house, who, &hook.owner).await.map_err(|_| none())?;
    Ok(hook)
}

/// Records what whoever asks did to a hook: it carries news out of the house.
pub(crate) async fn noted(house: &House, who: &Who, hook: &HookId, done: &str) -> Result<(), Problem> {
    Ok(house.doors.note_webhook(&who.account.id, &format!("{hook} {done}"), house.now()).await?)
}

/// Sends a hook something to try it by.
pub(crate) async fn tried(house: &House, hook: &Hook) -> Result<(), Problem> {
    if hook.status != post::Status::On {
        return Err(Problem::bad("回调已停用，请先启用", "the webhook is switched off: switch it on first"));
    }
    post(house)?.write(&[crate::tell::of_trial(house, hook)], house.now()).await?;
    Ok(())
}

/// Those who see what a hook's owner sees.
pub(crate) fn viewers(owner: &str, organisation: Option<&Organisation>) -> Vec<Actor> {
    let actor = |role: Role, scope: Scope| Actor { id: ActorId::new("webhook"), role, scope };
    match organisation {
        None if owner == INSTALLATION => vec![actor(Role::Administrator, Scope::All)],
        None => Vec::new(),
        Some(of) => {
            let id = of.id.as_str().to_owned();
            match of.kind {
                OrganisationKind::Handler => vec![actor(Role::Approver, Scope::Handler(id))],
                OrganisationKind::Office => {
                    [Role::CertificationBody, Role::ZoneBody, Role::Prefecture, Role::SectorAuthority]
                        .map(|role| actor(role, Scope::Office(id.clone())))
                        .to_vec()
                }
            }
        }
    }
}

/// Whether one of them sees the case.
pub(crate) fn is_seen(world: &World<'_>, viewers: &[Actor], case: &Case) -> bool {
    viewers.iter().any(|viewer| may_see(world, viewer, case))
}

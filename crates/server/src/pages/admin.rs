//! Running the installation: accounts, organisations, and who read what.

use axum::extract::{Path, Query, State};
use axum::response::{Html, IntoResponse, Redirect, Response};
use cases::{CaseId, Role, Scope};
use doors::{
    Account, AccountFilter, AccountId, Action, Change, NewAccount, Organisation, OrganisationId, OrganisationKind,
    Page, ReadsQuery, Resource, Status,
};
use jiff::ToSpan as _;
use serde::Deserialize;
use serde_json::{Value, json};

use super::props::{Say, word};
use super::shown;
use crate::desk;
use crate::house::{House, Shared};
use crate::http::filled::Filled;
use crate::problem::Problem;
use crate::who::{Visitor, Who};

/// Rows of one page.
const ROWS: u32 = 100;
/// Days for which an invitation to an account stands.
const DAYS: i64 = 7;

fn may(house: &House, who: &Who, action: Action<'_>) -> Result<(), Problem> {
    desk::may(house, who, action, Resource::Installation)
}

pub(super) async fn page(State(house): State<Shared>, visitor: Visitor, who: Who) -> Result<Html<String>, Problem> {
    may(&house, &who, Action::ManageAccounts)?;
    let say = Say::new(&house, visitor.lang);
    let all = AccountFilter::default();
    let ((_, accounts), organisations) =
        tokio::try_join!(house.doors.accounts(Page { skip: 0, most: 1 }, &all), house.doors.organisations(None))?;
    let number = |n: usize| crate::words::grouped(&minijinja::Value::from(n));
    let tiles = json!([
        {"label": say.text("admin.accounts"), "value": number(accounts as usize), "href": "/admin/accounts"},
        {"label": say.text("admin.organisations"), "value": number(organisations.len()), "href": "/admin/organisations"},
        {"label": say.text("nav.reads"), "value": "→", "href": "/admin/reads"},
    ]);
    shown(&house, &visitor, "admin.html", json!({"title": say.title("nav.admin"), "tiles": tiles}))
}

/// Which accounts.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct Wanted {
    q: String,
    role: String,
    skip: u32,
}

pub(super) async fn accounts(
    State(house): State<Shared>,
    visitor: Visitor,
    who: Who,
    Query(wanted): Query<Wanted>,
) -> Result<Html<String>, Problem> {
    account_list(&house, &visitor, &who, &wanted, &Made::default()).await
}

/// What was made a moment ago, or why it was not.
#[derive(Default)]
struct Made {
    link: Option<String>,
    wrong: Option<law::Text>,
}

async fn account_list(
    house: &House,
    visitor: &Visitor,
    who: &Who,
    wanted: &Wanted,
    made: &Made,
) -> Result<Html<String>, Problem> {
    may(house, who, Action::ManageAccounts)?;
    let say = Say::new(house, visitor.lang);
    let filter = AccountFilter {
        role: Role::from_word(&wanted.role),
        text: Some(wanted.q.clone()).filter(|text| !text.is_empty()),
        ..AccountFilter::default()
    };
    let ((found, all), organisations) = tokio::try_join!(
        house.doors.accounts(Page { skip: wanted.skip, most: ROWS }, &filter),
        house.doors.organisations(None)
    )?;
    let rows = found.iter().map(|account| {
        json!({"cells": [
            {"text": called(account), "href": format!("/admin/accounts/{}", account.id), "sub": account.login},
            {"text": say.word("role", account.role)},
            {"text": scope_text(say, &account.scope)},
            {"text": say.word("status", account.status), "sub": if account.second_factor { say.text("account.second-factor") } else { "" }},
            {"text": account.last_sign_in.map(|at| say.moment(at)).unwrap_or_default(), "sort": account.last_sign_in.map(|at| at.to_string())},
        ]})
    });
    let columns = ["name", "role", "scope", "status", "last-sign-in"]
        .map(|name| json!({"label": say.text(&format!("account.{name}"))}));
    let roles: Vec<Value> =
        Role::ALL.iter().map(|role| json!({"value": role.word(), "label": say.word("role", role)})).collect();
    let of: Vec<Value> = organisations.iter().map(|one| json!({"value": one.id.as_str(), "label": one.name})).collect();
    let context = json!({
        "title": say.title("admin.accounts"),
        "rows": rows.collect::<Vec<_>>(),
        "columns": columns,
        "filter": [
            {"kind": "text", "id": "q", "label": say.text("ui.search"), "value": wanted.q},
            {"kind": "select", "id": "of-role", "name": "role", "label": say.text("account.role"), "options": roles, "empty": say.text("cases.any"), "value": wanted.role},
        ],
        "next": (all > u64::from(wanted.skip + ROWS)).then(|| format!("/admin/accounts?skip={}", wanted.skip + ROWS)),
        "fields": [
            {"kind": "text", "id": "login", "label": say.text("account.login"), "required": true, "autocomplete": "off"},
            {"kind": "text", "id": "name", "label": say.text("account.name"), "required": true, "autocomplete": "off"},
            {"kind": "email", "id": "email", "label": say.text("account.email"), "optional": true, "autocomplete": "off"},
            {"kind": "select", "id": "role", "label": say.text("account.role"), "options": roles, "required": true},
            {"kind": "select", "id": "organisation", "label": say.text("account.organisation"), "options": of, "empty": "—", "optional": true},
            {"kind": "text", "id": "scope", "label": say.text("account.scope"), "hint": say.text("account.scope.hint"), "optional": true},
        ],
        "link": made.link,
        "problem": made.wrong.as_ref().map(|wrong| say.of(wrong)),
    });
    shown(house, visitor, "admin/accounts.html", context)
}

/// Which cases somebody has to do with, in words.
fn scope_text(say: Say<'_>, scope: &Scope) -> String {
    match scope {
        Scope::All => say.text("scope-of.all").to_owned(),
        Scope::Province(region) => super::cases::region_name(say, region).to_owned(),
        Scope::Handler(of) | Scope::Office(of) => of.clone(),
        Scope::Case(case) => case.to_string(),
    }
}

/// What an account is called: whoever was forgotten has no name.
fn called(account: &Account) -> &str {
    if account.status == Status::Forgotten { account.id.as_str() } else { &account.name }
}

/// The scope that goes with a role, from what was typed or the organisation chosen.
fn scope(role: Role, organisation: Option<&Organisation>, typed: Option<&str>) -> Scope {
    let of =
        typed.map(str::to_owned).or_else(|| organisation.map(|one| one.id.as_str().to_owned())).unwrap_or_default();
    let region =
        typed.map(str::to_owned).or_else(|| organisation.and_then(|one| one.region.clone())).unwrap_or_default();
    match role {
        // An adviser belongs to a handler or to one case, whose id has a hyphen.
        Role::Adviser if of.contains('-') => Scope::Case(CaseId::new(of)),
        Role::Recipient => Scope::Case(CaseId::new(of)),
        Role::Applicant | Role::Approver | Role::Adviser => Scope::Handler(of),
        Role::Province => Scope::Province(region),
        Role::Auditor if !region.is_empty() => Scope::Province(region),
        Role::National | Role::Auditor | Role::Administrator => Scope::All,
        Role::Prefecture | Role::SectorAuthority | Role::CertificationBody | Role::ZoneBody => Scope::Office(of),
    }
}

pub(super) async fn new_account(
    State(house): State<Shared>,
    visitor: Visitor,
    who: Who,
    filled: Filled,
) -> Result<Html<String>, Problem> {
    may(&house, &who, Action::ManageAccounts)?;
    let made = match made_account(&house, &who, &filled).await {
        Ok(link) => Made { link: Some(link), wrong: None },
        Err(problem) if problem.status.is_client_error() => Made { link: None, wrong: Some(*problem.what) },
        Err(problem) => return Err(problem),
    };
    account_list(&house, &visitor, &who, &Wanted::default(), &made).await
}

/// Makes an account and the link by which its holder sets a password.
async fn made_account(house: &House, who: &Who, filled: &Filled) -> Result<String, Problem> {
    let text = |name: &str| filled.text(name).map(str::to_owned);
    let none = || Problem::bad("请选择角色", "choose a role");
    let role = filled.text("role").and_then(Role::from_word).ok_or_else(none)?;
    let organisation = match text("organisation") {
        Some(id) => house.doors.organisation(&OrganisationId::new(id)).await?,
        None => None,
    };
    let new = NewAccount {
        login: text("login").unwrap_or_default(),
        name: text("name").unwrap_or_default(),
        email: text("email"),
        role,
        scope: scope(role, organisation.as_ref(), filled.text("scope")),
        organisation: organisation.map(|one| one.id),
        lang: None,
    };
    if !house.doors.policies().allows_account(who.as_asked(), &new.scope).allowed {
        return Err(Problem::forbidden());
    }
    let now = house.now();
    let account = house.doors.create(new, &who.account.id, now).await?;
    let (secret, _) =
        house.doors.invite_to_account(&account.id, now + (24 * DAYS).hours(), &who.account.id, now).await?;
    Ok(format!("{}/invitation/{}", house.installation.url, secret.as_str()))
}

pub(super) async fn account(
    State(house): State<Shared>,
    visitor: Visitor,
    who: Who,
    Path(id): Path<String>,
) -> Result<Html<String>, Problem> {
    account_page(&house, &visitor, &who, &id, &Made::default()).await
}

async fn known_account(house: &House, id: &str) -> Result<Account, Problem> {
    let none = || Problem::not_found(law::Text::new("没有这个账户", "there is no such account"));
    house.doors.account(&AccountId::new(id)).await?.ok_or_else(none)
}

async fn account_page(
    house: &House,
    visitor: &Visitor,
    who: &Who,
    id: &str,
    made: &Made,
) -> Result<Html<String>, Problem> {
    may(house, who, Action::ManageAccounts)?;
    let say = Say::new(house, visitor.lang);
    let account = known_account(house, id).await?;
    let statuses: Vec<Value> = [Status::Active, Status::Disabled, Status::Invited]
        .iter()
        .map(|status| json!({"value": word(status), "label": say.word("status", status)}))
        .collect();
    let context = json!({
        "title": called(&account),
        "account_of": {"id": account.id.as_str(), "login": account.login, "role": say.word("role", account.role),
                       "scope": scope_text(say, &account.scope), "created": say.moment(account.created), "second_factor": account.second_factor},
        "fields": [
            {"kind": "text", "id": "name", "label": say.text("account.name"), "required": true, "value": account.name},
            {"kind": "email", "id": "email", "label": say.text("account.email"), "optional": true, "value": account.email},
            {"kind": "select", "id": "status", "label": say.text("account.status"), "options": statuses, "value": word(account.status)},
        ],
        "link": made.link,
        "forgotten": account.status == Status::Forgotten,
        "may_forget": account.status == Status::Disabled,
        "problem": made.wrong.as_ref().map(|wrong| say.of(wrong)),
    });
    shown(house, visitor, "admin/account.html", context)
}

pub(super) async fn change_account(
    State(house): State<Shared>,
    visitor: Visitor,
    who: Who,
    Path(id): Path<String>,
    filled: Filled,
) -> Result<Response, Problem> {
    may(&house, &who, Action::ManageAccounts)?;
    let account = known_account(&house, &id).await?;
    if !house.doors.policies().allows_account(who.as_asked(), &account.scope).allowed {
        return Err(Problem::forbidden());
    }
    let (doors, now) = (&house.doors, house.now());
    if filled.text("what") == Some("forget") {
        desk::forgotten(&house, &who, &account).await?;
        return Ok(Redirect::to(&format!("/admin/accounts/{id}?done=saved")).into_response());
    }
    let made = if filled.text("what") == Some("invite") {
        doors
            .invite_to_account(&account.id, now + (24 * DAYS).hours(), &who.account.id, now)
            .await
            .map(|(secret, _)| Some(format!("{}/invitation/{}", house.installation.url, secret.as_str())))
    } else {
        let status = filled.text("status").and_then(|word| serde_json::from_value(json!(word)).ok());
        let change = Change {
            name: filled.text("name").map(str::to_owned),
            email: Some(filled.text("email").map(str::to_owned)),
            status: status.filter(|status| *status != account.status),
            ..Change::default()
        };
        doors.change(&account.id, change, &who.account.id, now).await.map(|_| None)
    };
    match made {
        Ok(None) => Ok(Redirect::to(&format!("/admin/accounts/{id}?done=saved")).into_response()),
        Ok(link) => Ok(account_page(&house, &visitor, &who, &id, &Made { link, wrong: None }).await?.into_response()),
        Err(error) if error.is_input() => {
            Ok(account_page(&house, &visitor, &who, &id, &Made { link: None, wrong: Some(error.text()) })
                .await?
                .into_response())
        }
        Err(error) => Err(error.into()),
    }
}

pub(super) async fn organisations(
    State(house): State<Shared>,
    visitor: Visitor,
    who: Who,
) -> Result<Html<String>, Problem> {
    organisation_list(&house, &visitor, &who, None).await
}

async fn organisation_list(
    house: &House,
    visitor: &Visitor,
    who: &Who,
    wrong: Option<&law::Text>,
) -> Result<Html<String>, Problem> {
    may(house, who, Action::ManageOrganisations)?;
    let say = Say::new(house, visitor.lang);
    let all = house.doors.organisations(None).await?;
    let rows = all.iter().map(|one| {
        json!({"cells": [{"text": one.name, "sub": one.id.as_str()}, {"text": say.word("organisation", one.kind)},
                         {"text": one.region.as_deref().map_or("", |region| super::cases::region_name(say, region))}, {"text": one.sector.clone().unwrap_or_default()}]})
    });
    let columns =
        ["name", "kind", "region", "sector"].map(|name| json!({"label": say.text(&format!("organisation.{name}"))}));
    let kinds: Vec<Value> = [OrganisationKind::Handler, OrganisationKind::Office]
        .iter()
        .map(|kind| json!({"value": word(kind), "label": say.word("organisation", kind)}))
        .collect();
    let context = json!({
        "title": say.title("admin.organisations"),
        "rows": rows.collect::<Vec<_>>(),
        "columns": columns,
        "fields": [
            {"kind": "radio", "id": "kind", "label": say.text("organisation.kind"), "options": kinds, "required": true, "value": "handler"},
            {"kind": "text", "id": "id", "label": say.text("organisation.id"), "hint": say.text("organisation.id.hint"), "required": true},
            {"kind": "text", "id": "name", "label": say.text("organisation.name"), "required": true},
            {"kind": "text", "id": "region", "label": say.text("organisation.region"), "hint": "CN-BJ", "size": "short"},
            {"kind": "text", "id": "sector", "label": say.text("organisation.sector"), "optional": true},
        ],
        "problem": wrong.map(|wrong| say.of(wrong)),
    });
    shown(house, visitor, "admin/organisations.html", context)
}

pub(super) async fn new_organisation(
    State(house): State<Shared>,
    visitor: Visitor,
    who: Who,
    filled: Filled,
) -> Result<Response, Problem> {
    may(&house, &who, Action::ManageOrganisations)?;
    let text = |name: &str| filled.text(name).map(str::to_owned);
    let kind = if filled.text("kind") == Some("office") { OrganisationKind::Office } else { OrganisationKind::Handler };
    let new = Organisation {
        id: OrganisationId::new(text("id").unwrap_or_default()),
        kind,
        name: text("name").unwrap_or_default(),
        region: text("region"),
        sector: text("sector"),
        parent: None,
    };
    match house.doors.make_organisation(&new, &who.account.id, house.now()).await {
        Ok(()) => Ok(Redirect::to("/admin/organisations?done=saved").into_response()),
        Err(error) if error.is_input() => {
            Ok(organisation_list(&house, &visitor, &who, Some(&error.text())).await?.into_response())
        }
        Err(error) => Err(error.into()),
    }
}

/// Which reads.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct ReadsWanted {
    case: String,
    account: String,
}

pub(super) async fn reads(
    State(house): State<Shared>,
    visitor: Visitor,
    who: Who,
    Query(wanted): Query<ReadsWanted>,
) -> Result<Html<String>, Problem> {
    may(&house, &who, Action::ReadReads)?;
    let say = Say::new(&house, visitor.lang);
    let some = |text: &str| Some(text.to_owned()).filter(|text| !text.is_empty());
    let query = ReadsQuery {
        case: some(&wanted.case).map(CaseId::new),
        account: some(&wanted.account).map(AccountId::new),
        ..ReadsQuery::default()
    };
    let found = house.doors.entries(&query, Page { skip: 0, most: ROWS }).await?;
    let rows = found.iter().map(|entry| {
        json!({"cells": [
            {"text": say.moment(entry.at), "sort": entry.at.to_string()},
            {"text": entry.role.map(|role| say.word("role", role)).unwrap_or_default(), "sub": entry.account.as_ref().map(AccountId::as_str)},
            {"text": say.text(&format!("event.{}", entry.event.word()))},
            {"text": entry.case.as_ref().map(ToString::to_string).unwrap_or_default(),
             "href": entry.case.as_ref().map(|case| format!("/cases/{case}")), "sub": entry.what.clone()},
        ]})
    });
    let columns = ["at", "who", "event", "case"].map(|name| json!({"label": say.text(&format!("reads.{name}"))}));
    let context = json!({
        "title": say.title("nav.reads"),
        "rows": rows.collect::<Vec<_>>(),
        "columns": columns,
        "filter": [
            {"kind": "text", "id": "case", "label": say.text("reads.case"), "value": wanted.case},
            {"kind": "text", "id": "account", "label": say.text("reads.account"), "value": wanted.account},
        ],
    });
    shown(&house, &visitor, "admin/reads.html", context)
}

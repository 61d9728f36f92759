//! Accounts, organisations, and who read what.

use ::cases::{CaseId, Role, Scope};
use ::law::Text;
use axum::http::Method;
use doors::{
    Account, AccountFilter, AccountId, Action, Change, Event, Lang, NewAccount, Organisation, OrganisationId,
    OrganisationKind, Page, ReadsQuery, Resource, Status,
};
use jiff::ToSpan as _;
use jiff::civil::Date;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::answer::{Done, Made, Shown};
use super::asked::{Asked, Json, Nothing};
use super::cursor::{self, List};
use super::law::limit;
use super::table::{Need, Operation, operation};
use crate::desk;
use crate::house::House;
use crate::problem::Problem;
use crate::view::{AccountView, EntryView, OrganisationView, account_view, entry_view, organisation_view};
use crate::who::Who;

const TAG: &str = "administration";
/// Days for which an invitation to an account stands.
const DAYS: i64 = 7;

pub(super) fn operations() -> Vec<Operation> {
    let need = Need::Scope(&[]);
    let wrong = &["bad-field", "login-taken", "role-and-scope", "no-organisation", "last-administrator", "no-account"];
    vec![
        operation(
            (Method::GET, "/api/accounts"),
            "listAccounts",
            TAG,
            need,
            ("Accounts; who answers for a handler sees its own", "账户；处理者负责人仅见本单位"),
            accounts,
        ),
        operation(
            (Method::POST, "/api/accounts"),
            "makeAccount",
            TAG,
            need,
            ("Make an account; an invitation sets its password", "设立账户；以邀请设置密码"),
            make,
        )
        .problems(wrong),
        operation((Method::GET, "/api/accounts/{account}"), "getAccount", TAG, need, ("An account", "账户"), account),
        operation(
            (Method::PATCH, "/api/accounts/{account}"),
            "changeAccount",
            TAG,
            need,
            ("Change, close or open an account", "修改、停用或启用账户"),
            change,
        )
        .problems(wrong),
        operation(
            (Method::DELETE, "/api/accounts/{account}"),
            "forgetAccount",
            TAG,
            need,
            (
                "Delete what names the holder of a closed account; its id stays in the record",
                "删除已停用账户持有人的个人资料；账户编号留在记录中",
            ),
            forget,
        )
        .problems(&["account-not-closed", "no-account"]),
        operation(
            (Method::POST, "/api/accounts/{account}/invitation"),
            "inviteToAccount",
            TAG,
            need,
            ("A new link that sets the password; it is shown once", "设置密码的新链接；只显示一次"),
            invite,
        )
        .problems(&["account-not-active", "no-account", "bad-field"]),
        operation(
            (Method::GET, "/api/organisations"),
            "listOrganisations",
            TAG,
            need,
            ("Organisations", "机构"),
            organisations,
        ),
        operation(
            (Method::POST, "/api/organisations"),
            "makeOrganisation",
            TAG,
            need,
            ("Make an organisation", "设立机构"),
            make_organisation,
        )
        .problems(&["bad-field", "organisation-exists", "no-organisation"]),
        operation(
            (Method::PATCH, "/api/organisations/{organisation}"),
            "changeOrganisation",
            TAG,
            need,
            ("Change an organisation", "修改机构"),
            change_organisation,
        )
        .problems(&["bad-field", "no-organisation"]),
        operation(
            (Method::GET, "/api/reads"),
            "listAllReads",
            TAG,
            need,
            ("Who read what, for auditors", "查阅记录（审计）"),
            reads,
        ),
    ]
}

/// Whose accounts whoever asks looks after: all, or those of one handler.
enum Charge {
    All,
    Own(Organisation),
}

async fn charge(house: &House, who: &Who) -> Result<Charge, Problem> {
    if desk::may(house, who, Action::ManageAccounts, Resource::Installation).is_ok() {
        return Ok(Charge::All);
    }
    let own = desk::organisation_of(house, who).await?.ok_or_else(Problem::forbidden)?;
    desk::may(house, who, Action::ManageAccounts, Resource::Organisation(&own))?;
    Ok(Charge::Own(own))
}

impl Charge {
    /// Whether an account of this role and scope is theirs to look after. Nobody gives another what they do not have themselves.
    fn covers(&self, role: Role, scope: &Scope) -> bool {
        match self {
            Self::All => true,
            Self::Own(own) => {
                matches!(role, Role::Applicant | Role::Approver) && *scope == Scope::Handler(own.id.as_str().to_owned())
            }
        }
    }
}

/// Which accounts.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct AccountsAsked {
    role: Option<Role>,
    /// Words of the login, name or address.
    q: Option<String>,
    /// Rows at most, 1 to 200; 50 where nothing is said.
    #[schemars(range(min = 1, max = 200))]
    limit: Option<u32>,
    /// `next` of the page before.
    cursor: Option<String>,
}

async fn accounts(asked: Asked<Nothing, AccountsAsked>) -> Result<Shown<List<AccountView>>, Problem> {
    let (house, query) = (&asked.house, &asked.query);
    let charge = charge(house, asked.who()?).await?;
    let organisation = match &charge {
        Charge::All => None,
        Charge::Own(own) => Some(own.id.clone()),
    };
    let (skip, most) = (cursor::place(query.cursor.as_deref())?, limit(query.limit, 50, 200)?);
    let filter = AccountFilter {
        role: query.role,
        organisation,
        text: query.q.clone().filter(|q| !q.is_empty()),
        ..AccountFilter::default()
    };
    let (found, all) = house.doors.accounts(Page { skip, most }, &filter).await?;
    let next = (all > u64::from(skip) + found.len() as u64 && !found.is_empty()).then(|| cursor::of_place(skip + most));
    Ok(Shown(List { rows: found.iter().map(account_view).collect(), next }))
}

/// A language.
#[derive(Debug, Clone, Copy, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
#[schemars(rename = "LanguageWanted")]
enum Language {
    Zh,
    En,
}

impl From<Language> for Lang {
    fn from(lang: Language) -> Self {
        match lang {
            Language::Zh => Self::Zh,
            Language::En => Self::En,
        }
    }
}

/// An account to be made.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct AccountWanted {
    login: String,
    name: String,
    #[serde(default)]
    email: Option<String>,
    role: Role,
    scope: Scope,
    #[serde(default)]
    organisation: Option<String>,
    #[serde(default)]
    lang: Option<Language>,
}

/// A link that sets a password.
#[derive(Debug, Serialize, JsonSchema)]
#[schemars(rename = "AccountLink")]
struct Invited {
    /// Shown now and never again.
    link: String,
}

async fn make(asked: Asked<Nothing, Nothing, Json<AccountWanted>>) -> Result<Made<AccountView>, Problem> {
    let (house, who) = (&asked.house, asked.visitor.signed_in()?);
    let charge = charge(house, who).await?;
    let Json(wanted) = asked.body;
    if !charge.covers(wanted.role, &wanted.scope) {
        return Err(Problem::forbidden());
    }
    let new = NewAccount {
        login: wanted.login,
        name: wanted.name,
        email: wanted.email,
        role: wanted.role,
        scope: wanted.scope,
        organisation: wanted.organisation.map(OrganisationId::new),
        lang: wanted.lang.map(Into::into),
    };
    let made = house.doors.create(new, &who.account.id, house.now()).await?;
    Ok(Made { at: format!("/api/accounts/{}", made.id), of: account_view(&made) })
}

#[derive(Debug, Deserialize, JsonSchema)]
struct OfAccount {
    account: String,
}

/// An account that whoever asks looks after; nobody else learns whether there is one.
async fn known(house: &House, who: &Who, id: &str) -> Result<(Charge, Account), Problem> {
    let charge = charge(house, who).await?;
    let none = || Problem::not_found(Text::new("没有此账户", "there is no such account"));
    let account = house.doors.account(&AccountId::new(id)).await?.ok_or_else(none)?;
    if charge.covers(account.role, &account.scope) { Ok((charge, account)) } else { Err(none()) }
}

async fn account(asked: Asked<OfAccount>) -> Result<Shown<AccountView>, Problem> {
    let (_, account) = known(&asked.house, asked.who()?, &asked.path.account).await?;
    Ok(Shown(account_view(&account)))
}

/// Whether an account can be used.
#[derive(Debug, Clone, Copy, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
#[schemars(rename = "AccountUse")]
enum Use {
    Active,
    Disabled,
}

/// What of an account is changed; what is left out stays.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct AccountChange {
    #[serde(default)]
    name: Option<String>,
    /// An empty text takes it away.
    #[serde(default)]
    email: Option<String>,
    #[serde(default)]
    role: Option<Role>,
    #[serde(default)]
    scope: Option<Scope>,
    #[serde(default)]
    lang: Option<Language>,
    #[serde(default)]
    status: Option<Use>,
}

async fn change(asked: Asked<OfAccount, Nothing, Json<AccountChange>>) -> Result<Shown<AccountView>, Problem> {
    let (house, who) = (&asked.house, asked.visitor.signed_in()?);
    let (charge, account) = known(house, who, &asked.path.account).await?;
    let Json(wanted) = asked.body;
    let (role, scope) =
        (wanted.role.unwrap_or(account.role), wanted.scope.clone().unwrap_or_else(|| account.scope.clone()));
    if !charge.covers(role, &scope) {
        return Err(Problem::forbidden());
    }
    let status = wanted.status.map(|status| match status {
        Use::Active => Status::Active,
        Use::Disabled => Status::Disabled,
    });
    let change = Change {
        name: wanted.name,
        email: wanted.email.map(|email| Some(email).filter(|email| !email.trim().is_empty())),
        role: wanted.role,
        scope: wanted.scope,
        lang: wanted.lang.map(|lang| Some(lang.into())),
        status: status.filter(|status| *status != account.status),
        ..Change::default()
    };
    house.doors.change(&account.id, change, &who.account.id, house.now()).await?;
    let (_, changed) = known(house, who, &asked.path.account).await?;
    Ok(Shown(account_view(&changed)))
}

async fn forget(asked: Asked<OfAccount>) -> Result<Done, Problem> {
    let (house, who) = (&asked.house, asked.visitor.signed_in()?);
    let (_, account) = known(house, who, &asked.path.account).await?;
    desk::forgotten(house, who, &account).await?;
    Ok(Done)
}

async fn invite(asked: Asked<OfAccount>) -> Result<Made<Invited>, Problem> {
    let (house, who, now) = (&asked.house, asked.who()?, asked.house.now());
    let (_, account) = known(house, who, &asked.path.account).await?;
    let (secret, _) =
        house.doors.invite_to_account(&account.id, now + (24 * DAYS).hours(), &who.account.id, now).await?;
    let link = format!("{}/invitation/{}", house.installation.url, secret.as_str());
    Ok(Made { at: format!("/api/accounts/{}", account.id), of: Invited { link } })
}

async fn organisations(asked: Asked) -> Result<Shown<Vec<OrganisationView>>, Problem> {
    desk::may(&asked.house, asked.who()?, Action::ManageOrganisations, Resource::Installation)?;
    let all = asked.house.doors.organisations(None).await?;
    Ok(Shown(all.iter().map(organisation_view).collect()))
}

/// On which side an organisation stands.
#[derive(Debug, Clone, Copy, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
#[schemars(rename = "OrganisationSide")]
enum Side {
    Handler,
    Office,
}

/// An organisation.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct OrganisationWanted {
    /// Of a handler its unified social credit code; of an office a word such as `cac-bj`.
    id: String,
    kind: Side,
    name: String,
    /// By ISO 3166-2, such as `CN-BJ`.
    #[serde(default)]
    region: Option<String>,
    #[serde(default)]
    sector: Option<String>,
    #[serde(default)]
    parent: Option<String>,
}

async fn make_organisation(
    asked: Asked<Nothing, Nothing, Json<OrganisationWanted>>,
) -> Result<Made<OrganisationView>, Problem> {
    let (house, who) = (&asked.house, asked.visitor.signed_in()?);
    desk::may(house, who, Action::ManageOrganisations, Resource::Installation)?;
    let Json(wanted) = asked.body;
    let new = Organisation {
        id: OrganisationId::new(wanted.id),
        kind: match wanted.kind {
            Side::Handler => OrganisationKind::Handler,
            Side::Office => OrganisationKind::Office,
        },
        name: wanted.name,
        region: wanted.region,
        sector: wanted.sector,
        parent: wanted.parent.map(OrganisationId::new),
    };
    house.doors.make_organisation(&new, &who.account.id, house.now()).await?;
    Ok(Made { at: format!("/api/organisations/{}", new.id.as_str()), of: organisation_view(&new) })
}

#[derive(Debug, Deserialize, JsonSchema)]
struct OfOrganisation {
    organisation: String,
}

/// What of an organisation is changed; what is left out stays.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct OrganisationChange {
    #[serde(default)]
    name: Option<String>,
    #[serde(default)]
    region: Option<String>,
    #[serde(default)]
    sector: Option<String>,
}

async fn change_organisation(asked: Asked<OfOrganisation, Nothing, Json<OrganisationChange>>) -> Result<Done, Problem> {
    let (house, who) = (&asked.house, asked.visitor.signed_in()?);
    desk::may(house, who, Action::ManageOrganisations, Resource::Installation)?;
    let none = || Problem::not_found(Text::new("没有此机构", "there is no such organisation"));
    let mut of = house.doors.organisation(&OrganisationId::new(&asked.path.organisation)).await?.ok_or_else(none)?;
    let Json(wanted) = asked.body;
    if let Some(name) = wanted.name {
        of.name = name;
    }
    of.region = wanted.region.or(of.region);
    of.sector = wanted.sector.or(of.sector);
    house.doors.change_organisation(&of, &who.account.id, house.now()).await?;
    Ok(Done)
}

/// Which reads.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct ReadsAsked {
    /// About or by an account.
    account: Option<String>,
    /// Of a case.
    case: Option<String>,
    /// From a day on, in UTC+8.
    from: Option<Date>,
    /// Up to a day, that day included.
    to: Option<Date>,
    /// Whether everything that happened at the doors is listed, not reads alone.
    all: Option<bool>,
    /// Rows at most, 1 to 200; 50 where nothing is said.
    #[schemars(range(min = 1, max = 200))]
    limit: Option<u32>,
    /// `next` of the page before.
    cursor: Option<String>,
}

async fn reads(asked: Asked<Nothing, ReadsAsked>) -> Result<Shown<List<EntryView>>, Problem> {
    let (house, who, query) = (&asked.house, asked.who()?, &asked.query);
    let all = query.all.unwrap_or(false);
    let action = if all { Action::ReadRecord } else { Action::ReadReads };
    desk::may(house, who, action, Resource::Installation)?;
    let (skip, most) = (cursor::place(query.cursor.as_deref())?, limit(query.limit, 50, 200)?);
    let of = ReadsQuery {
        account: query.account.as_ref().map(AccountId::new),
        case: query.case.as_ref().map(CaseId::new),
        events: if all { Vec::new() } else { vec![Event::Read] },
        from: query.from,
        to: query.to,
    };
    let mut rows = house.doors.entries(&of, Page { skip, most: most + 1 }).await?;
    let more = rows.len() > most as usize;
    rows.truncate(most as usize);
    let next = more.then(|| cursor::of_place(skip + most));
    Ok(Shown(List { rows: rows.into_iter().map(entry_view).collect(), next }))
}

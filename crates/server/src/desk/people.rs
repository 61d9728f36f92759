//! People: guests who are invited to one case, colleagues, organisations.

use ::cases::{Case, Role};
use doors::{Account, AccountFilter, Action, InvitationId, NewInvitation, Organisation, Page, Secret, Status, Uses};
use jiff::ToSpan as _;
use law::Text;

use super::permission;
use crate::house::House;
use crate::problem::Problem;
use crate::who::Who;

/// Days for which an invitation stands.
const DAYS: i32 = 30;
/// Colleagues that are offered at most.
const COLLEAGUES: u32 = 500;

/// Invites a recipient or an adviser to a case: the secret of the link, which is kept nowhere.
pub(crate) async fn invited(
    house: &House,
    who: &Who,
    case: &Case,
    role: Role,
    name: &str,
) -> Result<(Secret, InvitationId), Problem> {
    permission::may_with(house, who, Action::Invite, case)?;
    if name.trim().is_empty() {
        let what = Text::new("请填写受邀人名称", "name whom you invite");
        return Err(Problem::new(axum::http::StatusCode::UNPROCESSABLE_ENTITY, "missing-name", what));
    }
    let now = house.now();
    let ends = now + (24 * i64::from(DAYS)).hours();
    let new = NewInvitation {
        name: name.trim().to_owned(),
        email: None,
        role,
        case: case.id.clone(),
        uses: Uses::UntilRevoked,
        ends,
        lang: None,
    };
    Ok(house.doors.invite_to_case(&new, &who.account.id, now).await?)
}

/// The organisation somebody belongs to.
pub(crate) async fn organisation_of(house: &House, who: &Who) -> Result<Option<Organisation>, Problem> {
    match &who.account.organisation {
        Some(id) => Ok(house.doors.organisation(id).await?),
        None => Ok(None),
    }
}

/// Deletes what names the holder of a closed account, and sends them no more mail.
pub(crate) async fn forgotten(house: &House, who: &Who, account: &Account) -> Result<(), Problem> {
    house.doors.forget(&account.id, &who.account.id, house.now()).await?;
    match &house.post {
        Some(post) => crate::tell::set_mail(post, &account.id, false).await,
        None => Ok(()),
    }
}

/// Those who do the same for the same office: to whom a case can be assigned.
pub(crate) async fn colleagues(house: &House, who: &Who) -> Result<Vec<Account>, Problem> {
    let filter = AccountFilter { role: Some(who.role), status: Some(Status::Active), ..AccountFilter::default() };
    let (all, _) = house.doors.accounts(Page { skip: 0, most: COLLEAGUES }, &filter).await?;
    Ok(all.into_iter().filter(|account| account.scope == *who.scope()).collect())
}

/// Whether an invitation is one to this case.
pub(crate) async fn case_of_invitation(house: &House, case: &Case, id: &InvitationId) -> Result<(), Problem> {
    let all = house.doors.invitations_to(&case.id).await?;
    let none = || Problem::not_found(Text::new("本案没有此邀请", "the case has no such invitation"));
    all.iter().find(|invitation| invitation.id == *id).map(|_| ()).ok_or_else(none)
}

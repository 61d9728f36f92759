//! Guests of a case: a recipient abroad, who sees its own part, and advisers.

use ::cases::Role;
use axum::http::Method;
use doors::{Action, InvitationId};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::answer::{Done, Made, Shown};
use super::asked::{Asked, Json};
use super::case::{AskedOf, OfCase};
use super::table::{Need, Operation, operation};
use crate::desk;
use crate::problem::Problem;
use crate::view::{InvitationView, invitation_view};

const TAG: &str = "invitations";

pub(super) fn operations() -> Vec<Operation> {
    let need = Need::Scope(&[]);
    vec![
        operation(
            (Method::GET, "/api/cases/{case}/invitations"),
            "listInvitations",
            TAG,
            need,
            ("Who was invited", "受邀人"),
            list,
        ),
        operation(
            (Method::POST, "/api/cases/{case}/invitations"),
            "invite",
            TAG,
            need,
            ("Invite a recipient abroad or an adviser; the link is shown once", "邀请境外接收方或顾问；链接只显示一次"),
            invite,
        )
        .problems(&["missing-name", "bad-field", "role-and-scope"]),
        operation(
            (Method::DELETE, "/api/cases/{case}/invitations/{invitation}"),
            "revokeInvitation",
            TAG,
            need,
            ("Revoke an invitation; its sessions end", "撤销邀请；其会话随即结束"),
            revoke,
        ),
    ]
}

async fn list(asked: Asked<OfCase>) -> Result<Shown<Vec<InvitationView>>, Problem> {
    let (house, who) = (&asked.house, asked.who()?);
    let case = desk::case_of(house, who, &asked.path.case).await?;
    desk::may_with(house, who, Action::Invite, &case)?;
    let all = house.doors.invitations_to(&case.id).await?;
    Ok(Shown(all.iter().map(|of| invitation_view(of, house.now())).collect()))
}

/// Whom one may invite.
#[derive(Debug, Clone, Copy, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
enum Guest {
    Recipient,
    Adviser,
}

/// Who is invited.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(rename = "GuestWanted")]
struct Wanted {
    role: Guest,
    name: String,
}

/// An invitation that was made.
#[derive(Debug, Serialize, JsonSchema)]
#[schemars(rename = "GuestInvited")]
struct Invited {
    id: String,
    /// The link by which the guest comes in. It is shown now and never again.
    link: String,
}

async fn invite(asked: AskedOf<Json<Wanted>>) -> Result<Made<Invited>, Problem> {
    let (house, who) = (&asked.house, asked.visitor.signed_in()?);
    let case = desk::case_of(house, who, &asked.path.case).await?;
    let Json(wanted) = &asked.body;
    let role = match wanted.role {
        Guest::Recipient => Role::Recipient,
        Guest::Adviser => Role::Adviser,
    };
    let (secret, id) = desk::invited(house, who, &case, role, &wanted.name).await?;
    let link = format!("{}/invitation/{}", house.installation.url, secret.as_str());
    Ok(Made { at: format!("/api/cases/{}/invitations/{id}", case.id), of: Invited { id: id.to_string(), link } })
}

#[derive(Debug, Deserialize, JsonSchema)]
struct OfInvitation {
    case: String,
    invitation: String,
}

async fn revoke(asked: Asked<OfInvitation>) -> Result<Done, Problem> {
    let (house, who) = (&asked.house, asked.who()?);
    let case = desk::case_of(house, who, &asked.path.case).await?;
    desk::may_with(house, who, Action::Invite, &case)?;
    let id = InvitationId::new(&asked.path.invitation);
    desk::case_of_invitation(house, &case, &id).await?;
    house.doors.revoke_invitation(&id, &who.account.id, house.now()).await?;
    Ok(Done)
}

//! Cases as packages, from one installation to another.

use ::cases::{Case, CaseId, Imported, StoreError};
use axum::http::StatusCode;
use doors::{Action, Read, Resource};
use evidence::VerifierKey;
use law::Text;

use super::permission;
use crate::house::House;
use crate::problem::Problem;
use crate::who::Who;

/// A case as a package, signed by the key of whoever exports it. What is personal stays sealed unless it is wrapped to `recipient`.
pub(crate) async fn exported(
    house: &House,
    who: &Who,
    case: &Case,
    recipient: Option<&transfer::AgeRecipient>,
) -> Result<Vec<u8>, Problem> {
    permission::may_with(house, who, Action::Export, case)?;
    let none = || {
        let what =
            Text::new("未配置签名密钥，不能导出", "no key to sign with is set up for you: nothing can be exported");
        Problem::new(StatusCode::UNPROCESSABLE_ENTITY, "no-office-key", what)
    };
    let signer = (house.signers)(&who.actor()).ok_or_else(none)?;
    let read = Read {
        account: who.account.id.clone(),
        role: who.role,
        case: Some(case.id.clone()),
        what: "package".to_owned(),
        at: house.now(),
    };
    house.doors.note_read(read).await?;
    Ok(house.store.export_case(&case.id, signer.as_ref(), recipient).await?)
}

/// Takes a case in. Whoever runs the installation says whose signature counts.
pub(crate) async fn imported(
    house: &House,
    who: &Who,
    package: &[u8],
    trusted: &[VerifierKey],
) -> Result<Imported, Problem> {
    permission::may(house, who, Action::Backup, Resource::Installation)?;
    Ok(house.store.import_case(package, trusted, None).await?)
}

/// A case that may be exported, or read: nobody else learns of it.
pub(crate) async fn case_to_export(house: &House, who: &Who, id: &str) -> Result<Case, Problem> {
    let unknown = || super::cases::no_case(id);
    let case = match house.store.case(&CaseId::new(id)).await {
        Ok(case) => case,
        Err(StoreError::NoCase(_)) => return Err(unknown()),
        Err(error) => return Err(error.into()),
    };
    let may =
        permission::may_with(house, who, Action::Export, &case).is_ok() || permission::may_read(house, who, &case);
    if may { Ok(case) } else { Err(unknown()) }
}

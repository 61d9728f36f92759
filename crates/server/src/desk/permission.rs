//! Who may do what: the policies are asked first, and the procedure has its own word afterwards.

use ::cases::{Case, CaseId, Opening, Part};
use axum::http::StatusCode;
use doors::{Action, CaseFacts, Resource, TokenScope};
use law::Text;

use crate::house::House;
use crate::problem::Problem;
use crate::who::Who;

/// Whether the policies allow something.
pub(crate) fn may(house: &House, who: &Who, action: Action<'_>, resource: Resource<'_>) -> Result<(), Problem> {
    if house.doors.policies().allows(who.as_asked(), action, resource).allowed {
        Ok(())
    } else {
        Err(Problem::forbidden())
    }
}

/// The same of a case.
pub(crate) fn may_with(house: &House, who: &Who, action: Action<'_>, case: &Case) -> Result<(), Problem> {
    let facts = CaseFacts::of(&house.world, case)?;
    may(house, who, action, Resource::Case(&facts))
}

/// Whether a case may be read.
pub(crate) fn may_read(house: &House, who: &Who, case: &Case) -> bool {
    may_with(house, who, Action::ReadCase, case).is_ok()
}

/// Whether the personal answers of a case may be read.
pub(crate) fn may_read_personal(house: &House, who: &Who, case: &Case) -> bool {
    may_with(house, who, Action::ReadPersonal, case).is_ok()
}

/// Whether an action may be taken, as far as policies go; state, day and the rest are the procedure's.
pub(crate) fn may_act(house: &House, who: &Who, case: &Case, action: &str) -> Result<(), Problem> {
    let procedure = house.procedure(case.procedure.as_str())?;
    match procedure.action(action) {
        // Somebody else's action is refused by the procedure, too, which names who has it.
        Some(definition) if definition.by.contains(&who.role) => may_with(house, who, Action::Act(definition), case),
        Some(_) | None => Ok(()),
    }
}

/// Whether a case may be opened for this handler.
pub(crate) fn may_open(house: &House, who: &Who, id: &CaseId, opening: &Opening) -> Result<(), Problem> {
    let procedure = house.procedure(opening.procedure.as_str())?;
    let open = procedure.action("open").ok_or_else(Problem::forbidden)?;
    let facts = CaseFacts::opening(&house.world, id, opening)?;
    may(house, who, Action::Act(open), Resource::Case(&facts))
}

/// Whether the files of a case may be fetched.
pub(crate) fn may_read_files(house: &House, who: &Who, case: &Case) -> Result<(), Problem> {
    may_with(house, who, Action::ReadFile, case)
}

/// Only whoever signed in does this, never a program.
pub(crate) fn session_only() -> Problem {
    let what = Text::new(
        "此项操作只能登录后办理，不能使用令牌",
        "only somebody who signed in does this, never a program with a token",
    );
    Problem::new(StatusCode::FORBIDDEN, "session-only", what)
}

/// The second factor is set up before anything else.
pub(crate) fn second_factor_first() -> Problem {
    let what = Text::new("您的角色须先设置第二验证因素", "your role needs a second factor: set it up first");
    Problem::new(StatusCode::FORBIDDEN, "second-factor-first", what)
}

/// The token reaches something else.
pub(crate) fn token_scope(scopes: &[TokenScope]) -> Problem {
    if scopes.is_empty() {
        return session_only();
    }
    let words = scopes.iter().map(|scope| format!("`{}`", scope.word())).collect::<Vec<_>>().join(", ");
    let what =
        Text::new(format!("令牌须有以下权限之一：{words}"), format!("the token needs one of the scopes {words}"));
    Problem::new(StatusCode::FORBIDDEN, "token-scope", what)
}

/// Whether files may be handed in to a case: whoever has an action there that takes files along.
pub(crate) fn may_hand_in(house: &House, who: &Who, case: &Case) -> Result<(), Problem> {
    let procedure = house.procedure(case.procedure.as_str())?;
    let own = procedure
        .actions
        .iter()
        .filter(|action| action.by.contains(&who.role) && action.asks_for(Part::Attachments).is_some());
    let mut refused = Problem::forbidden();
    for action in own {
        match may_with(house, who, Action::Act(action), case) {
            Ok(()) => return Ok(()),
            Err(problem) => refused = problem,
        }
    }
    Err(refused)
}

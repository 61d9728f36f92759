//! One's own account: who one is, password, second factor, sessions, tokens.

use axum::http::{Method, StatusCode};
use doors::{NewToken, SessionId, TokenId, TokenScope};
use jiff::{Timestamp, ToSpan as _};
use law::Text;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::answer::{Done, Made, Shown};
use super::asked::{Asked, Json, Nothing};
use super::table::{Need, Operation, operation};
use crate::problem::Problem;
use crate::view::{AccountView, SessionView, TokenView, account_view, session_view, token_view};
use crate::who::{Via, Who};

const TAG: &str = "session";

pub(super) fn operations() -> Vec<Operation> {
    let session = Need::Session;
    vec![
        operation(
            (Method::GET, "/api/me"),
            "getMe",
            TAG,
            Need::Known,
            ("Who asks, as what, and by which token", "当前账户、角色与令牌"),
            me,
        ),
        operation(
            (Method::POST, "/api/me/password"),
            "changePassword",
            TAG,
            session,
            ("Change one's password; all other sessions end", "修改密码；其他会话随即失效"),
            password,
        )
        .problems(&["wrong-password-or-code", "password-refused", "too-many-attempts"]),
        operation(
            (Method::POST, "/api/me/second-factor"),
            "beginSecondFactor",
            TAG,
            session,
            ("Begin to set up a second factor", "开始设置第二验证因素"),
            begin_factor,
        )
        .problems(&["second-factor"]),
        operation(
            (Method::POST, "/api/me/second-factor/confirm"),
            "confirmSecondFactor",
            TAG,
            session,
            ("Confirm it by a code; recovery codes are shown once", "以验证码确认；恢复码只显示一次"),
            confirm_factor,
        )
        .problems(&["second-factor", "wrong-password-or-code", "too-many-attempts"]),
        operation(
            (Method::POST, "/api/me/second-factor/remove"),
            "removeSecondFactor",
            TAG,
            session,
            ("Take it away, by password and code", "以密码和验证码取消"),
            remove_factor,
        )
        .problems(&["wrong-login-or-password", "code-needed", "second-factor", "too-many-attempts"]),
        operation(
            (Method::GET, "/api/me/sessions"),
            "listSessions",
            TAG,
            session,
            ("One's sessions", "本人会话"),
            sessions,
        ),
        operation(
            (Method::DELETE, "/api/me/sessions"),
            "endOtherSessions",
            TAG,
            session,
            ("End all other sessions", "结束其他会话"),
            end_sessions,
        ),
        operation(
            (Method::DELETE, "/api/me/sessions/{session}"),
            "endSession",
            TAG,
            session,
            ("End a session", "结束一个会话"),
            end_session,
        ),
        operation((Method::GET, "/api/me/tokens"), "listTokens", TAG, session, ("One's tokens", "本人令牌"), tokens),
        operation(
            (Method::POST, "/api/me/tokens"),
            "makeToken",
            TAG,
            session,
            ("Make a token; its secret is shown once", "创建令牌；密钥只显示一次"),
            make_token,
        )
        .problems(&["bad-field"]),
        operation(
            (Method::DELETE, "/api/me/tokens/{token}"),
            "revokeToken",
            TAG,
            session,
            ("Revoke a token", "撤销令牌"),
            revoke_token,
        ),
    ]
}

/// Who asks.
#[derive(Serialize, JsonSchema)]
pub(super) struct MeView {
    account: AccountView,
    /// Whether they came by an invitation to one case.
    guest: bool,
    /// Whether a second factor has to be set up before anything else.
    must_enrol: bool,
    /// Of a token, what it is for; null of a session.
    scopes: Option<Vec<String>>,
}

/// Who asks, with the token of the session.
#[derive(Serialize, JsonSchema)]
struct MeNow {
    #[serde(flatten)]
    me: MeView,
    /// What `X-CSRF-Token` of changing requests carries; null of a token.
    csrf: Option<String>,
}

pub(super) fn me_view(who: &Who) -> MeView {
    let scopes = match &who.via {
        Via::Session { .. } => None,
        Via::Token(scopes) => Some(scopes.iter().map(|scope| scope.word().to_owned()).collect()),
    };
    MeView { account: account_view(&who.account), guest: who.guest, must_enrol: who.must_enrol, scopes }
}

async fn me(asked: Asked) -> Result<Shown<MeNow>, Problem> {
    let who = asked.who()?;
    let csrf = who.session().map(|_| asked.visitor.csrf.clone());
    Ok(Shown(MeNow { me: me_view(who), csrf }))
}

/// The session that asks; these operations are reached by no other.
fn own(who: &Who) -> Result<&SessionId, Problem> {
    who.session().map(|(_, id)| id).ok_or_else(crate::desk::session_only)
}

#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct Passwords {
    old: String,
    new: String,
}

async fn password(asked: Asked<Nothing, Nothing, Json<Passwords>>) -> Result<Done, Problem> {
    let (who, house) = (asked.who()?, &asked.house);
    let Json(typed) = &asked.body;
    let words = (typed.old.as_str(), typed.new.as_str());
    house.doors.change_password(&who.account.id, words, Some(own(who)?), &asked.visitor.from, house.now()).await?;
    Ok(Done)
}

/// A second factor to be confirmed; shown once.
#[derive(Serialize, JsonSchema)]
struct FactorView {
    /// In base 32, as authenticator apps take it.
    secret: String,
    /// The same as an `otpauth:` address.
    otpauth: String,
}

async fn begin_factor(asked: Asked) -> Result<Shown<FactorView>, Problem> {
    let new = asked.house.doors.begin_second_factor(&asked.who()?.account.id, &asked.house.installation.url).await?;
    Ok(Shown(FactorView { secret: new.secret.to_string(), otpauth: new.otpauth.to_string() }))
}

#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct FactorCode {
    code: String,
}

/// Codes that stand in for a second factor that was lost, each once; shown once.
#[derive(Serialize, JsonSchema)]
struct Recovery {
    codes: Vec<String>,
}

async fn confirm_factor(asked: Asked<Nothing, Nothing, Json<FactorCode>>) -> Result<Shown<Recovery>, Problem> {
    let (who, house) = (asked.who()?, &asked.house);
    let code = &asked.body.0.code;
    let codes = house
        .doors
        .confirm_second_factor(&who.account.id, code, Some(own(who)?), &asked.visitor.from, house.now())
        .await?;
    Ok(Shown(Recovery { codes: codes.iter().map(|code| code.as_str().to_owned()).collect() }))
}

#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct Proof {
    password: String,
    code: String,
}

async fn remove_factor(asked: Asked<Nothing, Nothing, Json<Proof>>) -> Result<Done, Problem> {
    let (who, house, now) = (asked.who()?, &asked.house, asked.house.now());
    let (id, Json(typed)) = (&who.account.id, &asked.body);
    // Whoever finds a session open and unattended must not be able to take the second factor away.
    let proof =
        house.doors.sign_in(&who.account.login, &typed.password, Some(&typed.code), &asked.visitor.from, now).await;
    let proof = proof.map_err(Problem::from)?;
    house.doors.sign_out(proof.secret.as_str(), now).await?;
    house.doors.remove_second_factor(id, id, now).await?;
    Ok(Done)
}

async fn sessions(asked: Asked) -> Result<Shown<Vec<SessionView>>, Problem> {
    let who = asked.who()?;
    let own = own(who)?.as_str();
    let all = asked.house.doors.sessions_of(&who.account.id, asked.house.now()).await?;
    Ok(Shown(all.into_iter().map(|session| session_view(session, own)).collect()))
}

async fn end_sessions(asked: Asked) -> Result<Done, Problem> {
    let who = asked.who()?;
    asked.house.doors.end_sessions(&who.account.id, Some(own(who)?), &who.account.id, asked.house.now()).await?;
    Ok(Done)
}

#[derive(Deserialize, JsonSchema)]
struct OfSession {
    session: String,
}

fn gone() -> Problem {
    Problem::not_found(Text::new("没有这一项", "there is no such thing of yours"))
}

async fn end_session(asked: Asked<OfSession>) -> Result<Done, Problem> {
    let id = &asked.who()?.account.id;
    let ended = asked.house.doors.end_session(id, &SessionId::new(&asked.path.session), id, asked.house.now()).await?;
    if ended { Ok(Done) } else { Err(gone()) }
}

async fn tokens(asked: Asked) -> Result<Shown<Vec<TokenView>>, Problem> {
    let all = asked.house.doors.tokens_of(&asked.who()?.account.id).await?;
    Ok(Shown(all.iter().map(token_view).collect()))
}

/// A token to be made.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct TokenWanted {
    name: String,
    /// What it is for: `read-cases`, `read-files`, `act`, `file-receipts`, `export`, `statistics`, `webhooks`, `backup`.
    scopes: Vec<String>,
    /// Days it is good for, 1 to 365; 90 where nothing is said.
    #[serde(default)]
    days: Option<u32>,
}

/// A token that was made.
#[derive(Serialize, JsonSchema)]
struct TokenMade {
    /// What `Authorization: Bearer` carries. It is shown now and never again.
    secret: String,
    token: TokenView,
}

async fn make_token(asked: Asked<Nothing, Nothing, Json<TokenWanted>>) -> Result<Made<TokenMade>, Problem> {
    let (who, now) = (asked.who()?, asked.house.now());
    let Json(wanted) = &asked.body;
    // A token would do what the session may not do yet.
    if who.must_enrol {
        return Err(crate::desk::second_factor_first());
    }
    let unknown = |word: &String| {
        let word: String = word.chars().filter(|c| !c.is_control()).take(40).collect();
        let what = Text::new(format!("`{word}` 不是令牌权限"), format!("`{word}` is no scope of a token"));
        Problem::new(StatusCode::UNPROCESSABLE_ENTITY, "bad-field", what)
    };
    let scopes = wanted.scopes.iter().map(|word| TokenScope::from_word(word).ok_or_else(|| unknown(word)));
    let days = wanted.days.unwrap_or(90).clamp(1, 365);
    let ends: Timestamp = now + (24 * i64::from(days)).hours();
    let new = NewToken { name: wanted.name.clone(), scopes: scopes.collect::<Result<_, _>>()?, ends };
    let (secret, token) = asked.house.doors.make_token(&who.account.id, &new, now).await?;
    let view = token_view(&token);
    Ok(Made {
        at: format!("/api/me/tokens/{}", view.id),
        of: TokenMade { secret: secret.as_str().to_owned(), token: view },
    })
}

#[derive(Deserialize, JsonSchema)]
struct OfToken {
    token: String,
}

async fn revoke_token(asked: Asked<OfToken>) -> Result<Done, Problem> {
    let id = &asked.who()?.account.id;
    asked.house.doors.revoke_token(id, &TokenId::new(&asked.path.token), id, asked.house.now()).await?;
    Ok(Done)
}

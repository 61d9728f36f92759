//! Who asks: somebody signed in, a program with a token, a guest with an invitation, or the public.

use std::collections::BTreeSet;
use std::sync::Arc;

use axum::extract::FromRequestParts;
use axum::http::request::Parts;
use cases::{Actor, ActorId, Role, Scope};
use catalogue::Lang;
use doors::{Account, SessionId, TokenScope};

use crate::house::Shared;
use crate::problem::Problem;

/// How somebody came in.
#[derive(Debug, Clone)]
pub(crate) enum Via {
    /// By signing in, or by an invitation: the secret of the session, and its id.
    Session { secret: Arc<str>, id: SessionId },
    /// By a token, and what it is limited to.
    Token(Arc<BTreeSet<TokenScope>>),
}

/// Somebody whom the doors know.
#[derive(Debug, Clone)]
pub(crate) struct Who {
    pub(crate) account: Arc<Account>,
    pub(crate) id: ActorId,
    pub(crate) role: Role,
    /// Whether they are a guest: invited to one case, without an account.
    pub(crate) guest: bool,
    /// Whether nothing is allowed before a second factor is set up.
    pub(crate) must_enrol: bool,
    pub(crate) via: Via,
}

impl Who {
    pub(crate) fn new(account: Account, guest: bool, must_enrol: bool, via: Via) -> Self {
        let (id, role) = (ActorId::new(account.id.as_str()), account.role);
        Self { account: Arc::new(account), id, role, guest, must_enrol, via }
    }

    /// As the record knows them.
    pub(crate) fn actor(&self) -> Actor {
        self.account.actor()
    }

    /// As the policies know them.
    pub(crate) fn as_asked(&self) -> doors::Who<'_> {
        let scopes = match &self.via {
            Via::Session { .. } => None,
            Via::Token(scopes) => Some(scopes.as_ref()),
        };
        doors::Who { account: &self.account, scopes, must_enrol: self.must_enrol }
    }

    /// The name as they gave it; shown to nobody but themselves, their colleagues and those who run the installation.
    pub(crate) fn name(&self) -> &str {
        &self.account.name
    }

    /// Which cases they have to do with.
    pub(crate) fn scope(&self) -> &Scope {
        &self.account.scope
    }

    /// The session they came in by; none of a program with a token.
    pub(crate) fn session(&self) -> Option<(&str, &SessionId)> {
        match &self.via {
            Via::Session { secret, id } => Some((secret, id)),
            Via::Token(_) => None,
        }
    }
}

/// Whoever sent a request, and how they want to be answered.
#[derive(Debug, Clone)]
pub(crate) struct Visitor {
    pub(crate) who: Option<Who>,
    pub(crate) lang: Lang,
    /// `light`, `dark`, or empty: as the device has it.
    pub(crate) theme: &'static str,
    /// What a form of theirs has to carry.
    pub(crate) csrf: String,
    /// The path they asked for, with its query.
    pub(crate) target: String,
    /// Where they ask from, for throttling.
    pub(crate) from: String,
}

impl Default for Visitor {
    fn default() -> Self {
        Self { who: None, lang: Lang::Zh, theme: "", csrf: String::new(), target: "/".to_owned(), from: String::new() }
    }
}

impl Visitor {
    /// Whoever signed in; a problem where nobody did.
    pub(crate) fn signed_in(&self) -> Result<&Who, Problem> {
        self.who.as_ref().ok_or_else(Problem::unauthorised)
    }

    /// The path they asked for, without its query.
    pub(crate) fn path(&self) -> &str {
        self.target.split('?').next().unwrap_or("/")
    }
}

impl FromRequestParts<Shared> for Visitor {
    type Rejection = std::convert::Infallible;

    async fn from_request_parts(parts: &mut Parts, _: &Shared) -> Result<Self, Self::Rejection> {
        Ok(parts.extensions.get::<Self>().cloned().unwrap_or_default())
    }
}

impl FromRequestParts<Shared> for Who {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, _: &Shared) -> Result<Self, Problem> {
        let visitor = parts.extensions.get::<Visitor>();
        visitor.and_then(|visitor| visitor.who.clone()).ok_or_else(Problem::unauthorised)
    }
}

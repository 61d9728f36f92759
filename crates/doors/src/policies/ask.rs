//! Asking: whether somebody may do something with something.

use std::collections::HashSet;

use cases::{ActionDefinition, Scope};
use cedar_policy::{Context, Decision as Cedar, Entities, Entity, EntityId, EntityUid, Request, RestrictedExpression};

use super::facts::{CaseFacts, Fact, attributes};
use super::{Decision, Policies, Who};
use crate::organisation::{Organisation, OrganisationId, OrganisationKind};
use crate::token::TokenScope;

/// Every action, by its word in policies.
pub(super) const ACTIONS: [&str; 14] = [
    "read-case",
    "read-personal",
    "read-file",
    "act",
    "open",
    "invite",
    "export",
    "read-reads",
    "read-record",
    "read-statistics",
    "manage-accounts",
    "manage-organisations",
    "manage-webhooks",
    "backup",
];

/// What somebody wants to do.
#[derive(Debug, Clone, Copy)]
pub enum Action<'a> {
    /// See a case.
    ReadCase,
    /// See what is personal in it.
    ReadPersonal,
    /// Fetch its files.
    ReadFile,
    /// Take an action of its procedure; `open` is asked of [`CaseFacts::opening`].
    Act(&'a ActionDefinition),
    /// Invite a recipient or an adviser to it.
    Invite,
    /// Take it along as a package.
    Export,
    /// See who read a case, or all reads.
    ReadReads,
    /// See the record of the doors.
    ReadRecord,
    /// See statistics with small cells.
    ReadStatistics,
    /// Make and change accounts of an organisation, or all.
    ManageAccounts,
    /// Make and change organisations.
    ManageOrganisations,
    /// Set up webhooks of an organisation, or all.
    ManageWebhooks,
    /// Back up the installation.
    Backup,
}

impl Action<'_> {
    /// Its word in policies.
    pub fn word(&self) -> &'static str {
        match self {
            Self::ReadCase => "read-case",
            Self::ReadPersonal => "read-personal",
            Self::ReadFile => "read-file",
            Self::Act(action) if action.id.as_str() == "open" => "open",
            Self::Act(_) => "act",
            Self::Invite => "invite",
            Self::Export => "export",
            Self::ReadReads => "read-reads",
            Self::ReadRecord => "read-record",
            Self::ReadStatistics => "read-statistics",
            Self::ManageAccounts => "manage-accounts",
            Self::ManageOrganisations => "manage-organisations",
            Self::ManageWebhooks => "manage-webhooks",
            Self::Backup => "backup",
        }
    }

    /// The scopes of a token under which it may be asked for at all; none: never by a program.
    fn scopes(&self) -> &'static [TokenScope] {
        match self {
            Self::ReadCase | Self::ReadPersonal => &[TokenScope::ReadCases],
            Self::ReadFile => &[TokenScope::ReadFiles],
            Self::Act(action) if action.id.as_str() == "report-release" => &[TokenScope::Act, TokenScope::FileReceipts],
            Self::Act(_) => &[TokenScope::Act],
            Self::Export => &[TokenScope::Export],
            Self::ReadStatistics => &[TokenScope::Statistics],
            Self::ManageWebhooks => &[TokenScope::Webhooks],
            Self::Backup => &[TokenScope::Backup],
            Self::Invite | Self::ReadReads | Self::ReadRecord | Self::ManageAccounts | Self::ManageOrganisations => &[],
        }
    }
}

/// What it is to be done with.
#[derive(Debug, Clone, Copy)]
pub enum Resource<'a> {
    /// A case.
    Case(&'a CaseFacts),
    /// An organisation.
    Organisation(&'a Organisation),
    /// The installation as a whole.
    Installation,
}

impl Policies {
    /// Whether somebody may do something. What no policy allows is not allowed, and neither is what one forbids or cannot judge.
    pub fn allows(&self, who: Who<'_>, action: Action<'_>, resource: Resource<'_>) -> Decision {
        let no = |by: &str| Decision { allowed: false, by: vec![by.to_owned()] };
        if who.must_enrol {
            return no("second-factor-first");
        }
        if who.scopes.is_some_and(|scopes| !action.scopes().iter().any(|scope| scopes.contains(scope))) {
            return no("token-scope");
        }
        // Everything asked is made here of typed values; an error would be one of this program, and is no leave to do anything.
        self.ask(who, action, resource).unwrap_or(Decision { allowed: false, by: Vec::new() })
    }

    /// Whether somebody may make or change accounts with a scope: those of a handler or an office are asked of that organisation, all
    /// others of the installation. Of a change it is asked twice, for the scope before and the one after it; so nobody makes an account
    /// that can more than they may give.
    pub fn allows_account(&self, who: Who<'_>, scope: &Scope) -> Decision {
        let (id, kind) = match scope {
            Scope::Handler(code) => (code, OrganisationKind::Handler),
            Scope::Office(office) => (office, OrganisationKind::Office),
            Scope::All | Scope::Province(_) | Scope::Case(_) => {
                return self.allows(who, Action::ManageAccounts, Resource::Installation);
            }
        };
        let id = OrganisationId::new(id.as_str());
        let organisation = Organisation { id, kind, name: String::new(), region: None, sector: None, parent: None };
        self.allows(who, Action::ManageAccounts, Resource::Organisation(&organisation))
    }

    fn ask(&self, who: Who<'_>, action: Action<'_>, resource: Resource<'_>) -> Option<Decision> {
        let (action_uid, policies) = self.by_action.get(action.word())?;
        let account = self.account(who)?;
        let principal = account.uid();
        let (uid, entity) = self.resource(resource)?;
        let context = match action {
            Action::Act(definition) => {
                let roles = definition.by.iter().map(|role| RestrictedExpression::new_string(role.word().to_owned()));
                Context::from_pairs([
                    ("action".to_owned(), RestrictedExpression::new_string(definition.id.to_string())),
                    ("by".to_owned(), RestrictedExpression::new_set(roles)),
                ])
                .ok()?
            }
            _ => Context::empty(),
        };
        let entities = Entities::from_entities(std::iter::once(account).chain(entity), None).ok()?;
        let request = Request::new(principal, action_uid.clone(), uid, context, None).ok()?;
        let answer = self.authorizer.is_authorized(&request, policies, &entities);
        let judged = answer.diagnostics().errors().next().is_none();
        let mut by: Vec<String> = answer.diagnostics().reason().map(ToString::to_string).collect();
        by.sort();
        Some(Decision { allowed: judged && answer.decision() == Cedar::Allow, by })
    }

    fn account(&self, who: Who<'_>) -> Option<Entity> {
        let account = who.account;
        let text = |text: &str| Fact::Text(text.to_owned());
        let scope = match &account.scope {
            Scope::All => None,
            Scope::Handler(code) => Some(("handler", text(code))),
            Scope::Province(region) => Some(("province", text(region))),
            Scope::Case(case) => Some(("case", text(case.as_str()))),
            Scope::Office(office) => Some(("office", text(office))),
        };
        let organisation = account.organisation.as_ref().map(|of| ("organisation", text(of.as_str())));
        let role = ("role", text(account.role.word()));
        let mut attributes = attributes([role].into_iter().chain(scope).chain(organisation));
        let everywhere = RestrictedExpression::new_bool(account.scope == Scope::All);
        attributes.insert("everywhere".to_owned(), everywhere);
        attributes.insert("guest".to_owned(), RestrictedExpression::new_bool(account.login.is_empty()));
        let uid = EntityUid::from_type_name_and_id(self.types.account.clone(), EntityId::new(account.id.as_str()));
        Entity::new(uid, attributes, HashSet::new()).ok()
    }

    fn resource(&self, resource: Resource<'_>) -> Option<(EntityUid, Option<Entity>)> {
        let entity = match resource {
            Resource::Installation => return Some((self.types.installation.clone(), None)),
            Resource::Case(CaseFacts(entity)) => entity.clone(),
            Resource::Organisation(of) => {
                let id = EntityId::new(of.id.as_str());
                let uid = EntityUid::from_type_name_and_id(self.types.organisation.clone(), id);
                let texts = [("id", of.id.as_str()), ("kind", of.kind.word())];
                let attributes = attributes(texts.map(|(name, text)| (name, Fact::Text(text.to_owned()))));
                Entity::new(uid, attributes, HashSet::new()).ok()?
            }
        };
        Some((entity.uid(), Some(entity)))
    }
}

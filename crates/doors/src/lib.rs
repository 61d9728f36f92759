//! Who may come in and do what: accounts, signing in, sessions, tokens, invitations, policies, and who read what.
//!
//! [`Doors`] keeps them in a database beside the cases. Nothing here knows HTTP or reads a clock: moments, randomness and the master
//! key come in as parameters. Secrets are kept as digests, what is personal is sealed, and whatever is not allowed by a policy
//! ([`Policies`]) is refused. `docs/DOORS.md` in the repository describes it for administrators.

mod account;
mod accounts;
mod carried;
mod error;
mod external;
mod forget;
mod house;
mod invitation;
mod invitations;
mod keys;
mod organisation;
mod password;
mod password_change;
mod policies;
mod reads;
mod record;
mod recovery;
mod rules;
mod scribe;
mod second_factor;
mod secret;
mod session;
mod sign_in;
mod throttle;
mod token;
mod totp;

pub use account::{Account, AccountFilter, AccountId, Change, Lang, NewAccount, Status};
pub use error::{DoorsError, PasswordRefused};
pub use external::External;
pub use house::Doors;
pub use invitation::{Invitation, InvitationId, Invited, NewInvitation, Uses};
pub use keys::{Keys, Random};
pub use organisation::{Organisation, OrganisationId, OrganisationKind};
pub use policies::{Action, CaseFacts, Decision, Policies, PolicyError, Resource, Who};
pub use reads::{Entry, Read, ReadsQuery};
pub use record::Event;
pub use rules::{Hashing, Page, Rules};
pub use second_factor::NewFactor;
pub use secret::Secret;
pub use session::{Session, SessionId, SessionInfo};
pub use sign_in::{SignInRefused, SignedIn};
pub use token::{NewToken, Token, TokenId, TokenScope, TokenUse};

//! What the tests share: doors on both databases, and people who come.

use std::future::Future;
use std::sync::Arc;

use cases::{Role, Scope};
use database::Database;
pub(crate) use database::testing::Place;
use doors::{
    Account, AccountId, Doors, Hashing, Keys, NewAccount, Organisation, OrganisationId, OrganisationKind, Policies,
    Rules, SignedIn,
};
use jiff::{SignedDuration, Timestamp};

/// A password that is taken.
pub(crate) const GOOD: &str = "Regen im November";
/// Where people come from.
pub(crate) const HERE: &str = "192.0.2.7";

pub(crate) fn keys(master: u8) -> Keys {
    Keys::new([master; 32], Arc::new(|bytes: &mut [u8]| getrandom::fill(bytes).map_err(std::io::Error::other)))
}

/// Passwords hashed so lightly that hundreds are soon done.
pub(crate) fn light() -> Rules {
    Rules { hashing: Hashing { memory_kib: 64, passes: 1, lanes: 1, at_once: 4 }, ..Rules::default() }
}

/// Opens the doors of a place.
pub(crate) async fn open(place: &Place) -> Doors {
    let database = Database::at(&place.address).expect("an address");
    let policies = Arc::new(Policies::embedded().expect("they load"));
    Doors::open(&database, keys(7), policies).await.expect("the doors open").with_rules(light())
}

/// Runs a test on empty doors of each kind.
pub(crate) fn on_both<F: Future<Output = ()>>(test: impl Fn(Doors, Arc<Place>) -> F) {
    for place in Place::both() {
        let place = Arc::new(place);
        eprintln!("on {}", place.address.split(':').next().unwrap_or_default());
        database::testing::runtime().block_on(async { test(open(&place).await, Arc::clone(&place)).await });
    }
}

/// A moment of a day in November, so many seconds after nine.
pub(crate) fn at(seconds: i64) -> Timestamp {
    "2026-11-23T09:00:00+08:00".parse::<Timestamp>().expect("a moment") + SignedDuration::from_secs(seconds)
}

pub(crate) const USCC: &str = "91350100M000100Y43";

pub(crate) fn new(login: &str, role: Role, scope: Scope) -> NewAccount {
    NewAccount {
        login: login.to_owned(),
        name: "王小明".to_owned(),
        email: Some("xiaoming@example.cn".to_owned()),
        role,
        scope,
        organisation: None,
        lang: None,
    }
}

/// The first administrator.
pub(crate) async fn administrator(doors: &Doors) -> AccountId {
    let account = doors.set_up(new("root-admin", Role::Administrator, Scope::All), GOOD, at(0)).await;
    account.expect("the first").id
}

/// A handler and an office, so that accounts can belong to them.
pub(crate) async fn organisations(doors: &Doors, by: &AccountId) {
    for (id, kind) in [(USCC, OrganisationKind::Handler), ("body-1", OrganisationKind::Office)] {
        let organisation = Organisation {
            id: OrganisationId::new(id),
            kind,
            name: "示例机构".to_owned(),
            region: Some("CN-FJ".to_owned()),
            sector: None,
            parent: None,
        };
        doors.make_organisation(&organisation, by, at(0)).await.expect("made");
    }
}

/// An account that can sign in, with [`GOOD`].
pub(crate) async fn active(doors: &Doors, by: &AccountId, login: &str, role: Role, scope: Scope) -> Account {
    let account = doors.create(new(login, role, scope), by, at(0)).await.expect("made");
    let (link, _) = doors.invite_to_account(&account.id, at(3600), by, at(0)).await.expect("invited");
    let came = doors.accept(link.as_str(), GOOD, HERE, at(0)).await.expect("accepted").expect("let in");
    doors.sign_out(came.secret.as_str(), at(0)).await.expect("left");
    came.account
}

/// Comes in with [`GOOD`].
pub(crate) async fn come(doors: &Doors, login: &str, now: Timestamp) -> SignedIn {
    doors.sign_in(login, GOOD, None, HERE, now).await.unwrap_or_else(|error| panic!("{login}: {error}"))
}

//! Upgrades: a later program brings the schema on, and everybody who could come in still can; this program goes on beside it.

use cases::{Role, Scope};
use database::{Database, Migration, Migrations};
use doors::{NewToken, Page, TokenScope};
use jiff::ToSpan as _;

use crate::support::*;

/// A step of a later program, which adds what steps may add.
const fn later(oldest: i64) -> Migration {
    Migration {
        shared: "ALTER TABLE door_account ADD COLUMN later TEXT NOT NULL DEFAULT 'new'; \
                 ALTER TABLE door_session ADD COLUMN later BIGINT; \
                 CREATE TABLE door_later (id BIGINT NOT NULL PRIMARY KEY, what TEXT NOT NULL); \
                 CREATE INDEX door_account_later ON door_account (later)",
        sqlite: "",
        postgres: "",
        oldest,
    }
}

const fn nothing(oldest: i64) -> Migration {
    Migration { shared: "", sqlite: "", postgres: "", oldest }
}

/// The schema this program makes.
async fn known(place: &Place) -> i64 {
    let database = Database::at(&place.address).expect("an address");
    let mut connection = database.connect().await.expect("it opens");
    let version = database::query("SELECT max(version) AS n FROM door_migration").fetch_one(&mut connection).await;
    database::number(&version.expect("it is told"), "n").expect("a number")
}

/// Starts a later program on the database, as far as the schema: one that knows so many steps of today, which are taken and not taken
/// again, and these.
async fn upgraded(place: &Place, today: i64, more: Vec<Migration>) {
    let steps: Vec<Migration> = (0..today).map(|_| nothing(1)).chain(more).collect();
    let database = Database::at(&place.address).expect("an address");
    let mut connection = database.connect().await.expect("it opens");
    let migrations = Migrations { table: "door_migration", steps: steps.leak(), postgres_always: "" };
    database::migrate(&database, &mut connection, &migrations).await.expect("it is brought on");
}

#[test]
fn everybody_who_could_come_in_still_can_after_an_upgrade() {
    on_both(|doors, place| async move {
        let admin = administrator(&doors).await;
        organisations(&doors, &admin).await;
        let handler = active(&doors, &admin, "handler-1", Role::Approver, Scope::Handler(USCC.to_owned())).await;
        let session = come(&doors, "handler-1", at(10)).await;
        let wanted =
            NewToken { name: "nightly".to_owned(), scopes: [TokenScope::ReadCases].into(), ends: at(0) + 48.hours() };
        let (token, _) = doors.make_token(&handler.id, &wanted, at(20)).await.expect("made");
        let new = doors.create(new("later-1", Role::Applicant, Scope::Handler(USCC.to_owned())), &admin, at(30)).await;
        let (link, _) =
            doors.invite_to_account(&new.expect("made").id, at(90_000), &admin, at(30)).await.expect("invited");
        let entries = doors.verify_record().await.expect("it holds");

        let today = known(&place).await;
        upgraded(&place, today, vec![later(1)]).await;
        // The one that was open goes on, and so does one of this version that is started now.
        for doors in [doors, open(&place).await] {
            let came =
                doors.session(session.secret.as_str(), at(60)).await.expect("read").expect("the session is open");
            assert_eq!(came.account.id, handler.id);
            let by_token = doors.token(token.as_str(), at(60)).await.expect("read").expect("the token is good");
            assert_eq!(by_token.account.id, handler.id);
            come(&doors, "handler-1", at(70)).await;
            come(&doors, "root-admin", at(70)).await;
            assert!(doors.invitation(link.as_str(), at(80)).await.expect("read").is_some(), "the link is good");
            assert_eq!(doors.accounts(Page::default(), &doors::AccountFilter::default()).await.expect("read").1, 3);
            assert_eq!(doors.organisations(None).await.expect("read").len(), 2);
            assert!(doors.verify_record().await.expect("every digest holds") > entries);
        }
        // Its own accounts have what the step gives those of today.
        let value = "INSERT INTO door_later (id, what) SELECT 1, later FROM door_account WHERE later = 'new' LIMIT 1";
        place.raw(value).await.expect("the column has its default");

        // Beside a program that says this one may no longer write, it does not open.
        upgraded(&place, today, vec![later(1), nothing(today + 1)]).await;
        let database = Database::at(&place.address).expect("an address");
        let policies = std::sync::Arc::new(doors::Policies::embedded().expect("they load"));
        let error = doors::Doors::open(&database, keys(7), policies).await.expect_err("refused");
        assert_eq!(error.code(), "newer-database");
        assert!(!error.to_string().contains('\n'), "{error}");
    });
}

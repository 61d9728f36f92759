//! The schema: newer programs beside older ones, and what the database itself refuses.

use cases::Store;

use crate::support::*;

#[test]
fn a_program_goes_on_while_the_next_version_has_migrated() {
    on_both(|store, place| async move {
        let case = open(&store, 1, "2025-03-03").await;
        // What a later version may add.
        let next = "ALTER TABLE case_row ADD COLUMN later TEXT NOT NULL DEFAULT ''; \
                    ALTER TABLE action ADD COLUMN later BIGINT; \
                    CREATE TABLE later (id BIGINT PRIMARY KEY); \
                    CREATE INDEX action_later ON action (later); \
                    INSERT INTO migration (version, oldest) VALUES (6, 2)";
        place.raw(next).await.expect("it is done");
        act(&store, &case, &approver(1), "2025-03-04", "edit", filled()).await.expect("the running program goes on");
        let second = place.open().await;
        act(&second, &case, &approver(1), "2025-03-05", "submit", cases::Payload::default())
            .await
            .expect("and one started now");
        assert_eq!(second.verify().await.expect("every digest holds"), 3);
        assert_eq!(second.verify_projections().await.expect("they can be read"), []);
        place.raw("INSERT INTO migration (version, oldest) VALUES (7, 6)").await.expect("it is done");
        let error = Store::open(&place.address, keys(), world()).await.expect_err("refused");
        assert_eq!(error.code(), "newer-database");
        assert!(!error.to_string().contains('\n'), "{error}");
    });
}

#[test]
fn what_is_recorded_is_neither_changed_nor_deleted() {
    let Some(place) = Place::postgres() else { return };
    let runtime = tokio::runtime::Runtime::new().expect("a runtime");
    let store = runtime.block_on(async {
        let store = place.open().await;
        open(&store, 1, "2025-03-03").await;
        store
    });
    let server = database::testing::server().expect("it runs");
    let name = place.address.rsplit('/').next().expect("a name");
    for refused in [
        "UPDATE action SET body = '{}'",
        "UPDATE action SET actor = 'x', leaf = 1",
        "DELETE FROM action",
        "TRUNCATE action",
    ] {
        let error = server.psql(name, refused).expect_err(refused);
        assert!(error.contains("append-only"), "{error}");
    }
    server.psql(name, "UPDATE action SET leaf = 7").expect("its place in the log is filled in");
    assert!(server.psql(name, "UPDATE action SET leaf = 8").is_err(), "once");
    runtime.block_on(store.close());
}

#[test]
fn an_address_that_is_none_is_told_without_its_password() {
    let runtime = tokio::runtime::Runtime::new().expect("a runtime");
    runtime.block_on(async {
        for address in ["mysql://root:geheim@host/x", "sqlite:", "cases.db", "postgres://u:geheim@[/x"] {
            let error = Store::open(address, keys(), world()).await.expect_err("refused");
            assert!(!error.to_string().contains("geheim"), "{error}");
            assert_eq!(error.code(), "database-address", "{error}");
        }
        let error = Store::open("postgres://u:geheim@127.0.0.1:1/x", keys(), world()).await.expect_err("nobody there");
        assert!(!error.to_string().contains("geheim"), "{error}");
    });
}

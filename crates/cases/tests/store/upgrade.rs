//! Upgrades from every schema there was: what programs of then left is there for the program of today.

use cases::{QueueQuery, StatisticsQuery};
use database::{Database, Dialect, Migration, Migrations};

use crate::support::*;

/// The steps there were before this version, as they are and will stay.
static STEPS: [Migration; 2] = [
    Migration {
        shared: include_str!("../../migrations/0001_record.sql"),
        sqlite: include_str!("../../migrations/0001_record.sqlite.sql"),
        postgres: include_str!("../../migrations/0001_record.postgres.sql"),
        oldest: 1,
    },
    Migration { shared: include_str!("../../migrations/0002_projections.sql"), sqlite: "", postgres: "", oldest: 2 },
];

/// What a program that knows so many steps does when it starts.
async fn started(place: &Place, steps: usize) -> Result<(), String> {
    let database = Database::at(&place.address).expect("an address");
    let mut connection = database.connect().await.expect("it opens");
    let migrations = Migrations { table: "migration", steps: &STEPS[..steps], postgres_always: "" };
    database::migrate(&database, &mut connection, &migrations).await.map_err(|error| error.to_string())
}

/// Takes away what later steps made: what is left is what a program of that step would have left.
async fn as_of(place: &Place, step: usize) {
    if !place.is_sqlite() {
        let third = "DROP INDEX case_row_runs; ALTER TABLE case_row RESET (autovacuum_vacuum_scale_factor, \
                     autovacuum_vacuum_insert_scale_factor, autovacuum_analyze_scale_factor)";
        place.raw(third).await.expect("it is taken back");
    }
    let fifth = "DROP INDEX case_row_province; \
                 CREATE INDEX case_row_province ON case_row (province, holder, due, case_id) WHERE submitted = 1; \
                 DROP INDEX case_row_office; \
                 CREATE INDEX case_row_office ON case_row (office, holder, due, case_id) WHERE office <> ''";
    place.raw(fifth).await.expect("it is taken back");
    place.raw("DROP TABLE news; DELETE FROM migration WHERE version > 2").await.expect("it is taken back");
    if step == 1 {
        let second = "DROP TABLE case_row; DROP TABLE case_member; DROP TABLE case_words; DROP TABLE statistic; \
                      DELETE FROM migration WHERE version > 1";
        place.raw(second).await.expect("it is taken back");
    }
}

/// Tables, columns and indexes as the database tells them.
async fn schema(place: &Place) -> Vec<String> {
    let database = Database::at(&place.address).expect("an address");
    let mut connection = database.connect().await.expect("it opens");
    let told = match database.dialect() {
        Dialect::Sqlite => "SELECT name || ': ' || sql AS told FROM sqlite_master WHERE sql IS NOT NULL ORDER BY 1",
        Dialect::Postgres => {
            "SELECT table_name || '.' || column_name || ' ' || data_type || ' ' || is_nullable || ' ' || coalesce(collation_name, '') AS told \
             FROM information_schema.columns WHERE table_schema = 'public' \
             UNION ALL SELECT indexdef FROM pg_indexes WHERE schemaname = 'public' \
             UNION ALL SELECT relname || ' ' || coalesce(reloptions::text, '') FROM pg_class WHERE relname = 'case_row' ORDER BY 1"
        }
    };
    let rows = database::query(told).fetch_all(&mut connection).await.expect("it is told");
    let of_others = |told: &String| !told.starts_with("door_");
    rows.iter().map(|row| database::text(row, "told").expect("text")).filter(of_others).collect()
}

#[test]
fn what_an_older_program_left_is_all_there_for_this_one() {
    for step in [1, 2] {
        on_both(|store, place| async move {
            let decided = decided(&store, 1).await;
            let opened = open(&store, 2, "2025-05-05").await;
            let file = cases::NewFile { name: "a.txt", media_type: "text/plain", material: None, bytes: b"sealed" };
            let file = store.put_file(&opened, &file).await.expect("it is kept");
            let attached = cases::Payload { attachments: vec![file], ..cases::Payload::default() };
            act(&store, &opened, &approver(2), "2025-05-06", "attach", attached).await.expect("attached");
            let queue = QueueQuery::of(administrator());
            store.refresh(day("2025-05-06")).await.expect("worked out");
            let (cases, rows, figures) = (
                [store.case(&decided).await.expect("a case"), store.case(&opened).await.expect("a case")],
                store.queue(&queue).await.expect("a queue").rows,
                store.statistics(&StatisticsQuery::default()).await.expect("figures"),
            );
            assert_eq!(rows.len(), 2);
            store.close().await;

            as_of(&place, step).await;
            let same = if place.is_sqlite() { Place::sqlite() } else { Place::postgres().expect("it is there") };
            started(&same, step).await.expect("an empty one of then");
            assert_eq!(schema(&place).await, schema(&same).await, "it is the schema of step {step}");

            let now = place.open().await;
            assert_eq!(now.verify().await.expect("every digest holds"), 11);
            assert_eq!(now.verify_projections().await.expect("they can be read"), [], "step {step}");
            now.refresh(day("2025-05-06")).await.expect("worked out");
            assert_eq!([now.case(&decided).await.expect("a case"), now.case(&opened).await.expect("a case")], cases);
            assert_eq!(now.queue(&queue).await.expect("a queue").rows, rows, "step {step}");
            assert_eq!(now.statistics(&StatisticsQuery::default()).await.expect("figures"), figures);
            assert_eq!(now.search(&administrator(), "海川", 10).await.expect("a search").all, 2);
            assert_eq!(now.file(&opened, &transfer::digest(b"sealed")).await.expect("the file").as_slice(), b"sealed");
            act(&now, &opened, &approver(2), "2025-05-07", "message", text("还在")).await.expect("it goes on");

            // A program of the second step goes on beside this one, and one from before the projections does not.
            started(&place, 2).await.expect("it may still write here");
            let error = started(&place, 1).await.expect_err("it would leave the projections behind");
            assert!(error.contains("newer"), "{error}");
        });
    }
}

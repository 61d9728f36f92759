//! The schema of the store, and what its tables need of each database.

use database::{Dialect, Migration, Migrations};

/// Its tables, step by step.
pub(crate) const MIGRATIONS: Migrations = Migrations {
    table: "migration",
    steps: &[
        Migration {
            shared: include_str!("../../migrations/0001_record.sql"),
            sqlite: include_str!("../../migrations/0001_record.sqlite.sql"),
            postgres: include_str!("../../migrations/0001_record.postgres.sql"),
            oldest: 1,
        },
        Migration {
            shared: include_str!("../../migrations/0002_projections.sql"),
            sqlite: "",
            postgres: "",
            // Before it there were no projections that a writer would have to keep.
            oldest: 2,
        },
        Migration {
            shared: "",
            sqlite: "",
            postgres: include_str!("../../migrations/0003_counts.postgres.sql"),
            oldest: 2,
        },
        Migration {
            shared: include_str!("../../migrations/0004_news.sql"),
            sqlite: "",
            postgres: "",
            // What an older program records beside this one is not told to anybody.
            oldest: 2,
        },
        Migration { shared: include_str!("../../migrations/0005_queues.sql"), sqlite: "", postgres: "", oldest: 2 },
    ],
    // Numbers of transactions begin anew in a server that a dump was restored into.
    postgres_always: "UPDATE case_words SET stamp = 0 WHERE stamp > pg_current_xact_id()::text::bigint",
};

/// A number that grows with each transaction that writes.
pub(crate) fn stamp(dialect: Dialect) -> &'static str {
    match dialect {
        Dialect::Sqlite => "(SELECT coalesce(max(stamp), 0) + 1 FROM case_words)",
        Dialect::Postgres => "pg_current_xact_id()::text::bigint",
    }
}

/// The least stamp that a transaction which this one does not see may still write.
pub(crate) fn horizon(dialect: Dialect) -> &'static str {
    match dialect {
        Dialect::Sqlite => "SELECT coalesce(max(stamp), 0) + 1 FROM case_words",
        Dialect::Postgres => "SELECT pg_snapshot_xmin(pg_current_snapshot())::text::bigint",
    }
}

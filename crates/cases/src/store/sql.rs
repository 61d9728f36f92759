//! Every statement of the writer, once for each database.

use std::sync::OnceLock;

use database::{Dialect, Type};

use super::db::stamp;
use super::project::{row, words};

/// The statements of one database.
#[derive(Debug)]
pub(crate) struct Sql {
    /// Makes the head of a case that is to be opened, so that it can be locked.
    pub(crate) claim: String,
    /// Locks the heads of cases, in their order.
    pub(crate) heads: String,
    pub(crate) unclaim: String,
    pub(crate) actions: String,
    pub(crate) keys: String,
    pub(crate) blobs: String,
    pub(crate) facts: String,
    pub(crate) insert_actions: String,
    pub(crate) insert_news: String,
    pub(crate) put_heads: String,
    pub(crate) put_keys: String,
    pub(crate) put_rows: String,
    pub(crate) put_words: String,
    pub(crate) put_members: String,
    pub(crate) count: String,
    pub(crate) mark: String,
}

const ACTION: [(&str, Type); 10] = [
    ("case_id", Type::Text),
    ("seq", Type::Number),
    ("at", Type::Text),
    ("day", Type::Text),
    ("request", Type::Text),
    ("actor", Type::Text),
    ("role", Type::Text),
    ("action", Type::Text),
    ("body", Type::Text),
    ("digest", Type::Text),
];
const NEWS: [(&str, Type); 2] = [("case_id", Type::Text), ("seq", Type::Number)];
const HEAD: [(&str, Type); 4] =
    [("case_id", Type::Text), ("seq", Type::Number), ("digest", Type::Text), ("keys", Type::Number)];
const KEY: [(&str, Type); 4] =
    [("case_id", Type::Text), ("no", Type::Number), ("wrapped", Type::Text), ("gone", Type::Text)];
const COUNT: [(&str, Type); 8] = [
    ("dims", Type::Number),
    ("kind", Type::Text),
    ("procedure", Type::Text),
    ("province", Type::Text),
    ("sector", Type::Text),
    ("month", Type::Text),
    ("bucket", Type::Text),
    ("n", Type::Number),
];

/// The statements for a database.
pub(crate) fn sql(dialect: Dialect) -> &'static Sql {
    static SQLITE: OnceLock<Sql> = OnceLock::new();
    static POSTGRES: OnceLock<Sql> = OnceLock::new();
    let cell = match dialect {
        Dialect::Sqlite => &SQLITE,
        Dialect::Postgres => &POSTGRES,
    };
    cell.get_or_init(|| Sql::new(dialect))
}

impl Sql {
    fn new(dialect: Dialect) -> Self {
        let ids = dialect.texts();
        let names = |columns: &[(&str, Type)]| columns.iter().map(|(name, _)| *name).collect::<Vec<_>>().join(", ");
        // Rows are written in the order of their keys, so that two that write the same wait for each other and never in a ring.
        let insert = |table: &str, columns: &[(&str, Type)], order: &str, conflict: &str| {
            let (names, rows) = (names(columns), dialect.rows(columns));
            format!("INSERT INTO {table} ({names}) SELECT {names} FROM {rows} WHERE true ORDER BY {order} {conflict}")
        };
        let take_all = |columns: &[(&str, Type)]| {
            let set = columns.iter().skip(1).map(|(name, _)| format!("{name} = excluded.{name}"));
            format!("ON CONFLICT (case_id) DO UPDATE SET {}", set.collect::<Vec<_>>().join(", "))
        };
        let (word_names, word_rows, stamp) = (names(&words::COLUMNS), dialect.rows(&words::COLUMNS), stamp(dialect));
        let mark = dialect.rows(&[("case_id", Type::Text), ("seq", Type::Number), ("leaf", Type::Number)]);
        Self {
            claim: format!(
                "INSERT INTO case_head (case_id, seq, digest, keys) SELECT v.id, 0, '', 0 FROM {ids} WHERE true ORDER BY v.id \
                 ON CONFLICT (case_id) DO NOTHING"
            ),
            heads: format!(
                "SELECT h.case_id, h.seq, h.digest, h.keys FROM {ids} JOIN case_head h ON h.case_id = v.id ORDER BY h.case_id{}",
                dialect.lock("h")
            ),
            unclaim: format!("DELETE FROM case_head WHERE seq = 0 AND case_id IN (SELECT v.id FROM {ids})"),
            actions: format!(
                "SELECT a.case_id, a.seq, a.body, a.digest FROM {ids} JOIN action a ON a.case_id = v.id ORDER BY a.case_id, a.seq"
            ),
            keys: format!(
                "SELECT k.case_id, k.no, k.wrapped, k.gone FROM {ids} JOIN case_key k ON k.case_id = v.id ORDER BY k.case_id, k.no"
            ),
            blobs: format!(
                "SELECT b.case_id, b.digest, b.size, b.media_type, b.key FROM {ids} JOIN blob b ON b.case_id = v.id"
            ),
            facts: format!("SELECT r.case_id, r.facts FROM {ids} JOIN case_row r ON r.case_id = v.id"),
            insert_actions: insert("action", &ACTION, "case_id, seq", ""),
            insert_news: insert("news", &NEWS, "case_id, seq", "")
                .replace("WHERE true", "WHERE EXISTS (SELECT 1 FROM setting WHERE name = 'news')"),
            put_heads: insert("case_head", &HEAD, "case_id", &take_all(&HEAD)),
            put_keys: insert(
                "case_key",
                &KEY,
                "case_id, no",
                "ON CONFLICT (case_id, no) DO UPDATE SET wrapped = excluded.wrapped, gone = excluded.gone",
            ),
            put_rows: insert("case_row", &row::COLUMNS, "case_id", &take_all(&row::COLUMNS)),
            put_words: format!(
                "INSERT INTO case_words ({word_names}, stamp) SELECT {word_names}, {stamp} FROM {word_rows} WHERE true \
                 ORDER BY case_id {}, stamp = excluded.stamp",
                take_all(&words::COLUMNS)
            ),
            put_members: insert(
                "case_member",
                &[("case_id", Type::Text), ("uscc", Type::Text)],
                "uscc, case_id",
                "ON CONFLICT (uscc, case_id) DO NOTHING",
            ),
            count: insert(
                "statistic",
                &COUNT,
                "dims, kind, procedure, province, sector, month, bucket",
                "ON CONFLICT (dims, kind, procedure, province, sector, month, bucket) \
                 DO UPDATE SET n = statistic.n + excluded.n",
            ),
            mark: format!(
                "UPDATE action SET leaf = v.leaf FROM {mark} WHERE action.case_id = v.case_id AND action.seq = v.seq \
                 AND action.leaf IS NULL"
            ),
        }
    }
}

-- How often it was tried to throw this folder away: a real change to the store, after which it is known what was committed.
ALTER TABLE staging ADD COLUMN given_up INTEGER NOT NULL DEFAULT 0;

-- Releases that are committed and will never be published: who said so, why, and the leaf of the log that closes them.
-- The row is written first; once the leaf is in the log the release's state is 'not-published' and its persons no longer
-- count.
CREATE TABLE not_published (
    release TEXT NOT NULL PRIMARY KEY REFERENCES release (id),
    day     TEXT NOT NULL,
    by      TEXT NOT NULL,
    why     TEXT NOT NULL,
    leaf    BLOB NOT NULL
);

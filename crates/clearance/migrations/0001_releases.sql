-- A release, from the commit on. `receipt` is the leaf of the log; `private` stays here.
CREATE TABLE release (
    id          TEXT    NOT NULL PRIMARY KEY,
    handler     TEXT    NOT NULL,
    year        INTEGER NOT NULL,
    day         TEXT    NOT NULL,
    ground      TEXT    NOT NULL,
    counted     INTEGER NOT NULL,
    permit      TEXT    NOT NULL,
    destination TEXT    NOT NULL,
    staging     TEXT    NOT NULL,
    state       TEXT    NOT NULL CHECK (state IN ('committed', 'published', 'not-published')),
    receipt     BLOB    NOT NULL,
    private     BLOB    NOT NULL
);
CREATE INDEX release_by_handler ON release (handler, year);

-- The persons of a release as sorted runs of keyed fingerprints.
CREATE TABLE tally_run (
    release TEXT    NOT NULL REFERENCES release (id),
    chunk   INTEGER NOT NULL,
    people  BLOB    NOT NULL,
    PRIMARY KEY (release, chunk)
) WITHOUT ROWID;

-- Folders being filled; a row that outlives its process is thrown away with its folder.
CREATE TABLE staging (
    release TEXT NOT NULL PRIMARY KEY,
    folder  TEXT NOT NULL
);

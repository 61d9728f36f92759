-- What was counted: an entry for each release, import, joined state folder and stated number. Never edited; a correction is
-- one more entry.
CREATE TABLE entry (
    id            INTEGER PRIMARY KEY,
    handler       TEXT    NOT NULL,
    year          INTEGER NOT NULL,
    day           TEXT    NOT NULL,
    what          TEXT    NOT NULL CHECK (what IN ('release', 'import', 'join', 'number')),
    release       TEXT    REFERENCES release (id),
    ground        TEXT    NOT NULL,
    counted       INTEGER NOT NULL,
    -- Persons of the entry itself: all, with ordinary, with sensitive information.
    persons       INTEGER NOT NULL,
    ordinary      INTEGER NOT NULL,
    sensitive     INTEGER NOT NULL,
    -- By how much the union grew, for forecasts.
    new_ordinary  INTEGER NOT NULL,
    new_sensitive INTEGER NOT NULL,
    -- 1: known only as numbers, added whole.
    whole         INTEGER NOT NULL,
    exact         INTEGER NOT NULL,
    -- The key spaces its persons were told apart by, a line each.
    spaces        TEXT    NOT NULL,
    who           TEXT    NOT NULL,
    why           TEXT    NOT NULL,
    -- What it was taken from, so that it is not taken twice.
    origin        TEXT    UNIQUE
);
CREATE INDEX entry_by_handler ON entry (handler, year);

-- The persons of an entry that no published entry before it had, as sorted runs of keyed fingerprints.
CREATE TABLE entry_run (
    entry  INTEGER NOT NULL REFERENCES entry (id),
    chunk  INTEGER NOT NULL,
    people BLOB    NOT NULL,
    UNIQUE (entry, chunk)
);

INSERT INTO entry (handler, year, day, what, release, ground, counted, persons, ordinary, sensitive, new_ordinary,
                   new_sensitive, whole, exact, spaces, who, why)
    SELECT handler, year, day, 'release', id, ground, counted, 0, 0, 0, 0, 0, 0, 0, '', '', '' FROM release;
INSERT INTO entry_run (entry, chunk, people)
    SELECT entry.id, chunk, people FROM tally_run JOIN entry ON entry.release = tally_run.release;
DROP TABLE tally_run;

-- Persons under one permit, or sent to one recipient, under a key of the ledger's own that outlives years.
CREATE TABLE ledger_run (
    ledger  TEXT    NOT NULL,
    -- A release of this folder, or one of a joined folder.
    release TEXT    NOT NULL,
    chunk   INTEGER NOT NULL,
    people  BLOB    NOT NULL,
    UNIQUE (ledger, release, chunk)
);

-- What the first release under a permit sent: later ones are compared with it where the permit itself is silent.
CREATE TABLE baseline (
    handler  TEXT NOT NULL,
    permit   TEXT NOT NULL,
    release  TEXT NOT NULL REFERENCES release (id),
    baseline TEXT NOT NULL,
    PRIMARY KEY (handler, permit)
);

-- Tallies that another state folder goes on with: nothing more leaves from here.
CREATE TABLE handed_over (
    handler TEXT    NOT NULL,
    year    INTEGER NOT NULL,
    day     TEXT    NOT NULL,
    place   TEXT    NOT NULL,
    PRIMARY KEY (handler, year)
);

ALTER TABLE release ADD COLUMN inputs TEXT NOT NULL DEFAULT '';
-- Sizes of the sources: where they differ nothing has to be digested to know that it is not the same again.
ALTER TABLE release ADD COLUMN sizes TEXT NOT NULL DEFAULT '';
CREATE INDEX release_by_sizes ON release (handler, sizes);

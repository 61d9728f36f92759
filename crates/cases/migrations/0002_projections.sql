-- What can be made anew from the actions: queues, search, statistics.

CREATE TABLE case_row (
    case_id TEXT NOT NULL PRIMARY KEY,
    version BIGINT NOT NULL,
    procedure TEXT NOT NULL,
    state TEXT NOT NULL,
    phase TEXT NOT NULL,
    -- The party it waits for; empty: nobody.
    holder TEXT NOT NULL,
    province TEXT NOT NULL,
    office TEXT NOT NULL,
    uscc TEXT NOT NULL,
    handler TEXT NOT NULL,
    title TEXT NOT NULL,
    number TEXT NOT NULL,
    channel TEXT NOT NULL,
    -- 1 once an office has had it before it.
    submitted BIGINT NOT NULL,
    -- The officers it was given to, by role.
    assigned TEXT NOT NULL,
    opened TEXT NOT NULL,
    updated TEXT NOT NULL,
    -- The nearest day by which somebody has to act, its clock and whose duty it is; `9999-12-31` where no day runs.
    due TEXT NOT NULL,
    clock TEXT NOT NULL,
    party TEXT NOT NULL,
    -- 1 while that clock stands still.
    stands BIGINT NOT NULL,
    -- The day as of which the row was worked out.
    asof TEXT NOT NULL,
    -- What the case adds to the statistics.
    facts TEXT NOT NULL
);
-- Whatever a queue is narrowed by stands in the index it is ordered by: a page reads no row that it does not show.
CREATE INDEX case_row_due ON case_row (due, case_id, submitted, stands, holder, province, procedure, state, phase);
CREATE INDEX case_row_province ON case_row (province, holder, due, case_id) WHERE submitted = 1;
CREATE INDEX case_row_office ON case_row (office, holder, due, case_id) WHERE office <> '';

-- Handlers that see a case: who files it, and those of its group.
CREATE TABLE case_member (
    case_id TEXT NOT NULL,
    uscc TEXT NOT NULL,
    PRIMARY KEY (uscc, case_id)
);
CREATE INDEX case_member_case ON case_member (case_id);

-- What a search looks through. `stamp` grows with each change.
CREATE TABLE case_words (
    case_id TEXT NOT NULL PRIMARY KEY,
    words TEXT NOT NULL,
    submitted BIGINT NOT NULL,
    province TEXT NOT NULL,
    office TEXT NOT NULL,
    -- Every handler that sees it, each between spaces.
    handlers TEXT NOT NULL,
    opened TEXT NOT NULL,
    stamp BIGINT NOT NULL
);
CREATE INDEX case_words_stamp ON case_words (stamp);

-- Counts by month. Each fact stands in one row of each of the eight ways of naming procedure, province and sector or not;
-- `dims` says which are named (1, 2, 4), and what is not named is `*`.
CREATE TABLE statistic (
    dims BIGINT NOT NULL,
    kind TEXT NOT NULL,
    procedure TEXT NOT NULL,
    province TEXT NOT NULL,
    sector TEXT NOT NULL,
    month TEXT NOT NULL,
    bucket TEXT NOT NULL,
    n BIGINT NOT NULL,
    PRIMARY KEY (dims, kind, procedure, province, sector, month, bucket)
);

-- What is kept for ever: actions, heads, keys, files. Of the words in capitals the store makes each database's own.

CREATE TABLE action (
    case_id TEXT NOT NULL,
    seq BIGINT NOT NULL,
    at TEXT NOT NULL,
    day TEXT NOT NULL,
    request TEXT,
    actor TEXT NOT NULL,
    role TEXT NOT NULL,
    action TEXT NOT NULL,
    -- The action in canonical JSON, personal fields sealed.
    body TEXT NOT NULL,
    -- SHA-256 over the digest of the action before and the body, lower-case hex.
    digest TEXT NOT NULL,
    -- Where it stands in the evidence log, once it does.
    leaf BIGINT,
    PRIMARY KEY (case_id, seq)
);
CREATE UNIQUE INDEX action_request ON action (case_id, request) WHERE request IS NOT NULL;
CREATE INDEX action_unlogged ON action (case_id, seq) WHERE leaf IS NULL;

-- The last action of each case: whoever acts locks its row.
CREATE TABLE case_head (
    case_id TEXT NOT NULL PRIMARY KEY,
    seq BIGINT NOT NULL,
    digest TEXT NOT NULL,
    -- How often its keys changed: what others hold in memory is good for one count only.
    keys BIGINT NOT NULL DEFAULT 0
);

-- The data keys of a case, each wrapped under the master key; what was destroyed or never held says why.
CREATE TABLE case_key (
    case_id TEXT NOT NULL,
    no BIGINT NOT NULL,
    wrapped TEXT,
    gone TEXT,
    PRIMARY KEY (case_id, no)
);

CREATE TABLE blob (
    case_id TEXT NOT NULL,
    -- SHA-256 of the file, lower-case hex.
    digest TEXT NOT NULL,
    size BIGINT NOT NULL,
    media_type TEXT NOT NULL,
    -- The data key it is sealed under; 0: it is not sealed.
    key BIGINT NOT NULL,
    bytes BYTES NOT NULL,
    PRIMARY KEY (case_id, digest)
);

CREATE TABLE setting (
    name TEXT NOT NULL PRIMARY KEY,
    value TEXT NOT NULL
);

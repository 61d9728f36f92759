-- Who may come in. Of the words in capitals the store makes each database's own. Moments are milliseconds since 1970.

CREATE TABLE door_setting (
    name TEXT NOT NULL PRIMARY KEY,
    value TEXT NOT NULL
);

CREATE TABLE door_organisation (
    id TEXT NOT NULL PRIMARY KEY,
    kind TEXT NOT NULL,
    name TEXT NOT NULL,
    region TEXT,
    sector TEXT,
    parent TEXT
);

CREATE TABLE door_account (
    id TEXT NOT NULL PRIMARY KEY,
    -- A keyed digest of the login: it is found by it and not read from it.
    login TEXT NOT NULL UNIQUE,
    -- Login, name and e-mail address, sealed.
    person TEXT NOT NULL,
    role TEXT NOT NULL,
    scope TEXT NOT NULL,
    organisation TEXT,
    lang TEXT,
    status TEXT NOT NULL,
    -- The password's argon2id string, sealed; none: it has none yet.
    password TEXT,
    -- The secret of the second factor, sealed, and one that is not confirmed yet.
    factor TEXT,
    factor_new TEXT,
    -- The last step of time whose code was taken: none is taken twice.
    step BIGINT NOT NULL DEFAULT 0,
    created BIGINT NOT NULL,
    last_sign_in BIGINT
);
CREATE INDEX door_account_role ON door_account (role, status);
CREATE INDEX door_account_created ON door_account (created, id);

CREATE TABLE door_recovery (
    account TEXT NOT NULL,
    code TEXT NOT NULL,
    PRIMARY KEY (account, code)
);

CREATE TABLE door_external (
    issuer TEXT NOT NULL,
    -- A keyed digest of the subject.
    subject TEXT NOT NULL,
    account TEXT NOT NULL,
    PRIMARY KEY (issuer, subject)
);
CREATE INDEX door_external_account ON door_external (account);

CREATE TABLE door_session (
    -- SHA-256 of the secret, which is nowhere else but with whoever holds the session.
    secret TEXT NOT NULL PRIMARY KEY,
    id TEXT NOT NULL UNIQUE,
    account TEXT,
    invitation TEXT,
    created BIGINT NOT NULL,
    seen BIGINT NOT NULL,
    ends BIGINT NOT NULL,
    -- Where it was opened from, sealed.
    source TEXT NOT NULL
);
CREATE INDEX door_session_account ON door_session (account);
CREATE INDEX door_session_invitation ON door_session (invitation);
CREATE INDEX door_session_ends ON door_session (ends);

CREATE TABLE door_token (
    secret TEXT NOT NULL PRIMARY KEY,
    id TEXT NOT NULL UNIQUE,
    account TEXT NOT NULL,
    -- What its holder calls it, sealed.
    name TEXT NOT NULL,
    scopes TEXT NOT NULL,
    created BIGINT NOT NULL,
    ends BIGINT NOT NULL,
    used BIGINT,
    revoked BIGINT
);
CREATE INDEX door_token_account ON door_token (account, created);

CREATE TABLE door_invitation (
    secret TEXT NOT NULL PRIMARY KEY,
    id TEXT NOT NULL UNIQUE,
    -- To an account, or to a case in a role.
    account TEXT,
    case_id TEXT,
    role TEXT,
    -- Who is meant, sealed.
    person TEXT NOT NULL,
    invited_by TEXT NOT NULL,
    once BIGINT NOT NULL,
    created BIGINT NOT NULL,
    ends BIGINT NOT NULL,
    used BIGINT,
    revoked BIGINT
);
CREATE INDEX door_invitation_case ON door_invitation (case_id, created);
CREATE INDEX door_invitation_account ON door_invitation (account);

CREATE TABLE door_throttle (
    -- A keyed digest of the login or of the source address.
    subject TEXT NOT NULL PRIMARY KEY,
    failures BIGINT NOT NULL,
    last BIGINT NOT NULL,
    until BIGINT NOT NULL
);
CREATE INDEX door_throttle_last ON door_throttle (last);

-- What happened at the doors and who read what: append-only, each digest covers all before it.
CREATE TABLE door_record (
    seq BIGINT NOT NULL PRIMARY KEY,
    at BIGINT NOT NULL,
    event TEXT NOT NULL,
    -- Whom it is about, and who did it.
    account TEXT,
    actor TEXT,
    role TEXT,
    case_id TEXT,
    what TEXT NOT NULL,
    -- Where it came from, sealed.
    source TEXT,
    digest TEXT NOT NULL
);
CREATE INDEX door_record_at ON door_record (at, seq);
CREATE INDEX door_record_account ON door_record (account, at, seq);
CREATE INDEX door_record_case ON door_record (case_id, at, seq);
CREATE INDEX door_record_event ON door_record (event, at, seq);

-- The last of the record: whoever appends locks it.
CREATE TABLE door_head (
    one BIGINT NOT NULL PRIMARY KEY,
    seq BIGINT NOT NULL,
    digest TEXT NOT NULL
);
INSERT INTO door_head (one, seq, digest) VALUES (1, 0, '');

-- What is sent out. Of the words in capitals the store makes each database's own. Moments are milliseconds since 1970.

CREATE TABLE post_setting (
    name TEXT NOT NULL PRIMARY KEY,
    value TEXT NOT NULL
);

-- Addresses of programs that want to be told.
CREATE TABLE post_hook (
    id TEXT NOT NULL PRIMARY KEY,
    owner TEXT NOT NULL,
    -- Address, name and secret, sealed: an address may hold a password.
    content TEXT NOT NULL,
    -- Words of what it wants to be told of, one space between them.
    kinds TEXT NOT NULL,
    status TEXT NOT NULL,
    created BIGINT NOT NULL,
    -- Since when nothing has arrived; none: the last did.
    failing BIGINT
);
CREATE INDEX post_hook_owner ON post_hook (owner, created);

-- Letters to programs and to people, and how it went.
CREATE TABLE post_letter (
    id TEXT NOT NULL PRIMARY KEY,
    -- By what it is known that the same letter was written before.
    once TEXT NOT NULL UNIQUE,
    -- The hook it goes to; none: it is mail.
    hook TEXT,
    kind TEXT NOT NULL,
    -- What is sent, and for mail to whom, sealed.
    content TEXT NOT NULL,
    made BIGINT NOT NULL,
    -- When it is tried next; none: never again.
    due BIGINT,
    tries BIGINT NOT NULL DEFAULT 0,
    state TEXT NOT NULL,
    -- What was answered last: the status of HTTP or SMTP, or a word.
    answer TEXT,
    -- When it was tried last.
    tried BIGINT
);
CREATE INDEX post_letter_due ON post_letter (due, id) WHERE due IS NOT NULL;
CREATE INDEX post_letter_hook ON post_letter (hook, made) WHERE hook IS NOT NULL;
CREATE INDEX post_letter_made ON post_letter (made);

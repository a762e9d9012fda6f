-- The records: the log, what follows from it, and the keys of persons. Texts are kept as the program
-- wrote them, byte by byte, because the log is hashed over them; STRICT keeps them texts.
-- +goose Up

CREATE TABLE events (
    seq INTEGER PRIMARY KEY, at TEXT NOT NULL, actor TEXT NOT NULL, kind TEXT NOT NULL, subject TEXT NOT NULL,
    payload TEXT NOT NULL, prev_hash TEXT NOT NULL, hash TEXT NOT NULL
) STRICT;
CREATE INDEX events_subject ON events (subject, seq);

CREATE TABLE batches (
    id TEXT PRIMARY KEY NOT NULL, actor TEXT NOT NULL, reason TEXT NOT NULL, at TEXT NOT NULL,
    first_seq INTEGER NOT NULL, last_seq INTEGER NOT NULL, events INTEGER NOT NULL, undone_by TEXT NOT NULL
) STRICT;
CREATE INDEX batches_last ON batches (last_seq);

CREATE TABLE achievements (
    id TEXT PRIMARY KEY NOT NULL, version INTEGER NOT NULL, batch TEXT NOT NULL, hash TEXT NOT NULL,
    seq INTEGER NOT NULL, deleted INTEGER NOT NULL, doc TEXT NOT NULL, provenance TEXT NOT NULL,
    title TEXT NOT NULL, field TEXT NOT NULL, region TEXT NOT NULL, maturity INTEGER NOT NULL, price INTEGER
) STRICT;
CREATE INDEX achievements_batch ON achievements (batch);

CREATE TABLE needs (
    id TEXT PRIMARY KEY NOT NULL, version INTEGER NOT NULL, batch TEXT NOT NULL, hash TEXT NOT NULL,
    seq INTEGER NOT NULL, deleted INTEGER NOT NULL, doc TEXT NOT NULL, provenance TEXT NOT NULL,
    title TEXT NOT NULL, field TEXT NOT NULL, region TEXT NOT NULL, organisation TEXT NOT NULL, budget INTEGER, deadline TEXT NOT NULL
) STRICT;
CREATE INDEX needs_batch ON needs (batch);

CREATE TABLE organisations (
    id TEXT PRIMARY KEY NOT NULL, version INTEGER NOT NULL, batch TEXT NOT NULL, hash TEXT NOT NULL,
    seq INTEGER NOT NULL, deleted INTEGER NOT NULL, doc TEXT NOT NULL, provenance TEXT NOT NULL,
    title TEXT NOT NULL, region TEXT NOT NULL, uscc TEXT NOT NULL, kind TEXT NOT NULL
) STRICT;
CREATE INDEX organisations_batch ON organisations (batch);
CREATE INDEX organisations_uscc ON organisations (uscc);

-- doc and provenance are ciphertext under the person's key.
CREATE TABLE persons (
    id TEXT PRIMARY KEY NOT NULL, version INTEGER NOT NULL, batch TEXT NOT NULL, hash TEXT NOT NULL,
    seq INTEGER NOT NULL, deleted INTEGER NOT NULL, doc TEXT NOT NULL, provenance TEXT NOT NULL
) STRICT;
CREATE INDEX persons_batch ON persons (batch);

-- wrapped is the person's key under the master key of the data directory, '' once it is destroyed.
CREATE TABLE person_keys (
    person_id TEXT PRIMARY KEY NOT NULL, destroyed INTEGER NOT NULL, wrapped TEXT NOT NULL
) STRICT;

CREATE TABLE contracts (
    id TEXT PRIMARY KEY NOT NULL, version INTEGER NOT NULL, batch TEXT NOT NULL, hash TEXT NOT NULL,
    seq INTEGER NOT NULL, deleted INTEGER NOT NULL, doc TEXT NOT NULL, provenance TEXT NOT NULL,
    title TEXT NOT NULL, field TEXT NOT NULL, region TEXT NOT NULL, national_no TEXT NOT NULL, type TEXT NOT NULL,
    seller TEXT NOT NULL, buyer TEXT NOT NULL, signed TEXT NOT NULL, amount INTEGER
) STRICT;
CREATE INDEX contracts_batch ON contracts (batch);

CREATE TABLE attachments (
    sha256 TEXT PRIMARY KEY NOT NULL, name TEXT NOT NULL, type TEXT NOT NULL, size INTEGER NOT NULL, batch TEXT NOT NULL, seq INTEGER NOT NULL
) STRICT;

-- How many lines seals.log has, so that an older copy of it is noticed.
CREATE TABLE seals (
    n INTEGER PRIMARY KEY, line_hash TEXT NOT NULL
) STRICT;

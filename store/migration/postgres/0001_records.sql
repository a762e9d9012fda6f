-- The records: the log, what follows from it, and the keys of persons. Texts are kept as the program
-- wrote them, byte by byte, because the log is hashed over them: no jsonb, and ordered by bytes.
-- +goose Up

CREATE TABLE events (
    seq bigint PRIMARY KEY, at text COLLATE "C" NOT NULL, actor text COLLATE "C" NOT NULL, kind text COLLATE "C" NOT NULL, subject text COLLATE "C" NOT NULL,
    payload text COLLATE "C" NOT NULL, prev_hash text COLLATE "C" NOT NULL, hash text COLLATE "C" NOT NULL
);
CREATE INDEX events_subject ON events (subject, seq);

CREATE TABLE batches (
    id text COLLATE "C" PRIMARY KEY, actor text COLLATE "C" NOT NULL, reason text COLLATE "C" NOT NULL, at text COLLATE "C" NOT NULL,
    first_seq bigint NOT NULL, last_seq bigint NOT NULL, events bigint NOT NULL, undone_by text COLLATE "C" NOT NULL
);
CREATE INDEX batches_last ON batches (last_seq);

CREATE TABLE achievements (
    id text COLLATE "C" PRIMARY KEY, version bigint NOT NULL, batch text COLLATE "C" NOT NULL, hash text COLLATE "C" NOT NULL,
    seq bigint NOT NULL, deleted bigint NOT NULL, doc text COLLATE "C" NOT NULL, provenance text COLLATE "C" NOT NULL,
    title text COLLATE "C" NOT NULL, field text COLLATE "C" NOT NULL, region text COLLATE "C" NOT NULL, maturity bigint NOT NULL, price bigint
);
CREATE INDEX achievements_batch ON achievements (batch);

CREATE TABLE needs (
    id text COLLATE "C" PRIMARY KEY, version bigint NOT NULL, batch text COLLATE "C" NOT NULL, hash text COLLATE "C" NOT NULL,
    seq bigint NOT NULL, deleted bigint NOT NULL, doc text COLLATE "C" NOT NULL, provenance text COLLATE "C" NOT NULL,
    title text COLLATE "C" NOT NULL, field text COLLATE "C" NOT NULL, region text COLLATE "C" NOT NULL, organisation text COLLATE "C" NOT NULL, budget bigint, deadline text COLLATE "C" NOT NULL
);
CREATE INDEX needs_batch ON needs (batch);

CREATE TABLE organisations (
    id text COLLATE "C" PRIMARY KEY, version bigint NOT NULL, batch text COLLATE "C" NOT NULL, hash text COLLATE "C" NOT NULL,
    seq bigint NOT NULL, deleted bigint NOT NULL, doc text COLLATE "C" NOT NULL, provenance text COLLATE "C" NOT NULL,
    title text COLLATE "C" NOT NULL, region text COLLATE "C" NOT NULL, uscc text COLLATE "C" NOT NULL, kind text COLLATE "C" NOT NULL
);
CREATE INDEX organisations_batch ON organisations (batch);
CREATE INDEX organisations_uscc ON organisations (uscc);

-- doc and provenance are ciphertext under the person's key.
CREATE TABLE persons (
    id text COLLATE "C" PRIMARY KEY, version bigint NOT NULL, batch text COLLATE "C" NOT NULL, hash text COLLATE "C" NOT NULL,
    seq bigint NOT NULL, deleted bigint NOT NULL, doc text COLLATE "C" NOT NULL, provenance text COLLATE "C" NOT NULL
);
CREATE INDEX persons_batch ON persons (batch);

-- wrapped is the person's key under the master key of the data directory, '' once it is destroyed.
CREATE TABLE person_keys (
    person_id text COLLATE "C" PRIMARY KEY, destroyed bigint NOT NULL, wrapped text COLLATE "C" NOT NULL
);

CREATE TABLE contracts (
    id text COLLATE "C" PRIMARY KEY, version bigint NOT NULL, batch text COLLATE "C" NOT NULL, hash text COLLATE "C" NOT NULL,
    seq bigint NOT NULL, deleted bigint NOT NULL, doc text COLLATE "C" NOT NULL, provenance text COLLATE "C" NOT NULL,
    title text COLLATE "C" NOT NULL, field text COLLATE "C" NOT NULL, region text COLLATE "C" NOT NULL, national_no text COLLATE "C" NOT NULL, type text COLLATE "C" NOT NULL,
    seller text COLLATE "C" NOT NULL, buyer text COLLATE "C" NOT NULL, signed text COLLATE "C" NOT NULL, amount bigint
);
CREATE INDEX contracts_batch ON contracts (batch);

CREATE TABLE attachments (
    sha256 text COLLATE "C" PRIMARY KEY, name text COLLATE "C" NOT NULL, type text COLLATE "C" NOT NULL, size bigint NOT NULL, batch text COLLATE "C" NOT NULL, seq bigint NOT NULL
);

-- How many lines seals.log has, so that an older copy of it is noticed.
CREATE TABLE seals (
    n bigint PRIMARY KEY, line_hash text COLLATE "C" NOT NULL
);

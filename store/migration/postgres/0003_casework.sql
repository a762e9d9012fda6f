-- Casework and the ledger: users, cases with their steps, entries with the budgets that sum them, claims,
-- batches of payments. case_id and not case, which is a word of SQL.
-- +goose Up

CREATE TABLE users (
    id text COLLATE "C" PRIMARY KEY, version bigint NOT NULL, batch text COLLATE "C" NOT NULL, hash text COLLATE "C" NOT NULL,
    seq bigint NOT NULL, deleted bigint NOT NULL, doc text COLLATE "C" NOT NULL, provenance text COLLATE "C" NOT NULL,
    title text COLLATE "C" NOT NULL, organisation text COLLATE "C" NOT NULL
);
CREATE INDEX users_organisation ON users (organisation);

CREATE TABLE cases (
    id text COLLATE "C" PRIMARY KEY, version bigint NOT NULL, batch text COLLATE "C" NOT NULL, hash text COLLATE "C" NOT NULL,
    seq bigint NOT NULL, deleted bigint NOT NULL, doc text COLLATE "C" NOT NULL, provenance text COLLATE "C" NOT NULL,
    title text COLLATE "C" NOT NULL, workflow text COLLATE "C" NOT NULL, rule text COLLATE "C" NOT NULL, state text COLLATE "C" NOT NULL, organisation text COLLATE "C" NOT NULL, outcome text COLLATE "C" NOT NULL, closed bigint NOT NULL, reviewing bigint NOT NULL, due text COLLATE "C" NOT NULL
);
CREATE INDEX cases_workflow ON cases (workflow, state);
CREATE INDEX cases_organisation ON cases (organisation);
CREATE INDEX cases_due ON cases (due);

CREATE TABLE steps (
    id text COLLATE "C" PRIMARY KEY, version bigint NOT NULL, batch text COLLATE "C" NOT NULL, hash text COLLATE "C" NOT NULL,
    seq bigint NOT NULL, deleted bigint NOT NULL, doc text COLLATE "C" NOT NULL, provenance text COLLATE "C" NOT NULL,
    case_id text COLLATE "C" NOT NULL, action text COLLATE "C" NOT NULL
);
CREATE INDEX steps_case ON steps (case_id);

CREATE TABLE entries (
    id text COLLATE "C" PRIMARY KEY, version bigint NOT NULL, batch text COLLATE "C" NOT NULL, hash text COLLATE "C" NOT NULL,
    seq bigint NOT NULL, deleted bigint NOT NULL, doc text COLLATE "C" NOT NULL, provenance text COLLATE "C" NOT NULL,
    programme text COLLATE "C" NOT NULL, year bigint NOT NULL, organisation text COLLATE "C" NOT NULL, case_id text COLLATE "C" NOT NULL, payment text COLLATE "C" NOT NULL, unit text COLLATE "C" NOT NULL, debit text COLLATE "C" NOT NULL, credit text COLLATE "C" NOT NULL, amount bigint NOT NULL
);
CREATE INDEX entries_case ON entries (case_id);
CREATE INDEX entries_programme ON entries (programme, year);

CREATE TABLE budgets (
    id text COLLATE "C" PRIMARY KEY, version bigint NOT NULL, batch text COLLATE "C" NOT NULL, hash text COLLATE "C" NOT NULL,
    seq bigint NOT NULL, deleted bigint NOT NULL, doc text COLLATE "C" NOT NULL, provenance text COLLATE "C" NOT NULL,
    programme text COLLATE "C" NOT NULL, year bigint NOT NULL, unit text COLLATE "C" NOT NULL
);

CREATE TABLE claims (
    id text COLLATE "C" PRIMARY KEY, version bigint NOT NULL, batch text COLLATE "C" NOT NULL, hash text COLLATE "C" NOT NULL,
    seq bigint NOT NULL, deleted bigint NOT NULL, doc text COLLATE "C" NOT NULL, provenance text COLLATE "C" NOT NULL,
    rule text COLLATE "C" NOT NULL, base text COLLATE "C" NOT NULL, case_id text COLLATE "C" NOT NULL, organisation text COLLATE "C" NOT NULL, released bigint NOT NULL
);
CREATE INDEX claims_base ON claims (base);
CREATE INDEX claims_case ON claims (case_id);

CREATE TABLE payments (
    id text COLLATE "C" PRIMARY KEY, version bigint NOT NULL, batch text COLLATE "C" NOT NULL, hash text COLLATE "C" NOT NULL,
    seq bigint NOT NULL, deleted bigint NOT NULL, doc text COLLATE "C" NOT NULL, provenance text COLLATE "C" NOT NULL,
    exported bigint NOT NULL, settled bigint NOT NULL
);

CREATE TABLE settings (
    id text COLLATE "C" PRIMARY KEY, version bigint NOT NULL, batch text COLLATE "C" NOT NULL, hash text COLLATE "C" NOT NULL,
    seq bigint NOT NULL, deleted bigint NOT NULL, doc text COLLATE "C" NOT NULL, provenance text COLLATE "C" NOT NULL,
    value text COLLATE "C" NOT NULL
);

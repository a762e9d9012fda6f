-- Casework and the ledger: users, cases with their steps, entries with the budgets that sum them, claims,
-- batches of payments. case_id and not case, which is a word of SQL.
-- +goose Up

CREATE TABLE users (
    id TEXT PRIMARY KEY NOT NULL, version INTEGER NOT NULL, batch TEXT NOT NULL, hash TEXT NOT NULL,
    seq INTEGER NOT NULL, deleted INTEGER NOT NULL, doc TEXT NOT NULL, provenance TEXT NOT NULL,
    title TEXT NOT NULL, organisation TEXT NOT NULL
) STRICT;
CREATE INDEX users_organisation ON users (organisation);

CREATE TABLE cases (
    id TEXT PRIMARY KEY NOT NULL, version INTEGER NOT NULL, batch TEXT NOT NULL, hash TEXT NOT NULL,
    seq INTEGER NOT NULL, deleted INTEGER NOT NULL, doc TEXT NOT NULL, provenance TEXT NOT NULL,
    title TEXT NOT NULL, workflow TEXT NOT NULL, rule TEXT NOT NULL, state TEXT NOT NULL, organisation TEXT NOT NULL, outcome TEXT NOT NULL, closed INTEGER NOT NULL, reviewing INTEGER NOT NULL, due TEXT NOT NULL
) STRICT;
CREATE INDEX cases_workflow ON cases (workflow, state);
CREATE INDEX cases_organisation ON cases (organisation);
CREATE INDEX cases_due ON cases (due);

CREATE TABLE steps (
    id TEXT PRIMARY KEY NOT NULL, version INTEGER NOT NULL, batch TEXT NOT NULL, hash TEXT NOT NULL,
    seq INTEGER NOT NULL, deleted INTEGER NOT NULL, doc TEXT NOT NULL, provenance TEXT NOT NULL,
    case_id TEXT NOT NULL, action TEXT NOT NULL
) STRICT;
CREATE INDEX steps_case ON steps (case_id);

CREATE TABLE entries (
    id TEXT PRIMARY KEY NOT NULL, version INTEGER NOT NULL, batch TEXT NOT NULL, hash TEXT NOT NULL,
    seq INTEGER NOT NULL, deleted INTEGER NOT NULL, doc TEXT NOT NULL, provenance TEXT NOT NULL,
    programme TEXT NOT NULL, year INTEGER NOT NULL, organisation TEXT NOT NULL, case_id TEXT NOT NULL, payment TEXT NOT NULL, unit TEXT NOT NULL, debit TEXT NOT NULL, credit TEXT NOT NULL, amount INTEGER NOT NULL
) STRICT;
CREATE INDEX entries_case ON entries (case_id);
CREATE INDEX entries_programme ON entries (programme, year);

CREATE TABLE budgets (
    id TEXT PRIMARY KEY NOT NULL, version INTEGER NOT NULL, batch TEXT NOT NULL, hash TEXT NOT NULL,
    seq INTEGER NOT NULL, deleted INTEGER NOT NULL, doc TEXT NOT NULL, provenance TEXT NOT NULL,
    programme TEXT NOT NULL, year INTEGER NOT NULL, unit TEXT NOT NULL
) STRICT;

CREATE TABLE claims (
    id TEXT PRIMARY KEY NOT NULL, version INTEGER NOT NULL, batch TEXT NOT NULL, hash TEXT NOT NULL,
    seq INTEGER NOT NULL, deleted INTEGER NOT NULL, doc TEXT NOT NULL, provenance TEXT NOT NULL,
    rule TEXT NOT NULL, base TEXT NOT NULL, case_id TEXT NOT NULL, organisation TEXT NOT NULL, released INTEGER NOT NULL
) STRICT;
CREATE INDEX claims_base ON claims (base);
CREATE INDEX claims_case ON claims (case_id);

CREATE TABLE payments (
    id TEXT PRIMARY KEY NOT NULL, version INTEGER NOT NULL, batch TEXT NOT NULL, hash TEXT NOT NULL,
    seq INTEGER NOT NULL, deleted INTEGER NOT NULL, doc TEXT NOT NULL, provenance TEXT NOT NULL,
    exported INTEGER NOT NULL, settled INTEGER NOT NULL
) STRICT;

CREATE TABLE settings (
    id TEXT PRIMARY KEY NOT NULL, version INTEGER NOT NULL, batch TEXT NOT NULL, hash TEXT NOT NULL,
    seq INTEGER NOT NULL, deleted INTEGER NOT NULL, doc TEXT NOT NULL, provenance TEXT NOT NULL,
    value TEXT NOT NULL
) STRICT;

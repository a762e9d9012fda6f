-- Registers: entries with the periods in which they hold. Their state on a day is computed.
-- +goose Up

CREATE TABLE accreditations (
    id TEXT PRIMARY KEY NOT NULL, version INTEGER NOT NULL, batch TEXT NOT NULL, hash TEXT NOT NULL,
    seq INTEGER NOT NULL, deleted INTEGER NOT NULL, doc TEXT NOT NULL, provenance TEXT NOT NULL,
    title TEXT NOT NULL, register TEXT NOT NULL, organisation TEXT NOT NULL, person TEXT NOT NULL, region TEXT NOT NULL
) STRICT;
CREATE INDEX accreditations_register ON accreditations (register, organisation);
CREATE INDEX accreditations_person ON accreditations (person);

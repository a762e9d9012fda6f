-- Registers: entries with the periods in which they hold. Their state on a day is computed.
-- +goose Up

CREATE TABLE accreditations (
    id text COLLATE "C" PRIMARY KEY, version bigint NOT NULL, batch text COLLATE "C" NOT NULL, hash text COLLATE "C" NOT NULL,
    seq bigint NOT NULL, deleted bigint NOT NULL, doc text COLLATE "C" NOT NULL, provenance text COLLATE "C" NOT NULL,
    title text COLLATE "C" NOT NULL, register text COLLATE "C" NOT NULL, organisation text COLLATE "C" NOT NULL, person text COLLATE "C" NOT NULL, region text COLLATE "C" NOT NULL
);
CREATE INDEX accreditations_register ON accreditations (register, organisation);
CREATE INDEX accreditations_person ON accreditations (person);

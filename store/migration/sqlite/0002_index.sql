-- What the search index holds, and what was encoded for it: both can be made again.
-- +goose Up

CREATE TABLE vectors (
    model TEXT NOT NULL, text_hash TEXT NOT NULL, data BLOB NOT NULL, PRIMARY KEY (model, text_hash)
) STRICT;

CREATE TABLE indexed (
    model TEXT NOT NULL, noun TEXT NOT NULL, id TEXT NOT NULL, row_hash TEXT NOT NULL, text_hash TEXT NOT NULL,
    PRIMARY KEY (model, noun, id)
) STRICT;

-- What the search index holds, and what was encoded for it: both can be made again.
-- +goose Up

CREATE TABLE vectors (
    model text COLLATE "C" NOT NULL, text_hash text COLLATE "C" NOT NULL, data bytea NOT NULL, PRIMARY KEY (model, text_hash)
);

CREATE TABLE indexed (
    model text COLLATE "C" NOT NULL, noun text COLLATE "C" NOT NULL, id text COLLATE "C" NOT NULL, row_hash text COLLATE "C" NOT NULL, text_hash text COLLATE "C" NOT NULL,
    PRIMARY KEY (model, noun, id)
);

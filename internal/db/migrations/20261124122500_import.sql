-- Files of other programs that were taken over. Owner: intake.
CREATE TABLE import (
    user_id     TEXT   NOT NULL,
    id          TEXT   NOT NULL,
    format      TEXT   NOT NULL,
    file        TEXT   NOT NULL, -- its name, as it was sent; may be empty
    state       TEXT   NOT NULL CHECK (state IN ('reading', 'ready', 'done', 'undone')),
    fingerprint TEXT   NOT NULL, -- of the file
    report      TEXT   NOT NULL, -- JSON read by Go alone: counts, and what was not taken
    revision    BIGINT NOT NULL,
    created_at  BIGINT NOT NULL,
    updated_at  BIGINT NOT NULL,
    PRIMARY KEY (user_id, id)
);
CREATE INDEX import_open ON import (updated_at) WHERE state IN ('reading', 'ready');

-- The cards of a file that is read and not yet taken over. They go when it is, and after a day.
CREATE TABLE import_card (
    user_id   TEXT   NOT NULL,
    import_id TEXT   NOT NULL,
    seq       BIGINT NOT NULL,
    card_key  TEXT   NOT NULL, -- what makes the card the same in another file
    digest    TEXT   NOT NULL, -- of what it says
    entry     TEXT   NOT NULL, -- JSON read by Go alone
    face      BYTEA,
    PRIMARY KEY (user_id, import_id, seq)
);

-- Which card is which person, and what it said: an import of the same card again knows both.
CREATE TABLE import_item (
    user_id   TEXT   NOT NULL,
    card_key  TEXT   NOT NULL,
    person_id TEXT   NOT NULL,
    import_id TEXT   NOT NULL, -- the last one that had it
    made_by   TEXT   NOT NULL, -- the import that made the person; empty when they were there
    digest    TEXT   NOT NULL,
    entry     TEXT   NOT NULL, -- JSON read by Go alone
    face      TEXT   NOT NULL, -- hash of the picture; empty is none
    stamp     TEXT   NOT NULL, -- of the person when the import was done with them
    taken_at  BIGINT NOT NULL,
    PRIMARY KEY (user_id, card_key)
);
CREATE INDEX import_item_of ON import_item (user_id, person_id);
CREATE INDEX import_item_made ON import_item (user_id, made_by);

-- Today's one small goal. Owner: intention.
CREATE TABLE intention (
    user_id     TEXT   NOT NULL,
    id          TEXT   NOT NULL,
    day         TEXT   NOT NULL, -- the local day it is meant for
    text        TEXT   NOT NULL,
    practice    TEXT   NOT NULL DEFAULT '', -- id in the library, or empty for own words
    person      TEXT   NOT NULL DEFAULT '',
    cue         TEXT   NOT NULL DEFAULT '', -- "when I get coffee"
    state       TEXT   NOT NULL CHECK (state IN ('open', 'done', 'let_go')),
    closed_by   TEXT   NOT NULL DEFAULT '', -- the moment that closed it, if one did
    fingerprint TEXT   NOT NULL, -- of the request that made it
    revision    BIGINT NOT NULL,
    created_at  BIGINT NOT NULL,
    updated_at  BIGINT NOT NULL,
    deleted_at  BIGINT,
    PRIMARY KEY (user_id, id)
);
CREATE INDEX intention_by_day ON intention (user_id, day, created_at, id) WHERE deleted_at IS NULL;
CREATE UNIQUE INDEX intention_open ON intention (user_id, day) WHERE state = 'open' AND deleted_at IS NULL;
CREATE INDEX intention_closed_by ON intention (user_id, closed_by) WHERE closed_by <> '';

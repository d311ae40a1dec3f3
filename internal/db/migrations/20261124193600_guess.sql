-- How welcome reaching out will be, and how welcome it was. Owner: guess.
CREATE TABLE guess (
    user_id     TEXT   NOT NULL,
    id          TEXT   NOT NULL,
    person      TEXT   NOT NULL DEFAULT '',
    intention   TEXT   NOT NULL DEFAULT '',
    value       BIGINT NOT NULL CHECK (value BETWEEN 0 AND 10),
    moment      TEXT   NOT NULL DEFAULT '', -- what came of it; empty while nothing has
    asked_on    TEXT   NOT NULL DEFAULT '', -- the one local day on which it was asked how it landed
    landed      BIGINT CHECK (landed BETWEEN 0 AND 10),
    answered_at BIGINT, -- with landed null: its owner does not know
    fingerprint TEXT   NOT NULL, -- of the request that made it
    revision    BIGINT NOT NULL,
    created_at  BIGINT NOT NULL,
    updated_at  BIGINT NOT NULL,
    deleted_at  BIGINT,
    PRIMARY KEY (user_id, id)
);
CREATE INDEX guess_by_time ON guess (user_id, created_at, id) WHERE deleted_at IS NULL;
CREATE INDEX guess_open ON guess (user_id, created_at) WHERE answered_at IS NULL AND deleted_at IS NULL;
CREATE INDEX guess_by_moment ON guess (user_id, moment) WHERE moment <> '' AND deleted_at IS NULL;

-- Undivided attention for a while, with people or alone. Owner: presence.
CREATE TABLE presence (
    user_id         TEXT    NOT NULL,
    id              TEXT    NOT NULL,
    kind            TEXT    NOT NULL, -- people, breath, pause, savour, wishes, scan, timer
    pattern         TEXT    NOT NULL DEFAULT '', -- of a breath: its name, or seconds such as 4-2-6-0
    people          TEXT    NOT NULL DEFAULT '', -- ids, as a list in JSON
    planned_seconds BIGINT  NOT NULL,
    started_at      BIGINT  NOT NULL,
    ended_at        BIGINT, -- NULL: over when the plan says so
    told            BOOLEAN NOT NULL DEFAULT FALSE, -- whether the end was said, not derived
    moment_id       TEXT    NOT NULL DEFAULT '', -- the moment it became, if it did
    join_hash       TEXT    NOT NULL DEFAULT '', -- of the code by which guests join; a secret of this installation
    guests          BIGINT  NOT NULL DEFAULT 0,
    fingerprint     TEXT    NOT NULL, -- of the request that made it
    revision        BIGINT  NOT NULL,
    created_at      BIGINT  NOT NULL,
    updated_at      BIGINT  NOT NULL,
    deleted_at      BIGINT,
    PRIMARY KEY (user_id, id)
);
CREATE INDEX presence_newest ON presence (user_id, started_at, id) WHERE deleted_at IS NULL;
CREATE UNIQUE INDEX presence_running ON presence (user_id) WHERE ended_at IS NULL AND deleted_at IS NULL;
CREATE UNIQUE INDEX presence_join ON presence (join_hash) WHERE join_hash <> '';

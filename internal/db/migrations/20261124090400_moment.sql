-- What happened, with whom, how it felt. Owner: moment.
CREATE TABLE moment (
    user_id      TEXT    NOT NULL,
    id           TEXT    NOT NULL,
    order_key    BIGINT,            -- unique, in order of happened_at; NULL once deleted for good
    kind         TEXT    NOT NULL,
    text         TEXT    NOT NULL,
    context      TEXT    NOT NULL DEFAULT '' CHECK (context IN ('', 'personal', 'professional')),
    happened_at  BIGINT  NOT NULL,  -- microseconds since 1970, UTC
    zone         TEXT    NOT NULL,  -- IANA name of the zone it was lived in
    day          TEXT    NOT NULL,  -- the local day, by the owner's day boundary
    "precision"  TEXT    NOT NULL CHECK ("precision" IN ('minute', 'day', 'month', 'year')),
    duration_min BIGINT,
    felt         BIGINT CHECK (felt BETWEEN -2 AND 2),
    contact      TEXT    NOT NULL CHECK (contact IN ('', 'yes', 'no', 'attempt')),
    started_by   TEXT    NOT NULL DEFAULT '' CHECK (started_by IN ('', 'me', 'them', 'both')),
    people       TEXT    NOT NULL DEFAULT '', -- JSON array of person ids in order, read by Go alone
    someone      TEXT    NOT NULL DEFAULT '', -- JSON array of words, read by Go alone
    tags         TEXT    NOT NULL DEFAULT '', -- JSON array of words, read by Go alone
    captured_at  BIGINT  NOT NULL,  -- when it was written down; "yesterday" was read against it
    fingerprint  TEXT    NOT NULL,  -- of the request that made it
    revision     BIGINT  NOT NULL,
    created_at   BIGINT  NOT NULL,
    updated_at   BIGINT  NOT NULL,
    deleted_at   BIGINT,
    PRIMARY KEY (user_id, id)
);
CREATE UNIQUE INDEX moment_order ON moment (order_key);
CREATE INDEX moment_newest ON moment (user_id, order_key) WHERE deleted_at IS NULL;
CREATE INDEX moment_deleted ON moment (deleted_at) WHERE deleted_at IS NOT NULL AND order_key IS NOT NULL;

-- With whom: one row for each person of a moment that is not deleted.
CREATE TABLE moment_person (
    user_id   TEXT   NOT NULL,
    person_id TEXT   NOT NULL,
    order_key BIGINT NOT NULL,
    contact   TEXT   NOT NULL,
    PRIMARY KEY (user_id, person_id, order_key)
);

-- Tags: one row for each tag of a moment that is not deleted.
CREATE TABLE moment_tag (
    user_id   TEXT   NOT NULL,
    tag_fold  TEXT   NOT NULL,
    order_key BIGINT NOT NULL,
    PRIMARY KEY (user_id, tag_fold, order_key)
);

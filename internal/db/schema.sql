-- Today's schema as SQLite has it. Written by: go test ./internal/db -run TestSchemaFile -update

CREATE TABLE account (
    user_id    TEXT    NOT NULL PRIMARY KEY,
    email      TEXT    NOT NULL,
    email_fold TEXT    NOT NULL UNIQUE,
    name       TEXT    NOT NULL,
    zone       TEXT    NOT NULL,
    locale     TEXT    NOT NULL,
    day_start  BIGINT  NOT NULL, -- minutes after midnight at which a day begins
    admin      BOOLEAN NOT NULL,
    revision   BIGINT  NOT NULL,
    created_at BIGINT  NOT NULL,
    updated_at BIGINT  NOT NULL
);

CREATE TABLE auth_attempt (
    subject    TEXT   NOT NULL PRIMARY KEY,
    failures   BIGINT NOT NULL,
    failed_at  BIGINT NOT NULL,
    closed_to  BIGINT NOT NULL -- no further try before this instant
);

CREATE INDEX auth_attempt_by_failed ON auth_attempt (failed_at);

CREATE TABLE auth_link (
    user_id     TEXT   NOT NULL,
    id          TEXT   NOT NULL,
    kind        TEXT   NOT NULL CHECK (kind IN ('setup', 'reset')),
    secret_hash TEXT   NOT NULL,
    created_at  BIGINT NOT NULL,
    expires_at  BIGINT, -- NULL: as long as it has a purpose
    PRIMARY KEY (user_id, id)
);

CREATE UNIQUE INDEX auth_link_by_secret ON auth_link (secret_hash);

CREATE TABLE auth_password (
    user_id    TEXT   NOT NULL PRIMARY KEY,
    hash       TEXT   NOT NULL, -- with its parameters, as the argon2 reference implementation writes it
    changed_at BIGINT NOT NULL
);

CREATE TABLE auth_place (
    user_id TEXT   NOT NULL,
    place   TEXT   NOT NULL, -- hash of the network address and the user
    seen_at BIGINT NOT NULL,
    PRIMARY KEY (user_id, place)
);

CREATE INDEX auth_place_by_seen ON auth_place (seen_at);

CREATE TABLE auth_session (
    user_id     TEXT   NOT NULL,
    id          TEXT   NOT NULL,
    secret_hash TEXT   NOT NULL,
    device      TEXT   NOT NULL, -- what the browser said of itself
    created_at  BIGINT NOT NULL,
    seen_at     BIGINT NOT NULL, -- to some minutes
    expires_at  BIGINT NOT NULL,
    PRIMARY KEY (user_id, id)
);

CREATE INDEX auth_session_by_expiry ON auth_session (expires_at);

CREATE UNIQUE INDEX auth_session_by_secret ON auth_session (secret_hash);

CREATE TABLE auth_token (
    user_id     TEXT   NOT NULL,
    id          TEXT   NOT NULL,
    secret_hash TEXT   NOT NULL,
    name        TEXT   NOT NULL,
    scopes      TEXT   NOT NULL, -- words between blanks
    created_at  BIGINT NOT NULL,
    used_at     BIGINT,          -- to an hour
    expires_at  BIGINT,
    PRIMARY KEY (user_id, id)
);

CREATE INDEX auth_token_by_expiry ON auth_token (expires_at) WHERE expires_at IS NOT NULL;

CREATE UNIQUE INDEX auth_token_by_secret ON auth_token (secret_hash);

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

CREATE INDEX intention_closed_by ON intention (user_id, closed_by) WHERE closed_by <> '';

CREATE UNIQUE INDEX intention_open ON intention (user_id, day) WHERE state = 'open' AND deleted_at IS NULL;

CREATE TABLE job (
    id         TEXT    PRIMARY KEY,
    kind       TEXT    NOT NULL,
    args       TEXT    NOT NULL, -- JSON, read by Go alone
    state      TEXT    NOT NULL CHECK (state IN ('waiting', 'running', 'failed')),
    due_at     BIGINT  NOT NULL, -- waiting: not before; running: when its lease ends; failed: when it is forgotten
    attempt    INTEGER NOT NULL, -- how often it was begun
    unique_key TEXT    NOT NULL, -- '' when it has none
    token      TEXT    NOT NULL, -- its own mark in job_key
    reason     TEXT    NOT NULL, -- why it last failed
    created_at BIGINT  NOT NULL
);

CREATE INDEX job_due ON job (due_at) WHERE state <> 'failed';

CREATE INDEX job_failed ON job (due_at) WHERE state = 'failed';

CREATE TABLE job_clock (
    name    TEXT   PRIMARY KEY,
    next_at BIGINT NOT NULL
);

CREATE TABLE job_key (
    kind       TEXT   NOT NULL,
    unique_key TEXT   NOT NULL,
    token      TEXT   NOT NULL, -- the mark of the job that waits
    due_at     BIGINT NOT NULL, -- when that job is due; long past, the key is taken to be forgotten
    PRIMARY KEY (kind, unique_key)
);

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

CREATE INDEX moment_deleted ON moment (deleted_at) WHERE deleted_at IS NOT NULL AND order_key IS NOT NULL;

CREATE INDEX moment_newest ON moment (user_id, order_key) WHERE deleted_at IS NULL;

CREATE UNIQUE INDEX moment_order ON moment (order_key);

CREATE TABLE moment_person (
    user_id   TEXT   NOT NULL,
    person_id TEXT   NOT NULL,
    order_key BIGINT NOT NULL,
    contact   TEXT   NOT NULL,
    PRIMARY KEY (user_id, person_id, order_key)
);

CREATE VIRTUAL TABLE moment_search USING fts5(words, content='', columnsize=0, tokenize="unicode61 remove_diacritics 0");

CREATE TABLE moment_tag (
    user_id   TEXT   NOT NULL,
    tag_fold  TEXT   NOT NULL,
    order_key BIGINT NOT NULL,
    PRIMARY KEY (user_id, tag_fold, order_key)
);

CREATE TABLE opportunity_answer (
    user_id     TEXT   NOT NULL,
    day         TEXT   NOT NULL,
    opportunity TEXT   NOT NULL, -- the suggestion's id, "practice:weak-tie-hello"
    answer      TEXT   NOT NULL CHECK (answer IN ('not_now', 'not_this', 'accepted')),
    answered_at BIGINT NOT NULL,
    PRIMARY KEY (user_id, day, opportunity)
);

CREATE INDEX opportunity_never ON opportunity_answer (user_id, day) WHERE answer = 'not_this';

CREATE TABLE person (
    user_id             TEXT   NOT NULL,
    id                  TEXT   NOT NULL,
    name                TEXT   NOT NULL, -- as its owner wrote it; empty once the tombstone is final
    name_fold           TEXT   NOT NULL, -- NFKC, case-folded, marks stripped; filled in Go
    sort_key            TEXT   NOT NULL, -- hex of a collation key; filled in Go
    context             TEXT   NOT NULL DEFAULT '' CHECK (context IN ('', 'personal', 'professional')),
    last_contact_at     BIGINT,          -- derived from moments, kept in the same transaction
    last_contact_moment TEXT   NOT NULL DEFAULT '',
    fingerprint         TEXT   NOT NULL, -- of the request that made it
    revision            BIGINT NOT NULL,
    created_at          BIGINT NOT NULL,
    updated_at          BIGINT NOT NULL,
    deleted_at          BIGINT,
    PRIMARY KEY (user_id, id)
);

CREATE INDEX person_by_contact ON person (user_id, last_contact_at, id) WHERE deleted_at IS NULL;

CREATE INDEX person_by_name ON person (user_id, sort_key, id) WHERE deleted_at IS NULL;

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

CREATE TABLE auth_ceremony (
    challenge_hash TEXT   NOT NULL PRIMARY KEY,
    expires_at     BIGINT NOT NULL
);

CREATE INDEX auth_ceremony_by_expiry ON auth_ceremony (expires_at);

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

CREATE TABLE auth_passkey (
    user_id       TEXT    NOT NULL,
    id            TEXT    NOT NULL,
    credential_id TEXT    NOT NULL, -- as the authenticator names it, base64url
    party         TEXT    NOT NULL, -- the host it was made for, the only one at which it works
    public_key    BYTEA   NOT NULL, -- COSE
    sign_count    BIGINT  NOT NULL, -- 0: the authenticator does not count
    eligible      BOOLEAN NOT NULL, -- it may be copied to other devices
    backed        BOOLEAN NOT NULL, -- it was
    transports    TEXT    NOT NULL, -- words between blanks
    name          TEXT    NOT NULL,
    created_at    BIGINT  NOT NULL,
    used_at       BIGINT,
    PRIMARY KEY (user_id, id)
);

CREATE UNIQUE INDEX auth_passkey_by_credential ON auth_passkey (credential_id);

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

CREATE TABLE auth_recovery (
    user_id    TEXT   NOT NULL,
    code_hash  TEXT   NOT NULL,
    created_at BIGINT NOT NULL,
    PRIMARY KEY (user_id, code_hash)
);

CREATE TABLE auth_session (
    user_id     TEXT   NOT NULL,
    id          TEXT   NOT NULL,
    secret_hash TEXT   NOT NULL,
    device      TEXT   NOT NULL, -- what the browser said of itself
    created_at  BIGINT NOT NULL,
    seen_at     BIGINT NOT NULL, -- to some minutes
    expires_at  BIGINT NOT NULL, proved_at BIGINT NOT NULL DEFAULT 0, lock_after BIGINT NOT NULL DEFAULT 0, open_to BIGINT NOT NULL DEFAULT 0,
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

CREATE TABLE calendar (
    user_id      TEXT    NOT NULL,
    id           TEXT    NOT NULL,
    kind         TEXT    NOT NULL, -- ics, caldav or carddav
    name         TEXT    NOT NULL,
    url          TEXT    NOT NULL, -- sealed: often it is the secret; empty once deleted
    login        TEXT    NOT NULL, -- sealed
    password     TEXT    NOT NULL, -- sealed
    titles       BOOLEAN NOT NULL, -- whether the words of events may be kept
    etag         TEXT    NOT NULL, -- of the last answer
    modified     TEXT    NOT NULL, -- of the last answer
    digest       TEXT    NOT NULL, -- of what was read last
    token        TEXT    NOT NULL, -- of the last synchronisation (RFC 6578)
    zone         TEXT    NOT NULL, -- in which whole days were read
    covered_to   BIGINT  NOT NULL, -- busy times are known up to here; 0: never read
    found        BIGINT  NOT NULL, -- how many busy times, or contacts
    failure      TEXT    NOT NULL, -- code of what went wrong last; empty: nothing
    failure_line BIGINT  NOT NULL, -- where in the calendar; 0: not in it
    failures     BIGINT  NOT NULL, -- in a row
    retry_at     BIGINT,           -- not before
    synced_at    BIGINT,           -- when something new was taken over last
    fingerprint  TEXT    NOT NULL,
    revision     BIGINT  NOT NULL,
    created_at   BIGINT  NOT NULL,
    updated_at   BIGINT  NOT NULL,
    deleted_at   BIGINT, account_id TEXT NOT NULL DEFAULT '', followed BOOLEAN NOT NULL DEFAULT TRUE, failure_item TEXT NOT NULL DEFAULT '',
    PRIMARY KEY (user_id, id)
);

CREATE TABLE calendar_account (
    user_id     TEXT   NOT NULL,
    id          TEXT   NOT NULL,
    name        TEXT   NOT NULL,
    url         TEXT   NOT NULL, -- sealed: the address as it was entered; empty once deleted
    login       TEXT   NOT NULL, -- sealed
    password    TEXT   NOT NULL, -- sealed
    fingerprint TEXT   NOT NULL,
    revision    BIGINT NOT NULL,
    created_at  BIGINT NOT NULL,
    updated_at  BIGINT NOT NULL,
    deleted_at  BIGINT,
    PRIMARY KEY (user_id, id)
);

CREATE TABLE calendar_busy (
    user_id     TEXT   NOT NULL,
    calendar_id TEXT   NOT NULL,
    item        TEXT   NOT NULL, -- digest of where it stands in the calendar; empty where that does not matter
    start_at    BIGINT NOT NULL,
    end_at      BIGINT NOT NULL,
    title       TEXT   NOT NULL, invited TEXT NOT NULL DEFAULT '', -- sealed; empty unless its owner allows titles
    PRIMARY KEY (user_id, calendar_id, item, start_at, end_at)
);

CREATE INDEX calendar_busy_by_time ON calendar_busy (user_id, start_at, end_at);

CREATE TABLE calendar_feed (
    user_id    TEXT   NOT NULL PRIMARY KEY,
    token      TEXT   NOT NULL, -- digest of the secret
    created_at BIGINT NOT NULL
);

CREATE UNIQUE INDEX calendar_feed_token ON calendar_feed (token);

CREATE TABLE calendar_item (
    user_id     TEXT NOT NULL,
    calendar_id TEXT NOT NULL,
    item        TEXT NOT NULL, -- digest of where it stands
    etag        TEXT NOT NULL, -- digest of its ETag
    PRIMARY KEY (user_id, calendar_id, item)
);

CREATE TABLE digest_mail (
    user_id    TEXT   NOT NULL,
    week       TEXT   NOT NULL, -- ISO 8601, 2026-W48
    state      TEXT   NOT NULL, -- sending, sent, quiet or refused
    attempts   BIGINT NOT NULL,
    claimed_at BIGINT NOT NULL, -- by whoever sends it just now; 0 is nobody
    updated_at BIGINT NOT NULL,
    PRIMARY KEY (user_id, week)
);

CREATE TABLE digest_setting (
    user_id    TEXT    NOT NULL PRIMARY KEY,
    enabled    BOOLEAN NOT NULL,
    weekday    BIGINT  NOT NULL, -- 0 is Sunday
    minute     BIGINT  NOT NULL, -- after midnight, as clocks show it
    private    BOOLEAN NOT NULL, -- private words may be in it
    zone       TEXT    NOT NULL, -- for which next_at was worked out
    next_at    BIGINT  NOT NULL, -- when to look at it next
    asked_at   BIGINT  NOT NULL, -- when one was last asked for out of turn
    secret     TEXT    NOT NULL, -- opens the way out in a mail, and nothing else
    revision   BIGINT  NOT NULL,
    updated_at BIGINT  NOT NULL
);

CREATE TABLE forge_hook (
    user_id     TEXT   NOT NULL,
    id          TEXT   NOT NULL,
    name        TEXT   NOT NULL,
    address     TEXT   NOT NULL, -- what stands behind /hooks/; empty once deleted
    secret      TEXT   NOT NULL, -- sealed; empty: it was brought from another installation and needs a new one
    forge       TEXT   NOT NULL, -- who told something last: forgejo, gitea, github or gitlab; empty: nobody yet
    heard_at    BIGINT,          -- about when that was
    refused     BIGINT NOT NULL, -- deliveries that were refused since the secret was set
    refused_why TEXT   NOT NULL, -- the last one's reason
    refused_at  BIGINT,
    fingerprint TEXT   NOT NULL,
    revision    BIGINT NOT NULL,
    created_at  BIGINT NOT NULL,
    updated_at  BIGINT NOT NULL,
    deleted_at  BIGINT,
    PRIMARY KEY (user_id, id)
);

CREATE UNIQUE INDEX forge_hook_address ON forge_hook (address) WHERE address <> '';

CREATE TABLE forge_mark (
    user_id   TEXT   NOT NULL,
    author    TEXT   NOT NULL, -- codeberg.org/sam, @sam on any forge, or an e-mail address, folded
    mark      TEXT   NOT NULL CHECK (mark IN ('me', 'nobody')),
    marked_at BIGINT NOT NULL,
    PRIMARY KEY (user_id, author)
);

CREATE TABLE forge_work (
    user_id     TEXT   NOT NULL,
    hook_id     TEXT   NOT NULL,
    id          TEXT   NOT NULL, -- digest of what it is and who finished it: told twice, it is the same row
    kind        TEXT   NOT NULL, -- change, issue or release
    title       TEXT   NOT NULL,
    place       TEXT   NOT NULL, -- the repository or project
    url         TEXT   NOT NULL, -- where to look at it; may be empty
    handle      TEXT   NOT NULL, -- of who finished it, behind their forge: codeberg.org/sam; or empty
    email       TEXT   NOT NULL, -- of who finished it, folded; or empty
    who         TEXT   NOT NULL, -- what the forge calls them
    finished_at BIGINT NOT NULL,
    PRIMARY KEY (user_id, hook_id, id)
);

CREATE INDEX forge_work_by_time ON forge_work (user_id, finished_at);

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

CREATE INDEX guess_by_moment ON guess (user_id, moment) WHERE moment <> '' AND deleted_at IS NULL;

CREATE INDEX guess_by_time ON guess (user_id, created_at, id) WHERE deleted_at IS NULL;

CREATE INDEX guess_open ON guess (user_id, created_at) WHERE answered_at IS NULL AND deleted_at IS NULL;

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

CREATE TABLE import_change (
    user_id   TEXT NOT NULL,
    import_id TEXT NOT NULL,
    person_id TEXT NOT NULL,
    change    TEXT NOT NULL, -- JSON read by Go alone
    PRIMARY KEY (user_id, import_id, person_id)
);

CREATE INDEX import_change_of ON import_change (user_id, person_id);

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

CREATE INDEX import_item_made ON import_item (user_id, made_by);

CREATE INDEX import_item_of ON import_item (user_id, person_id);

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

CREATE TABLE opportunity_put_away (
    user_id TEXT   NOT NULL,
    subject TEXT   NOT NULL, -- kind:..., source:..., person:...
    day     TEXT   NOT NULL, -- local day on which it was said
    said_at BIGINT NOT NULL,
    PRIMARY KEY (user_id, subject)
);

CREATE TABLE opportunity_wish (
    user_id    TEXT    NOT NULL PRIMARY KEY,
    rest_days  TEXT    NOT NULL, -- weekdays as digits, Sunday is 0
    loss_notes BOOLEAN NOT NULL,
    revision   BIGINT  NOT NULL,
    updated_at BIGINT  NOT NULL
);

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
    deleted_at          BIGINT, nickname TEXT NOT NULL DEFAULT '', nickname_fold TEXT NOT NULL DEFAULT '', find_fold TEXT NOT NULL DEFAULT '', sort_lang TEXT NOT NULL DEFAULT '', standing TEXT NOT NULL DEFAULT 'active' CHECK (standing IN ('active', 'paused', 'let_go', 'grieving', 'deceased')), standing_note TEXT NOT NULL DEFAULT '', ring TEXT NOT NULL DEFAULT '' CHECK (ring IN ('', 'inner', 'close', 'friends', 'wider')), cadence BIGINT CHECK (cadence BETWEEN 1 AND 3660), zone TEXT NOT NULL DEFAULT '', locale TEXT NOT NULL DEFAULT '', hours_from BIGINT CHECK (hours_from BETWEEN 0 AND 1440), hours_to BIGINT CHECK (hours_to BETWEEN 0 AND 1440), photo TEXT NOT NULL DEFAULT '', archived_at BIGINT, source TEXT NOT NULL DEFAULT '', merged_into TEXT NOT NULL DEFAULT '',
    PRIMARY KEY (user_id, id)
);

CREATE INDEX person_by_contact ON person (user_id, (COALESCE(last_contact_at, -9223372036854775807)), id) WHERE deleted_at IS NULL;

CREATE INDEX person_by_fold ON person (user_id, name_fold) WHERE deleted_at IS NULL;

CREATE INDEX person_by_name ON person (user_id, sort_lang, sort_key, id) WHERE deleted_at IS NULL;

CREATE INDEX person_by_nickname ON person (user_id, nickname_fold) WHERE deleted_at IS NULL AND nickname_fold <> '';

CREATE INDEX person_tied ON person (user_id, id) WHERE deleted_at IS NULL AND archived_at IS NULL AND standing = 'active' AND (ring <> '' OR cadence IS NOT NULL);

CREATE TABLE person_channel (
    user_id     TEXT   NOT NULL,
    id          TEXT   NOT NULL,
    person_id   TEXT   NOT NULL,
    kind        TEXT   NOT NULL,
    value       TEXT   NOT NULL, -- as written
    norm        TEXT   NOT NULL, -- in the form in which it is compared; a phone in E.164
    label       TEXT   NOT NULL,
    position    BIGINT NOT NULL,
    fingerprint TEXT   NOT NULL, -- of the request that made it
    revision    BIGINT NOT NULL,
    created_at  BIGINT NOT NULL,
    updated_at  BIGINT NOT NULL,
    deleted_at  BIGINT,
    PRIMARY KEY (user_id, id)
);

CREATE INDEX person_channel_norm ON person_channel (user_id, norm) WHERE deleted_at IS NULL AND norm <> '';

CREATE INDEX person_channel_of ON person_channel (user_id, person_id);

CREATE TABLE person_date (
    user_id     TEXT   NOT NULL,
    id          TEXT   NOT NULL,
    person_id   TEXT   NOT NULL,
    kind        TEXT   NOT NULL,
    label       TEXT   NOT NULL,
    year        BIGINT,          -- NULL is unknown
    month       BIGINT NOT NULL,
    day         BIGINT NOT NULL,
    lead_days   BIGINT,          -- how long before it is worth a thought; NULL is the kind's own
    fingerprint TEXT   NOT NULL,
    revision    BIGINT NOT NULL,
    created_at  BIGINT NOT NULL,
    updated_at  BIGINT NOT NULL,
    deleted_at  BIGINT,
    PRIMARY KEY (user_id, id)
);

CREATE INDEX person_date_of ON person_date (user_id, person_id);

CREATE TABLE person_distinct (
    user_id    TEXT   NOT NULL,
    one        TEXT   NOT NULL,
    other      TEXT   NOT NULL,
    decided_at BIGINT NOT NULL,
    PRIMARY KEY (user_id, one, other)
);

CREATE TABLE person_fact (
    user_id     TEXT    NOT NULL,
    id          TEXT    NOT NULL,
    person_id   TEXT    NOT NULL,
    text        TEXT    NOT NULL, -- sealed when private
    private     BOOLEAN NOT NULL,
    fingerprint TEXT    NOT NULL,
    revision    BIGINT  NOT NULL,
    created_at  BIGINT  NOT NULL,
    updated_at  BIGINT  NOT NULL,
    deleted_at  BIGINT, text_fold TEXT NOT NULL DEFAULT '',
    PRIMARY KEY (user_id, id)
);

CREATE INDEX person_fact_of ON person_fact (user_id, person_id);

CREATE TABLE person_follow_up (
    user_id     TEXT   NOT NULL,
    id          TEXT   NOT NULL,
    person_id   TEXT   NOT NULL,
    text        TEXT   NOT NULL,
    due         TEXT   NOT NULL, -- local day
    state       TEXT   NOT NULL,
    closed_at   BIGINT,
    fingerprint TEXT   NOT NULL,
    revision    BIGINT NOT NULL,
    created_at  BIGINT NOT NULL,
    updated_at  BIGINT NOT NULL,
    deleted_at  BIGINT,
    PRIMARY KEY (user_id, id)
);

CREATE INDEX person_follow_up_due ON person_follow_up (user_id, due) WHERE deleted_at IS NULL AND state = 'open';

CREATE INDEX person_follow_up_of ON person_follow_up (user_id, person_id);

CREATE TABLE person_group (
    user_id     TEXT   NOT NULL,
    id          TEXT   NOT NULL,
    name        TEXT   NOT NULL,
    name_fold   TEXT   NOT NULL,
    fingerprint TEXT   NOT NULL,
    revision    BIGINT NOT NULL,
    created_at  BIGINT NOT NULL,
    updated_at  BIGINT NOT NULL,
    deleted_at  BIGINT,
    PRIMARY KEY (user_id, id)
);

CREATE INDEX person_group_name ON person_group (user_id, name_fold) WHERE deleted_at IS NULL;

CREATE TABLE person_group_member (
    user_id   TEXT NOT NULL,
    group_id  TEXT NOT NULL,
    person_id TEXT NOT NULL,
    PRIMARY KEY (user_id, group_id, person_id)
);

CREATE INDEX person_group_member_of ON person_group_member (user_id, person_id);

CREATE TABLE person_merge (
    user_id   TEXT   NOT NULL,
    id        TEXT   NOT NULL,
    keep      TEXT   NOT NULL,
    gone      TEXT   NOT NULL,
    gone_name TEXT   NOT NULL,
    gone_fold TEXT   NOT NULL,
    moved     TEXT   NOT NULL, -- JSON read by Go alone: what was moved, and what it was before
    merged_at BIGINT NOT NULL,
    undone_at BIGINT,
    PRIMARY KEY (user_id, id)
);

CREATE INDEX person_merge_keep ON person_merge (user_id, keep) WHERE undone_at IS NULL;

CREATE INDEX person_merge_name ON person_merge (user_id, gone_fold) WHERE undone_at IS NULL;

CREATE TABLE person_photo (
    user_id   TEXT   NOT NULL,
    person_id TEXT   NOT NULL,
    hash      TEXT   NOT NULL,
    jpeg      BYTEA  NOT NULL,
    added_at  BIGINT NOT NULL,
    PRIMARY KEY (user_id, person_id)
);

CREATE TABLE person_relation (
    user_id     TEXT   NOT NULL,
    id          TEXT   NOT NULL,
    person_id   TEXT   NOT NULL,
    other_id    TEXT   NOT NULL,
    role        TEXT   NOT NULL,
    fingerprint TEXT   NOT NULL,
    revision    BIGINT NOT NULL,
    created_at  BIGINT NOT NULL,
    updated_at  BIGINT NOT NULL,
    deleted_at  BIGINT,
    PRIMARY KEY (user_id, id)
);

CREATE INDEX person_relation_of ON person_relation (user_id, person_id);

CREATE INDEX person_relation_to ON person_relation (user_id, other_id);

CREATE TABLE practice_own (
    user_id     TEXT   NOT NULL,
    id          TEXT   NOT NULL,
    name        TEXT   NOT NULL, -- empty once deleted
    how         TEXT   NOT NULL, -- empty once deleted
    kind        TEXT   NOT NULL, -- of the moment it makes; stays when it is deleted
    context     TEXT   NOT NULL, -- personal, professional or empty for both
    seconds     BIGINT NOT NULL,
    fingerprint TEXT   NOT NULL, -- of the request that made it
    revision    BIGINT NOT NULL,
    created_at  BIGINT NOT NULL,
    updated_at  BIGINT NOT NULL,
    deleted_at  BIGINT,
    PRIMARY KEY (user_id, id)
);

CREATE TABLE practice_switch (
    user_id     TEXT    NOT NULL,
    practice    TEXT    NOT NULL, -- id in the library
    switched_on BOOLEAN NOT NULL,
    changed_at  BIGINT  NOT NULL,
    PRIMARY KEY (user_id, practice)
);

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

CREATE UNIQUE INDEX presence_join ON presence (join_hash) WHERE join_hash <> '';

CREATE INDEX presence_newest ON presence (user_id, started_at, id) WHERE deleted_at IS NULL;

CREATE UNIQUE INDEX presence_running ON presence (user_id) WHERE ended_at IS NULL AND deleted_at IS NULL;

CREATE TABLE pulse (
    user_id     TEXT    NOT NULL,
    id          TEXT    NOT NULL,
    felt_at     BIGINT  NOT NULL, -- microseconds UTC
    zone        TEXT    NOT NULL, -- IANA name of where it was felt; empty once the deletion is for good
    day         TEXT    NOT NULL, -- local day of its owner
    valence     INTEGER NOT NULL CHECK (valence BETWEEN 0 AND 100), -- unpleasant to pleasant
    energy      INTEGER NOT NULL CHECK (energy BETWEEN 0 AND 100),
    closeness   INTEGER CHECK (closeness BETWEEN 0 AND 100), -- asked in the evening only
    words       TEXT    NOT NULL DEFAULT '[]', -- JSON that only Go reads: ids of the library, and own words
    fingerprint TEXT    NOT NULL, -- of the request that made it
    revision    BIGINT  NOT NULL,
    created_at  BIGINT  NOT NULL,
    updated_at  BIGINT  NOT NULL,
    deleted_at  BIGINT,
    PRIMARY KEY (user_id, id)
);

CREATE INDEX pulse_by_time ON pulse (user_id, felt_at, id) WHERE deleted_at IS NULL;

CREATE INDEX pulse_to_purge ON pulse (deleted_at) WHERE deleted_at IS NOT NULL AND zone <> '';

CREATE TABLE reflection (
    user_id    TEXT    NOT NULL,
    day        TEXT    NOT NULL, -- local day of its owner
    good       TEXT    NOT NULL, -- JSON that only Go reads: up to three lines; sealed when private, empty once deleted
    line       TEXT    NOT NULL, -- sealed when private
    words      TEXT    NOT NULL, -- both, folded, for search; empty when private
    prompt     TEXT    NOT NULL, -- id in the deck of what was asked
    private    BOOLEAN NOT NULL,
    revision   BIGINT  NOT NULL,
    created_at BIGINT  NOT NULL,
    updated_at BIGINT  NOT NULL,
    deleted_at BIGINT,
    PRIMARY KEY (user_id, day)
);

CREATE TABLE reflection_setting (
    user_id    TEXT   NOT NULL,
    good_on    TEXT   NOT NULL, -- 0 (Sunday) to 6, daily or never
    revision   BIGINT NOT NULL,
    updated_at BIGINT NOT NULL,
    PRIMARY KEY (user_id)
);

CREATE TABLE reflection_week (
    user_id    TEXT   NOT NULL,
    week       TEXT   NOT NULL, -- 2026-W47
    carry      TEXT   NOT NULL, -- what to carry on; empty once deleted
    revision   BIGINT NOT NULL,
    created_at BIGINT NOT NULL,
    updated_at BIGINT NOT NULL,
    PRIMARY KEY (user_id, week)
);

CREATE TABLE scale (
    user_id     TEXT   NOT NULL,
    id          TEXT   NOT NULL, -- "who-5"
    definition  TEXT   NOT NULL, -- JSON that only Go reads; empty once deleted
    licensed_at BIGINT NOT NULL, -- when its owner confirmed that they may use it
    revision    BIGINT NOT NULL,
    created_at  BIGINT NOT NULL,
    updated_at  BIGINT NOT NULL,
    deleted_at  BIGINT,
    PRIMARY KEY (user_id, id)
);

CREATE TABLE scale_answer (
    user_id     TEXT   NOT NULL,
    id          TEXT   NOT NULL,
    scale       TEXT   NOT NULL,
    version     BIGINT NOT NULL, -- of the definition that was answered
    answered_at BIGINT NOT NULL,
    zone        TEXT   NOT NULL, -- empty once the deletion is for good
    day         TEXT   NOT NULL,
    answers     TEXT   NOT NULL, -- JSON that only Go reads: item to number
    scores      TEXT   NOT NULL, -- JSON that only Go reads
    fingerprint TEXT   NOT NULL,
    revision    BIGINT NOT NULL,
    created_at  BIGINT NOT NULL,
    updated_at  BIGINT NOT NULL,
    deleted_at  BIGINT,
    PRIMARY KEY (user_id, id)
);

CREATE INDEX scale_answer_by_time ON scale_answer (user_id, answered_at, id) WHERE deleted_at IS NULL;

CREATE INDEX scale_answer_to_purge ON scale_answer (deleted_at) WHERE deleted_at IS NOT NULL AND zone <> '';

CREATE TABLE seal_key (
    id TEXT PRIMARY KEY
);

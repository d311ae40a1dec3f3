-- People whole: how they are found and sorted, where they stand, and what belongs to them. Owner: person.
ALTER TABLE person ADD COLUMN nickname TEXT NOT NULL DEFAULT '';
ALTER TABLE person ADD COLUMN nickname_fold TEXT NOT NULL DEFAULT ''; -- filled in Go, as name_fold is
ALTER TABLE person ADD COLUMN find_fold TEXT NOT NULL DEFAULT ''; -- the words they are found by, a space before each; filled in Go
ALTER TABLE person ADD COLUMN sort_lang TEXT NOT NULL DEFAULT ''; -- whose alphabet sort_key follows; empty is the root order
ALTER TABLE person ADD COLUMN standing TEXT NOT NULL DEFAULT 'active' CHECK (standing IN ('active', 'paused', 'let_go', 'grieving', 'deceased'));
ALTER TABLE person ADD COLUMN standing_note TEXT NOT NULL DEFAULT ''; -- sealed
ALTER TABLE person ADD COLUMN ring TEXT NOT NULL DEFAULT '' CHECK (ring IN ('', 'inner', 'close', 'friends', 'wider'));
ALTER TABLE person ADD COLUMN cadence BIGINT CHECK (cadence BETWEEN 1 AND 3660); -- days; NULL is the ring's
ALTER TABLE person ADD COLUMN zone TEXT NOT NULL DEFAULT ''; -- IANA name of where they are
ALTER TABLE person ADD COLUMN locale TEXT NOT NULL DEFAULT '';
ALTER TABLE person ADD COLUMN hours_from BIGINT CHECK (hours_from BETWEEN 0 AND 1440); -- decent hours there, in minutes after midnight
ALTER TABLE person ADD COLUMN hours_to BIGINT CHECK (hours_to BETWEEN 0 AND 1440);
ALTER TABLE person ADD COLUMN photo TEXT NOT NULL DEFAULT ''; -- hash of the face in person_photo; empty is none
ALTER TABLE person ADD COLUMN archived_at BIGINT;
ALTER TABLE person ADD COLUMN source TEXT NOT NULL DEFAULT ''; -- the import that brought them; empty is by hand
ALTER TABLE person ADD COLUMN merged_into TEXT NOT NULL DEFAULT ''; -- of a tombstone: the person it became
UPDATE person SET find_fold = ' ' || name_fold WHERE deleted_at IS NULL;
DROP INDEX person_by_name;
CREATE INDEX person_by_name ON person (user_id, sort_lang, sort_key, id) WHERE deleted_at IS NULL;
CREATE INDEX person_by_fold ON person (user_id, name_fold) WHERE deleted_at IS NULL;
CREATE INDEX person_by_nickname ON person (user_id, nickname_fold) WHERE deleted_at IS NULL AND nickname_fold <> '';
DROP INDEX person_by_contact;
CREATE INDEX person_by_contact ON person (user_id, (COALESCE(last_contact_at, -9223372036854775807)), id) WHERE deleted_at IS NULL;
CREATE INDEX person_tied ON person (user_id, id) WHERE deleted_at IS NULL AND archived_at IS NULL AND standing = 'active' AND (ring <> '' OR cadence IS NOT NULL);

-- How to reach them.
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
CREATE INDEX person_channel_of ON person_channel (user_id, person_id);
CREATE INDEX person_channel_norm ON person_channel (user_id, norm) WHERE deleted_at IS NULL AND norm <> '';

-- Days that come again each year.
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

-- What is worth remembering.
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
    deleted_at  BIGINT,
    PRIMARY KEY (user_id, id)
);
CREATE INDEX person_fact_of ON person_fact (user_id, person_id);

-- What to ask, and when.
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
CREATE INDEX person_follow_up_of ON person_follow_up (user_id, person_id);
CREATE INDEX person_follow_up_due ON person_follow_up (user_id, due) WHERE deleted_at IS NULL AND state = 'open';

-- How people belong to each other: person_id is other_id's role. One row, shown from both sides.
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

-- People who belong together in their owner's mind.
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

-- A face: a small square JPEG made here, nothing of the file that was sent.
CREATE TABLE person_photo (
    user_id   TEXT   NOT NULL,
    person_id TEXT   NOT NULL,
    hash      TEXT   NOT NULL,
    jpeg      BYTEA  NOT NULL,
    added_at  BIGINT NOT NULL,
    PRIMARY KEY (user_id, person_id)
);

-- Pairs that look like one person and are two, as their owner said. one < other.
CREATE TABLE person_distinct (
    user_id    TEXT   NOT NULL,
    one        TEXT   NOT NULL,
    other      TEXT   NOT NULL,
    decided_at BIGINT NOT NULL,
    PRIMARY KEY (user_id, one, other)
);

-- Merges, with all that is needed to take them back.
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

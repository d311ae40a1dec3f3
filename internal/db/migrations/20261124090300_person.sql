-- People as far as capture creates them. Owner: person.
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
CREATE INDEX person_by_name ON person (user_id, sort_key, id) WHERE deleted_at IS NULL;
CREATE INDEX person_by_contact ON person (user_id, last_contact_at, id) WHERE deleted_at IS NULL;

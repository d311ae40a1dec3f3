-- How somebody feels, in five seconds, and what they answered to questionnaires. Owner: pulse.
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

-- Questionnaires that somebody brought, with the licence they hold. Those that come with Kith are files of the program.
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

-- One filled-in questionnaire. Scores are kept as they were then: a definition may go or change.
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

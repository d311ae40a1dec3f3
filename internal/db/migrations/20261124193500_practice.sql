-- Practices that people add for themselves, and which further ones of the library they switched on. Owner: practice.
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

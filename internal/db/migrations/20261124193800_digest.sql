-- The week by mail. Owner: digest.
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
CREATE TABLE digest_mail (
    user_id    TEXT   NOT NULL,
    week       TEXT   NOT NULL, -- ISO 8601, 2026-W48
    state      TEXT   NOT NULL, -- sending, sent, quiet or refused
    attempts   BIGINT NOT NULL,
    claimed_at BIGINT NOT NULL, -- by whoever sends it just now; 0 is nobody
    updated_at BIGINT NOT NULL,
    PRIMARY KEY (user_id, week)
);

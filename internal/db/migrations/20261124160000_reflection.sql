-- The evening page, the line a week leaves, and when three good things are asked for. Owner: reflection.
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

CREATE TABLE reflection_week (
    user_id    TEXT   NOT NULL,
    week       TEXT   NOT NULL, -- 2026-W47
    carry      TEXT   NOT NULL, -- what to carry on; empty once deleted
    revision   BIGINT NOT NULL,
    created_at BIGINT NOT NULL,
    updated_at BIGINT NOT NULL,
    PRIMARY KEY (user_id, week)
);

CREATE TABLE reflection_setting (
    user_id    TEXT   NOT NULL,
    good_on    TEXT   NOT NULL, -- 0 (Sunday) to 6, daily or never
    revision   BIGINT NOT NULL,
    updated_at BIGINT NOT NULL,
    PRIMARY KEY (user_id)
);

-- What is not suggested until its owner wants it again, and what they want of suggestions. Owner: opportunity.
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

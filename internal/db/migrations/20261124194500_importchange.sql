
-- What an import changed of people who were there before, so that it can be taken back.
CREATE TABLE import_change (
    user_id   TEXT NOT NULL,
    import_id TEXT NOT NULL,
    person_id TEXT NOT NULL,
    change    TEXT NOT NULL, -- JSON read by Go alone
    PRIMARY KEY (user_id, import_id, person_id)
);

CREATE INDEX import_change_of ON import_change (user_id, person_id);

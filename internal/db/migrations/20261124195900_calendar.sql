-- Calendars that are followed, and when they say that somebody is busy. Owner: dav.
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
    deleted_at   BIGINT,
    PRIMARY KEY (user_id, id)
);
CREATE TABLE calendar_busy (
    user_id     TEXT   NOT NULL,
    calendar_id TEXT   NOT NULL,
    item        TEXT   NOT NULL, -- digest of where it stands in the calendar; empty where that does not matter
    start_at    BIGINT NOT NULL,
    end_at      BIGINT NOT NULL,
    title       TEXT   NOT NULL, -- sealed; empty unless its owner allows titles
    PRIMARY KEY (user_id, calendar_id, item, start_at, end_at)
);
CREATE INDEX calendar_busy_by_time ON calendar_busy (user_id, start_at, end_at);

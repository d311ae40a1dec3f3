-- Accounts of CalDAV and CardDAV: whoever signs in once follows several calendars and address books. Owner: dav.
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
ALTER TABLE calendar ADD COLUMN account_id TEXT NOT NULL DEFAULT ''; -- whose name and password count; empty: its own
ALTER TABLE calendar ADD COLUMN followed BOOLEAN NOT NULL DEFAULT TRUE; -- one of an account that is not is only known to be there
ALTER TABLE calendar ADD COLUMN failure_item TEXT NOT NULL DEFAULT ''; -- sealed: what the event is called on its server
-- What was read of a collection, so that only what changed is read again.
CREATE TABLE calendar_item (
    user_id     TEXT NOT NULL,
    calendar_id TEXT NOT NULL,
    item        TEXT NOT NULL, -- digest of where it stands
    etag        TEXT NOT NULL, -- digest of its ETag
    PRIMARY KEY (user_id, calendar_id, item)
);

-- The secret link under which somebody's birthdays and follow-ups are read by calendar programs. Owner: dav.
CREATE TABLE calendar_feed (
    user_id    TEXT   NOT NULL PRIMARY KEY,
    token      TEXT   NOT NULL, -- digest of the secret
    created_at BIGINT NOT NULL
);
CREATE UNIQUE INDEX calendar_feed_token ON calendar_feed (token);

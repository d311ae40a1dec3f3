-- Who uses this Kith. Owner: account.
CREATE TABLE account (
    user_id    TEXT    NOT NULL PRIMARY KEY,
    email      TEXT    NOT NULL,
    email_fold TEXT    NOT NULL UNIQUE,
    name       TEXT    NOT NULL,
    zone       TEXT    NOT NULL,
    locale     TEXT    NOT NULL,
    day_start  BIGINT  NOT NULL, -- minutes after midnight at which a day begins
    admin      BOOLEAN NOT NULL,
    revision   BIGINT  NOT NULL,
    created_at BIGINT  NOT NULL,
    updated_at BIGINT  NOT NULL
);

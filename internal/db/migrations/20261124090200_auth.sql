-- How people prove who they are. Owner: auth. No secret is kept as it is: passwords as argon2id, everything else (256
-- random bits each) as SHA-256.
CREATE TABLE auth_password (
    user_id    TEXT   NOT NULL PRIMARY KEY,
    hash       TEXT   NOT NULL, -- with its parameters, as the argon2 reference implementation writes it
    changed_at BIGINT NOT NULL
);

CREATE TABLE auth_session (
    user_id     TEXT   NOT NULL,
    id          TEXT   NOT NULL,
    secret_hash TEXT   NOT NULL,
    device      TEXT   NOT NULL, -- what the browser said of itself
    created_at  BIGINT NOT NULL,
    seen_at     BIGINT NOT NULL, -- to some minutes
    expires_at  BIGINT NOT NULL,
    PRIMARY KEY (user_id, id)
);
CREATE UNIQUE INDEX auth_session_by_secret ON auth_session (secret_hash);
CREATE INDEX auth_session_by_expiry ON auth_session (expires_at);

CREATE TABLE auth_token (
    user_id     TEXT   NOT NULL,
    id          TEXT   NOT NULL,
    secret_hash TEXT   NOT NULL,
    name        TEXT   NOT NULL,
    scopes      TEXT   NOT NULL, -- words between blanks
    created_at  BIGINT NOT NULL,
    used_at     BIGINT,          -- to an hour
    expires_at  BIGINT,
    PRIMARY KEY (user_id, id)
);
CREATE UNIQUE INDEX auth_token_by_secret ON auth_token (secret_hash);
CREATE INDEX auth_token_by_expiry ON auth_token (expires_at) WHERE expires_at IS NOT NULL;

-- Links that work once: a reset belongs to a user; a set-up to nobody yet (user_id is empty).
CREATE TABLE auth_link (
    user_id     TEXT   NOT NULL,
    id          TEXT   NOT NULL,
    kind        TEXT   NOT NULL CHECK (kind IN ('setup', 'reset')),
    secret_hash TEXT   NOT NULL,
    created_at  BIGINT NOT NULL,
    expires_at  BIGINT, -- NULL: as long as it has a purpose
    PRIMARY KEY (user_id, id)
);
CREATE UNIQUE INDEX auth_link_by_secret ON auth_link (secret_hash);

-- Places from which a user has signed in before. A stranger's failures do not close the door to them.
CREATE TABLE auth_place (
    user_id TEXT   NOT NULL,
    place   TEXT   NOT NULL, -- hash of the network address and the user
    seen_at BIGINT NOT NULL,
    PRIMARY KEY (user_id, place)
);
CREATE INDEX auth_place_by_seen ON auth_place (seen_at);

-- Failures to sign in, counted until they are forgotten a day later. The subject is the hash of what was tried (an e-mail,
-- whether or not it has an account, or an address), so the table holds neither.
CREATE TABLE auth_attempt (
    subject    TEXT   NOT NULL PRIMARY KEY,
    failures   BIGINT NOT NULL,
    failed_at  BIGINT NOT NULL,
    closed_to  BIGINT NOT NULL -- no further try before this instant
);
CREATE INDEX auth_attempt_by_failed ON auth_attempt (failed_at);

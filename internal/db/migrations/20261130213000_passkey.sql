-- Passkeys and what stands in for them. Owner: auth. A public key is no secret; of a recovery code (128 random bits) the
-- SHA-256 is kept.
CREATE TABLE auth_passkey (
    user_id       TEXT    NOT NULL,
    id            TEXT    NOT NULL,
    credential_id TEXT    NOT NULL, -- as the authenticator names it, base64url
    party         TEXT    NOT NULL, -- the host it was made for, the only one at which it works
    public_key    BYTEA   NOT NULL, -- COSE
    sign_count    BIGINT  NOT NULL, -- 0: the authenticator does not count
    eligible      BOOLEAN NOT NULL, -- it may be copied to other devices
    backed        BOOLEAN NOT NULL, -- it was
    transports    TEXT    NOT NULL, -- words between blanks
    name          TEXT    NOT NULL,
    created_at    BIGINT  NOT NULL,
    used_at       BIGINT,
    PRIMARY KEY (user_id, id)
);
CREATE UNIQUE INDEX auth_passkey_by_credential ON auth_passkey (credential_id);

CREATE TABLE auth_recovery (
    user_id    TEXT   NOT NULL,
    code_hash  TEXT   NOT NULL,
    created_at BIGINT NOT NULL,
    PRIMARY KEY (user_id, code_hash)
);

-- Questions about passkeys that were answered, until they expire: each is answered once. What is asked is sealed in a
-- cookie and leaves no row.
CREATE TABLE auth_ceremony (
    challenge_hash TEXT   NOT NULL PRIMARY KEY,
    expires_at     BIGINT NOT NULL
);
CREATE INDEX auth_ceremony_by_expiry ON auth_ceremony (expires_at);

ALTER TABLE auth_session ADD COLUMN proved_at BIGINT NOT NULL DEFAULT 0; -- when a password, passkey or code was last given in it
ALTER TABLE auth_session ADD COLUMN lock_after BIGINT NOT NULL DEFAULT 0; -- seconds until this device locks its private pages; 0: never
ALTER TABLE auth_session ADD COLUMN open_to BIGINT NOT NULL DEFAULT 0; -- until when they are open

-- What code forges tell of finished work. Owner: forge.
CREATE TABLE forge_hook (
    user_id     TEXT   NOT NULL,
    id          TEXT   NOT NULL,
    name        TEXT   NOT NULL,
    address     TEXT   NOT NULL, -- what stands behind /hooks/; empty once deleted
    secret      TEXT   NOT NULL, -- sealed; empty: it was brought from another installation and needs a new one
    forge       TEXT   NOT NULL, -- who told something last: forgejo, gitea, github or gitlab; empty: nobody yet
    heard_at    BIGINT,          -- about when that was
    refused     BIGINT NOT NULL, -- deliveries that were refused since the secret was set
    refused_why TEXT   NOT NULL, -- the last one's reason
    refused_at  BIGINT,
    fingerprint TEXT   NOT NULL,
    revision    BIGINT NOT NULL,
    created_at  BIGINT NOT NULL,
    updated_at  BIGINT NOT NULL,
    deleted_at  BIGINT,
    PRIMARY KEY (user_id, id)
);
CREATE UNIQUE INDEX forge_hook_address ON forge_hook (address) WHERE address <> '';
CREATE TABLE forge_work (
    user_id     TEXT   NOT NULL,
    hook_id     TEXT   NOT NULL,
    id          TEXT   NOT NULL, -- digest of what it is and who finished it: told twice, it is the same row
    kind        TEXT   NOT NULL, -- change, issue or release
    title       TEXT   NOT NULL,
    place       TEXT   NOT NULL, -- the repository or project
    url         TEXT   NOT NULL, -- where to look at it; may be empty
    handle      TEXT   NOT NULL, -- of who finished it, behind their forge: codeberg.org/sam; or empty
    email       TEXT   NOT NULL, -- of who finished it, folded; or empty
    who         TEXT   NOT NULL, -- what the forge calls them
    finished_at BIGINT NOT NULL,
    PRIMARY KEY (user_id, hook_id, id)
);
CREATE INDEX forge_work_by_time ON forge_work (user_id, finished_at);
-- Whose a handle or an address is, where it is nobody's among the people: one's own, or somebody's one does not know.
CREATE TABLE forge_mark (
    user_id   TEXT   NOT NULL,
    author    TEXT   NOT NULL, -- codeberg.org/sam, @sam on any forge, or an e-mail address, folded
    mark      TEXT   NOT NULL CHECK (mark IN ('me', 'nobody')),
    marked_at BIGINT NOT NULL,
    PRIMARY KEY (user_id, author)
);

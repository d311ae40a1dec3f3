-- Work to be done later. A row is deleted when its work is done. Arguments hold identifiers only. Owner: job.
CREATE TABLE job (
    id         TEXT    PRIMARY KEY,
    kind       TEXT    NOT NULL,
    args       TEXT    NOT NULL, -- JSON, read by Go alone
    state      TEXT    NOT NULL CHECK (state IN ('waiting', 'running', 'failed')),
    due_at     BIGINT  NOT NULL, -- waiting: not before; running: when its lease ends; failed: when it is forgotten
    attempt    INTEGER NOT NULL, -- how often it was begun
    unique_key TEXT    NOT NULL, -- '' when it has none
    token      TEXT    NOT NULL, -- its own mark in job_key
    reason     TEXT    NOT NULL, -- why it last failed
    created_at BIGINT  NOT NULL
);

CREATE INDEX job_due ON job (due_at) WHERE state <> 'failed';

CREATE INDEX job_failed ON job (due_at) WHERE state = 'failed';

-- The keys of waiting work: a second job with the same key is swallowed while the first one waits.
CREATE TABLE job_key (
    kind       TEXT   NOT NULL,
    unique_key TEXT   NOT NULL,
    token      TEXT   NOT NULL, -- the mark of the job that waits
    due_at     BIGINT NOT NULL, -- when that job is due; long past, the key is taken to be forgotten
    PRIMARY KEY (kind, unique_key)
);

-- When periodic work is due next: whichever node moves the time on does the work.
CREATE TABLE job_clock (
    name    TEXT   PRIMARY KEY,
    next_at BIGINT NOT NULL
);

-- The keys that sealed words of this database. They are named here and kept elsewhere, so that a Kith that is started
-- with other keys is stopped before it seals what nobody can open together. Owner: db.
CREATE TABLE seal_key (
    id TEXT PRIMARY KEY
);

-- The words a fact is found by, a space before each; empty of a private one. Filled in Go, and of what is there already by the
-- step that follows. Owner: person.
ALTER TABLE person_fact ADD COLUMN text_fold TEXT NOT NULL DEFAULT '';

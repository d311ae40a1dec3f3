-- Whom an event invites, for suggestions of what to log. Owner: dav.
ALTER TABLE calendar_busy ADD COLUMN invited TEXT NOT NULL DEFAULT ''; -- sealed: addresses for mail; empty unless its owner allows titles

-- What is usual at a portal, what went wrong and who was told, and what is held back.

ALTER TABLE portals ADD COLUMN health TEXT NOT NULL DEFAULT '{}';       -- what is usual there: core/health
ALTER TABLE portals ADD COLUMN verdict TEXT NOT NULL DEFAULT 'well';    -- well quiet suspicious broken
ALTER TABLE portals ADD COLUMN gone_ok BIGINT;                          -- until then withdrawals are believed, however many

ALTER TABLE entries ADD COLUMN kind TEXT NOT NULL DEFAULT 'article';    -- article incident notice
ALTER TABLE entries ADD COLUMN bare INTEGER NOT NULL DEFAULT 0;         -- its text was let go when it was old enough
ALTER TABLE links ADD COLUMN held INTEGER NOT NULL DEFAULT 0;           -- the circuit breaker holds what comes of it
ALTER TABLE listings ADD COLUMN held INTEGER NOT NULL DEFAULT 0;        -- the feed does not show it yet
ALTER TABLE deliveries ADD COLUMN payload TEXT NOT NULL DEFAULT '';     -- of a dead letter: what was sent

CREATE INDEX links_gone ON links (portal, gone_at) WHERE gone_at IS NOT NULL;
CREATE INDEX links_held ON links (portal) WHERE held = 1;
CREATE INDEX listings_held ON listings (portal) WHERE held = 1;
CREATE INDEX deliveries_payloads ON deliveries (done_at) WHERE payload <> '';

CREATE TABLE incidents (
    id        INTEGER PRIMARY KEY,
    subject   TEXT NOT NULL,                -- portal:ID, destination:ID
    cause     TEXT NOT NULL,
    evidence  TEXT NOT NULL DEFAULT '',
    opened_at BIGINT NOT NULL,              -- the first bad tick
    told_at   BIGINT,                       -- the operators' last notice
    told      INTEGER NOT NULL DEFAULT 0,   -- how many notices
    entry     INTEGER REFERENCES entries (uid), -- what the feed says of it
    public    TEXT NOT NULL DEFAULT 'none', -- none open resolved: what it says
    closed_at BIGINT
);
CREATE INDEX incidents_subject ON incidents (subject, opened_at);
CREATE INDEX incidents_open ON incidents (subject) WHERE closed_at IS NULL;
CREATE INDEX incidents_closed ON incidents (closed_at) WHERE closed_at IS NOT NULL;

CREATE TABLE gaps (                         -- stretches of a list that were never seen
    id     INTEGER PRIMARY KEY,
    portal TEXT NOT NULL,
    url    TEXT NOT NULL,
    since  BIGINT,                          -- the last look that knew a line
    at     BIGINT NOT NULL,
    pages  INTEGER NOT NULL                 -- how many were looked through
);
CREATE INDEX gaps_portal ON gaps (portal, at);

-- What the published files show: feeds of choice, archives by month, article pages.

CREATE TABLE publications (
    feed     TEXT PRIMARY KEY,              -- a portal's id, a feed of choice, "all"; what begins with * is no feed
    tag      TEXT NOT NULL DEFAULT '',      -- the feed's id inside its files, minted once
    version  TEXT NOT NULL DEFAULT '',      -- of its portals, as drawn
    settings TEXT NOT NULL DEFAULT '',      -- that it was drawn with
    sieve    TEXT NOT NULL DEFAULT '',      -- the filters that `choices` was made with
    seen_at  BIGINT                         -- all changes before are in
);

CREATE TABLE choices (                      -- entries that passed the filters of a feed of choice
    feed    TEXT NOT NULL,
    entry   INTEGER NOT NULL REFERENCES entries (uid),
    sort_at BIGINT NOT NULL,
    PRIMARY KEY (feed, entry)
);
CREATE INDEX choices_order ON choices (feed, sort_at);
CREATE INDEX choices_entry ON choices (entry);

CREATE TABLE archives (                     -- archive documents (RFC 5005), one a month in which the feed gained entries
    feed    TEXT NOT NULL,
    month   TEXT NOT NULL,                  -- 2026-11
    drawn   TEXT NOT NULL,                  -- what it was drawn from, besides its entries; '': it must be drawn anew
    entries TEXT NOT NULL,                  -- JSON: the entries it holds
    PRIMARY KEY (feed, month)
);
CREATE INDEX archives_spoilt ON archives (feed) WHERE drawn = '';

CREATE TABLE pages_drawn (                  -- articles and what their pages show
    entry INTEGER PRIMARY KEY REFERENCES entries (uid),
    drawn TEXT NOT NULL                     -- digest; '': it must be drawn
);
CREATE INDEX pages_drawn_due ON pages_drawn (entry) WHERE drawn = '';
INSERT INTO pages_drawn (entry, drawn) SELECT DISTINCT entry, '' FROM listings;

CREATE TABLE files (                        -- published files as they were written
    id    INTEGER PRIMARY KEY,
    name  TEXT NOT NULL UNIQUE,
    seal  TEXT NOT NULL,                    -- size and time: another seal is another content
    feed  TEXT NOT NULL,
    month TEXT NOT NULL DEFAULT '',
    entry INTEGER REFERENCES entries (uid)
);
CREATE INDEX files_feed ON files (feed);
CREATE INDEX files_live ON files (name) WHERE month = '' AND entry IS NULL;

CREATE INDEX entries_updated ON entries (updated_at);
CREATE INDEX entries_withdrawn ON entries (withdrawn_at) WHERE withdrawn_at IS NOT NULL;

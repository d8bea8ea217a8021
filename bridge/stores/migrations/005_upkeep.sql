-- Letting old text go, forgetting, and counts that do not grow dearer with the archive.

CREATE TABLE forgotten (                        -- articles whose text is gone on request, and which shall not come back
    entry INTEGER PRIMARY KEY REFERENCES entries (uid),
    at    BIGINT NOT NULL
);

CREATE TABLE tallies (                          -- what has been counted already
    subject TEXT PRIMARY KEY,                   -- listed:PORTAL, sent:DESTINATION
    many    BIGINT NOT NULL,
    through BIGINT NOT NULL                     -- everything before that time
);

CREATE INDEX entries_whole ON entries (first_seen) WHERE bare = 0;

-- The state of one installation. Times are milliseconds since 1970 (UTC); JSON is TEXT that only the program reads.

CREATE TABLE portals (
    id          TEXT PRIMARY KEY,
    due_at      BIGINT NOT NULL DEFAULT 0,      -- next look at its list pages
    bad_ticks   INTEGER NOT NULL DEFAULT 0,     -- bad ticks in a row
    cause       TEXT NOT NULL DEFAULT '',       -- why the last tick was bad
    detail      TEXT NOT NULL DEFAULT '',
    checked_at  BIGINT,                         -- last tick that asked the portal
    good_at     BIGINT,                         -- last tick that was good
    changed_at  BIGINT NOT NULL DEFAULT 0,      -- last change of what its feed shows
    drawn_at    BIGINT NOT NULL DEFAULT -1,     -- the changed_at that the published files show
    drawn_as    TEXT NOT NULL DEFAULT '',       -- the settings that they were rendered with
    site        TEXT NOT NULL DEFAULT '{}'      -- what its pages have taught
);

CREATE TABLE pages (                            -- list pages that have been read
    portal        TEXT NOT NULL,
    url           TEXT NOT NULL,
    etag          TEXT,
    last_modified TEXT,
    digest        TEXT NOT NULL,                -- of the bytes: an unchanged page is not parsed
    checked_at    BIGINT NOT NULL,
    PRIMARY KEY (portal, url)
);

CREATE TABLE hosts (
    host          TEXT PRIMARY KEY,
    next_at       BIGINT,
    hold_until    BIGINT,                       -- the server's own Retry-After
    backoff_until BIGINT,                       -- ours
    failures      INTEGER NOT NULL DEFAULT 0,
    robots        TEXT,
    robots_at     BIGINT,
    robots_ok     TEXT NOT NULL DEFAULT '{}',
    crawl_delay   REAL NOT NULL DEFAULT 0
);

CREATE TABLE entries (
    uid          INTEGER PRIMARY KEY,
    id           TEXT NOT NULL UNIQUE,          -- the tag: URI, for ever
    portal       TEXT NOT NULL,                 -- where it was first seen
    url          TEXT NOT NULL,                 -- newest address
    title        TEXT NOT NULL,
    first_seen   BIGINT NOT NULL,
    sort_at      BIGINT NOT NULL,               -- the time it is shown under
    updated_at   BIGINT NOT NULL,
    revision     INTEGER NOT NULL,
    prints       TEXT NOT NULL,                 -- what a change is judged by, field by field
    partial      INTEGER NOT NULL DEFAULT 0,    -- made from its list line, the page has not been read
    withdrawn_at BIGINT,
    data         TEXT NOT NULL                  -- the rest of the entry
);

CREATE TABLE aliases (                          -- every address an article was seen under
    key   TEXT PRIMARY KEY,
    entry INTEGER NOT NULL REFERENCES entries (uid)
);
CREATE INDEX aliases_entry ON aliases (entry);

CREATE TABLE revisions (
    entry    INTEGER NOT NULL REFERENCES entries (uid),
    revision INTEGER NOT NULL,
    at       BIGINT NOT NULL,
    title    TEXT NOT NULL,
    data     TEXT NOT NULL,
    PRIMARY KEY (entry, revision)
);

CREATE TABLE listings (                         -- which feeds show an entry, and where
    portal     TEXT NOT NULL,
    entry      INTEGER NOT NULL REFERENCES entries (uid),
    sort_at    BIGINT NOT NULL,
    first_seen BIGINT NOT NULL,
    PRIMARY KEY (portal, entry)
);
CREATE INDEX listings_order ON listings (portal, sort_at);
CREATE INDEX listings_seen ON listings (portal, first_seen);
CREATE INDEX listings_entry ON listings (entry);

CREATE TABLE links (                            -- lines of list pages: what is to be read, and when again
    id            INTEGER PRIMARY KEY,
    portal        TEXT NOT NULL,
    key           TEXT NOT NULL,                -- canonical address
    url           TEXT NOT NULL,
    entry         INTEGER REFERENCES entries (uid),
    line          TEXT NOT NULL,                -- digest of the line: a changed line is looked at at once
    link          TEXT NOT NULL,
    place         INTEGER,                      -- place in the first list, for backfill; NULL: seen later
    due_at        BIGINT,                       -- next look at the article; NULL: none
    step          INTEGER NOT NULL DEFAULT 0,   -- looks of the revisit schedule that are done
    tries         INTEGER NOT NULL DEFAULT 0,   -- failed looks in a row
    cause         TEXT NOT NULL DEFAULT '',
    etag          TEXT,
    last_modified TEXT,
    digest        TEXT NOT NULL DEFAULT '',     -- of the page's bytes
    listed_at     BIGINT NOT NULL,
    gone_at       BIGINT,                       -- first 404 or 410 in a row
    UNIQUE (portal, key)
);
CREATE INDEX links_key ON links (key);
CREATE INDEX links_entry ON links (entry) WHERE entry IS NOT NULL;
CREATE INDEX links_due ON links (portal, due_at) WHERE due_at IS NOT NULL;

CREATE TABLE events (
    id       INTEGER PRIMARY KEY,
    entry    INTEGER NOT NULL REFERENCES entries (uid),
    portal   TEXT NOT NULL,
    kind     TEXT NOT NULL,
    revision INTEGER NOT NULL,
    at       BIGINT NOT NULL,
    UNIQUE (entry, kind, revision)
);

CREATE TABLE destinations (
    id         TEXT PRIMARY KEY,                -- the subscriber's id
    kind       TEXT NOT NULL,
    configured TEXT NOT NULL,                   -- address in the configuration
    address    TEXT NOT NULL,                   -- address in force (a migrated chat's new id)
    active     INTEGER NOT NULL DEFAULT 1,      -- it is in the configuration
    state      TEXT NOT NULL DEFAULT 'open',    -- open | paused | disabled
    why        TEXT NOT NULL DEFAULT '',
    since      BIGINT,
    not_before BIGINT,                          -- the receiver asked for silence until then
    sequence   BIGINT NOT NULL DEFAULT 0,
    failing_at BIGINT                           -- first failure since the last success
);

CREATE TABLE subscriptions (
    destination TEXT NOT NULL REFERENCES destinations (id),
    portal      TEXT NOT NULL,
    since       BIGINT NOT NULL,
    PRIMARY KEY (destination, portal)
);

CREATE TABLE deliveries (
    id          INTEGER PRIMARY KEY,
    event       INTEGER NOT NULL REFERENCES events (id),
    destination TEXT NOT NULL REFERENCES destinations (id),
    entry       INTEGER NOT NULL REFERENCES entries (uid),
    kind        TEXT NOT NULL,
    key         TEXT NOT NULL,                  -- stable over retries
    state       TEXT NOT NULL,                  -- pending sending sent retry uncertain dead skipped expired superseded
    waiting     INTEGER NOT NULL,               -- 1 while the state may still change by itself
    reason      TEXT NOT NULL DEFAULT '',
    event_at    BIGINT NOT NULL,
    owed_at     BIGINT NOT NULL,                -- its age counts from here: the event, or an operator's retry
    due_at      BIGINT NOT NULL,
    by_server   INTEGER NOT NULL DEFAULT 0,     -- due_at is what the receiver asked for
    held_until  BIGINT,                         -- it holds its destination's line until then
    attempts    INTEGER NOT NULL DEFAULT 0,
    spent       INTEGER NOT NULL DEFAULT 0,     -- failed attempts that count
    sequence    BIGINT NOT NULL DEFAULT 0,
    remote_id   TEXT NOT NULL DEFAULT '',
    progress    TEXT NOT NULL DEFAULT '{}',
    response    TEXT NOT NULL DEFAULT '',
    digest      INTEGER REFERENCES deliveries (id), -- the delivery that carries this one in a digest; itself for the carrier
    done_at     BIGINT,
    UNIQUE (event, destination)
);
CREATE INDEX deliveries_state ON deliveries (destination, state, done_at);
CREATE INDEX deliveries_answers ON deliveries (done_at) WHERE response <> '';
CREATE INDEX deliveries_digest ON deliveries (digest) WHERE digest IS NOT NULL;
CREATE INDEX deliveries_waiting ON deliveries (destination, id) WHERE waiting = 1;
CREATE INDEX deliveries_entry ON deliveries (entry, destination);

CREATE TABLE attempts (
    delivery    INTEGER NOT NULL REFERENCES deliveries (id),
    no          INTEGER NOT NULL,
    destination TEXT NOT NULL,
    at          BIGINT NOT NULL,
    done_at     BIGINT,
    outcome     TEXT NOT NULL DEFAULT '',
    code        TEXT NOT NULL DEFAULT '',
    detail      TEXT NOT NULL DEFAULT '',
    PRIMARY KEY (delivery, no)
);
CREATE INDEX attempts_at ON attempts (at);

CREATE TABLE runs (
    id          INTEGER PRIMARY KEY,
    started_at  BIGINT NOT NULL,
    finished_at BIGINT,
    summary     TEXT NOT NULL DEFAULT '{}'
);

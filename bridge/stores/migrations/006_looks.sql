-- What each tick did at each portal, for figures of the last day that need not read every tick's summary.

CREATE TABLE looks (
    run      BIGINT NOT NULL,
    at       BIGINT NOT NULL,
    portal   TEXT NOT NULL,
    requests BIGINT NOT NULL,
    bad      INTEGER NOT NULL,                  -- 1: it met a fault
    PRIMARY KEY (run, portal)
);

CREATE INDEX looks_at ON looks (at);

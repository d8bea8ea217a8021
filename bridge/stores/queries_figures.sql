-- name: listed_since
-- When a feed gained its articles since a time.
SELECT first_seen AS at FROM listings WHERE portal = :portal AND first_seen >= :since AND first_seen < :until;

-- name: listed_between
-- How many articles a feed gained in a stretch of time; what it said of trouble is none.
SELECT COUNT(*) AS many FROM listings l WHERE l.portal = :portal AND l.first_seen >= :since AND l.first_seen < :until
    AND NOT EXISTS (SELECT 1 FROM entries e WHERE e.uid = l.entry AND e.kind <> 'article');

-- name: newest_listed
-- The article that a feed gained last.
SELECT e.title AS title, l.first_seen AS at FROM listings l JOIN entries e ON e.uid = l.entry
WHERE l.portal = :portal AND e.withdrawn_at IS NULL AND e.kind = 'article' ORDER BY l.first_seen DESC, l.entry DESC LIMIT 1;

-- name: delays
-- Milliseconds from publication to feed of the last articles, of those that state a time and were not there from the beginning.
SELECT r.first_seen - r.sort_at AS delay FROM (
    SELECT entry, first_seen, sort_at FROM listings WHERE portal = :portal AND first_seen >= :since
    ORDER BY first_seen DESC LIMIT :many) AS r
JOIN entries e ON e.uid = r.entry
WHERE e.kind = 'article' AND (e.data LIKE '%"precision":"second"%' OR e.data LIKE '%"precision":"minute"%')
    AND NOT EXISTS (SELECT 1 FROM links k WHERE k.entry = r.entry AND k.place IS NOT NULL);

-- name: tally
-- What has been counted of a subject, and up to when.
SELECT many, through FROM tallies WHERE subject = :subject;

-- name: looks_since
-- What the ticks since a time did, by portal.
SELECT portal, SUM(requests) AS requests, COUNT(*) AS many, SUM(bad) AS bad FROM looks WHERE at >= :since GROUP BY portal;

-- name: count_state
-- How many deliveries of a destination are in a state.
SELECT COUNT(*) AS many FROM deliveries WHERE destination = :destination AND state = :state;

-- name: sent_between
-- How many deliveries went out to a destination in a stretch of time.
SELECT COUNT(*) AS many FROM deliveries WHERE destination = :destination AND state = 'sent' AND done_at >= :since AND done_at < :until;

-- name: last_sent
-- When something went out to a destination for the last time.
SELECT done_at AS at FROM deliveries WHERE destination = :destination AND state = 'sent' ORDER BY done_at DESC LIMIT 1;

-- name: last_dead
-- Why a delivery to a destination was given up last.
SELECT reason FROM deliveries WHERE destination = :destination AND state = 'dead' ORDER BY done_at DESC LIMIT 1;

-- name: incidents_closed
-- Trouble that ended since a time, newest first.
SELECT * FROM incidents WHERE closed_at IS NOT NULL AND closed_at >= :since ORDER BY closed_at DESC, id DESC LIMIT 100;

-- name: newest_event
-- The newest time on record among deliveries.
SELECT MAX(event_at) AS at FROM deliveries;

-- name: newest_run
-- When the last tick began.
SELECT started_at AS at FROM runs ORDER BY id DESC LIMIT 1;

-- name: integrity
-- What is damaged in the file, at most twenty lines; "ok" when nothing is.
PRAGMA integrity_check(20);

-- name: foreign_keys
-- Rows that point to nothing.
PRAGMA foreign_key_check;

-- name: schema
-- The version of the schema in the file.
PRAGMA user_version;

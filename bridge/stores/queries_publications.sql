-- What the published files show. Every statement reads a bounded part of the state, however large the archive is.

-- name: publications
-- Every feed that was drawn.
SELECT * FROM publications;

-- name: publication_save
-- What the files of a feed show.
INSERT INTO publications (feed, tag, version, settings, sieve, seen_at) VALUES (:feed, :tag, :version, :settings, :sieve, :seen_at)
ON CONFLICT (feed) DO UPDATE SET tag = excluded.tag, version = excluded.version, settings = excluded.settings, sieve = excluded.sieve,
    seen_at = excluded.seen_at;

-- name: places_newest
-- The entries that a portal's feed shows, newest first, after a place.
SELECT l.entry, l.sort_at, l.first_seen, 0 AS shared FROM listings l JOIN entries e ON e.uid = l.entry
WHERE l.portal = :portal AND l.held = 0 AND e.withdrawn_at IS NULL
    AND l.sort_at <= :sort_at AND (l.sort_at < :sort_at OR l.entry < :entry) ORDER BY l.sort_at DESC, l.entry DESC LIMIT :many;

-- name: places_recent
-- The entries that a portal's feed gained since a time.
SELECT l.entry, l.sort_at, l.first_seen, 0 AS shared FROM listings l JOIN entries e ON e.uid = l.entry
WHERE l.portal = :portal AND l.first_seen >= :since AND l.held = 0 AND e.withdrawn_at IS NULL
ORDER BY l.first_seen DESC, l.entry DESC LIMIT :many;

-- name: places_changed
-- What a portal's feed gained, or what was edited, withdrawn or came back there, since a time. CROSS keeps the planner from reading
-- the whole feed.
SELECT l.entry, l.sort_at, l.first_seen, 0 AS shared FROM listings l WHERE l.portal = :portal AND l.first_seen >= :since AND l.held = 0
UNION
SELECT l.entry, l.sort_at, l.first_seen, 0 AS shared FROM entries e CROSS JOIN listings l
WHERE e.updated_at >= :since AND l.portal = :portal AND l.entry = e.uid AND l.held = 0;

-- name: places_gained
-- What a portal's feed gained in a stretch of time and still shows.
SELECT l.entry, l.sort_at, l.first_seen, EXISTS (SELECT 1 FROM listings o WHERE o.entry = l.entry AND o.portal <> l.portal) AS shared
FROM listings l JOIN entries e ON e.uid = l.entry
WHERE l.portal = :portal AND l.first_seen >= :since AND l.first_seen < :until AND l.held = 0 AND e.withdrawn_at IS NULL
ORDER BY l.first_seen, l.entry;

-- name: gained_next
-- When a portal's feed first gained an entry at or after a time.
SELECT first_seen AS at FROM listings WHERE portal = :portal AND first_seen >= :since AND held = 0 ORDER BY first_seen LIMIT 1;

-- name: gained_last
-- When a portal's feed gained its last entry.
SELECT first_seen AS at FROM listings WHERE portal = :portal AND held = 0 ORDER BY first_seen DESC LIMIT 1;

-- name: held_first
-- When the oldest entry came that a portal's feed does not show yet; the + keeps the planner from reading all that it shows.
SELECT first_seen AS at FROM listings WHERE portal = :portal AND held = 1 ORDER BY +first_seen LIMIT 1;

-- name: gained_by
-- Which portals' feeds show an entry, and since when.
SELECT portal, first_seen FROM listings WHERE entry = :entry AND held = 0;

-- name: gone_from
-- What was withdrawn from a portal's feed since a time, newest first.
SELECT e.id, e.withdrawn_at AS at FROM entries e CROSS JOIN listings l
WHERE e.withdrawn_at >= :since AND l.portal = :portal AND l.entry = e.uid AND l.held = 0 ORDER BY e.withdrawn_at DESC, e.id LIMIT :many;

-- name: gone_from_choice
-- What was withdrawn from a feed of choice since a time, newest first.
SELECT e.id, e.withdrawn_at AS at FROM entries e CROSS JOIN choices c
WHERE e.withdrawn_at >= :since AND c.feed = :feed AND c.entry = e.uid ORDER BY e.withdrawn_at DESC, e.id LIMIT :many;

-- name: chosen
-- The newest entries of a feed of choice.
SELECT c.entry FROM choices c JOIN entries e ON e.uid = c.entry WHERE c.feed = :feed AND e.withdrawn_at IS NULL
    AND EXISTS (SELECT 1 FROM listings l WHERE l.entry = c.entry AND l.held = 0) ORDER BY c.sort_at DESC, c.entry DESC LIMIT :many;

-- name: choice_add
-- An entry passed the filters.
INSERT INTO choices (feed, entry, sort_at) VALUES (:feed, :entry, :sort_at)
ON CONFLICT (feed, entry) DO UPDATE SET sort_at = excluded.sort_at;

-- name: choice_drop
-- It passes them no longer.
DELETE FROM choices WHERE feed = :feed AND entry = :entry;

-- name: choices_clear
-- The filters are others.
DELETE FROM choices WHERE feed = :feed;

-- name: months
-- The archive documents of a feed.
SELECT month FROM archives WHERE feed = :feed ORDER BY month;

-- name: month
-- One archive document.
SELECT * FROM archives WHERE feed = :feed AND month = :month;

-- name: month_save
-- What an archive document holds.
INSERT INTO archives (feed, month, drawn, entries) VALUES (:feed, :month, :drawn, :entries)
ON CONFLICT (feed, month) DO UPDATE SET drawn = excluded.drawn, entries = excluded.entries;

-- name: month_spoil
-- An archive document must be drawn anew.
UPDATE archives SET drawn = '' WHERE feed = :feed AND month = :month;

-- name: months_spoilt
-- The archive documents that must be drawn anew.
SELECT feed, month FROM archives WHERE drawn = '';

-- name: files_live
-- The files that must be there at every tick.
SELECT name, seal, feed, month, entry FROM files WHERE month = '' AND entry IS NULL;

-- name: files_of
-- All files of a feed.
SELECT name, seal, feed, month, entry FROM files WHERE feed = :feed;

-- name: files_count
-- The highest number of a file.
SELECT MAX(id) AS many FROM files;

-- name: files_from
-- Some files.
SELECT name, seal, feed, month, entry FROM files WHERE id >= :start ORDER BY id LIMIT :many;

-- name: file_save
-- A file was written.
INSERT INTO files (name, seal, feed, month, entry) VALUES (:path, :seal, :feed, :month, :entry)
ON CONFLICT (name) DO UPDATE SET seal = excluded.seal, feed = excluded.feed, month = excluded.month, entry = excluded.entry;

-- name: article_page
-- What the page of an article shows.
SELECT drawn FROM pages_drawn WHERE entry = :entry;

-- name: article_page_save
-- The page of an article shows this; '': it must be drawn.
INSERT INTO pages_drawn (entry, drawn) VALUES (:entry, :drawn) ON CONFLICT (entry) DO UPDATE SET drawn = excluded.drawn;

-- name: article_pages_due
-- Articles whose pages must be drawn, newest first.
SELECT entry FROM pages_drawn WHERE drawn = '' ORDER BY entry DESC LIMIT :many;

-- name: article_page_spoil
-- An article's page shows something else now; one that was never drawn waits for its feed.
UPDATE pages_drawn SET drawn = '' WHERE entry = :entry AND drawn <> '';

-- name: article_pages_spoil
-- Every page must be drawn anew.
UPDATE pages_drawn SET drawn = '' WHERE drawn <> '';

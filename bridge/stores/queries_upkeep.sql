-- name: tally_save
-- What has been counted of a subject, and up to when.
INSERT INTO tallies (subject, many, through) VALUES (:subject, :many, :through)
ON CONFLICT (subject) DO UPDATE SET many = excluded.many, through = excluded.through;

-- name: tally_forget
-- A subject is counted anew.
DELETE FROM tallies WHERE subject = :subject;

-- name: portal_ids
-- Every portal that has ever been asked or listed.
SELECT id FROM portals ORDER BY id;

-- name: feed_window
-- The entries that a feed shows first.
SELECT l.entry AS entry FROM listings l JOIN entries e ON e.uid = l.entry
WHERE l.portal = :portal AND e.withdrawn_at IS NULL ORDER BY l.sort_at DESC, l.entry DESC LIMIT :many;

-- name: entries_whole
-- The oldest entries that still have their text.
SELECT uid, data FROM entries WHERE bare = 0 AND first_seen < :before ORDER BY first_seen, uid LIMIT :many;

-- name: entry_bare
-- An entry without its text.
UPDATE entries SET data = :data, bare = 1 WHERE uid = :uid;

-- name: revision_texts
-- What an entry said at each revision.
SELECT revision, data FROM revisions WHERE entry = :entry;

-- name: revision_bare
-- A revision without its text.
UPDATE revisions SET data = :data WHERE entry = :entry AND revision = :revision;

-- name: held_lines
-- How many lines of a portal the circuit breaker holds, and how many of them have not been read.
SELECT COUNT(*) AS many, COALESCE(SUM(CASE WHEN entry IS NULL THEN 1 ELSE 0 END), 0) AS unread FROM links WHERE portal = :portal AND held = 1;

-- name: held_listings
-- How many articles a feed does not show yet.
SELECT COUNT(*) AS many FROM listings WHERE portal = :portal AND held = 1;

-- name: held_deliveries
-- The deliveries of a portal's events that are held; state <> 'sent' is what the index is made for.
SELECT d.id AS id FROM deliveries d JOIN events v ON v.id = d.event
WHERE d.state = 'held' AND d.state <> 'sent' AND v.portal = :portal ORDER BY d.id;

-- name: gone_of
-- The lines of a portal whose articles answer with 404 and are not withdrawn.
SELECT l.id AS id FROM links l JOIN entries e ON e.uid = l.entry
WHERE l.portal = :portal AND l.gone_at IS NOT NULL AND e.withdrawn_at IS NULL AND e.partial = 0 ORDER BY l.id;

-- name: lines_free
-- What comes of a portal's lines is held no longer.
UPDATE links SET held = 0 WHERE portal = :portal AND held = 1;

-- name: lines_known
-- Lines that are held and not read yet are treated as those of a first run: known, but not pushed.
UPDATE links SET held = 0, place = :place WHERE portal = :portal AND held = 1 AND entry IS NULL;

-- name: listings_show
-- A feed shows what was held.
UPDATE listings SET held = 0 WHERE portal = :portal AND held = 1;

-- name: delivery_free
-- What was held is owed from now on, its destination being wanted and following, if it follows portals, one that shows the article.
UPDATE deliveries SET state = CASE WHEN attempts > 0 THEN 'retry' ELSE 'pending' END, waiting = 1, reason = '', owed_at = :now, due_at = :now,
    by_server = 0, held_until = NULL, spent = 0, done_at = NULL WHERE id = :id AND state = 'held'
    AND EXISTS (SELECT 1 FROM destinations t WHERE t.id = deliveries.destination AND t.active = 1)
    AND (NOT EXISTS (SELECT 1 FROM subscriptions a WHERE a.destination = deliveries.destination) OR EXISTS (
        SELECT 1 FROM subscriptions s JOIN listings o ON o.portal = s.portal WHERE s.destination = deliveries.destination AND o.entry = deliveries.entry));

-- name: delivery_end
-- What was held ends without an attempt; :reason is for a destination that is wanted.
UPDATE deliveries SET state = 'skipped', waiting = 0, done_at = :now, reason = CASE WHEN EXISTS (SELECT 1 FROM destinations t
    WHERE t.id = deliveries.destination AND t.active = 1) THEN :reason ELSE :removed END WHERE id = :id AND state = 'held';

-- name: gone_due
-- An article that answered with 404 is asked for again at once.
UPDATE links SET due_at = :now WHERE id = :id;

-- name: missed_due
-- Articles that answered with 404, and those listed since then of which only the line is known, are asked for again at once.
UPDATE links SET due_at = :now WHERE portal = :portal AND EXISTS (
    SELECT 1 FROM entries e WHERE e.uid = links.entry AND e.withdrawn_at IS NULL
    AND CASE e.partial WHEN 0 THEN links.gone_at IS NOT NULL ELSE links.listed_at >= :since END
);

-- name: gone_void
-- That an article answered with 404 is held against it no longer.
UPDATE links SET gone_at = NULL, due_at = NULL WHERE id = :id;

-- name: gone_believed
-- Until then withdrawals of a portal are believed, however many.
UPDATE portals SET gone_ok = :until WHERE id = :id;

-- name: waiting_all
-- How many deliveries wait.
SELECT COUNT(*) AS many FROM destinations t JOIN deliveries d ON d.destination = t.id AND d.waiting = 1;

-- name: hold_waiting
-- Whatever waits is held.
UPDATE deliveries SET state = 'held', waiting = 0, reason = :reason, digest = NULL, held_until = NULL, done_at = :now WHERE waiting = 1;

-- name: redraw
-- Every feed is written anew.
UPDATE portals SET changed_at = changed_at + 1;

-- name: redraw_archives
-- Every archive document is written anew.
UPDATE archives SET drawn = '' WHERE drawn <> '';

-- name: secure_delete
-- Pages that are given up are overwritten.
PRAGMA secure_delete = ON;

-- name: checkpoint
-- What the log holds is in the file.
PRAGMA wal_checkpoint(TRUNCATE);

-- name: forgotten
-- Whether an entry, or that of a line, was forgotten.
SELECT entry FROM forgotten WHERE entry IN (:entry, (SELECT entry FROM links WHERE id = :link));

-- name: forgotten_alike
-- A forgotten entry that said the same, by its digests, on the same day; the few forgotten ones are gone through, not the archive.
SELECT f.entry AS entry FROM forgotten f CROSS JOIN entries e ON e.uid = f.entry
WHERE e.prints LIKE :title AND e.prints LIKE :text AND e.prints LIKE :published LIMIT 1;

-- name: forgotten_add
-- An entry is forgotten.
INSERT INTO forgotten (entry, at) VALUES (:entry, :at) ON CONFLICT DO NOTHING;

-- name: forget_entry
-- Of an entry only the identity is left.
UPDATE entries SET title = :title, data = :data, bare = 1, updated_at = :at, withdrawn_at = COALESCE(withdrawn_at, :at) WHERE uid = :uid;

-- name: forget_revisions
-- What an entry said.
DELETE FROM revisions WHERE entry = :entry;

-- name: lines_to
-- The lines that lead to an entry, or would.
SELECT id, url FROM links WHERE entry = :entry OR key IN (SELECT key FROM aliases WHERE entry = :entry);

-- name: forget_line
-- Of a line only the address is left, and it is not looked at again.
UPDATE links SET link = :link, due_at = NULL, etag = NULL, last_modified = NULL, cause = '', gone_at = NULL, held = 0 WHERE id = :id;

-- name: forget_answers
-- What receivers said of an entry, and what was sent to them.
UPDATE deliveries SET response = '', payload = '', progress = CASE WHEN waiting = 0 THEN '{}' ELSE progress END WHERE entry = :entry;

-- name: forget_deliveries
-- What was not sent of an entry never will be.
UPDATE deliveries SET state = 'skipped', reason = :reason, done_at = :at WHERE entry = :entry AND state IN ('dead', 'held', 'expired');

-- name: listed_some
-- Entries of a feed.
SELECT entry FROM listings WHERE portal = :portal LIMIT :many;

-- name: unlist
-- A feed shows an entry no longer.
DELETE FROM listings WHERE portal = :portal AND entry = :entry;

-- name: entries_first_seen_at
-- Entries that a portal was the first to show, and that no feed shows.
SELECT uid FROM entries WHERE portal = :portal AND NOT EXISTS (SELECT 1 FROM listings l WHERE l.entry = entries.uid)
    AND NOT EXISTS (SELECT 1 FROM forgotten f WHERE f.entry = entries.uid);

-- name: portal_traces
-- Whether anything of a portal is on record.
SELECT (SELECT COUNT(*) FROM portals WHERE id = :portal) + EXISTS (SELECT 1 FROM listings WHERE portal = :portal)
    + EXISTS (SELECT 1 FROM links WHERE portal = :portal) AS many;

-- name: forget_unread
-- Lines of a portal that never became an article.
DELETE FROM links WHERE portal = :portal AND entry IS NULL;

-- name: forget_looks
-- No line of a portal is looked at again.
UPDATE links SET due_at = NULL, held = 0, gone_at = NULL WHERE portal = :portal;

-- name: forget_pages
-- How the list pages of a portal were read.
DELETE FROM pages WHERE portal = :portal;

-- name: forget_gaps
-- Gaps in the lists of a portal.
DELETE FROM gaps WHERE portal = :portal;

-- name: forget_incidents
-- Trouble of a portal.
DELETE FROM incidents WHERE subject IN ('portal:' || :portal, 'hold:' || :portal, 'gone:' || :portal, 'gap:' || :portal);

-- name: forget_files
-- The published files of a portal.
DELETE FROM files WHERE feed = :portal;

-- name: forget_archives
-- The archive documents of a portal.
DELETE FROM archives WHERE feed = :portal;

-- name: forget_lessons
-- What the pages of a portal have taught.
UPDATE portals SET site = '{}', health = '{}', verdict = 'well', cause = '', detail = '', bad_ticks = 0, checked_at = NULL, good_at = NULL,
    due_at = 0, gone_ok = NULL, changed_at = changed_at + 1 WHERE id = :portal;

-- Every statement of the store, by name. The subset that SQLite and PostgreSQL both run; no statement decides anything.

-- name: portal
-- One portal.
SELECT * FROM portals WHERE id = :id;

-- name: portal_add
-- A portal is known from now on.
INSERT INTO portals (id) VALUES (:id) ON CONFLICT DO NOTHING;

-- name: portal_save
-- The outcome of a tick.
UPDATE portals SET due_at = :due_at, bad_ticks = :bad_ticks, cause = :cause, detail = :detail,
    verdict = :verdict, health = :health, checked_at = :checked_at, good_at = :good_at WHERE id = :id;

-- name: portal_learn
-- What its pages have taught.
UPDATE portals SET site = :site WHERE id = :id;

-- name: portal_changed
-- What its feed shows has changed.
UPDATE portals SET changed_at = changed_at + 1 WHERE id = :id;

-- name: versions
-- The version of what each portal's feed shows.
SELECT id, changed_at FROM portals;

-- name: page
-- A list page as it was last read.
SELECT url, etag, last_modified, digest FROM pages WHERE portal = :portal AND url = :url;

-- name: page_save
-- A list page has been read.
INSERT INTO pages (portal, url, etag, last_modified, digest, checked_at) VALUES (:portal, :url, :etag, :last_modified, :digest, :checked_at)
ON CONFLICT (portal, url) DO UPDATE SET etag = excluded.etag, last_modified = excluded.last_modified, digest = excluded.digest,
    checked_at = excluded.checked_at;

-- name: host
-- What is remembered of a host.
SELECT * FROM hosts WHERE host = :host;

-- name: host_save
-- Politeness outlives the run.
INSERT INTO hosts (host, next_at, hold_until, backoff_until, failures, robots, robots_at, robots_ok, crawl_delay)
VALUES (:host, :next_at, :hold_until, :backoff_until, :failures, :robots, :robots_at, :robots_ok, :crawl_delay)
ON CONFLICT (host) DO UPDATE SET next_at = excluded.next_at, hold_until = excluded.hold_until, backoff_until = excluded.backoff_until,
    failures = excluded.failures, robots = excluded.robots, robots_at = excluded.robots_at, robots_ok = excluded.robots_ok,
    crawl_delay = excluded.crawl_delay;

-- name: link
-- One line by its address.
SELECT * FROM links WHERE portal = :portal AND key = :key;

-- name: link_by_id
-- One line by its row.
SELECT * FROM links WHERE id = :id;

-- name: link_add
-- A line that was not known.
INSERT INTO links (portal, key, url, entry, line, link, place, due_at, listed_at, held)
VALUES (:portal, :key, :url, :entry, :line, :link, :place, :due_at, :listed_at, :held) ON CONFLICT (portal, key) DO NOTHING;

-- name: link_touch
-- A known line reads differently: its article is looked at at once.
UPDATE links SET line = :line, link = :link, url = :url, due_at = :due_at WHERE id = :id;

-- name: link_look
-- An article was looked at, or could not be.
UPDATE links SET due_at = :due_at, step = :step, tries = :tries, cause = :cause, etag = :etag, last_modified = :last_modified,
    digest = :digest, gone_at = :gone_at, entry = COALESCE(:entry, entry),
    held = CASE WHEN :adopted = 1 THEN 0 ELSE held END WHERE id = :id;

-- name: links_settle
-- An article has moved: its former addresses are not asked for any more.
UPDATE links SET due_at = NULL, gone_at = NULL WHERE entry = :entry AND portal = :portal AND id <> :link AND due_at IS NOT NULL;

-- name: links_due
-- Lines whose articles are to be looked at, oldest first.
SELECT * FROM links WHERE portal = :portal AND due_at IS NOT NULL
    AND (due_at <= :now OR (:force = 1 AND tries > 0)) ORDER BY (entry IS NOT NULL), id LIMIT :many;

-- name: next_look
-- When the next article of a portal is to be looked at.
SELECT MIN(due_at) AS at FROM links WHERE portal = :portal AND due_at IS NOT NULL;

-- name: places
-- How many lines the first lists of a portal gave.
SELECT COALESCE(MAX(place) + 1, 0) AS many FROM links WHERE portal = :portal AND place IS NOT NULL;

-- name: unread
-- Lines whose articles have never been read and still shall be.
SELECT COUNT(*) AS many FROM links WHERE portal = :portal AND entry IS NULL AND due_at IS NOT NULL;

-- name: alias
-- The entry of an address.
SELECT entry FROM aliases WHERE key = :key;

-- name: alias_add
-- An address of an entry; the first to claim an address keeps it.
INSERT INTO aliases (key, entry) VALUES (:key, :entry) ON CONFLICT (key) DO NOTHING;

-- name: alias_move
-- An address is another entry's now.
INSERT INTO aliases (key, entry) VALUES (:key, :entry) ON CONFLICT (key) DO UPDATE SET entry = excluded.entry;

-- name: entries_last
-- The articles that a portal has listed last, without their texts.
SELECT e.uid, e.id, e.portal, e.url, e.title, e.first_seen, e.updated_at, e.revision, e.prints, e.partial, e.withdrawn_at
FROM listings l JOIN entries e ON e.uid = l.entry WHERE l.portal = :portal AND e.kind = 'article'
ORDER BY l.first_seen DESC, l.entry DESC LIMIT :many;

-- name: entry
-- One entry by its number.
SELECT * FROM entries WHERE uid = :uid;

-- name: entry_by_id
-- One entry by its tag: URI.
SELECT * FROM entries WHERE id = :id;

-- name: entry_add
-- A new entry.
INSERT INTO entries (id, portal, url, title, first_seen, sort_at, updated_at, revision, prints, partial, kind, data)
VALUES (:id, :portal, :url, :title, :first_seen, :sort_at, :updated_at, :revision, :prints, :partial, :kind, :data) RETURNING uid;

-- name: entry_save
-- An entry as it is now.
UPDATE entries SET url = :url, title = :title, sort_at = :sort_at, updated_at = :updated_at, revision = :revision, prints = :prints,
    partial = :partial, withdrawn_at = NULL, bare = 0, data = :data WHERE uid = :uid;

-- name: entry_withdraw
-- The portal has taken an article back.
UPDATE entries SET withdrawn_at = :at, updated_at = :at WHERE uid = :uid;

-- name: revision_add
-- What an entry said at one revision.
INSERT INTO revisions (entry, revision, at, title, data) VALUES (:entry, :revision, :at, :title, :data) ON CONFLICT DO NOTHING;

-- name: listing_add
-- A feed shows an entry.
INSERT INTO listings (portal, entry, sort_at, first_seen, held) VALUES (:portal, :entry, :sort_at, :first_seen, :held) ON CONFLICT DO NOTHING;

-- name: listing_move
-- An entry has another place in its feeds.
UPDATE listings SET sort_at = :sort_at WHERE entry = :entry AND sort_at <> :sort_at;

-- name: listed_in
-- The feeds that show an entry.
SELECT portal FROM listings WHERE entry = :entry ORDER BY portal;

-- name: feed_newest
-- The newest entries of a feed.
SELECT e.*, l.portal AS listed FROM listings l JOIN entries e ON e.uid = l.entry
WHERE l.portal = :portal AND l.held = 0 AND e.withdrawn_at IS NULL ORDER BY l.sort_at DESC, l.entry DESC LIMIT :many;

-- name: feed_recent
-- The entries that a feed gained since a time.
SELECT e.*, l.portal AS listed FROM listings l JOIN entries e ON e.uid = l.entry
WHERE l.portal = :portal AND l.first_seen >= :since AND l.held = 0 AND e.withdrawn_at IS NULL
ORDER BY l.first_seen DESC, l.entry DESC LIMIT :many;

-- name: event_add
-- Something happened to an entry; recorded once.
INSERT INTO events (entry, portal, kind, revision, at) VALUES (:entry, :portal, :kind, :revision, :at)
ON CONFLICT DO NOTHING RETURNING id;

-- name: event_of
-- An event that was recorded before.
SELECT id, at FROM events WHERE entry = :entry AND kind = :kind AND revision = :revision;

-- name: first_event
-- The publication of an entry.
SELECT id, at, revision FROM events WHERE entry = :entry AND kind = 'published' ORDER BY id LIMIT 1;

-- name: destinations
-- Every destination that has ever been configured; of one that fails, how the first that waits did.
SELECT *, CASE WHEN failing_at IS NULL THEN NULL ELSE (
    SELECT w.reason FROM deliveries w WHERE w.destination = destinations.id AND w.waiting = 1 AND w.reason <> '' ORDER BY w.id LIMIT 1) END AS failing
FROM destinations ORDER BY id;

-- name: destination_add
-- A subscriber of the configuration.
INSERT INTO destinations (id, kind, configured, address) VALUES (:id, :kind, :address, :address);

-- name: destination_move
-- The configuration gives a destination another kind or address: what was known of the old one is void.
UPDATE destinations SET kind = :kind, configured = :address, address = :address, active = 1, state = 'open', why = '', since = NULL,
    not_before = NULL, failing_at = NULL WHERE id = :id;

-- name: destination_active
-- Whether a destination is in the configuration.
UPDATE destinations SET active = :active WHERE id = :id;

-- name: deliveries_shelve
-- A destination is no longer wanted: what waits for it is not sent, for now.
UPDATE deliveries SET state = 'skipped', waiting = 0, reason = CASE WHEN state IN ('uncertain', 'sending') THEN :unsure ELSE :reason END,
    done_at = :now WHERE destination = :id AND waiting = 1;

-- name: deliveries_unshelve
-- It is wanted again: what was put aside since a time waits once more.
UPDATE deliveries SET state = CASE WHEN reason = :unsure THEN 'uncertain' WHEN attempts > 0 THEN 'retry' ELSE 'pending' END, waiting = 1,
    reason = '', done_at = NULL WHERE destination = :id AND state = 'skipped' AND reason IN (:reason, :unsure) AND done_at >= :since;

-- name: destination_state
-- A destination is open, paused or disabled from now on.
UPDATE destinations SET state = :state, why = :why, since = CASE WHEN state = :state THEN since ELSE :since END, not_before = :not_before
WHERE id = :id;

-- name: destination_wait
-- The receiver asked for silence.
UPDATE destinations SET not_before = :not_before WHERE id = :id;

-- name: destination_failing
-- Since when nothing got through, or NULL.
UPDATE destinations SET failing_at = :failing_at WHERE id = :id;

-- name: destination_address
-- A chat has a new id.
UPDATE destinations SET address = :address WHERE id = :id;

-- name: destination_count
-- The next number of a destination's own counting.
UPDATE destinations SET sequence = sequence + 1 WHERE id = :id RETURNING sequence;

-- name: subscriptions
-- Who follows what.
SELECT destination, portal FROM subscriptions;

-- name: subscription_add
-- A destination follows a portal from now on.
INSERT INTO subscriptions (destination, portal, since) VALUES (:destination, :portal, :since) ON CONFLICT DO NOTHING;

-- name: subscription_end
-- A destination does not follow a portal any more.
DELETE FROM subscriptions WHERE destination = :destination AND portal = :portal;

-- name: unfollowed
-- What waits for a destination of a portal's articles that no portal shows which it follows.
SELECT d.id FROM deliveries d JOIN listings l ON l.entry = d.entry AND l.portal = :portal
WHERE d.destination = :destination AND d.waiting = 1 AND d.state IN ('pending', 'retry')
    AND NOT EXISTS (SELECT 1 FROM deliveries c WHERE c.id = d.digest AND c.attempts > 0)
    AND NOT EXISTS (SELECT 1 FROM listings o JOIN subscriptions s ON s.portal = o.portal AND s.destination = d.destination WHERE o.entry = d.entry)
ORDER BY d.id;

-- name: refollowed
-- What was put aside since a time, when the portal was not followed any more, waits once more.
UPDATE deliveries SET state = CASE WHEN attempts > 0 THEN 'retry' ELSE 'pending' END, waiting = 1, reason = '', done_at = NULL, digest = NULL
WHERE destination = :destination AND state = 'skipped' AND reason = :reason AND done_at >= :since
    AND entry IN (SELECT entry FROM listings WHERE portal = :portal);

-- name: delivery_add
-- An event is owed to a destination, or known not to be.
INSERT INTO deliveries (event, destination, entry, kind, key, state, waiting, reason, event_at, owed_at, due_at, done_at)
VALUES (:event, :destination, :entry, :kind, :key, :state, :waiting, :reason, :event_at, :event_at, :due_at, :done_at)
ON CONFLICT (event, destination) DO NOTHING;

-- name: deliveries_of
-- What became of an entry's events at each destination.
SELECT id, destination, kind, state, reason, done_at, attempts FROM deliveries WHERE entry = :entry ORDER BY id;

-- name: delivery_drop
-- A waiting delivery is needless.
UPDATE deliveries SET state = :state, waiting = 0, reason = :reason, done_at = :at WHERE id = :id AND waiting = 1;

-- name: delivery
-- One delivery.
SELECT * FROM deliveries WHERE id = :id;

-- name: message
-- The message that shows an entry at a destination.
SELECT remote_id FROM deliveries WHERE entry = :entry AND destination = :destination AND kind = 'published' AND state = 'sent'
    AND digest IS NULL AND remote_id <> '' ORDER BY id DESC LIMIT 1;

-- name: interrupted
-- Attempts that a killed tick left open.
SELECT id, attempts, destination FROM deliveries WHERE state = 'sending' AND waiting = 1;

-- name: interrupt
-- What may have been taken is known to be uncertain.
UPDATE deliveries SET state = 'uncertain', due_at = :now, by_server = 0 WHERE id = :id AND state = 'sending';

-- name: heads
-- The head of each open destination's line: the first delivery that is due, or that holds the line until later.
SELECT d.*, t.address AS address, t.failing_at AS failing_at, t.state AS destination_state FROM destinations t JOIN deliveries d ON d.id = (
    SELECT w.id FROM deliveries w WHERE w.destination = t.id AND w.waiting = 1 AND (w.digest IS NULL OR w.digest = w.id)
        AND (w.due_at <= :now OR w.held_until > :now OR (:force = 1 AND w.state IN ('retry', 'uncertain') AND w.by_server = 0))
    ORDER BY w.id LIMIT 1)
WHERE t.active = 1 AND t.kind = :kind AND t.state <> 'disabled' AND (t.not_before IS NULL OR t.not_before <= :now)
    AND NOT EXISTS (SELECT 1 FROM deliveries s WHERE s.destination = t.id AND s.state = 'sending')
    AND (d.due_at <= :now OR (:force = 1 AND d.state IN ('retry', 'uncertain') AND d.by_server = 0)) ORDER BY d.id LIMIT :many;

-- name: fresh
-- How many publications wait for a destination and have never been tried, at most :many.
SELECT COUNT(*) AS many FROM (SELECT id FROM deliveries WHERE destination = :destination AND waiting = 1 AND kind = 'published'
    AND digest IS NULL AND state = 'pending' AND attempts = 0 AND due_at <= :now LIMIT :many) AS waiting_ones;

-- name: late
-- The publications that are late at a destination and of which nothing is out, :first first; what stands in a digest of which something
-- is out, or may be, goes with that.
SELECT d.id FROM deliveries d LEFT JOIN deliveries c ON c.id = d.digest WHERE d.destination = :destination AND d.waiting = 1
    AND d.kind = 'published' AND d.owed_at < :before AND d.state IN ('pending', 'retry') AND d.progress = '{}'
    AND (d.digest IS NULL OR (c.waiting = 1 AND c.state IN ('pending', 'retry') AND c.progress = '{}'))
    ORDER BY d.id <> :first, d.id LIMIT :many;

-- name: digest_join
-- One more goes out with others, carried by one of them.
UPDATE deliveries SET digest = :carrier WHERE id = :id;

-- name: digest_gather
-- They go out together, carried by one of them.
UPDATE deliveries SET digest = :carrier WHERE id IN (SELECT id FROM deliveries WHERE destination = :destination AND waiting = 1
    AND id >= :carrier AND kind = 'published' AND digest IS NULL AND state = 'pending' AND attempts = 0 AND due_at <= :now
    ORDER BY id LIMIT :many);

-- name: digest_gather_every
-- All that waits goes out together, carried by one of them.
UPDATE deliveries SET digest = :carrier WHERE id IN (SELECT id FROM deliveries WHERE destination = :destination AND waiting = 1
    AND state = 'pending' AND attempts = 0 AND digest IS NULL AND due_at <= :now ORDER BY id LIMIT :many);

-- name: digest_entries
-- The entries of a digest, in their order.
SELECT entry FROM deliveries WHERE digest = :carrier ORDER BY id;

-- name: digest_detach
-- What has ended before the digest began is not in it.
UPDATE deliveries SET digest = NULL WHERE digest = :carrier AND waiting = 0;

-- name: digest_release
-- A digest that never began is none: its members go out by themselves.
UPDATE deliveries SET digest = NULL WHERE digest = :carrier;

-- name: digest_settle
-- What became of the carrier became of all.
UPDATE deliveries SET state = :state, waiting = 0, reason = :reason, done_at = :at WHERE digest = :carrier AND id <> :carrier AND waiting = 1;

-- name: next_due
-- When the next open destination's line moves, after a time: its head is due or holds it no longer, and the receiver wants no silence.
SELECT MIN(at) AS at FROM (
    SELECT CASE WHEN t.not_before > h.at THEN t.not_before ELSE h.at END AS at FROM destinations t JOIN (
        SELECT d.destination, CASE WHEN d.held_until > :now AND d.held_until < d.due_at THEN d.held_until ELSE d.due_at END AS at
        FROM destinations o JOIN deliveries d ON d.id = COALESCE(
            (SELECT w.id FROM deliveries w WHERE w.destination = o.id AND w.waiting = 1 AND (w.digest IS NULL OR w.digest = w.id)
                AND (w.due_at <= :now OR w.held_until > :now) ORDER BY w.id LIMIT 1),
            (SELECT w.id FROM deliveries w WHERE w.destination = o.id AND w.waiting = 1 ORDER BY w.due_at LIMIT 1))
        WHERE o.active = 1 AND o.state = 'open') AS h ON h.destination = t.id) AS lines
WHERE at > :after;

-- name: claim
-- An attempt is on record before anything is sent.
UPDATE deliveries SET state = 'sending', attempts = attempts + 1, sequence = :sequence WHERE id = :id AND waiting = 1 AND attempts = :attempts;

-- name: attempt_add
-- The attempt itself.
INSERT INTO attempts (delivery, no, destination, at) VALUES (:delivery, :no, :destination, :at);

-- name: attempt_done
-- What came of it.
UPDATE attempts SET done_at = :at, outcome = :outcome, code = :code, detail = :detail WHERE delivery = :delivery AND no = :no;

-- name: settle
-- The delivery after an attempt; an acknowledgement of an older attempt changes nothing.
UPDATE deliveries SET state = :state, waiting = :waiting, reason = :reason, due_at = COALESCE(:due_at, due_at), by_server = :by_server,
    held_until = :held_until, spent = :spent, remote_id = CASE WHEN :remote_id = '' THEN remote_id ELSE :remote_id END,
    progress = COALESCE(:progress, progress), response = :response, payload = :payload,
    done_at = :done_at
WHERE id = :id AND attempts = :attempt AND state = 'sending';

-- name: recent_attempts
-- Who was written to lately, for the limits that outlive a run.
SELECT t.kind, t.address, CASE WHEN a.done_at > a.at THEN a.done_at ELSE a.at END AS at FROM attempts a
JOIN destinations t ON t.id = a.destination WHERE a.at > :since ORDER BY a.at;

-- name: run_add
-- A tick begins.
INSERT INTO runs (started_at) VALUES (:at) RETURNING id;

-- name: run_done
-- A tick ended.
UPDATE runs SET finished_at = :at, summary = :summary WHERE id = :id;

-- name: look_add
-- What a tick did at a portal.
INSERT INTO looks (run, at, portal, requests, bad) VALUES (:run, :at, :portal, :requests, :bad);

-- name: looks_prune
-- Old looks are forgotten.
DELETE FROM looks WHERE run <= :run;

-- name: run_prune
-- Old ticks are forgotten.
DELETE FROM runs WHERE id <= :id;

-- name: last_run
-- The last tick that ended.
SELECT * FROM runs WHERE finished_at IS NOT NULL ORDER BY id DESC LIMIT 1;

-- name: count_entries
-- How many entries a feed can show.
SELECT COUNT(*) AS many, MAX(first_seen) AS newest FROM listings WHERE portal = :portal;

-- name: ledger
-- Deliveries by age, newest first.
SELECT d.*, e.title AS title FROM deliveries d JOIN entries e ON e.uid = d.entry
WHERE d.event_at >= :since ORDER BY d.event_at DESC, d.id DESC LIMIT :many;

-- name: ledger_sent
-- Deliveries that were sent, newest first.
SELECT d.*, e.title AS title FROM deliveries d JOIN entries e ON e.uid = d.entry
WHERE d.state = 'sent' AND d.event_at >= :since ORDER BY d.event_at DESC, d.id DESC LIMIT :many;

-- name: ledger_destination
-- Deliveries to a destination by age and state, newest first.
SELECT d.*, e.title AS title FROM deliveries d JOIN entries e ON e.uid = d.entry
WHERE d.destination = :destination AND (:state IS NULL OR d.state = :state) AND d.event_at >= :since
ORDER BY d.event_at DESC, d.id DESC LIMIT :many;

-- name: ledger_state
-- Deliveries in another state than sent, newest first.
SELECT d.*, e.title AS title FROM deliveries d JOIN entries e ON e.uid = d.entry
WHERE (:destination IS NULL OR d.destination = :destination) AND d.state = :state AND d.state <> 'sent' AND d.event_at >= :since
ORDER BY d.event_at DESC, d.id DESC LIMIT :many;

-- name: ledger_waiting
-- Deliveries that wait, oldest first; the + keeps the planner from reading all that has ended in the order of ids.
SELECT d.*, e.title AS title FROM destinations t JOIN deliveries d ON d.destination = t.id AND d.waiting = 1
JOIN entries e ON e.uid = d.entry WHERE (:destination IS NULL OR t.id = :destination) ORDER BY +d.id LIMIT :many;

-- name: ledger_one
-- One delivery with what it is about.
SELECT d.*, e.title AS title, e.url AS url, e.id AS tag FROM deliveries d JOIN entries e ON e.uid = d.entry WHERE d.id = :id;

-- name: ledger_head
-- The head of a destination's line: the first delivery that is due, or that holds the line until later.
SELECT d.*, e.title AS title FROM deliveries d JOIN entries e ON e.uid = d.entry WHERE d.id = (
    SELECT w.id FROM deliveries w WHERE w.destination = :destination AND w.waiting = 1 AND (w.digest IS NULL OR w.digest = w.id)
        AND (w.due_at <= :now OR w.held_until > :now) ORDER BY w.id LIMIT 1);

-- name: ledger_entry
-- The deliveries of one entry.
SELECT d.*, e.title AS title FROM deliveries d JOIN entries e ON e.uid = d.entry
WHERE d.entry = :entry AND (:destination IS NULL OR d.destination = :destination) ORDER BY d.id;

-- name: attempts_of
-- What was tried for one delivery.
SELECT no, at, done_at, outcome, code, detail FROM attempts WHERE delivery = :delivery ORDER BY no;

-- name: again
-- A delivery that ended is owed again, with the same key.
UPDATE deliveries SET state = 'retry', waiting = 1, due_at = :now, owed_at = :now, by_server = 0, held_until = NULL, spent = 0,
    digest = NULL, reason = :reason, done_at = NULL, progress = '{}' WHERE id = :id AND waiting = 0;

-- name: forward
-- A delivery that waits for a time of ours need not wait; a receiver's own wish still holds.
UPDATE deliveries SET due_at = :now, reason = :reason WHERE id = :id AND waiting = 1 AND state <> 'sending' AND by_server = 0;

-- name: missing
-- Events of the portals that a destination follows, which it was never owed.
SELECT v.id, v.entry, v.kind, v.revision, v.at, e.id AS tag, e.title AS title FROM events v
JOIN subscriptions s ON s.portal = v.portal AND s.destination = :destination
JOIN entries e ON e.uid = v.entry
WHERE v.at >= :since AND v.kind = 'published' AND NOT EXISTS (SELECT 1 FROM deliveries d WHERE d.event = v.id AND d.destination = :destination)
ORDER BY v.id LIMIT :many;

-- name: find_title
-- Entries whose title holds a text: those of which it is the whole title, then the newest.
SELECT * FROM entries WHERE title LIKE :like ESCAPE '!' ORDER BY title <> :text, uid DESC LIMIT :many;

-- name: lines_of
-- The lines of list pages that lead to an entry.
SELECT * FROM links WHERE entry = :entry ORDER BY id;

-- name: lines_by_key
-- The lines of an address, whether read or not.
SELECT * FROM links WHERE key = :key ORDER BY id;

-- name: aliases_of
-- The addresses of an entry.
SELECT key FROM aliases WHERE entry = :entry ORDER BY key;

-- name: revisions_of
-- What an entry said, and when.
SELECT revision, at, title FROM revisions WHERE entry = :entry ORDER BY revision;

-- name: events_of
-- What happened to an entry.
SELECT id, kind, revision, at, portal FROM events WHERE entry = :entry ORDER BY id;

-- name: prune_answers
-- What a receiver answered long ago is forgotten; what was sent to whom stays known.
UPDATE deliveries SET response = '' WHERE response <> '' AND done_at < :before;

-- name: prune_payloads
-- What a dead letter held is forgotten when nobody asked for so long.
UPDATE deliveries SET payload = '' WHERE payload <> '' AND done_at < :before;

-- name: prune_attempts
-- Attempts of long ago are forgotten, those of waiting deliveries apart.
DELETE FROM attempts WHERE at < :before AND done_at IS NOT NULL
    AND NOT EXISTS (SELECT 1 FROM deliveries d WHERE d.id = attempts.delivery AND d.waiting = 1);

-- name: incidents_open
-- Trouble that lasts.
SELECT * FROM incidents WHERE closed_at IS NULL ORDER BY id;

-- name: incident_last
-- The last trouble of a subject.
SELECT * FROM incidents WHERE subject = :subject ORDER BY opened_at DESC, id DESC LIMIT 1;

-- name: incident_add
-- Trouble begins.
INSERT INTO incidents (subject, cause, evidence, opened_at, told_at, told, entry, public, closed_at)
VALUES (:subject, :cause, :evidence, :opened_at, :told_at, :told, :entry, :public, :closed_at) RETURNING id;

-- name: incident_save
-- Trouble as it is now.
UPDATE incidents SET cause = :cause, evidence = :evidence, opened_at = :opened_at, told_at = :told_at, told = :told, entry = :entry,
    public = :public, closed_at = :closed_at WHERE id = :id;

-- name: holds
-- What the circuit breaker holds, by portal.
SELECT portal, COUNT(*) AS many FROM links WHERE held = 1 GROUP BY portal;

-- name: holds_owed
-- Whose pushes are held, by portal; state <> 'sent' is what the index is made for.
SELECT e.portal AS portal, COUNT(DISTINCT d.entry) AS many FROM deliveries d JOIN entries e ON e.uid = d.entry
WHERE d.state = 'held' AND d.state <> 'sent' GROUP BY e.portal;

-- name: gone_lines
-- How many articles of a portal that had been read went away since a time, withdrawn or not.
SELECT COUNT(*) AS many FROM links l JOIN entries e ON e.uid = l.entry
WHERE l.portal = :portal AND l.gone_at >= :since AND e.partial = 0;

-- name: gone_waiting
-- How many of them are not withdrawn.
SELECT COUNT(*) AS many FROM links l JOIN entries e ON e.uid = l.entry
WHERE l.portal = :portal AND l.gone_at IS NOT NULL AND l.due_at IS NOT NULL AND e.withdrawn_at IS NULL AND e.partial = 0;

-- name: gap_add
-- A stretch of a list was never seen.
INSERT INTO gaps (portal, url, since, at, pages) VALUES (:portal, :url, :since, :at, :pages);

-- name: gaps_since
-- Gaps that were noticed since a time, newest first.
SELECT * FROM gaps WHERE at >= :since ORDER BY at DESC, id DESC LIMIT 100;

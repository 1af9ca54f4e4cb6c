/**
 * Common table expressions that find the pseudonym of every subject in `lookups(lookup)`, and give one to those that
 * have none; the result is `names(lookup, pseudonym)`. Written as text because the ledger's statement contains it. Each is
 * looked up by the index, however few subjects there were when the statement was planned.
 */
export const nameSubjects = `
known AS MATERIALIZED (
  SELECT l.lookup, s.pseudonym FROM (SELECT DISTINCT lookup FROM lookups) AS l CROSS JOIN LATERAL (
    SELECT pseudonym FROM audit_subjects WHERE lookup = l.lookup ORDER BY pseudonym LIMIT 1) AS s
), fresh AS (
  INSERT INTO audit_subjects (lookup, pseudonym)
  SELECT lookup, 'sub_' || left(replace(gen_random_uuid()::text, '-', ''), 24)
  FROM lookups WHERE lookup NOT IN (SELECT lookup FROM known)
  RETURNING lookup, pseudonym
), names AS MATERIALIZED (
  SELECT lookup, pseudonym FROM known UNION ALL SELECT lookup, pseudonym FROM fresh
)`

import { nameSubjects } from '#server/audit/name-subjects'

const counted = [
  'requests',
  'errors',
  'unpriced',
  'estimated',
  'input_tokens',
  'cached_input_tokens',
  'cache_write_tokens',
  'output_tokens',
  'reasoning_tokens',
  'cost_pico_usd',
]
const measures = counted.join(', ')
const summed = counted.map((name) => `total(${name})`).join(', ')
const added = counted.map((name) => `${name} = present.${name} + excluded.${name}`).join(', ')
const route = 'operation, tier, provider, deployment_id, model'

/**
 * One statement that books a batch of records: ledger entries, their attempts, their audit entries, and every roll-up.
 * Parameters: `$1` the records as an array of `ledger_input_2`, each as `encodeLedgerLine` wrote it; `$2` this instance's
 * id; `$3` and `$4` the persons in them, as `readLineSubjects` gives them.
 *
 * Idempotent: entries that are there already are skipped, and all the rest follows only from the entries that this
 * execution inserted. Rows are upserted in key order, so that two instances cannot deadlock; a row that both want
 * costs the second one the commit of the first, meanwhile its next batch grows.
 */
export const ledgerStatement = `
WITH input AS (
  SELECT r.*, to_timestamp(r.started_at_ms / 1000.0) AS started_at FROM unnest($1::ledger_input_2[]) AS r
), entries AS (
  INSERT INTO ledger_entries (
    account_id, started_at, id, correlation_id, trace_id, plan, api_key_id, creator_id, session_id, operation,
    kind, requested_model, tier, deployment_id, provider, region, model, streamed, outcome, error_code,
    http_status, finish_reason, input_tokens, cached_input_tokens, cache_write_tokens, output_tokens,
    reasoning_tokens, usage_source, price_version, cost_pico_usd, attempts, first_token_ms, latency_ms,
    overhead_us, plan_reasons, prompt_text, answer_text, span_id, parent_span_id, plan_us)
  SELECT
    account_id, started_at, id, correlation_id, trace_id, plan, api_key_id, creator_id, session_id, operation,
    kind, requested_model, tier, deployment_id, provider, region, model, streamed, outcome, error_code,
    http_status, finish_reason, input_tokens, cached_input_tokens, cache_write_tokens, output_tokens,
    reasoning_tokens, usage_source, price_version, cost_pico_usd, attempt_count, first_token_ms, latency_ms,
    overhead_us, plan_reasons, prompt_text #>> '{}', answer_text #>> '{}', span_id, parent_span_id, plan_us
  FROM input
  ON CONFLICT (account_id, started_at, id) DO NOTHING
  RETURNING account_id, started_at, id, correlation_id, api_key_id, creator_id, operation, kind, tier, provider,
    deployment_id, model, outcome, attempts, input_tokens, cached_input_tokens, cache_write_tokens, output_tokens,
    reasoning_tokens, usage_source, cost_pico_usd, first_token_ms, latency_ms, overhead_us, plan_reasons
), calls AS (
  INSERT INTO attempts (
    account_id, started_at, request_id, sequence, deployment_id, provider, region, model, outcome,
    failure_class, http_status, error_message, offset_ms, first_token_ms, duration_ms, input_tokens,
    output_tokens, cost_pico_usd, provider_request_id, span_id, reason, breaker_phase)
  SELECT
    e.account_id, e.started_at, e.id, a.sequence, a.deployment_id, a.provider, a.region, a.model, a.outcome,
    a.failure_class, a.http_status, a.error_message #>> '{}', a.offset_ms, a.first_token_ms, a.duration_ms,
    a.input_tokens, a.output_tokens, a.cost_pico_usd, a.provider_request_id, i.attempt_span_ids[a.sequence],
    i.attempt_reasons[a.sequence], i.attempt_breaker_phases[a.sequence]
  FROM entries e
  JOIN input i ON i.id = e.id AND i.account_id = e.account_id AND i.started_at = e.started_at
  CROSS JOIN LATERAL unnest(i.attempts) AS a
  ON CONFLICT (account_id, started_at, request_id, sequence) DO NOTHING
), persons AS MATERIALIZED (
  SELECT name, lookup FROM unnest($3::text[], $4::text[]) AS p(name, lookup)
), lookups AS (
  SELECT lookup FROM persons
), ${nameSubjects}, pseudonyms AS MATERIALIZED (
  SELECT name, pseudonym FROM persons JOIN names USING (lookup)
), audit AS (
  INSERT INTO audit_entries (
    account_id, at, action, outcome, actor, subject, resource, correlation_id, model, input_tokens, output_tokens,
    cost_pico_usd)
  SELECT
    e.account_id, e.started_at, 'ai.' || e.kind, e.outcome, actor.pseudonym, creator.pseudonym, e.id,
    e.correlation_id, e.model, e.input_tokens, e.output_tokens, e.cost_pico_usd
  FROM entries e
  LEFT JOIN pseudonyms actor ON actor.name = 'actor:' || e.api_key_id
  LEFT JOIN pseudonyms creator ON creator.name = 'creator:' || e.creator_id
), groups AS MATERIALIZED (
  SELECT
    date_trunc('minute', started_at, 'UTC') AS minute, account_id, coalesce(creator_id, '') AS creator_id,
    ${route}, outcome, count(*) AS requests, sum(attempts) AS attempts,
    count(*) FILTER (WHERE outcome <> 'success') AS errors,
    count(*) FILTER (WHERE cost_pico_usd IS NULL) AS unpriced,
    count(*) FILTER (WHERE usage_source = 'estimated') AS estimated, sum(input_tokens) AS input_tokens,
    sum(cached_input_tokens) AS cached_input_tokens, sum(cache_write_tokens) AS cache_write_tokens,
    sum(output_tokens) AS output_tokens, sum(reasoning_tokens) AS reasoning_tokens,
    coalesce(sum(cost_pico_usd), 0) AS cost_pico_usd, sum(overhead_us) AS overhead_us
  FROM entries GROUP BY 1, 2, 3, 4, 5, 6, 7, 8, 9
), days AS (
  INSERT INTO usage_days AS present (account_id, day, creator_id, ${route}, ${measures})
  SELECT account_id, (minute AT TIME ZONE 'UTC')::date, creator_id, ${route}, ${summed}
  FROM groups GROUP BY 1, 2, 3, 4, 5, 6, 7, 8 ORDER BY 1, 2, 3, 4, 5, 6, 7, 8
  ON CONFLICT (account_id, day, creator_id, ${route}) DO UPDATE SET ${added}
), months AS (
  INSERT INTO usage_months AS present (account_id, month, creator_id, ${route}, ${measures})
  SELECT account_id, date_trunc('month', minute AT TIME ZONE 'UTC')::date, creator_id, ${route}, ${summed}
  FROM groups GROUP BY 1, 2, 3, 4, 5, 6, 7, 8 ORDER BY 1, 2, 3, 4, 5, 6, 7, 8
  ON CONFLICT (account_id, month, creator_id, ${route}) DO UPDATE SET ${added}
), routes AS (
  INSERT INTO route_rollups AS present (account_id, grain, bucket_start, ${route}, ${measures})
  SELECT account_id, grain, date_trunc(grain, minute, 'UTC'), ${route}, ${summed}
  FROM groups CROSS JOIN (VALUES ('minute'), ('hour'), ('day')) AS grains(grain)
  GROUP BY 1, 2, 3, 4, 5, 6, 7, 8 ORDER BY 1, 2, 3, 4, 5, 6, 7, 8
  ON CONFLICT (account_id, grain, bucket_start, ${route}) DO UPDATE SET ${added}
), creators AS (
  INSERT INTO creator_rollups AS present (account_id, grain, bucket_start, creator_id, ${measures})
  SELECT account_id, grain, date_trunc(grain, minute, 'UTC'), creator_id, ${summed}
  FROM groups CROSS JOIN (VALUES ('minute'), ('hour'), ('day'), ('month')) AS grains(grain)
  GROUP BY 1, 2, 3, 4 ORDER BY 1, 2, 3, 4
  ON CONFLICT (account_id, grain, bucket_start, creator_id) DO UPDATE SET ${added}
), traffic AS (
  INSERT INTO traffic_rollups AS present (
    grain, bucket_start, instance_id, tier, deployment_id, provider, operation, outcome, requests, attempts,
    unpriced, input_tokens, output_tokens, cost_pico_usd, overhead_us)
  SELECT
    grain, date_trunc(grain, minute, 'UTC'), $2::text, tier, deployment_id, provider, operation, outcome,
    total(requests), total(attempts), total(unpriced), total(input_tokens), total(output_tokens), total(cost_pico_usd),
    total(overhead_us)
  FROM groups CROSS JOIN (VALUES ('minute'), ('hour')) AS grains(grain)
  GROUP BY 1, 2, 4, 5, 6, 7, 8 ORDER BY 1, 2, 4, 5, 6, 7, 8
  ON CONFLICT (grain, bucket_start, instance_id, tier, deployment_id, provider, operation, outcome)
  DO UPDATE SET
    requests = present.requests + excluded.requests,
    attempts = present.attempts + excluded.attempts,
    unpriced = present.unpriced + excluded.unpriced,
    input_tokens = present.input_tokens + excluded.input_tokens,
    output_tokens = present.output_tokens + excluded.output_tokens,
    cost_pico_usd = present.cost_pico_usd + excluded.cost_pico_usd,
    overhead_us = present.overhead_us + excluded.overhead_us
), buckets AS MATERIALIZED (
  SELECT
    date_trunc('minute', started_at, 'UTC') AS minute, tier, deployment_id, signal,
    CASE WHEN value <= 1 THEN 0
      ELSE least(60, ceil(ln(value) / ln(1.25::float8) - 1e-9)) END::smallint AS bucket,
    count(*) AS requests
  FROM entries
  CROSS JOIN LATERAL (VALUES ('latency', latency_ms::float8), ('first_token', first_token_ms::float8))
    AS signals(signal, value)
  WHERE outcome = 'success' AND value IS NOT NULL
  GROUP BY 1, 2, 3, 4, 5
), latencies AS (
  INSERT INTO latency_rollups AS present (
    grain, bucket_start, instance_id, tier, deployment_id, signal, bucket, requests)
  SELECT
    grain, date_trunc(grain, minute, 'UTC'), $2::text, tier, deployment_id, signal, bucket, total(requests)
  FROM buckets CROSS JOIN (VALUES ('minute'), ('hour'), ('day')) AS grains(grain)
  GROUP BY 1, 2, 4, 5, 6, 7 ORDER BY 1, 2, 4, 5, 6, 7
  ON CONFLICT (grain, bucket_start, instance_id, tier, deployment_id, signal, bucket)
  DO UPDATE SET requests = present.requests + excluded.requests
), cached AS (
  INSERT INTO answer_cache_hours AS present (account_id, hour, tier, result, requests, saved_pico_usd)
  SELECT
    account_id, date_trunc('hour', started_at, 'UTC'), tier, reason->>'cache', count(*),
    coalesce(sum((reason->>'savedPicoUsd')::numeric), 0)
  FROM entries CROSS JOIN LATERAL jsonb_path_query_first(plan_reasons, '$[*] ? (exists (@.cache))') AS reason
  WHERE reason IS NOT NULL
  GROUP BY 1, 2, 3, 4 ORDER BY 1, 2, 3, 4
  ON CONFLICT (account_id, hour, tier, result) DO UPDATE SET
    requests = present.requests + excluded.requests,
    saved_pico_usd = present.saved_pico_usd + excluded.saved_pico_usd
)
SELECT count(*)::int AS inserted FROM entries`

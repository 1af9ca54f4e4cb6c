/**
 * One statement that books a batch of records: ledger entries, their attempts, and every roll-up. Parameters:
 * `$1` the entries as a JSON array, `$2` their attempts likewise, `$3` this instance's id.
 *
 * Idempotent: entries that are there already are skipped, and attempts and roll-ups follow only from the entries
 * that this execution inserted. Rows are upserted in key order, so that two instances cannot deadlock.
 */
export const ledgerStatement = `
WITH input AS (
  SELECT r.*, to_timestamp(r."startedAtMs" / 1000.0) AS started_at
  FROM jsonb_to_recordset($1::jsonb) AS r(
    id text, "accountId" text, "startedAtMs" float8, "correlationId" text, "traceId" text, plan text,
    "apiKeyId" text, "creatorId" text, "sessionId" text, operation text, kind text, "requestedModel" text,
    tier text, "deploymentId" text, provider text, region text, model text, streamed boolean, outcome text,
    "errorCode" text, "httpStatus" int, "finishReason" text, "inputTokens" int, "cachedInputTokens" int,
    "cacheWriteTokens" int, "outputTokens" int, "reasoningTokens" int, "usageSource" text, "priceVersion" text,
    "costPicoUsd" bigint, attempts int, "firstTokenMs" float8, "latencyMs" float8, "overheadUs" float8,
    "planReasons" jsonb, "promptText" text, "answerText" text)
), entries AS (
  INSERT INTO ledger_entries (
    account_id, started_at, id, correlation_id, trace_id, plan, api_key_id, creator_id, session_id, operation,
    kind, requested_model, tier, deployment_id, provider, region, model, streamed, outcome, error_code,
    http_status, finish_reason, input_tokens, cached_input_tokens, cache_write_tokens, output_tokens,
    reasoning_tokens, usage_source, price_version, cost_pico_usd, attempts, first_token_ms, latency_ms,
    overhead_us, plan_reasons, prompt_text, answer_text)
  SELECT
    "accountId", started_at, id, "correlationId", "traceId", plan, "apiKeyId", "creatorId", "sessionId",
    operation, kind, "requestedModel", tier, "deploymentId", provider, region, model, streamed, outcome,
    "errorCode", "httpStatus", "finishReason", "inputTokens", "cachedInputTokens", "cacheWriteTokens",
    "outputTokens", "reasoningTokens", "usageSource", "priceVersion", "costPicoUsd", attempts, "firstTokenMs",
    "latencyMs", "overheadUs", "planReasons", "promptText", "answerText"
  FROM input
  ON CONFLICT (account_id, started_at, id) DO NOTHING
  RETURNING account_id, started_at, id, creator_id, operation, tier, provider, deployment_id, model, outcome,
    attempts, input_tokens, cached_input_tokens, output_tokens, cost_pico_usd, first_token_ms, latency_ms,
    overhead_us
), calls AS (
  INSERT INTO attempts (
    account_id, started_at, request_id, sequence, deployment_id, provider, region, model, outcome,
    failure_class, http_status, error_message, offset_ms, first_token_ms, duration_ms, input_tokens,
    output_tokens, cost_pico_usd, provider_request_id)
  SELECT
    e.account_id, e.started_at, e.id, a.sequence, a."deploymentId", a.provider, a.region, a.model, a.outcome,
    a."failureClass", a."httpStatus", a."errorMessage", a."offsetMs", a."firstTokenMs", a."durationMs",
    a."inputTokens", a."outputTokens", a."costPicoUsd", a."providerRequestId"
  FROM jsonb_to_recordset($2::jsonb) AS a(
    "accountId" text, "requestId" text, "startedAtMs" float8, sequence int, "deploymentId" text, provider text,
    region text, model text, outcome text, "failureClass" text, "httpStatus" int, "errorMessage" text,
    "offsetMs" float8, "firstTokenMs" float8, "durationMs" float8, "inputTokens" int, "outputTokens" int,
    "costPicoUsd" bigint, "providerRequestId" text)
  JOIN entries e ON e.id = a."requestId" AND e.account_id = a."accountId"
    AND e.started_at = to_timestamp(a."startedAtMs" / 1000.0)
  ON CONFLICT (account_id, started_at, request_id, sequence) DO NOTHING
), groups AS MATERIALIZED (
  SELECT
    date_trunc('minute', started_at, 'UTC') AS minute, account_id, coalesce(creator_id, '') AS creator_id,
    operation, tier, provider, deployment_id, model, outcome, count(*) AS requests, sum(attempts) AS attempts,
    count(*) FILTER (WHERE cost_pico_usd IS NULL) AS unpriced, sum(input_tokens) AS input_tokens,
    sum(cached_input_tokens) AS cached_input_tokens, sum(output_tokens) AS output_tokens,
    coalesce(sum(cost_pico_usd), 0) AS cost_pico_usd, sum(overhead_us) AS overhead_us
  FROM entries GROUP BY 1, 2, 3, 4, 5, 6, 7, 8, 9
), days AS (
  INSERT INTO usage_days AS present (
    account_id, day, creator_id, operation, tier, provider, deployment_id, model, requests, errors, unpriced,
    input_tokens, cached_input_tokens, output_tokens, cost_pico_usd)
  SELECT
    account_id, (minute AT TIME ZONE 'UTC')::date, creator_id, operation, tier, provider, deployment_id, model,
    sum(requests), coalesce(sum(requests) FILTER (WHERE outcome <> 'success'), 0), sum(unpriced),
    sum(input_tokens), sum(cached_input_tokens), sum(output_tokens), sum(cost_pico_usd)
  FROM groups GROUP BY 1, 2, 3, 4, 5, 6, 7, 8 ORDER BY 1, 2, 3, 4, 5, 6, 7, 8
  ON CONFLICT (account_id, day, creator_id, operation, tier, provider, deployment_id, model) DO UPDATE SET
    requests = present.requests + excluded.requests,
    errors = present.errors + excluded.errors,
    unpriced = present.unpriced + excluded.unpriced,
    input_tokens = present.input_tokens + excluded.input_tokens,
    cached_input_tokens = present.cached_input_tokens + excluded.cached_input_tokens,
    output_tokens = present.output_tokens + excluded.output_tokens,
    cost_pico_usd = present.cost_pico_usd + excluded.cost_pico_usd
), traffic AS (
  INSERT INTO traffic_rollups AS present (
    grain, bucket_start, instance_id, tier, deployment_id, provider, operation, outcome, requests, attempts,
    unpriced, input_tokens, output_tokens, cost_pico_usd, overhead_us)
  SELECT
    grain, date_trunc(grain, minute, 'UTC'), $3::text, tier, deployment_id, provider, operation, outcome,
    sum(requests), sum(attempts), sum(unpriced), sum(input_tokens), sum(output_tokens), sum(cost_pico_usd),
    sum(overhead_us)
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
    grain, date_trunc(grain, minute, 'UTC'), $3::text, tier, deployment_id, signal, bucket, sum(requests)
  FROM buckets CROSS JOIN (VALUES ('minute'), ('hour'), ('day')) AS grains(grain)
  GROUP BY 1, 2, 4, 5, 6, 7 ORDER BY 1, 2, 4, 5, 6, 7
  ON CONFLICT (grain, bucket_start, instance_id, tier, deployment_id, signal, bucket)
  DO UPDATE SET requests = present.requests + excluded.requests
)
SELECT count(*)::int AS inserted FROM entries`

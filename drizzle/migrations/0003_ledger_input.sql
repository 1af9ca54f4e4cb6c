-- What the ledger's statement reads records from (lib/costs/ledger-line.ts writes them, in this order). A type never
-- changes: a record with other fields gets a type of its own, so that two versions of the program run side by side.
CREATE TYPE ledger_attempt_input AS (
  sequence smallint, deployment_id text, provider text, region text, model text, outcome text, failure_class text,
  http_status smallint, error_message jsonb, offset_ms float8, first_token_ms float8, duration_ms float8,
  input_tokens integer, output_tokens integer, cost_pico_usd bigint, provider_request_id text
);
--> statement-breakpoint
CREATE TYPE ledger_input AS (
  id text, account_id text, started_at_ms float8, correlation_id text, trace_id text, plan text, api_key_id text,
  creator_id text, session_id text, operation text, kind text, requested_model text, tier text, deployment_id text,
  provider text, region text, model text, streamed boolean, outcome text, error_code text, http_status smallint,
  finish_reason text, input_tokens integer, cached_input_tokens integer, cache_write_tokens integer,
  output_tokens integer, reasoning_tokens integer, usage_source text, price_version text, cost_pico_usd bigint,
  attempt_count smallint, first_token_ms float8, latency_ms float8, overhead_us float8, plan_reasons jsonb,
  prompt_text jsonb, answer_text jsonb, attempts ledger_attempt_input[]
);

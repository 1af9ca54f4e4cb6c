ALTER TABLE "ledger_entries" ADD COLUMN "span_id" text;--> statement-breakpoint
ALTER TABLE "ledger_entries" ADD COLUMN "parent_span_id" text;--> statement-breakpoint
ALTER TABLE "ledger_entries" ADD COLUMN "plan_us" integer;--> statement-breakpoint
ALTER TABLE "attempts" ADD COLUMN "span_id" text;--> statement-breakpoint
ALTER TABLE "attempts" ADD COLUMN "reason" text;--> statement-breakpoint
ALTER TABLE "attempts" ADD COLUMN "breaker_phase" text;
--> statement-breakpoint
-- `ledger_input` with what a trace needs. What belongs to the attempts stands beside them, one element for each, so that
-- their own type stays as it is.
CREATE TYPE ledger_input_2 AS (
  id text, account_id text, started_at_ms float8, correlation_id text, trace_id text, plan text, api_key_id text,
  creator_id text, session_id text, operation text, kind text, requested_model text, tier text, deployment_id text,
  provider text, region text, model text, streamed boolean, outcome text, error_code text, http_status smallint,
  finish_reason text, input_tokens integer, cached_input_tokens integer, cache_write_tokens integer,
  output_tokens integer, reasoning_tokens integer, usage_source text, price_version text, cost_pico_usd bigint,
  attempt_count smallint, first_token_ms float8, latency_ms float8, overhead_us float8, plan_reasons jsonb,
  prompt_text jsonb, answer_text jsonb, attempts ledger_attempt_input[], span_id text, parent_span_id text,
  plan_us integer, attempt_span_ids text[], attempt_reasons text[], attempt_breaker_phases text[]
);

CREATE TABLE "creator_rollups" (
	"account_id" text NOT NULL,
	"grain" text NOT NULL,
	"bucket_start" timestamp with time zone NOT NULL,
	"creator_id" text NOT NULL,
	"requests" bigint DEFAULT 0 NOT NULL,
	"errors" bigint DEFAULT 0 NOT NULL,
	"unpriced" bigint DEFAULT 0 NOT NULL,
	"estimated" bigint DEFAULT 0 NOT NULL,
	"input_tokens" bigint DEFAULT 0 NOT NULL,
	"cached_input_tokens" bigint DEFAULT 0 NOT NULL,
	"cache_write_tokens" bigint DEFAULT 0 NOT NULL,
	"output_tokens" bigint DEFAULT 0 NOT NULL,
	"reasoning_tokens" bigint DEFAULT 0 NOT NULL,
	"cost_pico_usd" numeric DEFAULT 0 NOT NULL,
	CONSTRAINT "creator_rollups_pk" PRIMARY KEY("account_id","grain","bucket_start","creator_id")
);
--> statement-breakpoint
CREATE TABLE "model_prices" (
	"id" text PRIMARY KEY NOT NULL,
	"version" integer NOT NULL,
	"withdrawn_version" integer,
	"provider" text NOT NULL,
	"model" text NOT NULL,
	"effective_from" date NOT NULL,
	"effective_to" date,
	"input_pico_usd" bigint NOT NULL,
	"cached_input_pico_usd" bigint NOT NULL,
	"cache_write_pico_usd" bigint,
	"output_pico_usd" bigint NOT NULL,
	"reasoning_pico_usd" bigint,
	"embedding_pico_usd" bigint,
	"batch_input_pico_usd" bigint,
	"batch_output_pico_usd" bigint,
	"ptu_hour_pico_usd" bigint,
	"source" text NOT NULL,
	"as_of" date NOT NULL,
	"created_at" timestamp with time zone NOT NULL,
	"created_by" text NOT NULL,
	"reason" text NOT NULL
);
--> statement-breakpoint
CREATE TABLE "route_rollups" (
	"account_id" text NOT NULL,
	"grain" text NOT NULL,
	"bucket_start" timestamp with time zone NOT NULL,
	"operation" text NOT NULL,
	"tier" text NOT NULL,
	"provider" text NOT NULL,
	"deployment_id" text NOT NULL,
	"model" text NOT NULL,
	"requests" bigint DEFAULT 0 NOT NULL,
	"errors" bigint DEFAULT 0 NOT NULL,
	"unpriced" bigint DEFAULT 0 NOT NULL,
	"estimated" bigint DEFAULT 0 NOT NULL,
	"input_tokens" bigint DEFAULT 0 NOT NULL,
	"cached_input_tokens" bigint DEFAULT 0 NOT NULL,
	"cache_write_tokens" bigint DEFAULT 0 NOT NULL,
	"output_tokens" bigint DEFAULT 0 NOT NULL,
	"reasoning_tokens" bigint DEFAULT 0 NOT NULL,
	"cost_pico_usd" numeric DEFAULT 0 NOT NULL,
	CONSTRAINT "route_rollups_pk" PRIMARY KEY("account_id","grain","bucket_start","operation","tier","provider","deployment_id","model")
);
--> statement-breakpoint
ALTER TABLE "usage_days" ADD COLUMN "estimated" bigint DEFAULT 0 NOT NULL;--> statement-breakpoint
ALTER TABLE "usage_days" ADD COLUMN "cache_write_tokens" bigint DEFAULT 0 NOT NULL;--> statement-breakpoint
ALTER TABLE "usage_days" ADD COLUMN "reasoning_tokens" bigint DEFAULT 0 NOT NULL;--> statement-breakpoint
CREATE INDEX "creator_rollups_time" ON "creator_rollups" USING btree ("grain","bucket_start");--> statement-breakpoint
CREATE UNIQUE INDEX "model_prices_start" ON "model_prices" USING btree ("provider","model","effective_from") WHERE "model_prices"."withdrawn_version" is null;--> statement-breakpoint
CREATE INDEX "route_rollups_time" ON "route_rollups" USING btree ("grain","bucket_start");--> statement-breakpoint
CREATE INDEX "usage_days_day" ON "usage_days" USING btree ("day");--> statement-breakpoint
ALTER TABLE "route_rollups" SET (fillfactor = 50);--> statement-breakpoint
ALTER TABLE "creator_rollups" SET (fillfactor = 50);--> statement-breakpoint
-- What was booked before comes from the ledger; days that it no longer has, from their totals.
UPDATE "usage_days" d SET "cache_write_tokens" = l.cache_write_tokens, "reasoning_tokens" = l.reasoning_tokens, "estimated" = l.estimated
FROM (
  SELECT account_id, (started_at AT TIME ZONE 'UTC')::date AS day, coalesce(creator_id, '') AS creator_id, operation, tier,
    provider, deployment_id, model, sum(cache_write_tokens) AS cache_write_tokens, sum(reasoning_tokens) AS reasoning_tokens,
    count(*) FILTER (WHERE usage_source = 'estimated') AS estimated
  FROM "ledger_entries" GROUP BY 1, 2, 3, 4, 5, 6, 7, 8
) l
WHERE (d.account_id, d.day, d.creator_id, d.operation, d.tier, d.provider, d.deployment_id, d.model)
  = (l.account_id, l.day, l.creator_id, l.operation, l.tier, l.provider, l.deployment_id, l.model);--> statement-breakpoint
INSERT INTO "route_rollups"
SELECT account_id, grain, date_trunc(grain, started_at, 'UTC'), operation, tier, provider, deployment_id, model, count(*),
  count(*) FILTER (WHERE outcome <> 'success'), count(*) FILTER (WHERE cost_pico_usd IS NULL),
  count(*) FILTER (WHERE usage_source = 'estimated'), sum(input_tokens), sum(cached_input_tokens), sum(cache_write_tokens),
  sum(output_tokens), sum(reasoning_tokens), coalesce(sum(cost_pico_usd), 0)
FROM "ledger_entries" CROSS JOIN (VALUES ('minute'), ('hour')) AS grains(grain) GROUP BY 1, 2, 3, 4, 5, 6, 7, 8;--> statement-breakpoint
INSERT INTO "route_rollups"
SELECT account_id, 'day', day::timestamp AT TIME ZONE 'UTC', operation, tier, provider, deployment_id, model, sum(requests),
  sum(errors), sum(unpriced), sum(estimated), sum(input_tokens), sum(cached_input_tokens), sum(cache_write_tokens),
  sum(output_tokens), sum(reasoning_tokens), sum(cost_pico_usd)
FROM "usage_days" GROUP BY 1, 2, 3, 4, 5, 6, 7, 8;--> statement-breakpoint
INSERT INTO "creator_rollups"
SELECT account_id, grain, date_trunc(grain, started_at, 'UTC'), coalesce(creator_id, ''), count(*),
  count(*) FILTER (WHERE outcome <> 'success'), count(*) FILTER (WHERE cost_pico_usd IS NULL),
  count(*) FILTER (WHERE usage_source = 'estimated'), sum(input_tokens), sum(cached_input_tokens), sum(cache_write_tokens),
  sum(output_tokens), sum(reasoning_tokens), coalesce(sum(cost_pico_usd), 0)
FROM "ledger_entries" CROSS JOIN (VALUES ('minute'), ('hour')) AS grains(grain) GROUP BY 1, 2, 3, 4;--> statement-breakpoint
INSERT INTO "creator_rollups"
SELECT account_id, grain, date_trunc(grain, day::timestamp) AT TIME ZONE 'UTC', creator_id, sum(requests),
  sum(errors), sum(unpriced), sum(estimated), sum(input_tokens), sum(cached_input_tokens), sum(cache_write_tokens),
  sum(output_tokens), sum(reasoning_tokens), sum(cost_pico_usd)
FROM "usage_days" CROSS JOIN (VALUES ('day'), ('month')) AS grains(grain) GROUP BY 1, 2, 3, 4;

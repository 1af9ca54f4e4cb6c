-- Sums of roll-ups. Postgres' own sum of bigint keeps a state of its own for each group and gives a numeric, which costs
-- many times as much memory and time where there are a hundred thousand groups, and in each row that is booked.
CREATE AGGREGATE "total"(bigint) (SFUNC = int8pl, STYPE = bigint, COMBINEFUNC = int8pl, INITCOND = '0', PARALLEL = SAFE);--> statement-breakpoint
CREATE AGGREGATE "total"(numeric) (SFUNC = numeric_add, STYPE = numeric, COMBINEFUNC = numeric_add, INITCOND = '0', PARALLEL = SAFE);--> statement-breakpoint
CREATE TABLE "usage_months" (
	"account_id" text NOT NULL,
	"month" date NOT NULL,
	"creator_id" text NOT NULL,
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
	CONSTRAINT "usage_months_pk" PRIMARY KEY("account_id","month","creator_id","operation","tier","provider","deployment_id","model")
);
--> statement-breakpoint
CREATE INDEX "usage_months_month" ON "usage_months" USING btree ("month");--> statement-breakpoint
ALTER TABLE "usage_months" SET (fillfactor = 50);--> statement-breakpoint
INSERT INTO "usage_months"
SELECT account_id, date_trunc('month', day::timestamp)::date, creator_id, operation, tier, provider, deployment_id, model,
  sum(requests), sum(errors), sum(unpriced), sum(estimated), sum(input_tokens), sum(cached_input_tokens),
  sum(cache_write_tokens), sum(output_tokens), sum(reasoning_tokens), sum(cost_pico_usd)
FROM "usage_days" GROUP BY 1, 2, 3, 4, 5, 6, 7, 8;
--> statement-breakpoint
-- A table for each grain: the rows of a day lie together, rather than each among thousands of minutes.
ALTER TABLE "route_rollups" RENAME TO "route_rollups_mixed";--> statement-breakpoint
ALTER TABLE "route_rollups_mixed" DROP CONSTRAINT "route_rollups_pk";--> statement-breakpoint
DROP INDEX "route_rollups_time";--> statement-breakpoint
CREATE TABLE "route_rollups" (LIKE "route_rollups_mixed" INCLUDING DEFAULTS,
  CONSTRAINT "route_rollups_pk" PRIMARY KEY ("account_id","grain","bucket_start","operation","tier","provider","deployment_id","model")
) PARTITION BY LIST ("grain");--> statement-breakpoint
CREATE INDEX "route_rollups_time" ON "route_rollups" USING btree ("grain","bucket_start");--> statement-breakpoint
CREATE TABLE "route_rollups_minute" PARTITION OF "route_rollups" FOR VALUES IN ('minute') WITH (fillfactor = 50);--> statement-breakpoint
CREATE TABLE "route_rollups_hour" PARTITION OF "route_rollups" FOR VALUES IN ('hour') WITH (fillfactor = 50);--> statement-breakpoint
CREATE TABLE "route_rollups_day" PARTITION OF "route_rollups" FOR VALUES IN ('day') WITH (fillfactor = 50);--> statement-breakpoint
INSERT INTO "route_rollups" SELECT * FROM "route_rollups_mixed" ORDER BY bucket_start;--> statement-breakpoint
DROP TABLE "route_rollups_mixed";--> statement-breakpoint
ALTER TABLE "creator_rollups" RENAME TO "creator_rollups_mixed";--> statement-breakpoint
ALTER TABLE "creator_rollups_mixed" DROP CONSTRAINT "creator_rollups_pk";--> statement-breakpoint
DROP INDEX "creator_rollups_time";--> statement-breakpoint
CREATE TABLE "creator_rollups" (LIKE "creator_rollups_mixed" INCLUDING DEFAULTS,
  CONSTRAINT "creator_rollups_pk" PRIMARY KEY ("account_id","grain","bucket_start","creator_id")
) PARTITION BY LIST ("grain");--> statement-breakpoint
CREATE INDEX "creator_rollups_time" ON "creator_rollups" USING btree ("grain","bucket_start");--> statement-breakpoint
CREATE TABLE "creator_rollups_minute" PARTITION OF "creator_rollups" FOR VALUES IN ('minute') WITH (fillfactor = 50);--> statement-breakpoint
CREATE TABLE "creator_rollups_hour" PARTITION OF "creator_rollups" FOR VALUES IN ('hour') WITH (fillfactor = 50);--> statement-breakpoint
CREATE TABLE "creator_rollups_day" PARTITION OF "creator_rollups" FOR VALUES IN ('day') WITH (fillfactor = 50);--> statement-breakpoint
CREATE TABLE "creator_rollups_month" PARTITION OF "creator_rollups" FOR VALUES IN ('month') WITH (fillfactor = 50);--> statement-breakpoint
INSERT INTO "creator_rollups" SELECT * FROM "creator_rollups_mixed" ORDER BY bucket_start;--> statement-breakpoint
DROP TABLE "creator_rollups_mixed";

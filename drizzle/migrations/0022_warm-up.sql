CREATE TABLE "answer_cache_warm_runs" (
	"holder" text PRIMARY KEY NOT NULL,
	"trigger" text NOT NULL,
	"revision" bigint NOT NULL,
	"state" text NOT NULL,
	"total" integer NOT NULL,
	"made" integer NOT NULL,
	"kept" integer NOT NULL,
	"skipped" integer NOT NULL,
	"failed" integer NOT NULL,
	"error_code" text,
	"cost_pico_usd" bigint NOT NULL,
	"started_at" timestamp with time zone NOT NULL,
	"updated_at" timestamp with time zone NOT NULL
);
--> statement-breakpoint
CREATE TABLE "answer_cache_warm_ups" (
	"account_id" text NOT NULL,
	"id" text NOT NULL,
	"key_id" text NOT NULL,
	"request" jsonb NOT NULL,
	"created_at" timestamp with time zone NOT NULL,
	"created_by" text NOT NULL,
	CONSTRAINT "answer_cache_warm_ups_pk" PRIMARY KEY("account_id","id")
);
--> statement-breakpoint
ALTER TABLE "answer_cache_generations" ADD COLUMN "warm_orders" integer DEFAULT 0 NOT NULL;
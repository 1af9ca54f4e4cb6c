CREATE TABLE "budget_crossings" (
	"account_id" text NOT NULL,
	"budget_id" text NOT NULL,
	"window_start" timestamp with time zone NOT NULL,
	"threshold" integer NOT NULL,
	"at" timestamp with time zone NOT NULL,
	"used_pico_usd" numeric NOT NULL,
	"limit_pico_usd" numeric NOT NULL,
	CONSTRAINT "budget_crossings_pk" PRIMARY KEY("account_id","budget_id","window_start","threshold")
);
--> statement-breakpoint
CREATE TABLE "budgets" (
	"account_id" text NOT NULL,
	"id" text NOT NULL,
	"scope" text NOT NULL,
	"scope_id" text NOT NULL,
	"window" text NOT NULL,
	"limit_pico_usd" numeric NOT NULL,
	"kind" text NOT NULL,
	"changed_by" text NOT NULL,
	"changed_at" timestamp with time zone NOT NULL,
	CONSTRAINT "budgets_pk" PRIMARY KEY("account_id","id")
);
--> statement-breakpoint
CREATE TABLE "quota_counters" (
	"account_id" text NOT NULL,
	"counter" text NOT NULL,
	"window_start" timestamp with time zone NOT NULL,
	"window_end" timestamp with time zone NOT NULL,
	"recalled_at" timestamp with time zone,
	CONSTRAINT "quota_counters_pk" PRIMARY KEY("account_id","counter","window_start")
);
--> statement-breakpoint
CREATE TABLE "quota_leases" (
	"account_id" text NOT NULL,
	"counter" text NOT NULL,
	"window_start" timestamp with time zone NOT NULL,
	"holder" text NOT NULL,
	"granted" numeric NOT NULL,
	"used" numeric NOT NULL,
	"spare" numeric NOT NULL,
	"expires_at" timestamp with time zone NOT NULL,
	CONSTRAINT "quota_leases_pk" PRIMARY KEY("account_id","counter","window_start","holder")
);
--> statement-breakpoint
CREATE TABLE "quota_overrides" (
	"account_id" text NOT NULL,
	"id" text NOT NULL,
	"scope" text NOT NULL,
	"scope_id" text NOT NULL,
	"measure" text NOT NULL,
	"window" text NOT NULL,
	"limit_amount" numeric,
	"expires_at" timestamp with time zone NOT NULL,
	"reason" text NOT NULL,
	"created_by" text NOT NULL,
	"created_at" timestamp with time zone NOT NULL,
	"ended_at" timestamp with time zone,
	"ended_by" text,
	CONSTRAINT "quota_overrides_pk" PRIMARY KEY("account_id","id")
);
--> statement-breakpoint
CREATE TABLE "quota_plans" (
	"name" text PRIMARY KEY NOT NULL,
	"on_authority_loss" text NOT NULL,
	"limits" jsonb NOT NULL,
	"changed_by" text NOT NULL,
	"changed_at" timestamp with time zone NOT NULL
);
--> statement-breakpoint
CREATE INDEX "budget_crossings_at" ON "budget_crossings" USING btree ("at");--> statement-breakpoint
CREATE INDEX "quota_counters_end" ON "quota_counters" USING btree ("window_end");--> statement-breakpoint
CREATE INDEX "quota_overrides_expires" ON "quota_overrides" USING btree ("expires_at");
CREATE TABLE "reconciliation_meter_days" (
	"reconciliation_id" text NOT NULL,
	"day" date NOT NULL,
	"meter_id" text NOT NULL,
	"meter_name" text NOT NULL,
	"unit" text NOT NULL,
	"quantity_pico" numeric NOT NULL,
	"cost_pico_usd" numeric NOT NULL,
	"lines" integer NOT NULL,
	CONSTRAINT "reconciliation_meter_days_pk" PRIMARY KEY("reconciliation_id","day","meter_id","meter_name","unit")
);
--> statement-breakpoint
CREATE TABLE "reconciliations" (
	"id" text PRIMARY KEY NOT NULL,
	"file_hash" text NOT NULL,
	"file_name" text NOT NULL,
	"size_bytes" bigint NOT NULL,
	"state" text NOT NULL,
	"lines_done" integer DEFAULT 0 NOT NULL,
	"first_day" date,
	"last_day" date,
	"refusal" jsonb,
	"created_by" text NOT NULL,
	"created_at" timestamp with time zone NOT NULL,
	"ended_at" timestamp with time zone
);
--> statement-breakpoint
CREATE UNIQUE INDEX "reconciliations_file" ON "reconciliations" USING btree ("file_hash") WHERE "reconciliations"."state" <> 'refused';--> statement-breakpoint
CREATE INDEX "reconciliations_recent" ON "reconciliations" USING btree ("created_at");
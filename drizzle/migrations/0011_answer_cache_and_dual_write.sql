CREATE TABLE "answer_cache_generations" (
	"account_id" text PRIMARY KEY NOT NULL,
	"generation" integer NOT NULL,
	"purged_at" timestamp with time zone NOT NULL
);
--> statement-breakpoint
CREATE TABLE "answer_cache_hours" (
	"account_id" text NOT NULL,
	"hour" timestamp with time zone NOT NULL,
	"tier" text NOT NULL,
	"result" text NOT NULL,
	"requests" bigint NOT NULL,
	"saved_pico_usd" numeric NOT NULL,
	CONSTRAINT "answer_cache_hours_pk" PRIMARY KEY("account_id","hour","tier","result")
);
--> statement-breakpoint
CREATE TABLE "dual_inbox" (
	"account_id" text NOT NULL,
	"stream" text NOT NULL,
	"sequence" bigint NOT NULL,
	"taken_at" timestamp with time zone NOT NULL,
	CONSTRAINT "dual_inbox_pk" PRIMARY KEY("account_id","stream","sequence")
);
--> statement-breakpoint
CREATE TABLE "dual_mismatches" (
	"account_id" text NOT NULL,
	"stream" text NOT NULL,
	"record_id" text NOT NULL,
	"class" text NOT NULL,
	"found_by" text NOT NULL,
	"found_at" timestamp with time zone NOT NULL,
	"repaired_at" timestamp with time zone,
	CONSTRAINT "dual_mismatches_pk" PRIMARY KEY("account_id","stream","record_id")
);
--> statement-breakpoint
CREATE TABLE "dual_outbox" (
	"account_id" text NOT NULL,
	"sequence" bigserial NOT NULL,
	"stream" text NOT NULL,
	"record_id" text NOT NULL,
	"version" bigint NOT NULL,
	"state" text NOT NULL,
	"body" text,
	"enqueued_at" timestamp with time zone NOT NULL,
	"attempts" integer DEFAULT 0 NOT NULL,
	"due_at" timestamp with time zone NOT NULL,
	"last_error" text,
	CONSTRAINT "dual_outbox_pk" PRIMARY KEY("account_id","sequence")
);
--> statement-breakpoint
CREATE TABLE "dual_reconciliations" (
	"account_id" text NOT NULL,
	"stream" text NOT NULL,
	"started_at" timestamp with time zone NOT NULL,
	"ended_at" timestamp with time zone NOT NULL,
	"compared" integer NOT NULL,
	"mismatches" integer NOT NULL,
	"repaired" integer NOT NULL,
	CONSTRAINT "dual_reconciliations_pk" PRIMARY KEY("account_id","stream","started_at")
);
--> statement-breakpoint
CREATE TABLE "dual_records" (
	"account_id" text NOT NULL,
	"store" text NOT NULL,
	"id" text NOT NULL,
	"version" bigint NOT NULL,
	"state" text NOT NULL,
	"body" text,
	"bucket" integer GENERATED ALWAYS AS ((('x' || substr(md5(id), 1, 4))::bit(16)::integer)) STORED NOT NULL,
	"checksum_high" bigint GENERATED ALWAYS AS ((('x' || substr(md5(id || chr(10) || version::text || chr(10) || state || chr(10) || coalesce(body, '')), 1, 16))::bit(64)::bigint)) STORED NOT NULL,
	"checksum_low" bigint GENERATED ALWAYS AS ((('x' || substr(md5(id || chr(10) || version::text || chr(10) || state || chr(10) || coalesce(body, '')), 17, 16))::bit(64)::bigint)) STORED NOT NULL,
	CONSTRAINT "dual_records_pk" PRIMARY KEY("account_id","store","id")
);
--> statement-breakpoint
CREATE TABLE "dual_switches" (
	"account_id" text NOT NULL,
	"stream" text NOT NULL,
	"enabled" boolean NOT NULL,
	"backfill_after" text,
	"backfilled" bigint DEFAULT 0 NOT NULL,
	"backfilled_at" timestamp with time zone,
	"changed_at" timestamp with time zone NOT NULL,
	"changed_by" text NOT NULL,
	CONSTRAINT "dual_switches_pk" PRIMARY KEY("stream","account_id")
);
--> statement-breakpoint
CREATE INDEX "answer_cache_hours_hour" ON "answer_cache_hours" USING btree ("hour");--> statement-breakpoint
CREATE INDEX "dual_inbox_taken" ON "dual_inbox" USING btree ("taken_at");--> statement-breakpoint
CREATE INDEX "dual_mismatches_open" ON "dual_mismatches" USING btree ("stream","found_at");--> statement-breakpoint
CREATE INDEX "dual_outbox_due" ON "dual_outbox" USING btree ("stream","due_at");--> statement-breakpoint
CREATE INDEX "dual_records_bucket" ON "dual_records" USING btree ("account_id","store","bucket");
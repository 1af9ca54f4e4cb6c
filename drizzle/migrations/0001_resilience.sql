CREATE TABLE "account_preferences" (
	"account_id" text PRIMARY KEY NOT NULL,
	"region" text,
	"region_mode" text,
	"changed_by" text NOT NULL,
	"changed_at" timestamp with time zone NOT NULL
);
--> statement-breakpoint
CREATE TABLE "capacity_changes" (
	"id" text PRIMARY KEY NOT NULL,
	"deployment_id" text NOT NULL,
	"direction" text NOT NULL,
	"from_units" integer NOT NULL,
	"to_units" integer NOT NULL,
	"unit" text NOT NULL,
	"state" text NOT NULL,
	"reason" text NOT NULL,
	"error" text,
	"created_at" timestamp with time zone NOT NULL,
	"started_at" timestamp with time zone,
	"finished_at" timestamp with time zone,
	"actor_id" text,
	"catalog_units" integer,
	"simulated" boolean DEFAULT false NOT NULL
);
--> statement-breakpoint
CREATE TABLE "deployment_controls" (
	"deployment_id" text PRIMARY KEY NOT NULL,
	"drained" boolean NOT NULL,
	"reason" text NOT NULL,
	"changed_by" text NOT NULL,
	"changed_at" timestamp with time zone NOT NULL
);
--> statement-breakpoint
CREATE TABLE "region_states" (
	"region" text PRIMARY KEY NOT NULL,
	"phase" text NOT NULL,
	"epoch" integer NOT NULL,
	"admitted_bps" integer NOT NULL,
	"frozen" boolean DEFAULT false NOT NULL,
	"healthy_since" timestamp with time zone,
	"reason" text NOT NULL,
	"changed_at" timestamp with time zone NOT NULL,
	"actor_id" text,
	"instance_id" text NOT NULL,
	"stored_at" timestamp with time zone NOT NULL
);
--> statement-breakpoint
CREATE TABLE "region_transitions" (
	"id" text PRIMARY KEY NOT NULL,
	"region" text NOT NULL,
	"from_phase" text NOT NULL,
	"to_phase" text NOT NULL,
	"admitted_bps" integer NOT NULL,
	"epoch" integer NOT NULL,
	"at" timestamp with time zone NOT NULL,
	"reason" text NOT NULL,
	"actor_id" text,
	"instance_id" text NOT NULL
);
--> statement-breakpoint
CREATE TABLE "job_leases" (
	"name" text PRIMARY KEY NOT NULL,
	"holder" text NOT NULL,
	"expires_at" timestamp with time zone NOT NULL
);
--> statement-breakpoint
CREATE TABLE "breaker_states" (
	"deployment_id" text NOT NULL,
	"signal" text NOT NULL,
	"phase" text NOT NULL,
	"epoch" integer NOT NULL,
	"reason" text NOT NULL,
	"changed_at" timestamp with time zone NOT NULL,
	"retry_at" timestamp with time zone,
	"open_for_ms" integer DEFAULT 0 NOT NULL,
	"reopenings" integer DEFAULT 0 NOT NULL,
	"good_probes" integer DEFAULT 0 NOT NULL,
	"isolated_until" timestamp with time zone,
	"actor_id" text,
	"instance_id" text NOT NULL,
	CONSTRAINT "breaker_states_pk" PRIMARY KEY("deployment_id","signal")
);
--> statement-breakpoint
CREATE TABLE "breaker_transitions" (
	"id" text PRIMARY KEY NOT NULL,
	"deployment_id" text NOT NULL,
	"signal" text NOT NULL,
	"from_phase" text NOT NULL,
	"to_phase" text NOT NULL,
	"epoch" integer NOT NULL,
	"at" timestamp with time zone NOT NULL,
	"reason" text NOT NULL,
	"evidence" jsonb NOT NULL,
	"instance_id" text NOT NULL,
	"actor_id" text
);
--> statement-breakpoint
CREATE TABLE "probe_leases" (
	"key" text PRIMARY KEY NOT NULL,
	"holder" text NOT NULL,
	"expires_at" timestamp with time zone NOT NULL
);
--> statement-breakpoint
ALTER TABLE "api_keys" ADD COLUMN "region" text;--> statement-breakpoint
ALTER TABLE "api_keys" ADD COLUMN "region_mode" text;--> statement-breakpoint
ALTER TABLE "api_keys" ADD COLUMN "stream_mode" text;--> statement-breakpoint
CREATE INDEX "capacity_changes_deployment" ON "capacity_changes" USING btree ("deployment_id","created_at");--> statement-breakpoint
CREATE UNIQUE INDEX "capacity_changes_applying" ON "capacity_changes" USING btree ("deployment_id") WHERE "capacity_changes"."state" = 'applying';--> statement-breakpoint
CREATE UNIQUE INDEX "capacity_changes_recommended" ON "capacity_changes" USING btree ("deployment_id") WHERE "capacity_changes"."state" = 'recommended';--> statement-breakpoint
CREATE INDEX "region_transitions_region" ON "region_transitions" USING btree ("region","at");--> statement-breakpoint
CREATE INDEX "breaker_transitions_deployment" ON "breaker_transitions" USING btree ("deployment_id","at");--> statement-breakpoint
CREATE INDEX "breaker_transitions_at" ON "breaker_transitions" USING btree ("at");--> statement-breakpoint
CREATE INDEX "attempts_failed" ON "attempts" USING btree ("started_at") WHERE "attempts"."outcome" <> 'success';
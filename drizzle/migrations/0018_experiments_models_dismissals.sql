CREATE TABLE "cost_dismissals" (
	"account_id" text NOT NULL,
	"id" text NOT NULL,
	"dimension" text NOT NULL,
	"value" text NOT NULL,
	"direction" text NOT NULL,
	"start_day" date NOT NULL,
	"per_day_pico_usd" numeric NOT NULL,
	"reason" text NOT NULL,
	"created_by" text NOT NULL,
	"created_at" timestamp with time zone NOT NULL,
	"withdrawn_at" timestamp with time zone,
	CONSTRAINT "cost_dismissals_pk" PRIMARY KEY("account_id","id")
);
--> statement-breakpoint
CREATE TABLE "experiment_events" (
	"id" text PRIMARY KEY NOT NULL,
	"experiment_id" text NOT NULL,
	"at" timestamp with time zone NOT NULL,
	"kind" text NOT NULL,
	"variant" text,
	"reason" text NOT NULL,
	"reading" jsonb,
	"actor_id" text
);
--> statement-breakpoint
CREATE TABLE "experiment_readings" (
	"experiment_id" text NOT NULL,
	"variant" text NOT NULL,
	"at" timestamp with time zone NOT NULL,
	"units" integer NOT NULL,
	"difference" double precision NOT NULL,
	"lower" double precision NOT NULL,
	"upper" double precision NOT NULL
);
--> statement-breakpoint
CREATE TABLE "experiment_spans" (
	"experiment_id" text NOT NULL,
	"starts_at" timestamp with time zone NOT NULL,
	"variant" text NOT NULL,
	"requests" double precision DEFAULT 0 NOT NULL,
	"errors" double precision DEFAULT 0 NOT NULL,
	"refusals" double precision DEFAULT 0 NOT NULL,
	CONSTRAINT "experiment_spans_pk" PRIMARY KEY("experiment_id","starts_at","variant")
);
--> statement-breakpoint
CREATE TABLE "experiment_units" (
	"account_id" text NOT NULL,
	"experiment_id" text NOT NULL,
	"unit" text NOT NULL,
	"variant" text NOT NULL,
	"exposed_at" timestamp with time zone NOT NULL,
	"requests" double precision DEFAULT 0 NOT NULL,
	"errors" double precision DEFAULT 0 NOT NULL,
	"refusals" double precision DEFAULT 0 NOT NULL,
	"answers" double precision DEFAULT 0 NOT NULL,
	"latency_ms" double precision DEFAULT 0 NOT NULL,
	"streams" double precision DEFAULT 0 NOT NULL,
	"first_token_ms" double precision DEFAULT 0 NOT NULL,
	"priced" double precision DEFAULT 0 NOT NULL,
	"cost_nano_usd" double precision DEFAULT 0 NOT NULL,
	"input_tokens" double precision DEFAULT 0 NOT NULL,
	"output_tokens" double precision DEFAULT 0 NOT NULL,
	"feedback" double precision DEFAULT 0 NOT NULL,
	"feedback_sum" double precision DEFAULT 0 NOT NULL,
	"evaluations" double precision DEFAULT 0 NOT NULL,
	"evaluation_sum" double precision DEFAULT 0 NOT NULL,
	CONSTRAINT "experiment_units_pk" PRIMARY KEY("account_id","experiment_id","unit")
);
--> statement-breakpoint
CREATE TABLE "experiments" (
	"id" text PRIMARY KEY NOT NULL,
	"name" text NOT NULL,
	"plan" jsonb NOT NULL,
	"phase" text NOT NULL,
	"version" integer NOT NULL,
	"stopped" jsonb NOT NULL,
	"counted" jsonb NOT NULL,
	"counted_through" timestamp with time zone,
	"mismatched_since" timestamp with time zone,
	"created_at" timestamp with time zone NOT NULL,
	"created_by" text NOT NULL,
	"started_at" timestamp with time zone,
	"ended_at" timestamp with time zone,
	"decision" text,
	"rollout_id" text
);
--> statement-breakpoint
CREATE TABLE "feedback" (
	"account_id" text NOT NULL,
	"request_id" text NOT NULL,
	"kind" text NOT NULL,
	"rater" text NOT NULL,
	"score" double precision NOT NULL,
	"label" text,
	"comment" text,
	"creator" text,
	"started_at" timestamp with time zone NOT NULL,
	"created_at" timestamp with time zone NOT NULL,
	"updated_at" timestamp with time zone NOT NULL,
	CONSTRAINT "feedback_pk" PRIMARY KEY("account_id","request_id","kind","rater")
);
--> statement-breakpoint
CREATE TABLE "evaluation_answers" (
	"job_id" text NOT NULL,
	"example_id" text NOT NULL,
	"side" text NOT NULL,
	"request_id" text NOT NULL,
	"score" jsonb,
	"error" text,
	"latency_ms" integer,
	"cost_pico_usd" bigint,
	"at" timestamp with time zone NOT NULL,
	CONSTRAINT "evaluation_answers_pk" PRIMARY KEY("job_id","example_id","side")
);
--> statement-breakpoint
CREATE TABLE "fine_tuning_events" (
	"job_id" text NOT NULL,
	"id" text NOT NULL,
	"at" timestamp with time zone NOT NULL,
	"level" text NOT NULL,
	"message" text NOT NULL,
	"data" jsonb,
	CONSTRAINT "fine_tuning_events_pk" PRIMARY KEY("job_id","id")
);
--> statement-breakpoint
CREATE TABLE "fine_tuning_examples" (
	"job_id" text NOT NULL,
	"account_id" text NOT NULL,
	"example_id" text NOT NULL,
	"side" text NOT NULL,
	CONSTRAINT "fine_tuning_examples_pk" PRIMARY KEY("job_id","example_id")
);
--> statement-breakpoint
CREATE TABLE "fine_tuning_jobs" (
	"id" text PRIMARY KEY NOT NULL,
	"name" text NOT NULL,
	"account_id" text NOT NULL,
	"creator_id" text,
	"base_version_id" text NOT NULL,
	"base_model" text NOT NULL,
	"region" text NOT NULL,
	"sku" text NOT NULL,
	"units" integer NOT NULL,
	"epochs" integer,
	"held_out_bps" integer NOT NULL,
	"state" text NOT NULL,
	"step_progress" double precision DEFAULT 0 NOT NULL,
	"train_examples" integer,
	"held_out_examples" integer,
	"train_sha256" text,
	"train_file_id" text,
	"held_out_file_id" text,
	"provider_job_id" text,
	"provider_status" text,
	"tuned_model" text,
	"trained_tokens" bigint,
	"cost_pico_usd" bigint,
	"price_version" text,
	"version_id" text,
	"deployment_id" text,
	"base_deployment_id" text,
	"evaluation" jsonb,
	"error" text,
	"cancel_asked" text,
	"created_at" timestamp with time zone NOT NULL,
	"created_by" text NOT NULL,
	"reason" text NOT NULL,
	"finished_at" timestamp with time zone,
	"simulated" boolean NOT NULL,
	"lease_holder" text,
	"lease_until" timestamp with time zone,
	"next_step_at" timestamp with time zone NOT NULL,
	"failures" integer DEFAULT 0 NOT NULL
);
--> statement-breakpoint
CREATE TABLE "model_deployments" (
	"id" text PRIMARY KEY NOT NULL,
	"version_id" text NOT NULL,
	"region" text NOT NULL,
	"deployment" text NOT NULL,
	"sku" text,
	"units" integer,
	"state" text NOT NULL,
	"error" text,
	"simulated" boolean NOT NULL,
	"created_at" timestamp with time zone NOT NULL,
	"created_by" text,
	"changed_at" timestamp with time zone NOT NULL,
	"lease_holder" text,
	"lease_until" timestamp with time zone,
	"next_step_at" timestamp with time zone NOT NULL,
	"failures" integer DEFAULT 0 NOT NULL
);
--> statement-breakpoint
CREATE TABLE "model_placements" (
	"id" text PRIMARY KEY NOT NULL,
	"tier" text NOT NULL,
	"version_id" text NOT NULL,
	"deployment_id" text NOT NULL,
	"state" text NOT NULL,
	"was_stable" boolean DEFAULT false NOT NULL,
	"started_at" timestamp with time zone NOT NULL,
	"watch_until" timestamp with time zone NOT NULL,
	"ended_at" timestamp with time zone,
	"baseline_deployment_id" text,
	"baseline" jsonb NOT NULL,
	"readings" jsonb NOT NULL,
	"reason" text NOT NULL,
	"actor_id" text,
	"by_itself" boolean DEFAULT false NOT NULL
);
--> statement-breakpoint
CREATE TABLE "model_versions" (
	"id" text PRIMARY KEY NOT NULL,
	"name" text NOT NULL,
	"number" integer NOT NULL,
	"kind" text NOT NULL,
	"provider" text NOT NULL,
	"model" text NOT NULL,
	"base_version_id" text,
	"job_id" text,
	"prompt" text,
	"temperature" double precision,
	"top_p" double precision,
	"stage" text NOT NULL,
	"stage_changed_at" timestamp with time zone NOT NULL,
	"note" text DEFAULT '' NOT NULL,
	"consent_withdrawn_at" timestamp with time zone,
	"created_at" timestamp with time zone NOT NULL,
	"created_by" text,
	"synced_at" timestamp with time zone,
	"synced_stage" text,
	"sync_error" text
);
--> statement-breakpoint
CREATE TABLE "training_consents" (
	"account_id" text NOT NULL,
	"creator_id" text NOT NULL,
	"fan_id" text DEFAULT '' NOT NULL,
	"granted" boolean NOT NULL,
	"evidence" text NOT NULL,
	"changed_at" timestamp with time zone NOT NULL,
	"changed_by" text NOT NULL,
	CONSTRAINT "training_consents_pk" PRIMARY KEY("account_id","creator_id","fan_id")
);
--> statement-breakpoint
CREATE TABLE "training_examples" (
	"account_id" text NOT NULL,
	"id" text NOT NULL,
	"creator_id" text NOT NULL,
	"fan_id" text DEFAULT '' NOT NULL,
	"source" text NOT NULL,
	"messages" jsonb NOT NULL,
	"fingerprint" text NOT NULL,
	"bucket" integer NOT NULL,
	"created_at" timestamp with time zone NOT NULL,
	CONSTRAINT "training_examples_pk" PRIMARY KEY("account_id","id")
);
--> statement-breakpoint
ALTER TABLE "model_prices" ADD COLUMN "training_pico_usd" bigint;--> statement-breakpoint
CREATE INDEX "cost_dismissals_holding" ON "cost_dismissals" USING btree ("start_day") WHERE "cost_dismissals"."withdrawn_at" is null;--> statement-breakpoint
CREATE INDEX "experiment_events_experiment" ON "experiment_events" USING btree ("experiment_id","at");--> statement-breakpoint
CREATE UNIQUE INDEX "experiment_readings_at" ON "experiment_readings" USING btree ("experiment_id","variant","at");--> statement-breakpoint
CREATE INDEX "experiment_spans_starts" ON "experiment_spans" USING btree ("starts_at");--> statement-breakpoint
CREATE INDEX "experiment_units_variant" ON "experiment_units" USING btree ("experiment_id","variant");--> statement-breakpoint
CREATE INDEX "experiments_phase" ON "experiments" USING btree ("phase","created_at");--> statement-breakpoint
CREATE INDEX "feedback_request" ON "feedback" USING btree ("request_id");--> statement-breakpoint
CREATE INDEX "feedback_started" ON "feedback" USING btree ("started_at");--> statement-breakpoint
CREATE INDEX "feedback_rater" ON "feedback" USING btree ("rater") WHERE "feedback"."rater" <> '';--> statement-breakpoint
CREATE INDEX "feedback_creator" ON "feedback" USING btree ("creator") WHERE "feedback"."creator" is not null;--> statement-breakpoint
CREATE INDEX "fine_tuning_events_at" ON "fine_tuning_events" USING btree ("job_id","at");--> statement-breakpoint
CREATE INDEX "fine_tuning_examples_example" ON "fine_tuning_examples" USING btree ("account_id","example_id");--> statement-breakpoint
CREATE INDEX "fine_tuning_jobs_state" ON "fine_tuning_jobs" USING btree ("state","next_step_at");--> statement-breakpoint
CREATE INDEX "model_deployments_version" ON "model_deployments" USING btree ("version_id");--> statement-breakpoint
CREATE UNIQUE INDEX "model_placements_in_force" ON "model_placements" USING btree ("tier") WHERE "model_placements"."state" IN ('watching', 'stable');--> statement-breakpoint
CREATE INDEX "model_placements_tier" ON "model_placements" USING btree ("tier","started_at");--> statement-breakpoint
CREATE UNIQUE INDEX "model_versions_number" ON "model_versions" USING btree ("name","number");--> statement-breakpoint
CREATE UNIQUE INDEX "model_versions_model" ON "model_versions" USING btree ("provider","model") WHERE "model_versions"."kind" <> 'prompt';--> statement-breakpoint
CREATE UNIQUE INDEX "training_examples_once" ON "training_examples" USING btree ("account_id","creator_id","fingerprint");
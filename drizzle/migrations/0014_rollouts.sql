CREATE TABLE "feature_uses" (
	"day" date NOT NULL,
	"instance_id" text NOT NULL,
	"tier" text NOT NULL,
	"operation" text NOT NULL,
	"feature" text NOT NULL,
	"requests" bigint NOT NULL,
	CONSTRAINT "feature_uses_pk" PRIMARY KEY("day","tier","operation","feature","instance_id")
);
--> statement-breakpoint
CREATE TABLE "rollout_counts" (
	"rollout_id" text NOT NULL,
	"visit" integer NOT NULL,
	"instance_id" text NOT NULL,
	"weight_bps" integer NOT NULL,
	"counts" jsonb NOT NULL,
	CONSTRAINT "rollout_counts_pk" PRIMARY KEY("rollout_id","visit","instance_id")
);
--> statement-breakpoint
CREATE TABLE "rollout_events" (
	"rollout_id" text NOT NULL,
	"version" integer NOT NULL,
	"at" timestamp with time zone NOT NULL,
	"actor_id" text,
	"command" text NOT NULL,
	"from_phase" text NOT NULL,
	"to_phase" text NOT NULL,
	"from_step" integer NOT NULL,
	"to_step" integer NOT NULL,
	"from_weight_bps" integer NOT NULL,
	"to_weight_bps" integer NOT NULL,
	"reason" text NOT NULL,
	"verdict" jsonb,
	CONSTRAINT "rollout_events_pk" PRIMARY KEY("rollout_id","version")
);
--> statement-breakpoint
CREATE TABLE "rollout_readings" (
	"rollout_id" text NOT NULL,
	"at" timestamp with time zone NOT NULL,
	"step" integer NOT NULL,
	"weight_bps" integer NOT NULL,
	"guardrails" jsonb NOT NULL,
	"baseline_requests" bigint NOT NULL,
	"candidate_requests" bigint NOT NULL,
	CONSTRAINT "rollout_readings_pk" PRIMARY KEY("rollout_id","at")
);
--> statement-breakpoint
CREATE TABLE "rollout_units" (
	"rollout_id" text NOT NULL,
	"visit" integer NOT NULL,
	"unit" text NOT NULL,
	"side" text NOT NULL,
	"session" boolean NOT NULL,
	"kept" boolean NOT NULL,
	"last_seen" timestamp with time zone NOT NULL,
	CONSTRAINT "rollout_units_pk" PRIMARY KEY("rollout_id","visit","unit")
);
--> statement-breakpoint
CREATE TABLE "rollouts" (
	"id" text PRIMARY KEY NOT NULL,
	"tier" text NOT NULL,
	"operation" text,
	"baseline" jsonb NOT NULL,
	"candidate" jsonb,
	"plan" jsonb NOT NULL,
	"salt" text NOT NULL,
	"pre_flight" jsonb NOT NULL,
	"phase" text NOT NULL,
	"step" integer NOT NULL,
	"version" integer NOT NULL,
	"visit" integer NOT NULL,
	"prior_visit" integer,
	"step_since" timestamp with time zone,
	"changed_at" timestamp with time zone NOT NULL,
	"reason" text NOT NULL,
	"actor_id" text,
	"created_at" timestamp with time zone NOT NULL,
	"created_by" text NOT NULL,
	"started_at" timestamp with time zone,
	"progress" jsonb,
	"looks" bigint DEFAULT 0 NOT NULL,
	"looked_at" timestamp with time zone
);
--> statement-breakpoint
CREATE INDEX "rollout_events_at" ON "rollout_events" USING btree ("at");--> statement-breakpoint
CREATE INDEX "rollout_units_seen" ON "rollout_units" USING btree ("rollout_id","visit","last_seen");--> statement-breakpoint
CREATE UNIQUE INDEX "rollouts_live" ON "rollouts" USING btree ("tier",coalesce("operation", '')) WHERE "rollouts"."phase" IN ('pending', 'running', 'held', 'awaiting_approval', 'paused');--> statement-breakpoint
CREATE INDEX "rollouts_recent" ON "rollouts" USING btree ("created_at");
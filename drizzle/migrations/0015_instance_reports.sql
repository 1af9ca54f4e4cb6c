CREATE TABLE "instance_reports" (
	"instance_id" text PRIMARY KEY NOT NULL,
	"started_at" timestamp with time zone NOT NULL,
	"version" bigint NOT NULL,
	"obeyed_at" timestamp with time zone NOT NULL,
	"reported_at" timestamp with time zone NOT NULL
);
--> statement-breakpoint
CREATE TABLE "legacy_probes" (
	"deployment_id" text PRIMARY KEY NOT NULL,
	"at" timestamp with time zone NOT NULL,
	"ok" boolean NOT NULL,
	"latency_ms" integer NOT NULL,
	"failure_class" text,
	"message" text,
	"limit_requests" integer,
	"remaining_requests" integer,
	"limit_tokens" integer,
	"remaining_tokens" integer,
	"day" date NOT NULL,
	"day_cost_pico_usd" bigint NOT NULL
);
--> statement-breakpoint
ALTER TABLE "traffic_switches" ADD COLUMN "thrown_fleet" jsonb;--> statement-breakpoint
ALTER TABLE "traffic_switches" ADD COLUMN "thrown_request" jsonb;--> statement-breakpoint
ALTER TABLE "traffic_switches" ADD COLUMN "returned_fleet" jsonb;--> statement-breakpoint
ALTER TABLE "traffic_switches" ADD COLUMN "returned_request" jsonb;
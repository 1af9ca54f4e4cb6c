CREATE TABLE "shadow_pairs" (
	"account_id" text NOT NULL,
	"started_at" timestamp with time zone NOT NULL,
	"id" text NOT NULL,
	"request_id" text NOT NULL,
	"rollout_id" text NOT NULL,
	"visit" integer NOT NULL,
	"operation" text NOT NULL,
	"baseline_deployment" text NOT NULL,
	"candidate_deployment" text NOT NULL,
	"differences" jsonb NOT NULL,
	"breaking" boolean NOT NULL,
	"facts" jsonb NOT NULL,
	"judged" jsonb,
	"baseline_ms" integer NOT NULL,
	"candidate_ms" integer NOT NULL,
	"baseline_pico_usd" bigint,
	"candidate_pico_usd" bigint,
	"comparison_pico_usd" bigint NOT NULL,
	"baseline_text" text,
	"candidate_text" text,
	"creator" text,
	"fan" text,
	CONSTRAINT "shadow_pairs_pk" PRIMARY KEY("account_id","started_at","id")
);
--> statement-breakpoint
CREATE TABLE "shadow_spends" (
	"rollout_id" text PRIMARY KEY NOT NULL,
	"cap_pico_usd" bigint NOT NULL,
	"held_pico_usd" bigint NOT NULL,
	"spent_pico_usd" bigint NOT NULL,
	"settled_at" timestamp with time zone,
	"cap_reached_at" timestamp with time zone
);
--> statement-breakpoint
CREATE INDEX "shadow_pairs_rollout" ON "shadow_pairs" USING btree ("rollout_id","started_at","id");--> statement-breakpoint
CREATE INDEX "shadow_pairs_started" ON "shadow_pairs" USING btree ("started_at");--> statement-breakpoint
CREATE INDEX "shadow_pairs_creator" ON "shadow_pairs" USING btree ("creator") WHERE "shadow_pairs"."creator" is not null;--> statement-breakpoint
CREATE INDEX "shadow_pairs_fan" ON "shadow_pairs" USING btree ("fan") WHERE "shadow_pairs"."fan" is not null;
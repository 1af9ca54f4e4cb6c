CREATE TABLE "traffic_switches" (
	"id" text PRIMARY KEY NOT NULL,
	"scope_kind" text NOT NULL,
	"tier" text,
	"operation" text,
	"via" text NOT NULL,
	"thrown_at" timestamp with time zone NOT NULL,
	"thrown_by" text NOT NULL,
	"reason" text NOT NULL,
	"thrown_version" bigint NOT NULL,
	"returned_at" timestamp with time zone,
	"returned_by" text,
	"return_reason" text,
	"returned_version" bigint
);
--> statement-breakpoint
CREATE UNIQUE INDEX "traffic_switches_in_force" ON "traffic_switches" USING btree ("scope_kind",coalesce("tier", ''),coalesce("operation", '')) WHERE "traffic_switches"."returned_at" IS NULL;--> statement-breakpoint
CREATE INDEX "traffic_switches_thrown" ON "traffic_switches" USING btree ("thrown_at");
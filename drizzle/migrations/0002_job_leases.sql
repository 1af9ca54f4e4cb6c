CREATE TABLE "job_leases" (
	"name" text PRIMARY KEY NOT NULL,
	"holder" text NOT NULL,
	"expires_at" timestamp with time zone NOT NULL
);
--> statement-breakpoint
ALTER TABLE "capacity_changes" ADD COLUMN "started_at" timestamp with time zone;--> statement-breakpoint
ALTER TABLE "capacity_changes" ADD COLUMN "catalog_units" integer;--> statement-breakpoint
ALTER TABLE "capacity_changes" ADD COLUMN "simulated" boolean DEFAULT false NOT NULL;--> statement-breakpoint
CREATE UNIQUE INDEX "capacity_changes_applying" ON "capacity_changes" USING btree ("deployment_id") WHERE "capacity_changes"."state" = 'applying';--> statement-breakpoint
CREATE UNIQUE INDEX "capacity_changes_recommended" ON "capacity_changes" USING btree ("deployment_id") WHERE "capacity_changes"."state" = 'recommended';--> statement-breakpoint
CREATE INDEX "attempts_failed" ON "attempts" USING btree ("started_at") WHERE "attempts"."outcome" <> 'success';
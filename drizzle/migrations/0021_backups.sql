CREATE TABLE "backups" (
	"id" text PRIMARY KEY NOT NULL,
	"at" timestamp with time zone NOT NULL,
	"file_name" text NOT NULL,
	"rows" bigint NOT NULL,
	"sha256" text NOT NULL
);
--> statement-breakpoint
CREATE INDEX "backups_at" ON "backups" USING btree ("at");
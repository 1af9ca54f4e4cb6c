ALTER TABLE "model_versions" ADD COLUMN "preset" jsonb;--> statement-breakpoint
ALTER TABLE "model_versions" ADD COLUMN "experiment_id" text;
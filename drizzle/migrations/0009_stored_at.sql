ALTER TABLE "region_states" ALTER COLUMN "stored_at" SET DEFAULT now();--> statement-breakpoint
ALTER TABLE "breaker_states" ADD COLUMN "stored_at" timestamp with time zone DEFAULT now() NOT NULL;
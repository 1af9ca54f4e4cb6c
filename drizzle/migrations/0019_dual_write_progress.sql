ALTER TABLE "dual_switches" ADD COLUMN "backfill_state" text DEFAULT 'idle' NOT NULL;--> statement-breakpoint
ALTER TABLE "dual_switches" ADD COLUMN "backfill_account" text;--> statement-breakpoint
ALTER TABLE "dual_switches" ADD COLUMN "reconcile_due_at" timestamp with time zone;--> statement-breakpoint
ALTER TABLE "dual_switches" ADD COLUMN "reconcile_repairs" boolean;--> statement-breakpoint
ALTER TABLE "dual_switches" ADD COLUMN "reconcile_account" text;--> statement-breakpoint
ALTER TABLE "dual_switches" ADD COLUMN "reconciled_at" timestamp with time zone;
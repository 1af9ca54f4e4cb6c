CREATE TABLE "audit_checkpoints" (
	"sequence" bigint PRIMARY KEY NOT NULL,
	"day" date NOT NULL,
	"hash" "bytea" NOT NULL,
	"position" bigint NOT NULL,
	"signed_at" timestamp (3) with time zone NOT NULL,
	"key_id" text NOT NULL,
	"signature" "bytea" NOT NULL
);
--> statement-breakpoint
CREATE TABLE "audit_entries" (
	"position" bigserial NOT NULL,
	"account_id" text NOT NULL,
	"at" timestamp (3) with time zone NOT NULL,
	"action" text NOT NULL,
	"outcome" text NOT NULL,
	"actor" text,
	"subject" text,
	"resource" text NOT NULL,
	"correlation_id" text NOT NULL,
	"model" text,
	"input_tokens" integer,
	"output_tokens" integer,
	"cost_pico_usd" bigint,
	"before" text,
	"after" text,
	"reason" text,
	CONSTRAINT "audit_entries_pk" PRIMARY KEY("position","at")
) PARTITION BY RANGE ("at");
--> statement-breakpoint
CREATE TABLE "audit_entries_default" PARTITION OF "audit_entries" DEFAULT;
--> statement-breakpoint
CREATE TABLE "audit_holds" (
	"id" text PRIMARY KEY NOT NULL,
	"from_day" date NOT NULL,
	"reason" text NOT NULL,
	"created_at" timestamp (3) with time zone NOT NULL,
	"created_by" text NOT NULL,
	"released_at" timestamp (3) with time zone,
	"released_by" text,
	"release_reason" text
);
--> statement-breakpoint
CREATE TABLE "audit_purges" (
	"sequence" bigint PRIMARY KEY NOT NULL,
	"position" bigint NOT NULL,
	"purged_at" timestamp (3) with time zone NOT NULL
);
--> statement-breakpoint
CREATE TABLE "audit_seals" (
	"first_sequence" bigint PRIMARY KEY NOT NULL,
	"last_sequence" bigint NOT NULL,
	"after_position" bigint NOT NULL,
	"last_position" bigint NOT NULL,
	"sealed_at" timestamp (3) with time zone NOT NULL,
	"hashes" "bytea" NOT NULL,
	"key_id" text NOT NULL,
	"signature" "bytea" NOT NULL
);
--> statement-breakpoint
CREATE TABLE "audit_subjects" (
	"lookup" text NOT NULL,
	"pseudonym" text NOT NULL,
	"created_at" timestamp (3) with time zone DEFAULT now() NOT NULL,
	CONSTRAINT "audit_subjects_pk" PRIMARY KEY("lookup","pseudonym")
);
--> statement-breakpoint
CREATE TABLE "audit_verifications" (
	"id" text PRIMARY KEY NOT NULL,
	"scope" text NOT NULL,
	"state" text NOT NULL,
	"started_at" timestamp (3) with time zone NOT NULL,
	"finished_at" timestamp (3) with time zone,
	"total" bigint NOT NULL,
	"checked" bigint NOT NULL,
	"to_sequence" bigint NOT NULL,
	"problem" text,
	"actor_id" text,
	"instance_id" text NOT NULL
);
--> statement-breakpoint
CREATE INDEX "audit_entries_operators" ON "audit_entries" USING btree ("position") WHERE left("audit_entries"."action", 3) <> 'ai.';--> statement-breakpoint
CREATE INDEX "audit_entries_search" ON "audit_entries" USING brin ("at","account_id" text_bloom_ops,"actor" text_bloom_ops,"subject" text_bloom_ops,"resource" text_bloom_ops,"correlation_id" text_bloom_ops) WITH (pages_per_range=32);--> statement-breakpoint
CREATE INDEX "audit_seals_position" ON "audit_seals" USING btree ("last_position");--> statement-breakpoint
CREATE INDEX "audit_subjects_pseudonym" ON "audit_subjects" USING btree ("pseudonym");--> statement-breakpoint
CREATE INDEX "audit_verifications_started" ON "audit_verifications" USING btree ("started_at");--> statement-breakpoint
CREATE INDEX "audit_purges_position" ON "audit_purges" USING btree ("position");--> statement-breakpoint
CREATE FUNCTION "audit_refuse"() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  RAISE EXCEPTION 'the audit log is append-only: % on % is refused', TG_OP, TG_TABLE_NAME
    USING ERRCODE = 'restrict_violation';
END $$;
--> statement-breakpoint
CREATE FUNCTION "audit_is_purged"("of_position" bigint) RETURNS boolean LANGUAGE sql STABLE AS $$
  SELECT EXISTS (SELECT FROM "audit_purges" WHERE "position" >= "of_position")
$$;
--> statement-breakpoint
CREATE FUNCTION "audit_guard_purge"() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
  reached "audit_checkpoints"%ROWTYPE;
BEGIN
  SELECT * INTO reached FROM "audit_checkpoints" WHERE "sequence" = NEW."sequence";
  IF NOT FOUND THEN
    RAISE EXCEPTION 'audit entries are purged behind a checkpoint only, and sequence % is none', NEW."sequence"
      USING ERRCODE = 'restrict_violation';
  END IF;
  IF reached."day" > (now() AT TIME ZONE 'UTC')::date - 91 THEN
    RAISE EXCEPTION 'audit entries are kept for 90 days, and those of % are younger', reached."day"
      USING ERRCODE = 'restrict_violation';
  END IF;
  IF EXISTS (SELECT FROM "audit_holds" WHERE "released_at" IS NULL AND "from_day" <= reached."day") THEN
    RAISE EXCEPTION 'audit entries of % are under legal hold', reached."day" USING ERRCODE = 'restrict_violation';
  END IF;
  NEW."position" := reached."position";
  RETURN NEW;
END $$;
--> statement-breakpoint
CREATE TRIGGER "audit_entries_no_update" BEFORE UPDATE ON "audit_entries"
  FOR EACH ROW EXECUTE FUNCTION "audit_refuse"();--> statement-breakpoint
CREATE TRIGGER "audit_entries_no_delete" BEFORE DELETE ON "audit_entries"
  FOR EACH ROW WHEN (NOT "audit_is_purged"(OLD."position")) EXECUTE FUNCTION "audit_refuse"();--> statement-breakpoint
CREATE TRIGGER "audit_entries_no_truncate" BEFORE TRUNCATE ON "audit_entries"
  FOR EACH STATEMENT EXECUTE FUNCTION "audit_refuse"();--> statement-breakpoint
CREATE TRIGGER "audit_entries_no_truncate" BEFORE TRUNCATE ON "audit_entries_default"
  FOR EACH STATEMENT EXECUTE FUNCTION "audit_refuse"();--> statement-breakpoint
CREATE TRIGGER "audit_seals_no_update" BEFORE UPDATE ON "audit_seals"
  FOR EACH ROW EXECUTE FUNCTION "audit_refuse"();--> statement-breakpoint
CREATE TRIGGER "audit_seals_no_delete" BEFORE DELETE ON "audit_seals"
  FOR EACH ROW WHEN (NOT "audit_is_purged"(OLD."last_position")) EXECUTE FUNCTION "audit_refuse"();--> statement-breakpoint
CREATE TRIGGER "audit_seals_no_truncate" BEFORE TRUNCATE ON "audit_seals"
  FOR EACH STATEMENT EXECUTE FUNCTION "audit_refuse"();--> statement-breakpoint
CREATE TRIGGER "audit_checkpoints_no_change" BEFORE UPDATE OR DELETE ON "audit_checkpoints"
  FOR EACH ROW EXECUTE FUNCTION "audit_refuse"();--> statement-breakpoint
CREATE TRIGGER "audit_checkpoints_no_truncate" BEFORE TRUNCATE ON "audit_checkpoints"
  FOR EACH STATEMENT EXECUTE FUNCTION "audit_refuse"();--> statement-breakpoint
CREATE TRIGGER "audit_purges_guard" BEFORE INSERT ON "audit_purges"
  FOR EACH ROW EXECUTE FUNCTION "audit_guard_purge"();--> statement-breakpoint
CREATE TRIGGER "audit_purges_no_change" BEFORE UPDATE OR DELETE ON "audit_purges"
  FOR EACH ROW EXECUTE FUNCTION "audit_refuse"();--> statement-breakpoint
CREATE TRIGGER "audit_purges_no_truncate" BEFORE TRUNCATE ON "audit_purges"
  FOR EACH STATEMENT EXECUTE FUNCTION "audit_refuse"();

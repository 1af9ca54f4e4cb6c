CREATE TABLE "api_keys" (
	"id" text PRIMARY KEY NOT NULL,
	"account_id" text NOT NULL,
	"name" text NOT NULL,
	"prefix" text NOT NULL,
	"secret_hash" text NOT NULL,
	"plan" text NOT NULL,
	"scopes" text[] NOT NULL,
	"created_at" timestamp with time zone NOT NULL,
	"created_by" text NOT NULL,
	"expires_at" timestamp with time zone,
	"revoked_at" timestamp with time zone,
	"revoked_by" text,
	"revoked_reason" text,
	"last_used_at" timestamp with time zone
);
--> statement-breakpoint
CREATE TABLE "invites" (
	"id" text PRIMARY KEY NOT NULL,
	"token_hash" text NOT NULL,
	"role" text NOT NULL,
	"email" text,
	"created_at" timestamp with time zone NOT NULL,
	"created_by" text NOT NULL,
	"expires_at" timestamp with time zone NOT NULL,
	"used_at" timestamp with time zone,
	"used_by" text
);
--> statement-breakpoint
CREATE TABLE "sessions" (
	"id" text PRIMARY KEY NOT NULL,
	"user_id" text NOT NULL,
	"token" text NOT NULL,
	"expires_at" timestamp with time zone NOT NULL,
	"ip_address" text,
	"user_agent" text,
	"created_at" timestamp with time zone DEFAULT now() NOT NULL,
	"updated_at" timestamp with time zone DEFAULT now() NOT NULL,
	CONSTRAINT "sessions_token_unique" UNIQUE("token")
);
--> statement-breakpoint
CREATE TABLE "sign_in_accounts" (
	"id" text PRIMARY KEY NOT NULL,
	"user_id" text NOT NULL,
	"account_id" text NOT NULL,
	"provider_id" text NOT NULL,
	"access_token" text,
	"refresh_token" text,
	"id_token" text,
	"access_token_expires_at" timestamp with time zone,
	"refresh_token_expires_at" timestamp with time zone,
	"scope" text,
	"password" text,
	"created_at" timestamp with time zone DEFAULT now() NOT NULL,
	"updated_at" timestamp with time zone DEFAULT now() NOT NULL
);
--> statement-breakpoint
CREATE TABLE "sign_in_rate_limits" (
	"key" text PRIMARY KEY NOT NULL,
	"count" integer NOT NULL,
	"window_start_ms" bigint NOT NULL
);
--> statement-breakpoint
CREATE TABLE "users" (
	"id" text PRIMARY KEY NOT NULL,
	"name" text NOT NULL,
	"email" text NOT NULL,
	"email_verified" boolean DEFAULT false NOT NULL,
	"image" text,
	"role" text DEFAULT 'viewer' NOT NULL,
	"disabled" boolean DEFAULT false NOT NULL,
	"last_sign_in_at" timestamp with time zone,
	"created_at" timestamp with time zone DEFAULT now() NOT NULL,
	"updated_at" timestamp with time zone DEFAULT now() NOT NULL,
	CONSTRAINT "users_email_unique" UNIQUE("email")
);
--> statement-breakpoint
CREATE TABLE "verifications" (
	"id" text PRIMARY KEY NOT NULL,
	"identifier" text NOT NULL,
	"value" text NOT NULL,
	"expires_at" timestamp with time zone NOT NULL,
	"created_at" timestamp with time zone DEFAULT now() NOT NULL,
	"updated_at" timestamp with time zone DEFAULT now() NOT NULL
);
--> statement-breakpoint
CREATE TABLE "configuration_version" (
	"id" text PRIMARY KEY NOT NULL,
	"version" bigint DEFAULT 0 NOT NULL,
	"changed_at" timestamp with time zone NOT NULL
);
--> statement-breakpoint
CREATE TABLE "settings" (
	"key" text PRIMARY KEY NOT NULL,
	"value" jsonb NOT NULL,
	"changed_at" timestamp with time zone NOT NULL,
	"changed_by" text NOT NULL
);
--> statement-breakpoint
CREATE TABLE "ledger_entries" (
	"account_id" text NOT NULL,
	"started_at" timestamp with time zone NOT NULL,
	"id" text NOT NULL,
	"correlation_id" text NOT NULL,
	"trace_id" text NOT NULL,
	"plan" text NOT NULL,
	"api_key_id" text,
	"creator_id" text,
	"session_id" text,
	"operation" text NOT NULL,
	"kind" text NOT NULL,
	"requested_model" text NOT NULL,
	"tier" text DEFAULT '' NOT NULL,
	"deployment_id" text DEFAULT '' NOT NULL,
	"provider" text DEFAULT '' NOT NULL,
	"region" text DEFAULT '' NOT NULL,
	"model" text DEFAULT '' NOT NULL,
	"streamed" boolean NOT NULL,
	"outcome" text NOT NULL,
	"error_code" text,
	"http_status" smallint NOT NULL,
	"finish_reason" text,
	"input_tokens" integer NOT NULL,
	"cached_input_tokens" integer NOT NULL,
	"cache_write_tokens" integer NOT NULL,
	"output_tokens" integer NOT NULL,
	"reasoning_tokens" integer NOT NULL,
	"usage_source" text NOT NULL,
	"price_version" text,
	"cost_pico_usd" bigint,
	"attempts" smallint NOT NULL,
	"first_token_ms" integer,
	"latency_ms" integer NOT NULL,
	"overhead_us" integer NOT NULL,
	"plan_reasons" jsonb NOT NULL,
	"prompt_text" text,
	"answer_text" text,
	CONSTRAINT "ledger_entries_pk" PRIMARY KEY("account_id","started_at","id")
) PARTITION BY RANGE ("started_at");
--> statement-breakpoint
CREATE TABLE "ledger_entries_default" PARTITION OF "ledger_entries" DEFAULT;
--> statement-breakpoint
CREATE TABLE "usage_days" (
	"account_id" text NOT NULL,
	"day" date NOT NULL,
	"creator_id" text DEFAULT '' NOT NULL,
	"operation" text NOT NULL,
	"tier" text NOT NULL,
	"provider" text NOT NULL,
	"deployment_id" text NOT NULL,
	"model" text NOT NULL,
	"requests" bigint DEFAULT 0 NOT NULL,
	"errors" bigint DEFAULT 0 NOT NULL,
	"unpriced" bigint DEFAULT 0 NOT NULL,
	"input_tokens" bigint DEFAULT 0 NOT NULL,
	"cached_input_tokens" bigint DEFAULT 0 NOT NULL,
	"output_tokens" bigint DEFAULT 0 NOT NULL,
	"cost_pico_usd" numeric DEFAULT 0 NOT NULL,
	CONSTRAINT "usage_days_pk" PRIMARY KEY("account_id","day","creator_id","operation","tier","provider","deployment_id","model")
);
--> statement-breakpoint
CREATE TABLE "attempts" (
	"account_id" text NOT NULL,
	"started_at" timestamp with time zone NOT NULL,
	"request_id" text NOT NULL,
	"sequence" smallint NOT NULL,
	"deployment_id" text NOT NULL,
	"provider" text NOT NULL,
	"region" text NOT NULL,
	"model" text NOT NULL,
	"outcome" text NOT NULL,
	"failure_class" text,
	"http_status" smallint,
	"error_message" text,
	"offset_ms" integer NOT NULL,
	"first_token_ms" integer,
	"duration_ms" integer NOT NULL,
	"input_tokens" integer NOT NULL,
	"output_tokens" integer NOT NULL,
	"cost_pico_usd" bigint,
	"provider_request_id" text,
	CONSTRAINT "attempts_pk" PRIMARY KEY("account_id","started_at","request_id","sequence")
) PARTITION BY RANGE ("started_at");
--> statement-breakpoint
CREATE TABLE "attempts_default" PARTITION OF "attempts" DEFAULT;
--> statement-breakpoint
CREATE TABLE "latency_rollups" (
	"grain" text NOT NULL,
	"bucket_start" timestamp with time zone NOT NULL,
	"instance_id" text NOT NULL,
	"tier" text NOT NULL,
	"deployment_id" text NOT NULL,
	"signal" text NOT NULL,
	"bucket" smallint NOT NULL,
	"requests" bigint DEFAULT 0 NOT NULL,
	CONSTRAINT "latency_rollups_pk" PRIMARY KEY("grain","bucket_start","instance_id","tier","deployment_id","signal","bucket")
);
--> statement-breakpoint
CREATE TABLE "traffic_rollups" (
	"grain" text NOT NULL,
	"bucket_start" timestamp with time zone NOT NULL,
	"instance_id" text NOT NULL,
	"tier" text NOT NULL,
	"deployment_id" text NOT NULL,
	"provider" text NOT NULL,
	"operation" text NOT NULL,
	"outcome" text NOT NULL,
	"requests" bigint DEFAULT 0 NOT NULL,
	"attempts" bigint DEFAULT 0 NOT NULL,
	"unpriced" bigint DEFAULT 0 NOT NULL,
	"input_tokens" bigint DEFAULT 0 NOT NULL,
	"output_tokens" bigint DEFAULT 0 NOT NULL,
	"cost_pico_usd" numeric DEFAULT 0 NOT NULL,
	"overhead_us" bigint DEFAULT 0 NOT NULL,
	CONSTRAINT "traffic_rollups_pk" PRIMARY KEY("grain","bucket_start","instance_id","tier","deployment_id","provider","operation","outcome")
);
--> statement-breakpoint
ALTER TABLE "sessions" ADD CONSTRAINT "sessions_user_id_users_id_fk" FOREIGN KEY ("user_id") REFERENCES "public"."users"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "sign_in_accounts" ADD CONSTRAINT "sign_in_accounts_user_id_users_id_fk" FOREIGN KEY ("user_id") REFERENCES "public"."users"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
CREATE UNIQUE INDEX "api_keys_secret_hash" ON "api_keys" USING btree ("secret_hash");--> statement-breakpoint
CREATE INDEX "api_keys_account" ON "api_keys" USING btree ("account_id");--> statement-breakpoint
CREATE UNIQUE INDEX "invites_token_hash" ON "invites" USING btree ("token_hash");--> statement-breakpoint
CREATE INDEX "sessions_user" ON "sessions" USING btree ("user_id");--> statement-breakpoint
CREATE INDEX "sign_in_accounts_user" ON "sign_in_accounts" USING btree ("user_id");--> statement-breakpoint
CREATE UNIQUE INDEX "sign_in_accounts_identity" ON "sign_in_accounts" USING btree ("provider_id","account_id");--> statement-breakpoint
CREATE INDEX "verifications_identifier" ON "verifications" USING btree ("identifier");--> statement-breakpoint
CREATE INDEX "ledger_entries_recent" ON "ledger_entries" USING btree ("started_at","id");--> statement-breakpoint
CREATE INDEX "ledger_entries_id" ON "ledger_entries" USING btree ("id");--> statement-breakpoint
CREATE INDEX "ledger_entries_trace" ON "ledger_entries" USING btree ("trace_id");--> statement-breakpoint
CREATE INDEX "ledger_entries_correlation" ON "ledger_entries" USING btree ("correlation_id") WHERE "ledger_entries"."correlation_id" <> "ledger_entries"."id";--> statement-breakpoint
CREATE INDEX "ledger_entries_incidents" ON "ledger_entries" USING btree ("started_at","id") WHERE "ledger_entries"."outcome" <> 'success';--> statement-breakpoint
CREATE INDEX "ledger_entries_creator" ON "ledger_entries" USING btree ("creator_id","started_at","id") WHERE "ledger_entries"."creator_id" is not null;--> statement-breakpoint
ALTER TABLE "usage_days" SET (fillfactor = 50);--> statement-breakpoint
ALTER TABLE "traffic_rollups" SET (fillfactor = 50);--> statement-breakpoint
ALTER TABLE "latency_rollups" SET (fillfactor = 50);

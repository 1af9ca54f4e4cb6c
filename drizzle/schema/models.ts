import { sql } from 'drizzle-orm'
import {
  bigint,
  boolean,
  doublePrecision,
  index,
  integer,
  jsonb,
  pgTable,
  primaryKey,
  text,
  timestamp,
  uniqueIndex,
} from 'drizzle-orm/pg-core'

const instant = (name: string) => timestamp(name, { withTimezone: true, mode: 'date' })
/** The instance that works on a row, and until when it is believed to live; another takes the row after that. */
const lease = () => ({
  leaseHolder: text('lease_holder'),
  leaseUntil: instant('lease_until'),
  /** Not looked at before. */
  nextStepAt: instant('next_step_at').notNull(),
  /** In a row. */
  failures: integer('failures').notNull().default(0),
})

/** Versions of models: what a provider offers, what was tuned from it, and either with a prompt and parameters. */
interface VersionPreset {
  systemMode: 'prepend' | 'append' | 'replace'
  presencePenalty: number | null
  frequencyPenalty: number | null
  maxOutputTokens: number | null
}

export const modelVersions = pgTable(
  'model_versions',
  {
    /** `mdl_…` */
    id: text('id').primaryKey(),
    name: text('name').notNull(),
    /** Counts up within a name. */
    number: integer('number').notNull(),
    kind: text('kind', { enum: ['base', 'fine_tuned', 'prompt'] }).notNull(),
    provider: text('provider').notNull(),
    /** As the provider names it, and as the ledger does. */
    model: text('model').notNull(),
    /** What it was made from; null for a base. */
    baseVersionId: text('base_version_id'),
    /** The fine-tuning job that made it. */
    jobId: text('job_id'),
    /** Of a prompt version: stands before the caller's messages. */
    prompt: text('prompt'),
    temperature: doublePrecision('temperature'),
    topP: doublePrecision('top_p'),
    /** Of a prompt version that an experiment's winner became: the rest of its preset, and whose it was. */
    preset: jsonb('preset').$type<VersionPreset>(),
    experimentId: text('experiment_id'),
    stage: text('stage', { enum: ['candidate', 'staging', 'production', 'archived'] }).notNull(),
    stageChangedAt: instant('stage_changed_at').notNull(),
    note: text('note').notNull().default(''),
    /** Somebody whose words it was trained on has withdrawn their consent since. */
    consentWithdrawnAt: instant('consent_withdrawn_at'),
    createdAt: instant('created_at').notNull(),
    /** Null when it was found in the catalog. */
    createdBy: text('created_by'),
    /** Last time it was written to the Azure ML workspace, and what it answered when that failed. */
    syncedAt: instant('synced_at'),
    syncedStage: text('synced_stage'),
    syncError: text('sync_error'),
  },
  (table) => [
    uniqueIndex('model_versions_number').on(table.name, table.number),
    uniqueIndex('model_versions_model').on(table.provider, table.model).where(sql`${table.kind} <> 'prompt'`),
  ],
)

/** Deployments that were made from here, beside those of the catalog. */
export const modelDeployments = pgTable(
  'model_deployments',
  {
    /** Its id in the catalog. */
    id: text('id').primaryKey(),
    versionId: text('version_id').notNull(),
    region: text('region').notNull(),
    /** Azure's name of the deployment. */
    deployment: text('deployment').notNull(),
    /** Azure's SKU and its units; null where only a prompt is put before a deployment that is there already. */
    sku: text('sku'),
    units: integer('units'),
    state: text('state', { enum: ['creating', 'ready', 'failed', 'deleting', 'deleted'] }).notNull(),
    /** In Azure's own words. */
    error: text('error'),
    simulated: boolean('simulated').notNull(),
    createdAt: instant('created_at').notNull(),
    createdBy: text('created_by'),
    changedAt: instant('changed_at').notNull(),
    ...lease(),
  },
  (table) => [index('model_deployments_version').on(table.versionId)],
)

/** Counts of one side of a guard; as `VersionCounts` of `lib/models/judge-version`. */
interface StoredCounts {
  requests: number
  errors: number
  latencyMs: readonly number[]
  firstTokenMs: readonly number[]
}

/** Which version serves a tier, now and before; one row is in force for each tier. */
export const modelPlacements = pgTable(
  'model_placements',
  {
    /** `plc_…` */
    id: text('id').primaryKey(),
    tier: text('tier').notNull(),
    versionId: text('version_id').notNull(),
    deploymentId: text('deployment_id').notNull(),
    /**
     * `watching`: in force, under guardrails; `stable`: in force, and proven. What is no longer in force: `replaced` by
     * another, `rolled_back`, or `withdrawn` in favour of the catalog's own chain.
     */
    state: text('state', { enum: ['watching', 'stable', 'replaced', 'rolled_back', 'withdrawn'] }).notNull(),
    /** It was stable before it was replaced: something to come back to. */
    wasStable: boolean('was_stable').notNull().default(false),
    startedAt: instant('started_at').notNull(),
    watchUntil: instant('watch_until').notNull(),
    endedAt: instant('ended_at'),
    /** What served the tier before, in the span before it was replaced. */
    baselineDeploymentId: text('baseline_deployment_id'),
    baseline: jsonb('baseline').$type<StoredCounts>().notNull(),
    /** The last look: readings with the numbers that decided. */
    readings: jsonb('readings').$type<readonly unknown[]>().notNull(),
    reason: text('reason').notNull(),
    /** Null when it was put there by a roll-back of itself. */
    actorId: text('actor_id'),
    /** Rolled back by its guardrails, not by a person. */
    byItself: boolean('by_itself').notNull().default(false),
  },
  (table) => [
    uniqueIndex('model_placements_in_force')
      .on(table.tier)
      .where(sql`${table.state} IN ('watching', 'stable')`),
    index('model_placements_tier').on(table.tier, table.startedAt),
  ],
)

/** Who lets their words be trained on; no row = no. */
export const trainingConsents = pgTable(
  'training_consents',
  {
    accountId: text('account_id').notNull(),
    creatorId: text('creator_id').notNull(),
    /** Empty for the creator themselves. */
    fanId: text('fan_id').notNull().default(''),
    granted: boolean('granted').notNull(),
    /** Where it was said: a form, a setting, a letter. */
    evidence: text('evidence').notNull(),
    changedAt: instant('changed_at').notNull(),
    /** Key or user id. */
    changedBy: text('changed_by').notNull(),
  },
  (table) => [
    primaryKey({ name: 'training_consents_pk', columns: [table.accountId, table.creatorId, table.fanId] }),
  ],
)

/** Examples to train on, redacted; only of persons who consented, and gone when they withdraw. */
export const trainingExamples = pgTable(
  'training_examples',
  {
    accountId: text('account_id').notNull(),
    /** `tex_…` */
    id: text('id').notNull(),
    creatorId: text('creator_id').notNull(),
    fanId: text('fan_id').notNull().default(''),
    source: text('source', { enum: ['api', 'upload'] }).notNull(),
    messages: jsonb('messages')
      .$type<{ role: 'system' | 'user' | 'assistant'; content: string }[]>()
      .notNull(),
    /** SHA-256 of what makes it a duplicate. */
    fingerprint: text('fingerprint').notNull(),
    /** Place in the split, 0–9,999. */
    bucket: integer('bucket').notNull(),
    createdAt: instant('created_at').notNull(),
  },
  (table) => [
    primaryKey({ name: 'training_examples_pk', columns: [table.accountId, table.id] }),
    uniqueIndex('training_examples_once').on(table.accountId, table.creatorId, table.fingerprint),
  ],
)

/** Fine-tuning jobs, from collecting examples to a version that was compared with its base. */
export const fineTuningJobs = pgTable(
  'fine_tuning_jobs',
  {
    /** `ftj_…` */
    id: text('id').primaryKey(),
    name: text('name').notNull(),
    accountId: text('account_id').notNull(),
    /** Whose examples; null = of all creators of the account. */
    creatorId: text('creator_id'),
    baseVersionId: text('base_version_id').notNull(),
    baseModel: text('base_model').notNull(),
    /** Where it is trained and deployed. */
    region: text('region').notNull(),
    /** Azure's SKU and units of the deployment of the result. */
    sku: text('sku').notNull(),
    units: integer('units').notNull(),
    /** Null = as the provider chooses. */
    epochs: integer('epochs'),
    heldOutBps: integer('held_out_bps').notNull(),
    state: text('state', {
      enum: [
        'collecting',
        'uploading',
        'starting',
        'training',
        'deploying',
        'evaluating',
        'ready',
        'failed',
        'cancelled',
        'retiring',
        'retired',
      ],
    }).notNull(),
    /** Of the step that is under way, 0–1. */
    stepProgress: doublePrecision('step_progress').notNull().default(0),
    trainExamples: integer('train_examples'),
    heldOutExamples: integer('held_out_examples'),
    /** SHA-256 of the training file. */
    trainSha256: text('train_sha256'),
    trainFileId: text('train_file_id'),
    heldOutFileId: text('held_out_file_id'),
    providerJobId: text('provider_job_id'),
    /** The provider's own word. */
    providerStatus: text('provider_status'),
    tunedModel: text('tuned_model'),
    trainedTokens: bigint('trained_tokens', { mode: 'number' }),
    /** 10⁻¹² USD; null while it has none or the price book does not know what training costs. */
    costPicoUsd: bigint('cost_pico_usd', { mode: 'bigint' }),
    priceVersion: text('price_version'),
    versionId: text('version_id'),
    deploymentId: text('deployment_id'),
    /** What the answers of its base were asked of. */
    baseDeploymentId: text('base_deployment_id'),
    evaluation: jsonb('evaluation'),
    error: text('error'),
    /** An operator asked for its end; whoever holds it ends it. */
    cancelAsked: text('cancel_asked'),
    createdAt: instant('created_at').notNull(),
    createdBy: text('created_by').notNull(),
    reason: text('reason').notNull(),
    finishedAt: instant('finished_at'),
    simulated: boolean('simulated').notNull(),
    ...lease(),
  },
  (table) => [index('fine_tuning_jobs_state').on(table.state, table.nextStepAt)],
)

/** Which examples a job learns from, and which it is tried on. */
export const fineTuningExamples = pgTable(
  'fine_tuning_examples',
  {
    jobId: text('job_id').notNull(),
    accountId: text('account_id').notNull(),
    exampleId: text('example_id').notNull(),
    side: text('side', { enum: ['train', 'held_out'] }).notNull(),
  },
  (table) => [
    primaryKey({ name: 'fine_tuning_examples_pk', columns: [table.jobId, table.exampleId] }),
    index('fine_tuning_examples_example').on(table.accountId, table.exampleId),
  ],
)

/** What happened to a job, here and at the provider. */
export const fineTuningEvents = pgTable(
  'fine_tuning_events',
  {
    jobId: text('job_id').notNull(),
    /** The provider's id, or `step:…` for our own. */
    id: text('id').notNull(),
    at: instant('at').notNull(),
    level: text('level', { enum: ['info', 'warn', 'error'] }).notNull(),
    message: text('message').notNull(),
    /** Numbers of the provider: step, losses. */
    data: jsonb('data').$type<Readonly<Record<string, number>>>(),
  },
  (table) => [
    primaryKey({ name: 'fine_tuning_events_pk', columns: [table.jobId, table.id] }),
    index('fine_tuning_events_at').on(table.jobId, table.at),
  ],
)

/** Answers to held-out questions, scored; the texts are not kept. */
export const evaluationAnswers = pgTable(
  'evaluation_answers',
  {
    jobId: text('job_id').notNull(),
    exampleId: text('example_id').notNull(),
    side: text('side', { enum: ['base', 'tuned'] }).notNull(),
    /** The request in the ledger. */
    requestId: text('request_id').notNull(),
    /** Null when there was no answer. */
    score: jsonb('score').$type<{
      similarity: number
      jsonValid: boolean | null
      refused: boolean
      lengthRatio: number
      quality: number
    }>(),
    error: text('error'),
    latencyMs: integer('latency_ms'),
    costPicoUsd: bigint('cost_pico_usd', { mode: 'bigint' }),
    at: instant('at').notNull(),
  },
  (table) => [
    primaryKey({ name: 'evaluation_answers_pk', columns: [table.jobId, table.exampleId, table.side] }),
  ],
)

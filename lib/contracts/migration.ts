import { z } from 'zod'
import { cutoverLimits, dualWriteSettings } from '#lib/contracts/settings'
import { mismatchClasses } from '#lib/migration/classify-mismatch'
import { cutoverCriteria } from '#lib/migration/evaluate-cutover'
import { dualWriteStates } from '#lib/migration/judge-dual-write'
import { afterMetrics } from '#lib/migration/report-after-cutover'
import { rolloutPhases } from '#lib/traffic/rollout-state'

const name = z.string().trim().min(1).max(200)
const reason = z.string().trim().min(3).max(500)
const time = z.iso.datetime()

const target = {
  /** What is kept twice, as `GET /api/admin/migration` names it. */
  stream: name,
  /** `*` = every account without a switch of its own. */
  accountId: name,
}

/** `POST /api/admin/migration/switches` (operator): turns writing to both stores on or off. */
export const dualSwitchBody = z.strictObject({ ...target, enabled: z.boolean(), reason })

/** `POST /api/admin/migration/backfills` (operator): starts, goes on with or pauses the copy of what was there before. */
export const dualBackfillBody = z.strictObject({ ...target, command: z.enum(['start', 'pause']), reason })

/** `POST /api/admin/migration/reconciliations` (operator): has all records of both stores compared, from now on. */
export const dualReconciliationBody = z.strictObject({
  ...target,
  /** Give the winner of what differs to both; otherwise it is only found. */
  repair: z.boolean(),
  reason,
})

const dualSwitch = z.object({
  accountId: z.string(),
  enabled: z.boolean(),
  copy: z.object({
    state: z.enum(['waiting', 'running', 'paused', 'ended']),
    records: z.number(),
    /** Whose records it is at; null where it is at the beginning, or about one account. */
    account: z.string().nullable(),
    endedAt: time.nullable(),
  }),
  comparison: z.object({
    /** When the next one begins, or has begun; null = not before the copy has ended. */
    dueAt: time.nullable(),
    running: z.boolean(),
    lastAt: time.nullable(),
  }),
  changedAt: time,
  changedBy: z.string(),
})

export const dualStreamView = z.object({
  stream: z.string(),
  names: z.object({ primary: z.string(), secondary: z.string() }),
  state: z.enum(dualWriteStates),
  /** Why. */
  text: z.string(),
  switches: z.array(dualSwitch),
  changes: z.object({
    waiting: z.number(),
    failing: z.number(),
    /** Of the oldest; null = none waits. */
    lagSeconds: z.number().nullable(),
    lastError: z.string().nullable(),
  }),
  mismatches: z.array(z.object({ class: z.enum(mismatchClasses), open: z.number(), repaired: z.number() })),
  /** The newest first. */
  comparisons: z.array(
    z.object({
      accountId: z.string(),
      startedAt: time,
      endedAt: time,
      /** Hashes and records. */
      compared: z.number(),
      mismatches: z.number(),
      repaired: z.number(),
    }),
  ),
})

/** `GET /api/admin/migration` (viewer): the stores that are written twice while they move. */
export const migrationView = z.object({ streams: z.array(dualStreamView), settings: dualWriteSettings })

export type DualSwitchBody = z.infer<typeof dualSwitchBody>
export type DualBackfillBody = z.infer<typeof dualBackfillBody>
export type DualReconciliationBody = z.infer<typeof dualReconciliationBody>
export type DualStreamView = z.infer<typeof dualStreamView>
export type DualSwitchView = DualStreamView['switches'][number]
export type MigrationView = z.infer<typeof migrationView>

const criterion = z.object({
  name: z.enum(cutoverCriteria),
  status: z.enum(['met', 'failed', 'no_data', 'not_needed']),
  value: z.number().nullable(),
  limit: z.number().nullable(),
  unit: z.enum(['share', 'ms', 'usd', 'score', 'alerts', 'hours', 'days', 'streams']),
  text: z.string(),
})

const cutoverRoute = z.object({
  rolloutId: z.string(),
  tier: z.string(),
  /** Null = every operation of the tier. */
  operation: z.string().nullable(),
  phase: z.enum(rolloutPhases),
  weightBps: z.number(),
  /** `ready` when nothing failed and nothing is without data. */
  status: z.enum(['ready', 'not_ready', 'no_data']),
  criteria: z.array(criterion),
})

/** `GET /api/admin/migration/cutover` (viewer): routes that leave an old provider, held against the criteria. */
export const cutoverView = z.object({ routes: z.array(cutoverRoute), limits: cutoverLimits })

export type CutoverView = z.infer<typeof cutoverView>
export type CutoverRouteView = z.infer<typeof cutoverRoute>

const ratings = z.object({ ratings: z.number(), mean: z.number().nullable() })

const afterRoute = z.object({
  rolloutId: z.string(),
  tier: z.string(),
  operation: z.string().nullable(),
  phase: z.enum(rolloutPhases),
  /** Since when the candidate has all the traffic. */
  fullSince: time.nullable(),
  /** When its rollout completed, from which on roll-ups alone tell; null while it is watched. */
  watchedUntil: time.nullable(),
  requests: z.object({ before: z.number(), atFull: z.number(), since: z.number().nullable() }),
  rows: z.array(
    z.object({
      metric: z.enum(afterMetrics),
      unit: z.enum(['rate', 'ms', 'usd', 'score']),
      before: z.number().nullable(),
      atFull: z.number().nullable(),
      since: z.number().nullable(),
      change: z.number().nullable(),
    }),
  ),
  /** What users thought of answers of the old provider and of the candidate, since the rollout began; scores 0–1. */
  feedback: z.object({ before: ratings, after: ratings }),
})

/** `GET /api/admin/migration/after` (viewer), also as `after.json` and `after.csv`: routes that had all the traffic. */
export const afterCutoverView = z.object({ routes: z.array(afterRoute) })

export type AfterCutoverView = z.infer<typeof afterCutoverView>
export type AfterRouteView = z.infer<typeof afterRoute>

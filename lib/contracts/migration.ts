import { z } from 'zod'
import { dualWriteSettings } from '#lib/contracts/settings'
import { mismatchClasses } from '#lib/migration/classify-mismatch'
import { dualWriteStates } from '#lib/migration/judge-dual-write'

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

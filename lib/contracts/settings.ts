import { z } from 'zod'
import { answerCacheSettings } from '#lib/gateway/answer-cache-rules'

/** How stores that are written twice are held against each other. */
export const dualWriteSettings = z.strictObject({
  /** Of 10,000 reads of a record, how many are compared with the second store. */
  shadowReadBps: z.int().min(0).max(10_000).default(100),
  /** From the end of one comparison of all records to the next. */
  reconcileEveryHours: z.int().min(1).max(720).default(24),
  /** Whether such a comparison repairs what differs; otherwise it only says so. */
  repairs: z.boolean().default(true),
})

/** What the cutover checklist asks beside the guardrails of a rollout's plan. */
export const cutoverLimits = z.strictObject({
  /** Least share of the compared pairs of answers without a breaking difference. */
  minimumParity: z.number().min(0).max(1).default(0.95),
  /** Fewer pairs say nothing. */
  minimumParityPairs: z.int().min(1).max(1_000_000).default(100),
  backupWithinHours: z.int().min(1).max(8_760).default(24),
  /** How far the invoice and the ledger may be apart. */
  maximumVariance: z.number().min(0).max(1).default(0.02),
  /** An older invoice says nothing. */
  invoiceWithinDays: z.int().min(1).max(366).default(45),
})

/** `GET` / `PATCH /api/admin/settings` (admin to change; a reason is required). */
export const settingsView = z.object({
  /** Keep redacted prompts and answers with requests. */
  storePrompts: z.boolean().default(false),
  /** Days that ledger entries and attempts are kept. */
  ledgerRetentionDays: z.int().min(35).max(3650).default(400),
  attemptRetentionDays: z.int().min(7).max(3650).default(90),
  /** Whose answers are kept and given again; nobody's by default. */
  answerCache: answerCacheSettings.prefault({}),
  dualWrite: dualWriteSettings.prefault({}),
  cutover: cutoverLimits.prefault({}),
})

export const updateSettingsBody = z.strictObject({
  storePrompts: z.boolean().optional(),
  ledgerRetentionDays: z.int().min(35).max(3650).optional(),
  attemptRetentionDays: z.int().min(7).max(3650).optional(),
  /** Takes the place of the whole part. */
  answerCache: answerCacheSettings.optional(),
  /** Takes the place of the whole part. */
  dualWrite: dualWriteSettings.optional(),
  /** Takes the place of the whole part. */
  cutover: cutoverLimits.optional(),
  reason: z.string().trim().min(3).max(500),
})

export type CutoverLimits = z.infer<typeof cutoverLimits>
export type SettingsView = z.infer<typeof settingsView>

import { z } from 'zod'
import { answerCacheSettings } from '#lib/gateway/answer-cache-rules'

/** `GET` / `PATCH /api/admin/settings` (admin to change; a reason is required). */
export const settingsView = z.object({
  /** Keep redacted prompts and answers with requests. */
  storePrompts: z.boolean().default(false),
  /** Days that ledger entries and attempts are kept. */
  ledgerRetentionDays: z.int().min(35).max(3650).default(400),
  attemptRetentionDays: z.int().min(7).max(3650).default(90),
  /** Whose answers are kept and given again; nobody's by default. */
  answerCache: answerCacheSettings.prefault({}),
})

export const updateSettingsBody = z.strictObject({
  storePrompts: z.boolean().optional(),
  ledgerRetentionDays: z.int().min(35).max(3650).optional(),
  attemptRetentionDays: z.int().min(7).max(3650).optional(),
  /** Takes the place of the whole part. */
  answerCache: answerCacheSettings.optional(),
  reason: z.string().trim().min(3).max(500),
})

export type SettingsView = z.infer<typeof settingsView>

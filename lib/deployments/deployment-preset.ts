import { z } from 'zod'
import type { ChatRequestBody } from '#lib/contracts/openai'
import { withSystemPrompt } from '#lib/gateway/system-prompt'

const penalty = z.number().min(-2).max(2).nullable().default(null)

/**
 * What a deployment asks of its model beside what the caller does: a prompt, and parameters. The same model with a preset is
 * another version of it, with an id of its own.
 */
export const presetSchema = z.strictObject({
  /** A system message of its own. */
  system: z.string().trim().min(1).max(20_000).nullable().default(null),
  /** Before the caller's messages, behind their system messages, or in place of these. */
  systemMode: z.enum(['prepend', 'append', 'replace']).default('prepend'),
  /** In place of the caller's; null leaves it. */
  temperature: z.number().min(0).max(2).nullable().default(null),
  topP: z.number().gt(0).max(1).nullable().default(null),
  presencePenalty: penalty,
  frequencyPenalty: penalty,
  /** At most; the caller's or the tier's limit where that is smaller. */
  maxOutputTokens: z.int().min(1).max(1_000_000).nullable().default(null),
})
export type Preset = z.output<typeof presetSchema>

/** The provider's body as the deployment's preset wants it; its output limit is `presetLimits`'. */
export function applyPreset(body: ChatRequestBody, preset: Preset | undefined): ChatRequestBody {
  if (!preset) return body
  const { system, systemMode, temperature, topP, presencePenalty, frequencyPenalty } = preset
  return {
    ...body,
    ...(system === null
      ? {}
      : { messages: withSystemPrompt(body.messages, { mode: systemMode, text: system }) }),
    ...(temperature === null ? {} : { temperature }),
    ...(topP === null ? {} : { top_p: topP }),
    ...(presencePenalty === null ? {} : { presence_penalty: presencePenalty }),
    ...(frequencyPenalty === null ? {} : { frequency_penalty: frequencyPenalty }),
  }
}

/** The plan's limits, with the smaller of both output limits. */
export function presetLimits<Limits extends { maxOutputTokens: number | null }>(
  limits: Limits,
  preset: Preset | undefined,
): Limits {
  const most = preset?.maxOutputTokens ?? null
  if (most === null || (limits.maxOutputTokens !== null && limits.maxOutputTokens <= most)) return limits
  return { ...limits, maxOutputTokens: most }
}

import { z } from 'zod'

/**
 * What a deployment asks of its model beside what the caller does: a prompt that stands first, and parameters. The same
 * model with a preset is another version of it, with an id of its own.
 */
export const presetSchema = z.strictObject({
  /** Stands before the caller's messages, as a system message. */
  system: z.string().trim().min(1).max(20_000).nullable().default(null),
  /** In place of the caller's; null leaves it. */
  temperature: z.number().min(0).max(2).nullable().default(null),
  topP: z.number().gt(0).max(1).nullable().default(null),
})
export type Preset = z.output<typeof presetSchema>

interface PresetBody {
  messages: readonly unknown[]
}

/** The caller's body as the deployment's preset wants it. */
export function applyPreset<Body extends PresetBody>(body: Body, preset: Preset | undefined): Body {
  if (!preset) return body
  const { system, temperature, topP } = preset
  return {
    ...body,
    ...(system === null ? {} : { messages: [{ role: 'system', content: system }, ...body.messages] }),
    ...(temperature === null ? {} : { temperature }),
    ...(topP === null ? {} : { top_p: topP }),
  }
}

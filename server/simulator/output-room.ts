import type { ModelProfile } from '#lib/simulator/infer-model-profile'
import { badRequest } from '#server/simulator/wire-error'

/**
 * Output tokens a request may use: what it asked for, else what the model and its context allow. Throws a
 * WireError (400) when it asked for more than the model can write, or when prompt and output exceed the context.
 */
export function outputRoom(
  profile: ModelProfile,
  { promptTokens, asked, param }: { promptTokens: number; asked: number | null; param: string },
): number {
  if (asked !== null && asked > profile.maxOutputTokens) {
    throw badRequest(
      `${param} is too large: ${asked}. ${profile.model} supports at most ${profile.maxOutputTokens} completion tokens.`,
      param,
      'invalid_value',
    )
  }
  const room = profile.contextTokens - promptTokens
  if (room < (asked ?? 1)) {
    throw badRequest(
      `The context of ${profile.model} is ${profile.contextTokens} tokens, but ${promptTokens + (asked ?? 0)} were requested (${promptTokens} in the messages, ${asked ?? 0} in the completion).`,
      'messages',
      'context_length_exceeded',
    )
  }
  return Math.min(asked ?? profile.maxOutputTokens, room)
}

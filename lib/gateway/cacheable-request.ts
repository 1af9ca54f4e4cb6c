import type { ChatRequestBody } from '#lib/contracts/openai'
import type { AnswerCacheRule } from '#lib/gateway/answer-cache-rules'
import { asItems, asRecord, asText } from '#lib/gateway/json-fields'

/** What a caller may ask of the cache: `bypass` neither looks nor keeps, `refresh` does not look but keeps. */
export type CacheMode = 'bypass' | 'refresh'

/** Why a request has nothing to do with the cache, though its route has one. */
export type UncacheableReason =
  | 'asked'
  | 'temperature'
  | 'tools'
  | 'choices'
  | 'logprobs'
  | 'stored'
  | 'live_data'
  | 'audio'
  | 'remote_content'

/** The same in words; what a caller asked is named by whoever knows the caller. */
export const uncacheableWords: Readonly<Record<Exclude<UncacheableReason, 'asked'>, string>> = {
  temperature: 'its temperature is above what the rule keeps (none given counts as 1)',
  tools: 'it offers tools',
  choices: 'it asks for several choices',
  logprobs: 'it asks for log probabilities',
  stored: 'it asks the provider to store the answer',
  live_data: 'it asks about data that change',
  audio: 'it asks for audio',
  remote_content: 'it names content that may change',
}

/** The header `x-huntaze-cache` as a mode; null without it, `unknown` for any other value. */
export function readCacheMode(header: string | null): CacheMode | null | 'unknown' {
  if (header === null) return null
  const value = header.trim().toLowerCase()
  return value === 'bypass' || value === 'refresh' ? value : 'unknown'
}

/**
 * Whether one answer to this request can stand for the next: null when it can, else why not. Requests that want chance,
 * act on the world, or ask about what changes behind the same words always go to a provider.
 */
export function whyUncacheable(
  body: ChatRequestBody,
  rule: Pick<AnswerCacheRule, 'maxTemperature'>,
  mode: CacheMode | null,
): UncacheableReason | null {
  if (mode === 'bypass') return 'asked'
  if ((body.temperature ?? 1) > rule.maxTemperature) return 'temperature'
  if (isGiven(body.tools) || isGiven(body.functions)) return 'tools'
  if ((body.n ?? 1) > 1) return 'choices'
  if (body.logprobs === true) return 'logprobs'
  if (body.store === true) return 'stored'
  if (isGiven(body.web_search_options) || isGiven(body.data_sources)) return 'live_data'
  if (isGiven(body.audio) || asItems(body.modalities).includes('audio')) return 'audio'
  return body.messages.some(pointsElsewhere) ? 'remote_content' : null
}

function isGiven(value: unknown): boolean {
  return value !== undefined && value !== null && !(Array.isArray(value) && value.length === 0)
}

/** Does a message name a picture or a file whose content may change while its name stays? */
function pointsElsewhere({ content }: ChatRequestBody['messages'][number]): boolean {
  return asItems(content).some((item) => {
    const part = asRecord(item)
    const url = asText(asRecord(part?.image_url)?.url)
    return (url !== '' && !url.startsWith('data:')) || asText(asRecord(part?.file)?.file_id) !== ''
  })
}

import type { LatencyModel } from '#lib/contracts/simulator'

/** What the simulator knows about the model behind a deployment name. Token limits are the public ones. */
export interface ModelProfile {
  /** The model as the provider names it in answers, with its version. */
  model: string
  kind: 'chat' | 'embedding'
  encoding: 'o200k_base' | 'cl100k_base'
  contextTokens: number
  maxOutputTokens: number
  vision: boolean
  /** Reports cached input tokens for repeated prefixes. */
  promptCaching: boolean
  /** Spends hidden reasoning tokens, and refuses `max_tokens` and temperatures other than 1. */
  reasoning: boolean
  /** Native embedding size; 0 for chat models. */
  dimensions: number
  /** Accepts the `dimensions` parameter. */
  adjustableDimensions: boolean
  latency: LatencyModel
}

interface Family extends Omit<ModelProfile, 'model'> {
  match: RegExp
  /** Appended when the name carries no version of its own. */
  version: string
}

const JITTER = 0.2
const paced = (firstTokenMs: number, tokensPerSecond: number): LatencyModel => ({
  firstTokenMs,
  tokensPerSecond,
  jitter: JITTER,
})

const CHAT = {
  kind: 'chat',
  encoding: 'cl100k_base',
  vision: false,
  promptCaching: false,
  reasoning: false,
  dimensions: 0,
  adjustableDimensions: false,
  version: '',
} as const
const MODERN = { ...CHAT, encoding: 'o200k_base', vision: true, promptCaching: true } as const
const EMBEDDING = {
  ...CHAT,
  kind: 'embedding',
  contextTokens: 8_191,
  maxOutputTokens: 0,
  adjustableDimensions: true,
  latency: paced(40, Number.POSITIVE_INFINITY),
} as const

const GPT_4_TURBO: Family = {
  ...CHAT,
  match: /gpt-?4-turbo(-20\d\d-\d\d-\d\d)?/,
  version: '-2024-04-09',
  contextTokens: 128_000,
  maxOutputTokens: 4_096,
  vision: true,
  latency: paced(420, 45),
}

const FAMILIES: readonly Family[] = [
  { ...EMBEDDING, match: /text-embedding-3-large/, dimensions: 3_072 },
  { ...EMBEDDING, match: /text-embedding-3-small/, dimensions: 1_536 },
  {
    ...EMBEDDING,
    match: /text-embedding-ada-002|embedding|ada-002/,
    dimensions: 1_536,
    adjustableDimensions: false,
  },
  {
    ...CHAT,
    match: /claude[\w.-]*/,
    contextTokens: 200_000,
    maxOutputTokens: 64_000,
    vision: true,
    latency: paced(500, 55),
  },
  {
    ...MODERN,
    match: /gpt-?5(\.\d+)?(-(mini|nano|sol|terra|luna))?(-20\d\d-\d\d-\d\d)?/,
    contextTokens: 400_000,
    maxOutputTokens: 128_000,
    reasoning: true,
    latency: paced(600, 60),
  },
  {
    ...MODERN,
    match: /gpt-?4\.1(-(mini|nano))?(-20\d\d-\d\d-\d\d)?/,
    version: '-2025-04-14',
    contextTokens: 1_047_576,
    maxOutputTokens: 32_768,
    latency: paced(320, 75),
  },
  {
    ...MODERN,
    match: /gpt-?4o-mini(-20\d\d-\d\d-\d\d)?/,
    version: '-2024-07-18',
    contextTokens: 128_000,
    maxOutputTokens: 16_384,
    latency: paced(200, 110),
  },
  {
    ...MODERN,
    match: /gpt-?4o(-20\d\d-\d\d-\d\d)?/,
    version: '-2024-11-20',
    contextTokens: 128_000,
    maxOutputTokens: 16_384,
    latency: paced(300, 80),
  },
  {
    ...MODERN,
    match: /\bo[134](-mini|-pro)?(-20\d\d-\d\d-\d\d)?\b/,
    contextTokens: 200_000,
    maxOutputTokens: 100_000,
    reasoning: true,
    latency: paced(900, 60),
  },
  GPT_4_TURBO,
  {
    ...CHAT,
    match: /gpt-3\.5-turbo(-\d{4})?/,
    version: '-0125',
    contextTokens: 16_385,
    maxOutputTokens: 4_096,
    latency: paced(180, 90),
  },
  {
    ...CHAT,
    match: /gpt-?35-turbo/,
    contextTokens: 16_385,
    maxOutputTokens: 4_096,
    latency: paced(180, 90),
  },
  {
    ...CHAT,
    match: /gpt-?4(-\d{4})?/,
    version: '-0613',
    contextTokens: 8_192,
    maxOutputTokens: 8_192,
    latency: paced(350, 35),
  },
]

const VERSIONED = /-(20\d\d-\d\d-\d\d|\d{4})$/

/**
 * Reads the model out of a deployment name, as people name deployments (`gpt-4-turbo-prod` is a GPT-4 Turbo).
 * A name that says nothing behaves as GPT-4 Turbo.
 */
export function inferModelProfile(name: string): ModelProfile {
  const lower = name.toLowerCase()
  for (const { match, version, ...profile } of [...FAMILIES, { ...GPT_4_TURBO, match: /^/ }]) {
    const found = match.exec(lower)?.[0]
    if (found === undefined) continue
    if (found === '') return { ...profile, model: `gpt-4-turbo${version}` }
    const base = profile.kind === 'embedding' && !found.startsWith('text-') ? 'text-embedding-ada-002' : found
    return { ...profile, model: VERSIONED.test(base) ? base : `${base}${version}` }
  }
  throw new RangeError(`no profile for ${name}`)
}

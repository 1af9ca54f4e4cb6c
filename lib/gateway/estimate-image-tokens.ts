export type ImageDetail = 'auto' | 'low' | 'high' | 'original'

export interface ImageTokensInput {
  /** Model family as in the price book, e.g. `gpt-4o`. */
  model: string
  /** Pixels. */
  width: number
  height: number
  detail: ImageDetail
}

/** Tiles of 512 pixels after shrinking to 2048 × 2048 and to a short side of 768; low detail costs the base alone. */
interface TileRule {
  kind: 'tiles'
  base: number
  tile: number
}

/** Patches of 32 pixels after shrinking to a budget of patches, times a factor; low detail changes nothing. */
interface PatchRule {
  kind: 'patches'
  factor: number
  budget: Readonly<Record<ImageDetail, number>>
}

/** One token for 750 square pixels, up to a limit. */
interface AreaRule {
  kind: 'area'
  limit: number
}

const small = { auto: 1536, low: 1536, high: 1536, original: 1536 }
const large = { auto: 2500, low: 2500, high: 2500, original: 10_000 }
const largest = { ...large, auto: 10_000 }

/**
 * By beginning of the model name, the first that fits. Sources: OpenAI's guide "Images and vision" (tiles, and
 * patches of the mini and nano models); the factor 1.2 of gpt-5.2 and later and their budgets are as measured by
 * API users, published 2026; Anthropic's vision guide (area). As of 2026-11.
 */
const rules: readonly (readonly [string, TileRule | PatchRule | AreaRule])[] = [
  ['gpt-4o-mini', { kind: 'tiles', base: 2833, tile: 5667 }],
  ['gpt-4.1-mini', { kind: 'patches', factor: 1.62, budget: small }],
  ['gpt-4.1-nano', { kind: 'patches', factor: 2.46, budget: small }],
  ['o4-mini', { kind: 'patches', factor: 1.72, budget: small }],
  ['o1', { kind: 'tiles', base: 75, tile: 150 }],
  ['o3', { kind: 'tiles', base: 75, tile: 150 }],
  ['gpt-5-mini', { kind: 'patches', factor: 1.62, budget: small }],
  ['gpt-5-nano', { kind: 'patches', factor: 2.46, budget: small }],
  ['gpt-5.4-mini', { kind: 'patches', factor: 1.62, budget: large }],
  ['gpt-5.4-nano', { kind: 'patches', factor: 2.46, budget: large }],
  ['gpt-5.1', { kind: 'tiles', base: 70, tile: 140 }],
  ['gpt-5.2', { kind: 'patches', factor: 1.2, budget: small }],
  ['gpt-5.3', { kind: 'patches', factor: 1.2, budget: small }],
  ['gpt-5.4', { kind: 'patches', factor: 1.2, budget: large }],
  ['gpt-5.', { kind: 'patches', factor: 1.2, budget: largest }],
  ['gpt-5', { kind: 'tiles', base: 70, tile: 140 }],
  ['claude', { kind: 'area', limit: 4000 }],
]

/** gpt-4o, gpt-4.1, gpt-4-turbo, and any model not in the list. */
const commonRule: TileRule = { kind: 'tiles', base: 85, tile: 170 }

/**
 * Estimates the input tokens of one image by its provider's published formula. For reservations and cut streams
 * only: what is paid comes from the provider's usage.
 */
export function estimateImageTokens({ model, width, height, detail }: ImageTokensInput): number {
  const rule = rules.find(([beginning]) => model.startsWith(beginning))?.[1] ?? commonRule
  switch (rule.kind) {
    case 'tiles':
      return rule.base + (detail === 'low' ? 0 : rule.tile * countTiles(width, height))
    case 'patches':
      return Math.ceil(rule.factor * countPatches({ width, height, budget: rule.budget[detail] }))
    case 'area':
      return Math.min(rule.limit, Math.ceil((width * height) / 750))
  }
}

function countTiles(width: number, height: number): number {
  const fit = Math.min(1, 2048 / Math.max(width, height))
  const shrink = Math.min(1, 768 / (Math.min(width, height) * fit)) * fit
  return Math.ceil(Math.floor(width * shrink) / 512 || 1) * Math.ceil(Math.floor(height * shrink) / 512 || 1)
}

interface PatchInput {
  width: number
  height: number
  budget: number
}

const patchPx = 32

function countPatches({ width, height, budget }: PatchInput): number {
  const whole = Math.ceil(width / patchPx) * Math.ceil(height / patchPx)
  if (whole <= budget) return whole
  const shrink = Math.sqrt((patchPx * patchPx * budget) / (width * height))
  const columns = (width * shrink) / patchPx
  const rows = (height * shrink) / patchPx
  const fit = Math.min(Math.floor(columns) / columns || 1, Math.floor(rows) / rows || 1)
  return Math.min(budget, Math.ceil(columns * fit - 1e-9) * Math.ceil(rows * fit - 1e-9))
}

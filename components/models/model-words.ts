import { formatUsdText } from '#components/ui/format-usd-text'
import type { Tone } from '#components/ui/tone'
import type { PlacementView, VersionView } from '#lib/contracts/models'
import type { JobView } from '#lib/contracts/training'

export const kindWords: Readonly<Record<VersionView['kind'], string>> = {
  base: 'base',
  fine_tuned: 'fine-tuned',
  prompt: 'prompt',
}

export const stageTones: Readonly<Record<VersionView['stage'], Tone>> = {
  candidate: 'info',
  staging: 'info',
  production: 'good',
  archived: 'neutral',
}

export const placementTones: Readonly<Record<PlacementView['state'], Tone>> = {
  watching: 'info',
  stable: 'good',
  replaced: 'neutral',
  rolled_back: 'bad',
  withdrawn: 'neutral',
}

export const placementWords: Readonly<Record<PlacementView['state'], string>> = {
  watching: 'under guardrails',
  stable: 'stable',
  replaced: 'replaced',
  rolled_back: 'rolled back',
  withdrawn: 'withdrawn',
}

export const jobTones: Readonly<Record<JobView['state'], Tone>> = {
  collecting: 'info',
  uploading: 'info',
  starting: 'info',
  training: 'info',
  deploying: 'info',
  evaluating: 'info',
  retiring: 'info',
  ready: 'good',
  failed: 'bad',
  cancelled: 'neutral',
  retired: 'neutral',
}

/** `mia v2`; a base by its model alone. */
export function versionName({
  kind,
  name,
  number,
  model,
}: Pick<VersionView, 'kind' | 'name' | 'number' | 'model'>): string {
  return kind === 'base' ? model : `${name} v${number}`
}

/** USD of a thousand requests; null where there is no price. */
export function costPerThousand(picoUsd: string | null): string {
  if (picoUsd === null) return '–'
  const digits = (BigInt(picoUsd) * 1000n).toString().padStart(13, '0')
  return formatUsdText(`${digits.slice(0, -12)}.${digits.slice(-12)}`)
}

/** A quality of 0–1. */
export function qualityText(quality: number | null): string {
  return quality === null ? '–' : quality.toFixed(3)
}

/** Whose price a version's cost is counted at. */
export function priceWords(price: VersionView['price']): string {
  if (price === null) return 'none: set one under Costs'
  return price.isOwn
    ? `as ${price.model}`
    : `as its base ${price.model}; Azure may ask another price for a tuned model`
}

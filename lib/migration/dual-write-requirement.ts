import type { DualWriteState } from '#lib/migration/judge-dual-write'

/** Above this share of a route, what the old provider's side of a store misses can no longer be borne. */
export const weightWithoutDualWriteBps = 1_000

/** Whether every store that moves is written twice and clean. */
export interface DualWriteRequirement {
  met: boolean
  /** Nothing moves, so nothing is asked. */
  needed: boolean
  /** How many streams are clean, of how many. */
  clean: number
  streams: number
  /** For a person; no full stop. */
  text: string
}

/** As long as no store is being migrated, nothing is asked. */
export function requireDualWrite(
  streams: readonly { stream: string; state: DualWriteState; text: string }[],
): DualWriteRequirement {
  const open = streams.filter(({ state }) => state !== 'clean')
  const counts = { clean: streams.length - open.length, streams: streams.length }
  if (streams.length === 0) return { met: true, needed: false, ...counts, text: 'no store is being migrated' }
  if (open.length === 0)
    return {
      met: true,
      needed: true,
      ...counts,
      text: `dual-write is on and clean: ${streams.map(({ stream }) => stream).join(', ')}`,
    }
  const why = open.map(({ stream, text }) => `${stream}: ${text}`).join('; ')
  return { met: false, needed: true, ...counts, text: why }
}

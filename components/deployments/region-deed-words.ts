import type { RegionDeed } from '#components/data/use-region-deed'
import { joinWords, takeOver, takeOverSentence } from '#components/deployments/take-over'
import type { DeploymentsView } from '#lib/contracts/deployments'
import type { RegionView } from '#lib/contracts/regions'

export interface RegionDeedWords {
  verb: string
  /** What will happen, with numbers. */
  effect: string
  /** What happened. */
  done: string
  fact: string
}

/** What each deed does to a region, as the traffic is now. */
export function regionDeedWords(
  view: DeploymentsView,
  { name }: Pick<RegionView, 'name'>,
): Readonly<Record<RegionDeed, RegionDeedWords>> {
  const moved = takeOver(view, ({ region }) => region === name)
  const regions = [
    ...new Set(view.deployments.filter(({ id }) => moved.ids.includes(id)).map(({ region }) => region)),
  ]
  const sentence = takeOverSentence(moved, regions)
  return {
    'fail-over': {
      verb: 'Fail over',
      effect: `${sentence} ${staysSentence(moved.stranded)}It stays failed over until an operator fails it back.`,
      done: `${name} is failed over`,
      fact: regions.length === 0 ? 'Nobody else is ready.' : `Its requests go to ${joinWords(regions)}.`,
    },
    'fail-back': {
      verb: 'Fail back',
      effect: `Gives ${name} its requests back in growing shares, a step at a time, as long as it stays healthy.`,
      done: `${name} fails back`,
      fact: 'It takes a growing share of its requests again.',
    },
    freeze: {
      verb: 'Freeze',
      effect: `Nothing moves ${name} by itself until it is unfrozen: no fail-over when it goes dark, no failback when it is well again.`,
      done: `${name} is frozen`,
      fact: 'Only operators move it now.',
    },
    unfreeze: {
      verb: 'Unfreeze',
      effect: `${name} is failed over by itself when it goes dark, and back when it is well again.`,
      done: `${name} is not frozen any more`,
      fact: 'It moves by itself again.',
    },
  }
}

/** A region is never the only thing removed: what has no other place stays. */
function staysSentence(stranded: readonly string[]): string {
  return stranded.length === 0
    ? ''
    : `Requests for ${joinWords(stranded)} stay, since no other region is ready for them. `
}

import type { DeploymentView } from '#lib/contracts/deployments'

/** What happens next to a deployment that is not plainly serving. */
export interface NextMove {
  /** Before the time that is left, or alone where none is known. */
  words: string
  /** Once the time is over. */
  due: string
  /** ISO time; null when it does not come by itself. */
  until: string | null
}

/** When a sick deployment is tried again, or a held one comes back; null where nothing is due. */
export function nextMove({ state, breakers, cooldownUntil }: DeploymentView): NextMove | null {
  if (state === 'open') {
    const [until = null] = breakers
      .flatMap(({ phase, retryAt }) => (phase === 'open' && retryAt ? [retryAt] : []))
      .sort()
    // Without a request there is no probe, so a probe can stay due for a while.
    return { words: 'probe in', due: 'probe due', until }
  }
  if (state === 'half_open') return { words: 'probing', due: 'probing', until: null }
  if (state === 'cooldown') return { words: 'free in', due: 'free again', until: cooldownUntil }
  if (state !== 'isolated') return null
  const until = breakers.find(({ phase }) => phase === 'isolated')?.isolatedUntil ?? null
  return until === null
    ? { words: 'until released', due: 'until released', until }
    : { words: 'ends in', due: 'ending', until }
}

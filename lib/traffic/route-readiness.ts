/** What the last probe of a legacy route said. */
export interface ProbeFacts {
  atMs: number
  ok: boolean
  failureClass: string | null
  message: string | null
  remainingRequests: number | null
  remainingTokens: number | null
}

export interface Readiness {
  /** `unknown`: never probed, or so long ago that it says nothing. */
  state: 'ready' | 'not_ready' | 'unknown'
  /** Why it is not plainly ready, for a person. */
  notes: string[]
}

/** Probes missed in a row before the last one says nothing any more. */
const missedProbes = 3

/** Whether a legacy route could take traffic now; `everyMinutes` 0 = it is probed by hand only. */
export function readinessOf(
  probe: ProbeFacts | null,
  { nowMs, everyMinutes }: { nowMs: number; everyMinutes: number },
): Readiness {
  if (!probe) return { state: 'unknown', notes: ['never probed'] }
  if (!probe.ok)
    return { state: 'not_ready', notes: [`${failureWords(probe)}: ${probe.message ?? 'no words'}`] }
  const ageMinutes = (nowMs - probe.atMs) / 60_000
  if (everyMinutes > 0 && ageMinutes > everyMinutes * missedProbes)
    return { state: 'unknown', notes: [`last probed ${Math.round(ageMinutes)} minutes ago`] }
  const usedUp = [
    ...(probe.remainingRequests === 0 ? ['no requests left in its rate limit'] : []),
    ...(probe.remainingTokens === 0 ? ['no tokens left in its rate limit'] : []),
  ]
  return { state: usedUp.length > 0 ? 'not_ready' : 'ready', notes: usedUp }
}

function failureWords({ failureClass }: ProbeFacts): string {
  if (failureClass === 'credentials') return 'its credentials are refused'
  return `the probe failed (${(failureClass ?? 'no answer').replaceAll('_', ' ')})`
}

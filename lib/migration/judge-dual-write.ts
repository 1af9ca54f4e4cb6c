/** One switch of a stream as far as judging goes. */
export interface SwitchFacts {
  /** `*` = every account without a switch of its own. */
  accountId: string
  enabled: boolean
  /** Whether everything from before has been copied. */
  copied: boolean
  copiedRecords: number
  /** End of its last comparison, milliseconds since 1970; null = none since the copy began. */
  reconciledAtMs: number | null
}

/** A stream at one moment. */
export interface DualWriteFacts {
  switches: readonly SwitchFacts[]
  /** Age of the oldest change that waits, in seconds; null = none waits. */
  lagSeconds: number | null
  /** Deliveries that have failed and wait. */
  failing: number
  /** Differences that nobody has repaired. */
  openMismatches: number
}

export interface DualWriteLimits {
  lagSeconds: number
  /** A comparison that is older proves nothing any more. */
  reconciledWithinMs: number
  nowMs: number
}

export const dualWriteStates = [
  'off',
  'partly_on',
  'copying',
  'failing',
  'behind',
  'differs',
  'unproven',
  'clean',
] as const
export type DualWriteState = (typeof dualWriteStates)[number]

export interface DualWriteJudgement {
  state: DualWriteState
  /** Why, for a person; no full stop. */
  text: string
}

/** Older waiting changes than this are an alert, too. */
export const longestLagSeconds = 60

/** Whether both stores of a stream hold the same for every account, and what stands in the way. Only `clean` is that. */
export function judgeDualWrite(facts: DualWriteFacts, limits: DualWriteLimits): DualWriteJudgement {
  const { switches, lagSeconds, failing, openMismatches } = facts
  const on = switches.filter(({ enabled }) => enabled)
  if (!on.some(({ accountId }) => accountId === '*'))
    return on.length === 0
      ? { state: 'off', text: 'dual-write is off' }
      : { state: 'partly_on', text: `dual-write is on for ${counted(on.length, 'account')} only` }
  const off = switches.filter(({ enabled }) => !enabled)
  if (off.length > 0) return { state: 'partly_on', text: `dual-write is off for ${namesOf(off)}` }
  const copying = on.filter(({ copied }) => !copied)
  if (copying.length > 0) {
    const records = copying.reduce((sum, { copiedRecords }) => sum + copiedRecords, 0)
    return {
      state: 'copying',
      text: `the copy of ${namesOf(copying)} has not ended (${counted(records, 'record')} so far)`,
    }
  }
  if (failing > 0)
    return { state: 'failing', text: `${counted(failing, 'change')} could not be delivered so far` }
  if (lagSeconds !== null && lagSeconds > limits.lagSeconds)
    return {
      state: 'behind',
      text: `the oldest change has waited ${Math.round(lagSeconds)} s, at most ${limits.lagSeconds} s are allowed`,
    }
  if (openMismatches > 0)
    return { state: 'differs', text: `differences in ${counted(openMismatches, 'record')} are not repaired` }
  const stale = on.filter(
    ({ reconciledAtMs }) =>
      reconciledAtMs === null || limits.nowMs - reconciledAtMs > limits.reconciledWithinMs,
  )
  if (stale.length > 0)
    return { state: 'unproven', text: `the stores of ${namesOf(stale)} have not been compared lately` }
  return { state: 'clean', text: 'both stores hold the same' }
}

function namesOf(switches: readonly SwitchFacts[]): string {
  const [first, ...others] = switches.map(({ accountId }) =>
    accountId === '*' ? 'every account' : accountId,
  )
  return others.length === 0 ? (first ?? '') : `${first} and ${others.length} more`
}

function counted(count: number, noun: string): string {
  return `${count.toLocaleString('en-US')} ${noun}${count === 1 ? '' : 's'}`
}

import {
  IconArrowBarToDown,
  IconArrowsExchange,
  IconCircleHalf2,
  IconHourglassFilled,
  IconLockFilled,
  IconMoonFilled,
  IconProgress,
  type TablerIcon,
} from '@tabler/icons-react'
import type { Tone } from '#components/ui/tone'
import type { DeploymentView } from '#lib/contracts/deployments'
import type { RegionPhase } from '#lib/contracts/regions'
import type { BreakerPhase, BreakerSignal } from '#lib/resilience/breaker-signal'

/** How a state looks wherever it is shown. Red is sick, amber on its way back, blue what an operator decided. */
export interface StateWords {
  tone: Tone
  word: string
  icon?: TablerIcon
}

const open: StateWords = { tone: 'bad', word: 'open' }
const halfOpen: StateWords = { tone: 'warn', word: 'half-open', icon: IconCircleHalf2 }
const isolated: StateWords = { tone: 'info', word: 'isolated', icon: IconLockFilled }

export const deploymentStates: Readonly<Record<DeploymentView['state'], StateWords>> = {
  serving: { tone: 'good', word: 'serving' },
  idle: { tone: 'neutral', word: 'idle' },
  cooldown: { tone: 'warn', word: 'cooling down', icon: IconHourglassFilled },
  drained: { tone: 'info', word: 'drained', icon: IconArrowBarToDown },
  half_open: halfOpen,
  isolated,
  open,
}

export const breakerPhaseWords: Readonly<Record<BreakerPhase, StateWords>> = {
  closed: { tone: 'good', word: 'closed' },
  half_open: halfOpen,
  isolated,
  open,
}

/** What each breaker listens to. */
export const signalWords: Readonly<Record<BreakerSignal, string>> = {
  health: 'errors and timeouts',
  latency: 'time to first token',
  configuration: 'credentials and names',
}

export const regionPhaseWords: Readonly<Record<RegionPhase, StateWords>> = {
  serving: { tone: 'good', word: 'serving' },
  dark: { tone: 'bad', word: 'dark', icon: IconMoonFilled },
  recovering: { tone: 'warn', word: 'recovering', icon: IconProgress },
  failed_over: { tone: 'info', word: 'failed over', icon: IconArrowsExchange },
}

/** Sickest first. */
export const stateRank: Readonly<Record<DeploymentView['state'], number>> = {
  open: 0,
  isolated: 1,
  half_open: 2,
  cooldown: 3,
  drained: 4,
  serving: 5,
  idle: 6,
}

import { askBreaker } from '#lib/resilience/breaker'
import { type BreakerSignal, breakerSignals, type DeploymentBlock } from '#lib/resilience/breaker-signal'
import type { DeploymentBreakers } from '#server/resilience/breaker-registry'

/** Deployments that may not be asked plainly, kept until something moves or becomes due. */
export interface BlockList {
  read(streamed: boolean): ReadonlyMap<string, DeploymentBlock>
  changed(): void
}

const nobody: ReadonlyMap<string, DeploymentBlock> = new Map()

/** Streams obey all signals, other calls all but latency. */
export function signalsFor(streamed: boolean): readonly BreakerSignal[] {
  return streamed ? breakerSignals : plainSignals
}

const plainSignals = breakerSignals.filter((signal) => signal !== 'latency')

interface Looked {
  plain: ReadonlyMap<string, DeploymentBlock>
  streamed: ReadonlyMap<string, DeploymentBlock>
  /** When one of them becomes due. */
  untilMs: number
}

export function createBlockList(options: {
  nowMs: () => number
  unwell: () => readonly DeploymentBreakers[]
  beforeLook: () => void
}): BlockList {
  let looked: Looked | null = { plain: nobody, streamed: nobody, untilMs: Number.POSITIVE_INFINITY }

  function look(): Looked {
    options.beforeLook()
    const unwell = options.unwell()
    const nowMs = options.nowMs()
    const plain = blocksOf(unwell, plainSignals, nowMs)
    const streamed = blocksOf(unwell, breakerSignals, nowMs)
    const dueMs = [...streamed.values()].map(({ retryAtMs }) => retryAtMs ?? Number.POSITIVE_INFINITY)
    return { plain, streamed, untilMs: Math.min(Number.POSITIVE_INFINITY, ...dueMs) }
  }

  return {
    read(streamed) {
      if (!looked || (looked.untilMs !== Number.POSITIVE_INFINITY && looked.untilMs <= options.nowMs()))
        looked = look()
      return streamed ? looked.streamed : looked.plain
    },
    changed() {
      looked = null
    },
  }
}

function blocksOf(
  unwell: readonly DeploymentBreakers[],
  signals: readonly BreakerSignal[],
  nowMs: number,
): ReadonlyMap<string, DeploymentBlock> {
  const blocks = new Map<string, DeploymentBlock>()
  for (const { id, breakers } of unwell) {
    for (const signal of signals) {
      const answer = askBreaker(breakers[signal], nowMs)
      if (typeof answer !== 'object') continue
      blocks.set(id, answer)
      break
    }
  }
  return blocks.size === 0 ? nobody : blocks
}

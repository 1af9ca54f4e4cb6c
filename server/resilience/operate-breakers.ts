import { type Breaker, move } from '#lib/resilience/breaker'
import { breakerSignals } from '#lib/resilience/breaker-signal'
import { closeBreaker, isolateBreaker } from '#lib/resilience/breaker-state'
import type { Transaction } from '#server/config/configuration-version'
import { AppError } from '#server/http/app-error'
import type { BreakerRegistry } from '#server/resilience/breaker-registry'
import type { Breakers, OperatorAction } from '#server/resilience/breakers'

/** What operators do to breakers; each resolves when the change is stored, and so is seen by the other instances. */
export function operateBreakers(parts: {
  registry: BreakerRegistry
  nowMs: () => number
  flushed: () => Promise<void>
}): Pick<Breakers, 'isolate' | 'release' | 'closeByHand'> {
  const { registry, nowMs } = parts
  const how = ({ actorId, reason }: OperatorAction) => ({ nowMs: nowMs(), reason, actorId })
  return {
    async isolate({ untilMs, ...action }) {
      const entry = registry.of(action.deploymentId)
      const { health } = entry.breakers
      const change = { before: standing([health]), after: { health: 'isolated', untilMs } }
      registry.record(entry, {
        ...move(health, isolateBreaker(health.state, { ...how(action), untilMs })),
        within: told(action, change),
      })
      await parts.flushed()
    },
    async release(action) {
      registry.endIsolations()
      const entry = registry.of(action.deploymentId)
      const { health } = entry.breakers
      if (health.state.phase !== 'isolated')
        throw new AppError('conflict', { message: `${action.deploymentId} is not isolated.` })
      const change = { before: standing([health]), after: { health: 'closed' } }
      registry.record(entry, {
        ...move(health, closeBreaker(health.state, how(action))),
        within: told(action, change),
      })
      await parts.flushed()
    },
    async closeByHand(action) {
      const entry = registry.of(action.deploymentId)
      const open = breakerSignals
        .map((signal) => entry.breakers[signal])
        .filter(({ state }) => state.phase === 'open' || state.phase === 'half_open')
      if (open.length === 0)
        throw new AppError('conflict', { message: `No breaker of ${action.deploymentId} is open.` })
      const before = standing(open)
      // One act, one entry, though it moves several breakers: the first one's row carries it.
      let within = told(action, {
        before,
        after: Object.fromEntries(open.map(({ signal }) => [signal, 'closed'])),
      })
      for (const breaker of open) {
        registry.record(entry, { ...move(breaker, closeBreaker(breaker.state, how(action))), within })
        within = undefined
      }
      await parts.flushed()
    },
  }
}

/** Phases by signal, as the audit log keeps them. */
function standing(breakers: readonly Pick<Breaker, 'signal' | 'state'>[]): Record<string, string> {
  return Object.fromEntries(breakers.map(({ signal, state }) => [signal, state.phase]))
}

function told({ along }: OperatorAction, change: { before: unknown; after: unknown }) {
  return along && ((tx: Transaction) => along(tx, change))
}

import { move } from '#lib/resilience/breaker'
import { breakerSignals } from '#lib/resilience/breaker-signal'
import { closeBreaker, isolateBreaker } from '#lib/resilience/breaker-state'
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
      registry.record(entry, move(health, isolateBreaker(health.state, { ...how(action), untilMs })))
      await parts.flushed()
    },
    async release(action) {
      registry.endIsolations()
      const entry = registry.of(action.deploymentId)
      const { health } = entry.breakers
      if (health.state.phase !== 'isolated')
        throw new AppError('conflict', { message: `${action.deploymentId} is not isolated.` })
      registry.record(entry, move(health, closeBreaker(health.state, how(action))))
      await parts.flushed()
    },
    async closeByHand(action) {
      const entry = registry.of(action.deploymentId)
      const open = breakerSignals
        .map((signal) => entry.breakers[signal])
        .filter(({ state }) => state.phase === 'open' || state.phase === 'half_open')
      if (open.length === 0)
        throw new AppError('conflict', { message: `No breaker of ${action.deploymentId} is open.` })
      for (const breaker of open)
        registry.record(entry, move(breaker, closeBreaker(breaker.state, how(action))))
      await parts.flushed()
    },
  }
}

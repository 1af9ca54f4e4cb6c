import { isNull } from 'drizzle-orm'
import { isInScope } from '#lib/traffic/route-traffic'
import { trafficSwitches } from '#schema/traffic'
import type { Database } from '#server/db/database'
import type { Log } from '#server/telemetry/log'
import { safeCause } from '#server/telemetry/safe-cause'
import { noteSwitch, type SwitchRow } from '#server/traffic/switch-store'
import type { TrafficState } from '#server/traffic/traffic-state'

/** An answered request as far as the proof of a switch needs it. */
export interface ServedRequest {
  id: string
  startedAtMs: number
  deploymentId: string
  provider: string
  /** Empty when the caller named a deployment. */
  tier: string
  operation: string
  /** The switch that moved it. */
  switchId: string | null
}

/** Told of every answered request, after its row: notes the first one after a switch was thrown or taken back. */
export type NoteServed = (request: ServedRequest) => void

export interface ServedRequestsOptions {
  db: Pick<Database, 'orm'>
  state: Pick<TrafficState, 'returned'>
  log: Pick<Log, 'warn'>
  onNoted(): void
}

/** One note a switch and direction from this instance; of several instances the first one's stays. */
export function noteServedRequests({ db, state, log, onNoted }: ServedRequestsOptions): NoteServed {
  const noted = new Set<string>()

  function note(id: string, column: 'thrownRequest' | 'returnedRequest', request: ServedRequest): void {
    const key = `${id} ${column}`
    if (noted.has(key)) return
    noted.add(key)
    const first = {
      id: request.id,
      at: new Date(request.startedAtMs).toISOString(),
      deploymentId: request.deploymentId,
    }
    const set: Partial<SwitchRow> = { [column]: first }
    noteSwitch(db, id, { set, where: isNull(trafficSwitches[column]) }).then(
      (row) => row && onNoted(),
      (cause: unknown) => {
        noted.delete(key)
        log.warn({ cause: safeCause(cause), switchId: id }, 'the first request after a switch was not noted')
      },
    )
  }

  return (request) => {
    if (request.switchId !== null) return note(request.switchId, 'thrownRequest', request)
    const returned = state.returned()
    if (returned.length === 0 || request.provider !== 'azure-openai') return
    const { operation, startedAtMs } = request
    const subject = { tier: request.tier === '' ? null : request.tier, operation }
    for (const { id, scope, sinceMs } of returned)
      if (startedAtMs >= sinceMs && isInScope(subject, scope)) note(id, 'returnedRequest', request)
  }
}

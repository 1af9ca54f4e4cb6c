import { LRUCache } from 'lru-cache'
import type { LedgerRecord } from '#lib/costs/ledger-record'
import type { PlanTraffic } from '#lib/gateway/route-plan'
import type { PairScores } from '#lib/traffic/judge-prompt'
import {
  addEnded,
  type CountsInWork,
  countsInWork,
  type EndedRequest,
} from '#lib/traffic/rollout-observation'
import type { MirrorDrop } from '#lib/traffic/shadow-report'
import { unitKey } from '#lib/traffic/unit-key'

type Side = 'baseline' | 'candidate'

/** One request of a rollout that ended. */
export interface EndedOfRollout {
  traffic: PlanTraffic
  record: LedgerRecord
  /** Whoever stays on one side: conversation or creator; null = the request was a unit of its own. */
  unit: { id: string; session: boolean } | null
}

/** Totals of one visit on this instance. */
export interface CountsToStore {
  rolloutId: string
  visit: number
  weightBps: number
  counts: Record<Side, CountsInWork> & { dropped: Partial<Record<MirrorDrop, number>> }
}

export interface UnitToStore {
  rolloutId: string
  visit: number
  unit: string
  side: Side
  session: boolean
  kept: boolean
  lastSeenMs: number
}

/** What waits to be stored. */
export interface TakenCounts {
  counts: readonly CountsToStore[]
  units: readonly UnitToStore[]
}

/** Counts what both sides of each rollout do, in memory; nobody's answer waits for it. */
export interface RolloutCounter {
  ended(request: EndedOfRollout): void
  /** A sampled request was not mirrored. */
  dropped(visit: { rolloutId: string; visit: number }, why: MirrorDrop): void
  /** Both answers to one mirrored request were scored. */
  scored(visit: { rolloutId: string; visit: number }, scores: PairScores): void
  /** What changed since it was last taken. */
  take(): TakenCounts
  /** What could not be stored is taken again. */
  giveBack(taken: TakenCounts): void
}

/** Units that this instance remembers to have told of; a forgotten one is told of again, which changes nothing. */
const mostUnits = 50_000
/** A unit's last sight is written again after so long. */
const refreshMs = 60_000
/** Visits in memory; older ones were stored long ago. */
const mostVisits = 200

export function createRolloutCounter(options: { nowMs(): number; onDirty(): void }): RolloutCounter {
  const visits = new LRUCache<string, CountsToStore>({ max: mostVisits })
  const dirty = new Map<string, CountsToStore>()
  const seen = new LRUCache<string, number>({ max: mostUnits })
  let units: UnitToStore[] = []

  function note(sight: UnitToStore): void {
    const key = `${sight.rolloutId} ${sight.visit} ${sight.unit}`
    const known = seen.get(key)
    if (known !== undefined && sight.lastSeenMs - known < refreshMs) return
    seen.set(key, sight.lastSeenMs)
    units.push(sight)
  }

  function countsOf(rolloutId: string, visit: number, weightBps: number): CountsToStore['counts'] {
    const key = `${rolloutId} ${visit}`
    const present = visits.get(key) ?? {
      rolloutId,
      visit,
      weightBps,
      counts: { baseline: countsInWork(), candidate: countsInWork(), dropped: {} },
    }
    visits.set(key, present)
    dirty.set(key, present)
    return present.counts
  }

  return {
    ended({ traffic, record, unit }) {
      const { arm, rolloutId, visit } = traffic
      if (rolloutId === null || visit === null || (arm !== 'baseline' && arm !== 'candidate')) return
      if (record.planReasons.some(({ cache }) => cache === 'hit')) return
      if (unit) {
        const kept = visit.counted !== visit.now
        const lastSeenMs = options.nowMs()
        const key = unitKey(rolloutId, unit.id)
        note({ rolloutId, visit: visit.now, unit: key, side: arm, session: unit.session, kept, lastSeenMs })
      }
      const counts = countsOf(rolloutId, visit.counted, visit.weightBps)[arm]
      addEnded(counts, sightOf(record, { deploymentIds: traffic.deploymentIds, newUnit: unit === null }))
      options.onDirty()
    },
    dropped({ rolloutId, visit }, why) {
      const { dropped } = countsOf(rolloutId, visit, 0)
      dropped[why] = (dropped[why] ?? 0) + 1
      options.onDirty()
    },
    scored({ rolloutId, visit }, scores) {
      const counts = countsOf(rolloutId, visit, 0)
      for (const side of ['baseline', 'candidate'] as const) {
        counts[side].scores += 1
        counts[side].scoreSum += scores[side]
      }
      options.onDirty()
    },
    take() {
      const taken = { counts: [...dirty.values()], units }
      dirty.clear()
      units = []
      return taken
    },
    giveBack(taken) {
      units = [...taken.units, ...units].slice(-mostUnits)
      for (const visit of taken.counts) dirty.set(`${visit.rolloutId} ${visit.visit}`, visit)
    },
  }
}

/** An answer of the other side is none of this one; a content filter's refusal is a refusal and no error. */
function sightOf(
  record: LedgerRecord,
  { deploymentIds, newUnit }: { deploymentIds: readonly string[]; newUnit: boolean },
): EndedRequest {
  const { outcome, finishReason, errorCode, streamed, costPicoUsd } = record
  const refused = finishReason === 'content_filter' || errorCode === 'content_filter'
  const answered = outcome === 'success' && deploymentIds.includes(record.deploymentId)
  return {
    cancelled: outcome === 'cancelled',
    error: !answered && !refused,
    refused,
    latencyMs: answered && !streamed ? record.latencyMs : null,
    firstTokenMs: answered && streamed ? record.firstTokenMs : null,
    costNanoUsd: answered && costPicoUsd !== null ? Number(costPicoUsd) / 1_000 : null,
    newUnit,
  }
}

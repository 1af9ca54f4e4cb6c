import { type DualWriteRequirement, requireDualWrite } from '#lib/migration/dual-write-requirement'
import type { Container } from '#server/create-container'
import { createJobLease } from '#server/jobs/job-lease'
import { createPacedWork, type PacedWork } from '#server/jobs/paced-work'
import { backfillStep } from '#server/migration/backfill-records'
import { createDualWriteFigures, type DualWriteFigures } from '#server/migration/dual-write-figures'
import { type DualWritePair, type MakePairs, registeredPairs } from '#server/migration/dual-write-pairs'
import {
  type DualWriteStanding,
  readBacklogs,
  readStandings,
  type StoredSwitch,
} from '#server/migration/read-dual-write'
import { reconcileStep } from '#server/migration/reconcile-step'
import { relayOutbox } from '#server/migration/relay-outbox'
import { createShadowQueue, type ShadowQueue } from '#server/migration/shadow-queue'
import { shadowRead } from '#server/migration/shadow-read'

/** The stores that move, and the work on them: `container.migration`. */
export interface Migration {
  pairs: readonly DualWritePair[]
  /** Whoever reads a record of a pair tells it here. */
  reads: Pick<ShadowQueue, 'saw'>
  /** For metrics. */
  figures: Pick<DualWriteFigures, 'read'>
  standings(): Promise<DualWriteStanding[]>
  /** Whether all of them are written twice and clean. */
  dualWrite(): Promise<DualWriteRequirement>
  /** Delivery and sampled comparison; copy and comparison of everything, on one instance at a time. */
  work: { delivery: PacedWork; keeping: PacedWork }
  close(): Promise<void>
}

type Parts = Pick<Container, 'db' | 'clock' | 'log' | 'events' | 'settings' | 'instanceId'>

const hourMs = 3_600_000
/** Longer than a delivery takes. */
const deliveryLeaseMs = 60_000
/** An instance that died is followed by another after this; what two do at once is harmless. */
const keepingLeaseMs = 60_000
const batch = 200
const page = 200
/** Between looks at an outbox that was empty: what a change waits at most. */
const deliveryPauseMs = 500
/** Between looks while nothing is to be copied or compared. */
const keepingPauseMs = 2_000
const roundsAtATime = 20
/** Between looks at what waits and differs, for metrics. */
const figuresEveryMs = 5_000

/** Wires the pairs of a process and starts the work on them; without pairs nothing runs. */
export function openMigration(parts: Parts, makePairs: MakePairs = registeredPairs): Migration {
  const { db, log, clock, settings } = parts
  const pairs = makePairs(db)
  const reads = createShadowQueue()
  const figures = createDualWriteFigures(pairs)
  let figuresDueMs = 0
  const reconcileEveryMs = () => settings.current().dualWrite.reconcileEveryHours * hourMs
  const standings = () => readStandings({ db, pairs, reconcileEveryMs: reconcileEveryMs() }, clock.nowMs())
  const lease = createJobLease({ db, name: 'dual-write', holder: parts.instanceId, forMs: keepingLeaseMs })
  const work = {
    delivery: createPacedWork({
      what: 'changes for second stores',
      restMs: null,
      log,
      work: async (signal) => {
        await compareReads(parts, pairs, reads.drain())
        for (const pair of pairs) await deliver(parts, { pair, figures, signal })
        if (clock.nowMs() >= figuresDueMs) {
          figures.saw(await readBacklogs(db, pairs))
          figuresDueMs = clock.nowMs() + figuresEveryMs
        }
        return deliveryPauseMs
      },
    }),
    keeping: createPacedWork({
      what: 'copies and comparisons of stores',
      restMs: null,
      log,
      work: async (signal) => {
        if (!(await lease.take())) return keepingPauseMs
        const busy = await keep(parts, { standings: await standings(), signal })
        if (busy) parts.events.publish('activity')
        return busy ? 0 : keepingPauseMs
      },
    }),
  }
  if (pairs.length > 0) for (const one of Object.values(work)) one.start()
  return {
    pairs,
    reads,
    figures,
    standings,
    dualWrite: async () =>
      requireDualWrite(
        (await standings()).map(({ pair, judgement }) => ({ ...judgement, stream: pair.stream })),
      ),
    work,
    async close() {
      await Promise.all(Object.values(work).map((one) => one.close()))
      if (pairs.length > 0) await lease.release().catch(() => undefined)
    },
  }
}

/** Until nothing is due, or for a while. */
async function deliver(
  { db, clock, events }: Parts,
  { pair, figures, signal }: { pair: DualWritePair; figures: DualWriteFigures; signal: AbortSignal },
): Promise<void> {
  const relay = { db, stream: pair.stream, secondary: pair.secondary, leaseMs: deliveryLeaseMs, batch }
  for (let round = 0; round < roundsAtATime && !signal.aborted; round += 1) {
    const round = await relayOutbox(relay, clock.nowMs())
    figures.note(pair.stream, round)
    const { delivered, failed } = round
    if (delivered + failed > 0) events.publish('activity')
    if (delivered < batch) return
  }
}

async function compareReads(
  { db, clock, settings }: Parts,
  pairs: readonly DualWritePair[],
  reads: ReturnType<ShadowQueue['drain']>,
): Promise<void> {
  const sampleBps = settings.current().dualWrite.shadowReadBps
  for (const { stream, accountId, recordId, readId } of reads) {
    const pair = pairs.find((one) => one.stream === stream)
    if (!pair) continue
    const { primary, secondary } = pair
    const options = { db, stream, accountId, primary, secondary, sampleBps }
    await shadowRead(options, { recordId, readId, nowMs: clock.nowMs() })
  }
}

/** A page of every copy that runs, an account of every comparison that is due; true when there was anything to do. */
async function keep(
  parts: Parts,
  { standings, signal }: { standings: readonly DualWriteStanding[]; signal: AbortSignal },
): Promise<boolean> {
  let busy = false
  for (const { pair, switches } of standings)
    for (const one of switches.filter(({ enabled }) => enabled)) {
      if (signal.aborted) return false
      busy = (await keepSwitch(parts, pair, one)) || busy
    }
  return busy
}

async function keepSwitch(
  { db, clock, settings }: Parts,
  { stream, primary, secondary }: DualWritePair,
  { accountId, backfillState, backfilledAt, reconcileDueAt }: StoredSwitch,
): Promise<boolean> {
  const nowMs = clock.nowMs()
  const stores = { db, stream, accountId, primary, secondary }
  if (backfillState === 'running' && backfilledAt === null) {
    await backfillStep({ ...stores, page }, nowMs)
    return true
  }
  if (backfilledAt === null || reconcileDueAt === null || reconcileDueAt.getTime() > nowMs) return false
  const { reconcileEveryHours, repairs } = settings.current().dualWrite
  return reconcileStep({ ...stores, everyMs: reconcileEveryHours * hourMs, repairs }, nowMs)
}

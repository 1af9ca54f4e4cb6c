import { sql } from 'drizzle-orm'
import type { Catalog } from '#lib/deployments/catalog'
import { tiersIn } from '#lib/traffic/describe-rollback'
import type { SwitchScope } from '#lib/traffic/traffic-config'
import { legacyChainOf } from '#lib/traffic/traffic-split'
import { legacyProbes } from '#schema/traffic'
import type { Container } from '#server/create-container'
import { probeDeployment } from '#server/gateway/test-call'
import { createJobLease } from '#server/jobs/job-lease'
import { safeCause } from '#server/telemetry/safe-cause'

export type ProbeRow = typeof legacyProbes.$inferSelect

/** Small calls to the legacy routes, so that the way back is known to be open before it is needed. */
export interface LegacyProbes {
  /** One call to each of these routes now. */
  probe(deploymentIds: readonly string[]): Promise<void>
  /** One call to the first route of every tier in the scope; nobody waits. */
  probeScope(scope: SwitchScope): void
  start(): void
  close(): Promise<void>
}

export interface ProbeParts extends Omit<Container, 'traffic' | 'alerts' | 'capacity' | 'models'> {
  everyMinutes: number
  dailyCapUsd: number
}

const lookEveryMs = 30_000
/** The way back is known soon after a start, which comes first. */
const firstLookMs = 5_000
const leaseMs = 120_000
const picoUsdPerUsd = 1e12

export function createLegacyProbes(parts: ProbeParts): LegacyProbes {
  const { db, log, clock, instanceId } = parts
  const lease = createJobLease({ db, name: 'legacy-probes', holder: instanceId, forMs: leaseMs })
  let first: ReturnType<typeof setTimeout> | null = null
  let timer: ReturnType<typeof setInterval> | null = null
  let running: Promise<void> | null = null
  let leased = false

  async function probe(deploymentIds: readonly string[]): Promise<void> {
    for (const id of deploymentIds) {
      if (parts.isShuttingDown()) return
      await probeOne(parts, id)
    }
    parts.events.publish('configuration')
  }

  async function probeIfDue(): Promise<void> {
    leased = await lease.take()
    if (!leased) return
    const rows = await readProbes(parts)
    const lastMs = Math.max(0, ...rows.map(({ at }) => at.getTime()))
    if (clock.nowMs() - lastMs < parts.everyMinutes * 60_000) return
    if (spentOn(rows, utcDay(clock.nowMs())) >= BigInt(Math.round(parts.dailyCapUsd * picoUsdPerUsd))) return
    await probe(legacyRouteIds(parts.catalog.current()))
  }

  function inBackground(work: () => Promise<void>): void {
    running = (running ?? Promise.resolve()).then(work).catch((cause: unknown) => {
      log.warn({ cause: safeCause(cause) }, 'probing the legacy routes failed; it is tried again')
    })
  }

  return {
    probe,
    probeScope(scope) {
      const catalog = parts.catalog.current()
      const first = tiersIn(scope, catalog).flatMap(
        (tier) => legacyChainOf({ tier, operation: '' }, catalog)[0]?.[0] ?? [],
      )
      inBackground(() => probe([...new Set(first)]))
    },
    start() {
      if (parts.everyMinutes === 0) return
      first = setTimeout(() => inBackground(probeIfDue), firstLookMs)
      timer = setInterval(() => inBackground(probeIfDue), lookEveryMs)
      first.unref()
      timer.unref()
    },
    async close() {
      if (first) clearTimeout(first)
      if (timer) clearInterval(timer)
      await running
      if (leased) await lease.release()
    },
  }
}

/** Every deployment in a legacy chain, once. */
export function legacyRouteIds(catalog: Catalog): string[] {
  const chains = [...catalog.tiers.values(), ...(catalog.embeddings ? [catalog.embeddings] : [])]
  return [...new Set(chains.flatMap(({ legacy }) => legacy.flat()))]
}

/** The last probe of each route. */
export function readProbes({ db }: Pick<Container, 'db'>): Promise<ProbeRow[]> {
  return db.orm.select().from(legacyProbes)
}

/** Pico-USD that the probes of a UTC day cost. */
export function spentOn(rows: readonly ProbeRow[], day: string): bigint {
  return rows.reduce((sum, row) => (row.day === day ? sum + row.dayCostPicoUsd : sum), 0n)
}

/** The UTC day of a moment, `YYYY-MM-DD`. */
export function utcDay(atMs: number): string {
  return new Date(atMs).toISOString().slice(0, 10)
}

async function probeOne(parts: ProbeParts, deploymentId: string): Promise<void> {
  const { call, costPicoUsd } = await probeDeployment(parts, deploymentId)
  const { limits } = parts.gateway.gauges.read(deploymentId)
  const day = utcDay(parts.clock.nowMs())
  const row = {
    at: new Date(parts.clock.nowMs()),
    ok: call.ok,
    latencyMs: call.durationMs,
    failureClass: call.failure?.class ?? null,
    message: call.failure?.message ?? null,
    limitRequests: limits?.limitRequests ?? null,
    remainingRequests: limits?.remainingRequests ?? null,
    limitTokens: limits?.limitTokens ?? null,
    remainingTokens: limits?.remainingTokens ?? null,
    day,
  }
  const cost = costPicoUsd ?? 0n
  const dayCost = sql<bigint>`CASE WHEN ${legacyProbes.day} = ${day}::date THEN ${legacyProbes.dayCostPicoUsd} ELSE 0 END + ${cost.toString()}::bigint`
  await parts.db.orm
    .insert(legacyProbes)
    .values({ deploymentId, ...row, dayCostPicoUsd: cost })
    .onConflictDoUpdate({ target: legacyProbes.deploymentId, set: { ...row, dayCostPicoUsd: dayCost } })
}

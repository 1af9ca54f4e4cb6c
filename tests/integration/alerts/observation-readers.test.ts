import { beforeEach, expect, it } from 'vitest'
import { builtInRules } from '#lib/alerts/built-in-rules'
import { judgeObservations } from '#lib/alerts/judge-observations'
import type { Observation } from '#lib/alerts/observation'
import { builtInPrices } from '#lib/costs/built-in-prices'
import { indexCatalog } from '#lib/deployments/catalog'
import { catalogSchema } from '#lib/deployments/catalog-schema'
import { type ObservationParts, observationReaders } from '#server/alerts/observation-readers'
import type { Database } from '#server/db/database'
import { createDeploymentGauges } from '#server/deployments/deployment-gauges'
import { createPostgresAuthority } from '#server/quotas/postgres-authority'
import { createQuotaRuleStore } from '#server/quotas/quota-rules'
import { bookInto, emptyLedger } from '#tests/support/book-records'
import { describeOnDatabases } from '#tests/support/databases'
import { aRecord } from '#tests/support/ledger-records'

const nowMs = Date.UTC(2026, 10, 23, 12, 0, 30)
const minuteMs = 60_000
const catalog = indexCatalog(
  catalogSchema.parse({
    regions: [{ name: 'westeurope', endpoint: 'https://west.example' }],
    deployments: [
      {
        id: 'we-premium',
        region: 'westeurope',
        deployment: 'gpt-4-turbo-prod',
        model: 'gpt-4-turbo',
        capacity: { tokensPerMinute: 4_000, requestsPerMinute: 480 },
        lifecycle: { stage: 'deprecated', retiresOn: '2026-12-03', replacement: 'gpt-5' },
      },
    ],
    tiers: { premium: { chain: ['we-premium'] } },
  }),
)

function readers(db: Database, gauges = createDeploymentGauges({ nowMs: () => nowMs })) {
  const rules = createQuotaRuleStore(db, () => nowMs)
  const quotas = { rules, authority: createPostgresAuthority(db, { leaseForMs: 1 }) }
  const gateway = { gauges, priceBook: () => builtInPrices }
  const parts = { db, catalog: { current: () => catalog }, gateway, quotas } as ObservationParts
  return observationReaders(parts)
}

async function see(db: Database, gauges?: ReturnType<typeof createDeploymentGauges>): Promise<Observation[]> {
  const seen = await Promise.all(readers(db, gauges).map(({ read }) => read(nowMs)))
  return seen.flat()
}

/** Ids of the built-in rules that the observations breach. */
function breached(seen: readonly Observation[]): string[] {
  return builtInRules
    .filter((rule) => judgeObservations(rule, seen).some((reading) => reading.breached))
    .map(({ id }) => id)
}

describeOnDatabases('the readers of observations', (openDb) => {
  let db: Database
  beforeEach(async () => {
    db = await openDb()
    await emptyLedger(db)
    await db.pool.query('TRUNCATE region_states, audit_verifications')
  })

  it('have names of their own, by which their metrics begin, and find no fault with a system that did nothing', async () => {
    const names = readers(db).map(({ name }) => name)
    expect(new Set(names).size).toBe(names.length)
    for (const { name, read } of readers(db)) {
      for (const { metric } of await read(nowMs)) expect(metric.split('.')[0]).toBe(name)
    }
    expect(breached(await see(db))).toEqual(['model-retiring'])
  })

  it('see a tier that fails and is slow, with the requests that show it, and a deployment that is full', async () => {
    const at = { startedAtMs: nowMs - minuteMs }
    const good = Array.from({ length: 30 }, (_, index) => aRecord(`req_good${index}`, at))
    const slow = Array.from({ length: 10 }, (_, index) =>
      aRecord(`req_slow${index}`, { ...at, latencyMs: 15_000 }),
    )
    const failure = { outcome: 'error', errorCode: 'provider_unavailable', httpStatus: 503 } as const
    const bad = Array.from({ length: 10 }, (_, index) => aRecord(`req_bad${index}`, { ...at, ...failure }))
    await bookInto(db, [...good, ...slow, ...bad])
    const seen = await see(db)
    const ofTier = (metric: string, window: string) =>
      seen.find(
        ({ metric: name, labels }) =>
          name === metric && labels.tier === 'premium' && labels.window === window,
      )
    for (const window of ['5m', '30m', '1h', '6h', '3d']) {
      expect(ofTier('tier.error_ratio', window)).toMatchObject({ value: 0.2, sample: 50 })
      expect(ofTier('tier.slow_ratio', window)).toMatchObject({ value: 0.25, sample: 40 })
    }
    expect(ofTier('tier.error_ratio', '5m')?.requestIds.toSorted()).toEqual(
      bad.map(({ id }) => id).toSorted(),
    )
    expect(ofTier('tier.slow_ratio', '5m')?.requestIds).toHaveLength(5)
    const full = seen.find(({ metric }) => metric === 'capacity.used_ratio')
    expect(full).toMatchObject({ labels: { deployment: 'we-premium' } })
    expect(full?.value).toBeGreaterThan(1)
    expect(breached(seen)).toEqual(
      expect.arrayContaining([
        'sla-errors',
        'sla-latency',
        'slo-errors-fast',
        'slo-errors-slow',
        'capacity-used',
      ]),
    )
  })

  it('see requests that were shed, regions that are away and a log that was changed', async () => {
    const shed = { outcome: 'error', errorCode: 'overloaded', httpStatus: 503, attempts: [] } as const
    await bookInto(db, [aRecord('req_shed', { ...shed, startedAtMs: nowMs - 30_000 })])
    await db.pool.query(`INSERT INTO region_states VALUES
      ('westeurope', 'failed_over', 2, 0, false, NULL, 'by hand', now(), 'usr_1', 'ins_1', now())`)
    await db.pool.query(`INSERT INTO audit_verifications
      (id, scope, state, started_at, finished_at, total, checked, to_sequence, problem, instance_id) VALUES
      ('ver_1', 'whole', 'ok', now() - interval '1 hour', now(), 9, 9, 9, NULL, 'ins_1'),
      ('ver_2', 'whole', 'failed', now(), now(), 9, 5, 4, NULL, 'ins_1')`)
    const gauges = createDeploymentGauges({ nowMs: () => nowMs })
    gauges.sawLimits('we-premium', {
      remainingTokens: null,
      remainingRequests: null,
      utilization: 0.97,
      retryAfterMs: null,
    } as Parameters<typeof gauges.sawLimits>[1])
    const seen = await see(db, gauges)
    expect(seen.find(({ metric }) => metric === 'gateway.shed_requests')).toMatchObject({
      value: 1,
      requestIds: ['req_shed'],
    })
    expect(breached(seen)).toEqual(
      expect.arrayContaining([
        'gateway-shedding',
        'region-away',
        'audit-verification-failed',
        'capacity-ptu',
      ]),
    )
  })
})

import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import fc from 'fast-check'
import { expect, it, vi } from 'vitest'
import type { LedgerRecord, Outcome } from '#lib/costs/ledger-record'
import { createLedgerWriter, type LedgerWriter } from '#server/costs/ledger-writer'
import type { Database } from '#server/db/database'
import { systemClock } from '#server/telemetry/clock'
import { emptyLedger } from '#tests/support/book-records'
import { type DatabaseProxy, startDatabaseProxy } from '#tests/support/database-proxy'
import { describeOnDatabases } from '#tests/support/databases'
import { anAttempt, aRecord } from '#tests/support/ledger-records'
import { testPseudonyms } from '#tests/support/pseudonyms'

type Step =
  | { do: 'record'; numbers: number[] }
  | { do: 'cut' | 'restore' | 'pauseAnswers' | 'resume' | 'drop' | 'restart' | 'settle' }

const step: fc.Arbitrary<Step> = fc.oneof(
  {
    weight: 6,
    arbitrary: fc.record({
      do: fc.constant('record' as const),
      numbers: fc.array(fc.nat(60), { minLength: 1, maxLength: 25 }),
    }),
  },
  {
    weight: 5,
    arbitrary: fc.record({
      do: fc.constantFrom('cut', 'restore', 'pauseAnswers', 'resume', 'drop', 'restart', 'settle'),
    }),
  },
) as fc.Arbitrary<Step>

const outcomes: readonly Outcome[] = ['success', 'error', 'cancelled', 'cut']

/** The request of that number: always the same record, over two months, days, accounts and every outcome. */
function request(number: number): LedgerRecord {
  const unpriced = number % 7 === 0
  return aRecord(`req_${number}`, {
    accountId: `acc_${number % 3}`,
    startedAtMs: Date.UTC(2026, 9, 31, 23, 58, number * 5, number),
    creatorId: number % 4 === 0 ? null : `cr_${number % 4}`,
    deploymentId: `dep_${number % 2}`,
    outcome: outcomes[number % 4] ?? 'success',
    usage: {
      inputTokens: number * 10,
      cachedInputTokens: number,
      cacheWriteTokens: 0,
      outputTokens: number * 3,
      reasoningTokens: 0,
      source: 'provider',
    },
    costPicoUsd: unpriced ? null : String(10n ** 15n + BigInt(number)),
    firstTokenMs: number % 5 === 0 ? number : null,
    latencyMs: number * 11,
    attempts: Array.from({ length: (number % 3) + 1 }, () => anAttempt()),
  })
}

const first = fc.constantFrom('database' as const, 'journal' as const)

/** What every table must add up to. */
function expectedSums(numbers: ReadonlySet<number>) {
  const records = [...numbers].map(request)
  const sum = (value: (record: LedgerRecord) => number | bigint) =>
    records.reduce((total, record) => total + BigInt(value(record)), 0n).toString()
  const successes = records.filter((record) => record.outcome === 'success')
  return {
    entries: String(records.length),
    attempts: sum((record) => record.attempts.length),
    input: sum((record) => record.usage.inputTokens),
    output: sum((record) => record.usage.outputTokens),
    cost: sum((record) => BigInt(record.costPicoUsd ?? 0)),
    unpriced: sum((record) => (record.costPicoUsd === null ? 1 : 0)),
    latencies: String(successes.length),
    errors: String(records.length - successes.length),
    firstTokens: String(successes.filter((record) => record.firstTokenMs !== null).length),
  }
}

const costRollups = [
  ['route_rollups', ['minute', 'hour', 'day']],
  ['creator_rollups', ['minute', 'hour', 'day', 'month']],
] as const

/** The same sums from the ledger, from the days, and from every grain of the roll-ups. */
async function readSums(db: Database) {
  const read = async (text: string) => (await db.pool.query<Record<string, string>>(text)).rows[0] ?? {}
  const amounts = (unpriced: string) => `coalesce(sum(input_tokens), 0)::text AS input,
    coalesce(sum(output_tokens), 0)::text AS output, coalesce(sum(cost_pico_usd), 0)::text AS cost,
    coalesce(sum(${unpriced}), 0)::text AS unpriced`
  const histogram = (grain: string) =>
    read(`SELECT coalesce(sum(requests) FILTER (WHERE signal = 'latency'), 0)::text AS latencies,
      coalesce(sum(requests) FILTER (WHERE signal = 'first_token'), 0)::text AS "firstTokens"
      FROM latency_rollups WHERE grain = '${grain}'`)
  const traffic = (grain: string) =>
    read(`SELECT coalesce(sum(requests), 0)::text AS entries, coalesce(sum(attempts), 0)::text AS attempts,
      ${amounts('unpriced')} FROM traffic_rollups WHERE grain = '${grain}'`)
  const costs = costRollups.flatMap(([table, grains]) =>
    grains.map((grain) =>
      read(`SELECT coalesce(sum(requests), 0)::text AS entries, ${amounts('unpriced')},
        coalesce(sum(errors), 0)::text AS errors FROM ${table} WHERE grain = '${grain}'`),
    ),
  )
  const readCube = async (grain: 'days' | 'months') => ({
    [grain]: await read(
      `SELECT coalesce(sum(requests), 0)::text AS entries, ${amounts('unpriced')} FROM usage_${grain}`,
    ),
  })
  return {
    costs: await Promise.all(costs),
    ledger: {
      ...(await read(`SELECT count(*)::text AS entries, coalesce(sum(attempts), 0)::text AS attempts,
        ${amounts('(cost_pico_usd IS NULL)::int')} FROM ledger_entries`)),
      ...(await histogram('minute')),
    },
    ...(await readCube('days')),
    ...(await readCube('months')),
    minutes: await traffic('minute'),
    hours: { ...(await traffic('hour')), ...(await histogram('hour')) },
    byDay: await histogram('day'),
    attempts: await read('SELECT count(*)::text AS attempts FROM attempts'),
  }
}

describeOnDatabases('ledger', (openDb) => {
  it('P15 one row per ended request, and roll-ups that add up, under any duplicates, failures and restarts', async () => {
    const db = await openDb()
    await fc.assert(
      fc.asyncProperty(fc.array(step, { minLength: 3, maxLength: 14 }), first, async (steps, goesFirst) => {
        await emptyLedger(db)
        const run = await startRun(db, goesFirst)
        try {
          for (const one of steps) await run.perform(one)
          await run.finish()
          const { errors, ...all } = expectedSums(run.handedIn)
          const { attempts, entries, latencies, firstTokens, ...amounts } = all
          expect(await readSums(db)).toEqual({
            costs: costRollups.flatMap(([, grains]) => grains.map(() => ({ entries, errors, ...amounts }))),
            ledger: all,
            days: { entries, ...amounts },
            months: { entries, ...amounts },
            minutes: { entries, attempts, ...amounts },
            hours: all,
            byDay: { latencies, firstTokens },
            attempts: { attempts },
          })
        } finally {
          await run.dispose()
        }
      }),
      { numRuns: 30 },
    )
  })
})

/** A statement whose client is gone still commits when it ends: not into the next run's empty ledger. */
async function expectNoneAtWork(db: Database) {
  const { rows } = await db.pool.query(
    `SELECT pid FROM pg_stat_activity WHERE datname = current_database() AND application_name = 'huntaze-ledger'`,
  )
  expect(rows).toEqual([])
}

async function startRun(db: Database, goesFirst: 'database' | 'journal') {
  const directory = await mkdtemp(join(tmpdir(), 'huntaze-p15-'))
  const proxy: DatabaseProxy = await startDatabaseProxy(db.connection)
  const handedIn = new Set<number>()
  let pending: Promise<unknown>[] = []
  const open = () =>
    createLedgerWriter({
      connection: proxy.connection,
      first: goesFirst,
      journalPath: join(directory, 'ledger.journal'),
      instanceId: 'ins_1',
      pseudonyms: testPseudonyms,
      clock: systemClock,
      log: { info() {}, error() {} },
      commitTimeoutMs: 20,
      answerTimeoutMs: 500,
    })
  let writer: LedgerWriter = open()
  const perform = async (one: Step) => {
    if (one.do === 'record') {
      for (const number of one.numbers) {
        handedIn.add(number)
        pending.push(writer.record(request(number)))
      }
    } else if (one.do === 'settle') {
      await Promise.all(pending.splice(0))
    } else if (one.do === 'restart') {
      await writer.close()
      writer = open()
    } else if (one.do === 'drop') proxy.dropConnections()
    else proxy[one.do]()
  }
  return {
    handedIn,
    perform,
    async finish() {
      await Promise.all(pending.splice(0))
      proxy.resume()
      proxy.restore()
      await writer.close()
      pending = []
      writer = open()
      await vi.waitFor(() => writer.replayJournal(), { timeout: 30_000 })
      expect(writer.journalPending()).toBe(0)
    },
    async dispose() {
      proxy.resume()
      await writer.close()
      await proxy.close()
      await vi.waitFor(() => expectNoneAtWork(db), { timeout: 30_000 })
      await rm(directory, { recursive: true, force: true })
    },
  }
}

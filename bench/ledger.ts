/**
 * The ledger bench: how fast the project's own ledger writer commits, how long Overview and usage take at a million
 * rows, and how fast the gateway starts on them, also after `kill -9`. Embedded database, a fresh data
 * directory. Prints tables and bars, writes bench/results/ledger-<date>.json. `--help` lists the options.
 */
import { join } from 'node:path'
import { makeRecord } from '#bench/ledger/make-record'
import { measureRestarts } from '#bench/ledger/measure-restarts'
import { openWriter } from '#bench/ledger/open-writer'
import { LEDGER_USAGE, type LedgerOptions, parseLedgerOptions } from '#bench/ledger/parse-ledger-options'
import { buildLedgerTables, judgeLedger, type LedgerMeasures } from '#bench/ledger/report-ledger'
import { type QueryTiming, timeQuery } from '#bench/ledger/time-queries'
import { writeRecords } from '#bench/ledger/write-records'
import { buildTarget } from '#bench/load/build-target'
import { startLoadDriver } from '#bench/load/drive-load'
import { publish } from '#bench/report/publish'
import { runMain } from '#bench/run-main'
import { ADMIN_KEY, CONTENDERS, GATEWAY_KEY } from '#bench/servers/contenders'
import { readCpuMs } from '#bench/servers/read-process-usage'
import { type RunningServer, startServer } from '#bench/servers/start-server'

const DAY_MS = 86_400_000
/** Within the partitions that exist: this month's and the last one's. */
const SPAN_MS = 27 * DAY_MS
const RANGES = ['15m', '1h', '24h', '7d', 'month'] as const

const say = (line: string) => console.error(line)

/** Lets the gateway create the schema and the bootstrap account's first row. */
async function prepareData(start: () => Promise<RunningServer>, upstreamOrigin: string): Promise<void> {
  const server = await start()
  const driver = startLoadDriver()
  const target = buildTarget(server, upstreamOrigin)
  const job = { kind: 'answers', target, connections: 1, warmupRequests: 0, requests: 10 } as const
  const result = await driver.answers(job, () => readCpuMs(server.pid))
  await driver.end()
  await server.stop()
  if (result.failures > 0) throw new Error(`the gateway did not answer: ${result.firstFailure}`)
}

/** A tenth of the rows as they come live (all of now), the rest spread over the last 27 days, oldest first. */
async function writeLedger(dataDirectory: string, rows: number): Promise<LedgerMeasures['writes']> {
  const writer = await openWriter(dataDirectory)
  try {
    const { accountId, write } = writer
    const live = Math.floor(rows / 20)
    const nowMs = Date.now()
    const makeLive = (index: number) => makeRecord({ index, startedAtMs: Date.now(), accountId })
    const makePast = (index: number) =>
      makeRecord({
        index,
        startedAtMs: Math.floor(nowMs - SPAN_MS * (1 - (index - 2 * live) / rows)),
        accountId,
      })
    const measures = []
    for (const phase of [
      { name: 'live', make: makeLive, from: 0, rows: live, inFlight: 16 },
      { name: 'live', make: makeLive, from: live, rows: live, inFlight: 256 },
      { name: 'spread over 27 days', make: makePast, from: 2 * live, rows: rows - 2 * live, inFlight: 512 },
    ]) {
      const timing = await writeRecords({ write, ...phase })
      measures.push({ name: phase.name, ...timing })
      say(`${phase.name}: ${phase.rows} rows, ${timing.rowsPerSecond.toFixed(0)}/s`)
    }
    return measures
  } finally {
    await writer.close()
  }
}

async function timeQueries(origin: string): Promise<QueryTiming[]> {
  const nowMs = Date.now()
  const day = (daysAgo: number) => encodeURIComponent(new Date(nowMs - daysAgo * DAY_MS).toISOString())
  const queries = [
    ...RANGES.map((range) => ({
      name: `overview, ${range}`,
      path: `/api/admin/overview?range=${range}`,
      key: ADMIN_KEY,
    })),
    { name: 'usage of an account, this month', path: '/api/v1/usage', key: GATEWAY_KEY },
    {
      name: 'usage of an account, 27 days',
      path: `/api/v1/usage?from=${day(27)}&to=${day(0)}`,
      key: GATEWAY_KEY,
    },
  ]
  const timings: QueryTiming[] = []
  for (const query of queries) {
    const timing = await timeQuery({ ...query, origin }, 40)
    say(`${timing.name}: median ${timing.medianMs.toFixed(1)} ms`)
    timings.push(timing)
  }
  return timings
}

async function measure(options: LedgerOptions, directory: string): Promise<LedgerMeasures> {
  const upstream = await startServer({
    contender: CONTENDERS.upstream,
    upstreamOrigin: '',
    directory: join(directory, 'upstream'),
    limitMs: 20_000,
  })
  const placed = {
    contender: CONTENDERS.huntaze,
    upstreamOrigin: upstream.origin,
    directory: join(directory, 'huntaze'),
  }
  await prepareData(() => startServer({ ...placed, limitMs: 300_000 }), upstream.origin)
  const writes = await writeLedger(join(placed.directory, 'data'), options.rows)
  const start = () => startServer({ ...placed, limitMs: 120_000 })
  const server = await start()
  const queries = await timeQueries(server.origin)
  const driver = startLoadDriver()
  const job = { start, driver, upstreamOrigin: upstream.origin, restarts: 3, requests: 20_000 }
  const restarted = await measureRestarts(job, server)
  await restarted.server.stop()
  await driver.end()
  return {
    rows: options.rows,
    writes,
    queries,
    cleanStartMs: server.startUpMs,
    restartsMs: restarted.startUpMs,
    failures: restarted.failures,
  }
}

async function run(options: LedgerOptions, directory: string): Promise<number> {
  const measures = await measure(options, directory)
  return publish({
    name: 'ledger',
    about: `embedded database, ${options.rows.toLocaleString('en-US')} rows`,
    tables: buildLedgerTables(measures),
    bars: judgeLedger(measures),
    results: { options, measures },
    withBars: options.withBars,
    asMarkdown: options.asMarkdown,
  })
}

runMain(LEDGER_USAGE, () => {
  const options = parseLedgerOptions(process.argv.slice(2))
  return (directory) => run(options, directory)
})

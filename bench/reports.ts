/**
 * How long cost reports take: by one dimension for an account, by two for an account and for all, over several spans, on
 * the roll-ups of a million requests in the embedded database and of ten million in Postgres. Prints tables and bars,
 * writes bench/results/reports-<date>.json. `--help` lists the options.
 */
import { parseArgs } from 'node:util'
import { readCount } from '#bench/read-count'
import { type Bar, judgeBar } from '#bench/report/judge-bar'
import { publish } from '#bench/report/publish'
import type { Table } from '#bench/report/tables'
import { fillRollups } from '#bench/reports/fill-rollups'
import { listCases, type ReportTiming, timeReport } from '#bench/reports/time-reports'
import { runMain } from '#bench/run-main'
import { migrate } from '../server/db/migrate.ts'
import { openEmbedded, openPostgres, postgresRefusal } from '../tests/support/databases.ts'

const USAGE = `usage: npm run reports --prefix bench [-- options]
  --embedded N  requests in the embedded database's roll-ups (1000000)
  --postgres N  in those of Postgres (10000000)
  --rounds N    times each report is asked for (5)
  --no-bars     exit 0 even if a bar is missed
  --markdown    print the section for docs/benchmarks.md
Postgres at HUNTAZE_TEST_DATABASE_URL, else at the standard port`

const DAYS = 31
const ACCOUNTS = 200
const REQUESTS_OF_A_CREATOR = 500
const count = (value: number) => value.toLocaleString('en-US')

interface Measured {
  readonly name: string
  readonly requests: number
  readonly timings: readonly ReportTiming[]
}

async function measure(kind: 'embedded' | 'postgres', requests: number, rounds: number): Promise<Measured> {
  const { db, dispose } = await (kind === 'postgres' ? openPostgres() : openEmbedded())
  try {
    const nowMs = Date.now()
    const creators = Math.ceil(requests / REQUESTS_OF_A_CREATOR)
    await migrate(db)
    await fillRollups(db, { requests, days: DAYS, creators, accounts: ACCOUNTS, nowMs })
    console.error(
      `${kind}: roll-ups of ${count(requests)} requests in ${((Date.now() - nowMs) / 1000).toFixed(0)} s`,
    )
    const timings: ReportTiming[] = []
    for (const wanted of listCases(nowMs)) timings.push(await timeReport(db, wanted, rounds))
    const name = kind === 'postgres' ? 'Postgres' : 'embedded (PGlite)'
    return { name, requests, timings }
  } finally {
    await dispose()
  }
}

function tableOf({ name, requests, timings }: Measured): Table {
  return {
    title: `Cost reports on ${count(requests)} requests, ${name}`,
    columns: ['by', 'account', 'span', 'median ms', 'slowest ms', 'groups'],
    rows: timings.map(({ groupBy, accountId, period, medianMs, slowestMs, groups }) => [
      groupBy.join(' × '),
      accountId === null ? 'all' : 'the largest',
      period,
      medianMs.toFixed(1),
      slowestMs.toFixed(1),
      count(groups),
    ]),
  }
}

function barsOf({ name, requests, timings }: Measured): Bar[] {
  const slowest = (chosen: readonly ReportTiming[]) => Math.max(...chosen.map(({ medianMs }) => medianMs))
  const bar = (what: string, limitMs: number, chosen: readonly ReportTiming[]) =>
    judgeBar({
      name: `${name}, ${count(requests)} requests: ${what}, slowest`,
      limit: `≤ ${limitMs} ms`,
      value: slowest(chosen),
      isWithin: (value) => value <= limitMs,
      format: (value) => `${value.toFixed(1)} ms`,
    })
  const ofAccount = (dimensions: number) =>
    timings.filter(({ groupBy, accountId }) => groupBy.length === dimensions && accountId !== null)
  return [
    bar('by one dimension, for an account', 100, ofAccount(1)),
    bar('by two dimensions, for an account', 1000, ofAccount(2)),
    bar(
      'by two dimensions, all accounts',
      1000,
      timings.filter(({ accountId }) => accountId === null),
    ),
  ]
}

interface ReportsOptions {
  readonly embedded: number
  readonly postgres: number
  readonly rounds: number
  readonly withBars: boolean
  readonly asMarkdown: boolean
}

function parseReportsOptions(args: readonly string[]): ReportsOptions {
  const { values } = parseArgs({
    args: [...args],
    allowNegative: true,
    options: {
      embedded: { type: 'string', default: '1000000' },
      postgres: { type: 'string', default: '10000000' },
      rounds: { type: 'string', default: '5' },
      bars: { type: 'boolean', default: true },
      markdown: { type: 'boolean', default: false },
    },
  })
  return {
    embedded: readCount(values.embedded, '--embedded'),
    postgres: readCount(values.postgres, '--postgres'),
    rounds: readCount(values.rounds, '--rounds'),
    withBars: values.bars,
    asMarkdown: values.markdown,
  }
}

async function run(options: ReportsOptions): Promise<number> {
  const measured = [await measure('embedded', options.embedded, options.rounds)]
  if (postgresRefusal === null) measured.push(await measure('postgres', options.postgres, options.rounds))
  else console.error(`Postgres: skipped, ${postgresRefusal}`)
  return publish({
    name: 'reports',
    about: `roll-ups of ${DAYS} days, ${ACCOUNTS} accounts, a creator for every ${REQUESTS_OF_A_CREATOR} requests, medians of ${options.rounds}`,
    tables: measured.map(tableOf),
    bars: measured.flatMap(barsOf),
    results: { options, measured },
    withBars: options.withBars,
    asMarkdown: options.asMarkdown,
  })
}

runMain(USAGE, () => {
  const options = parseReportsOptions(process.argv.slice(2))
  return () => run(options)
})

/**
 * What booking a request costs: ledger entry, attempt, roll-ups, audit entry and its seal, on the embedded database and
 * on Postgres. The process that books is one of its own; this one is its load generator. Prints tables and bars, writes
 * bench/results/bookings-<date>.json. `--help` lists the options.
 */
import { parseArgs } from 'node:util'
import { startBookings } from '#bench/bookings/drive-bookings'
import { buildBookingTables, type DatabaseBookings, judgeBookings } from '#bench/bookings/report-bookings'
import { readCount } from '#bench/read-count'
import { publish } from '#bench/report/publish'
import { runMain } from '#bench/run-main'
import { postgresRefusal } from '../tests/support/databases.ts'

const USAGE = `usage: npm run bookings --prefix bench [-- options]
  --requests N  requests of a round and level (30000)
  --rounds N    (3)
  --no-bars     exit 0 even if a bar is missed
  --markdown    print the section for docs/benchmarks.md
Postgres at HUNTAZE_TEST_DATABASE_URL, else at the standard port`

const LEVELS = [16, 64, 256]
const WARM_UP = 5_000

interface BookingOptions {
  readonly requests: number
  readonly rounds: number
  readonly withBars: boolean
  readonly asMarkdown: boolean
}

function parseBookingOptions(args: readonly string[]): BookingOptions {
  const { values } = parseArgs({
    args: [...args],
    allowNegative: true,
    options: {
      requests: { type: 'string', default: '30000' },
      rounds: { type: 'string', default: '3' },
      bars: { type: 'boolean', default: true },
      markdown: { type: 'boolean', default: false },
    },
  })
  const requests = readCount(values.requests, '--requests')
  const rounds = readCount(values.rounds, '--rounds')
  return { requests, rounds, withBars: values.bars, asMarkdown: values.markdown }
}

async function measure(
  database: DatabaseBookings['database'],
  { requests, rounds }: BookingOptions,
): Promise<DatabaseBookings> {
  const driver = await startBookings({ database })
  await driver.run({ requests: WARM_UP, inFlight: 64 })
  const timings: DatabaseBookings['timings'][number][] = []
  for (let round = 0; round < rounds; round += 1)
    for (const inFlight of LEVELS) {
      const timing = await driver.run({ requests, inFlight })
      console.error(`${database}, ${inFlight} in flight: ${((requests * 1000) / timing.ms).toFixed(0)}/s`)
      timings.push(timing)
    }
  const counts = await driver.check()
  await driver.end()
  return { database, timings, requests: WARM_UP + requests * rounds * LEVELS.length, counts }
}

async function run(options: BookingOptions): Promise<number> {
  const databases = [await measure('embedded', options)]
  if (postgresRefusal === null) databases.push(await measure('postgres', options))
  else console.error(`Postgres: skipped, ${postgresRefusal}`)
  return publish({
    name: 'bookings',
    about: `${options.rounds} rounds of ${options.requests.toLocaleString('en-US')} requests a level, 10,000 creators`,
    tables: buildBookingTables(databases),
    bars: judgeBookings(databases),
    results: { options, databases },
    withBars: options.withBars,
    asMarkdown: options.asMarkdown,
  })
}

runMain(USAGE, () => {
  const options = parseBookingOptions(process.argv.slice(2))
  return () => run(options)
})

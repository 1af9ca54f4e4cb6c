/**
 * How soon the rollback switch is obeyed: three processes on one Postgres, each answering requests without a break, while
 * the switch is thrown and taken back again and again. Prints the time from the call to the last instance that obeys and
 * exits 1 above the bar. Usage: npm run rollback --prefix bench (Postgres at HUNTAZE_TEST_DATABASE_URL, else at the standard
 * port).
 */
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { returnSwitch, throwSwitch } from '../server/traffic/throw-switch.ts'
import { openPostgres } from '../tests/support/databases.ts'
import { runProgram } from '../tests/support/running-program.ts'
import { startGateway, testApiKey } from '../tests/support/start-gateway.ts'

const barMs = 1_000
const flips = 20
const callersEach = 4

const database = await openPostgres()
const env = {
  DATABASE_URL: database.databaseUrl,
  AUTH_SECRET: 'a-secret-of-at-least-32-characters-for-a-bench',
  HUNTAZE_SIGNING_KEY: Buffer.alloc(32, 7).toString('base64'),
  HUNTAZE_PSEUDONYM_KEY: Buffer.alloc(32, 8).toString('base64'),
  HUNTAZE_LEGACY_PROBE_MINUTES: '0',
}
const gateway = await startGateway({ env })
const dirs = [0, 1].map(() => mkdtempSync(join(tmpdir(), 'huntaze-bench-rollback-')))
const others = await Promise.all(
  dirs.map((dir) => runProgram({ ...env, HUNTAZE_DATA_DIR: dir, HUNTAZE_BOOTSTRAP_API_KEY: testApiKey })),
)
const urls = [gateway.url, ...others.map(({ url }) => url)]
let answered = 0
let isOver = false

async function ask(url: string): Promise<void> {
  const response = await fetch(`${url}/api/v1/chat/completions`, {
    method: 'POST',
    headers: { authorization: `Bearer ${testApiKey}`, 'content-type': 'application/json' },
    body: JSON.stringify({
      model: 'economy',
      max_tokens: 8,
      messages: [{ role: 'user', content: 'Hello?' }],
    }),
  })
  await response.text()
  if (!response.ok) throw new Error(`a request was answered with ${response.status}`)
  answered += 1
}

async function keepAsking(url: string): Promise<void> {
  while (!isOver) await ask(url)
}

const callers = urls.flatMap((url) => Array.from({ length: callersEach }, () => keepAsking(url)))
const actor = { id: 'usr_bench', name: 'bench', email: null, role: 'admin', via: 'session' } as const
const order = { actor, reason: 'a rehearsal', requestId: 'req_bench' }
const beganMs = performance.now()
const times: number[] = []
for (let flip = 0; flip < flips; flip += 1) {
  const thrown = await throwSwitch(gateway.container, {
    ...order,
    scope: { kind: 'all' },
    confirmation: 'roll back all',
  })
  const returned = await returnSwitch(gateway.container, {
    ...order,
    id: thrown.switch.id,
    confirmation: 'return to Azure',
  })
  for (const fleet of [thrown.switch.thrown.fleet, returned.switch.returned?.fleet]) {
    if (!fleet || fleet.acknowledged !== urls.length)
      throw new Error(`${fleet?.acknowledged ?? 0} instances obeyed`)
    times.push(fleet.afterMs)
  }
}
isOver = true
await Promise.all(callers)
const perSecond = answered / ((performance.now() - beganMs) / 1000)
await Promise.all(others.map((program) => program.stop('SIGTERM')))
await gateway.close()
await database.dispose()
for (const dir of dirs) rmSync(dir, { recursive: true, force: true })

const sorted = times.toSorted((a, b) => a - b)
const [median, worst] = [sorted[Math.floor(sorted.length / 2)] ?? Number.NaN, sorted.at(-1) ?? Number.NaN]
console.log(
  `${flips} flips and returns over ${urls.length} instances that answer ${perSecond.toFixed(0)} requests/s together`,
)
console.log(`from the call until the last instance obeys: median ${median} ms, worst ${worst} ms`)
console.log(`bar: ≤ ${barMs} ms: ${worst} ms, ${worst <= barMs ? 'pass' : 'MISS'}`)
process.exit(worst <= barMs ? 0 : 1)

/**
 * The audit log's throughput, on the embedded database and on Postgres: entries are inserted, sealed and verified.
 * Prints entries a second, of the verification the median of three, and exits 1 when one is below the bar.
 * Usage: npm run audit --prefix bench [-- ENTRIES] (Postgres at HUNTAZE_TEST_DATABASE_URL, else at the standard port)
 */
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { median } from '#bench/report/median'
import { createFileAnchorStore } from '../server/audit/anchor-store.ts'
import { createAnchors } from '../server/audit/anchors.ts'
import { createSealer } from '../server/audit/sealer.ts'
import { createSigningKeys } from '../server/audit/signing-keys.ts'
import { verifyLog } from '../server/audit/verify-log.ts'
import type { Database } from '../server/db/database.ts'
import { migrate } from '../server/db/migrate.ts'
import { openEmbedded, openPostgres, postgresRefusal } from '../tests/support/databases.ts'

const barPerSecond = 100_000
const verifications = 3
const entries = Number(process.argv[2] ?? 300_000)
if (!Number.isSafeInteger(entries) || entries < 1) throw new Error('ENTRIES must be a whole number from 1')

async function timed<Result>(what: string, work: () => Promise<Result>) {
  const cpu = process.cpuUsage()
  const began = performance.now()
  const result = await work()
  const ms = performance.now() - began
  const { user, system } = process.cpuUsage(cpu)
  const perSecond = (entries / ms) * 1000
  const cpuUs = (user + system) / entries
  console.log(
    `  ${what.padEnd(10)} ${perSecond.toFixed(0).padStart(8)} entries/s ${cpuUs.toFixed(1).padStart(6)} µs CPU of this process an entry`,
  )
  return { result, perSecond }
}

/** Verified entries a second. */
async function measure(db: Database, directory: string): Promise<number> {
  await migrate(db)
  const keys = createSigningKeys([Buffer.alloc(32, 1).toString('base64')])
  const anchors = createAnchors({ db, store: createFileAnchorStore(directory), keys })
  await timed('insert', () =>
    db.pool.query(
      `INSERT INTO audit_entries (account_id, at, action, outcome, actor, subject, resource, correlation_id, model,
         input_tokens, output_tokens, cost_pico_usd)
       SELECT 'acc_bench', now(), 'ai.chat', 'success', 'sub_0123456789abcdef01234567', 'sub_' || md5((n % 500)::text),
         'req_' || md5(n::text), 'req_' || md5(n::text), 'gpt-4-turbo', n % 900, n % 400, n * 1000
       FROM generate_series(1, $1) n`,
      [entries],
    ),
  )
  const sealer = createSealer({ db, keys, anchors, nowMs: Date.now, onLoss: console.error })
  const { result: pass } = await timed('seal', () => sealer.pass())
  if (pass.sealed !== entries) throw new Error(`${pass.sealed} of ${entries} entries were sealed`)
  const rates: number[] = []
  for (let turn = 0; turn < verifications; turn += 1) {
    const { result, perSecond } = await timed('verify', () => verifyLog({ db, keys, anchors }))
    if (result.problem || result.checked !== entries) throw new Error(JSON.stringify(result))
    rates.push(perSecond)
  }
  return median(rates)
}

async function run(name: string, open: typeof openPostgres | typeof openEmbedded): Promise<boolean> {
  console.log(name)
  const directory = await mkdtemp(join(tmpdir(), 'huntaze-audit-'))
  const { db, dispose } = await open()
  try {
    const perSecond = await measure(db, directory)
    const isFast = perSecond >= barPerSecond
    console.log(
      `  bar: ≥ ${barPerSecond} entries/s verified: ${perSecond.toFixed(0)}, ${isFast ? 'pass' : 'MISS'}`,
    )
    return isFast
  } finally {
    await dispose()
    await rm(directory, { recursive: true, force: true })
  }
}

const embedded = await run('embedded', openEmbedded)
if (postgresRefusal !== null) console.log(`Postgres: skipped, ${postgresRefusal}`)
const postgres = postgresRefusal !== null || (await run('Postgres', openPostgres))
process.exitCode = embedded && postgres ? 0 : 1

/**
 * What quotas cost a request in CPU: nothing limited, five meters in one process, five meters leased from Postgres.
 * Prints microseconds of CPU a request and how many requests one call to the authority served. Exits 1 above the bars.
 * Usage: npm run quotas --prefix bench (Postgres at HUNTAZE_TEST_DATABASE_URL, else at the standard port).
 */
import { builtInPlans } from '../lib/quotas/built-in-plans.ts'
import { migrate } from '../server/db/migrate.ts'
import { countTokens } from '../server/gateway/count-tokens.ts'
import { createEmbeddedAuthority } from '../server/quotas/embedded-authority.ts'
import { createLeaseHolder } from '../server/quotas/lease-holder.ts'
import { createPostgresAuthority } from '../server/quotas/postgres-authority.ts'
import type { QuotaAuthority } from '../server/quotas/quota-authority.ts'
import { createQuotas } from '../server/quotas/quotas.ts'
import { reserveQuota } from '../server/quotas/reserve-quota.ts'
import { openPostgres, postgresRefusal } from '../tests/support/databases.ts'

const requests = 100_000
const inFlight = 64
const barUs = 60
const clock = { nowMs: Date.now, monotonicMs: () => performance.now() }
const log = { warn: () => undefined, info: () => undefined }
const plans = new Map(builtInPlans.map((plan) => [plan.name, plan]))
const usd = 1_000_000_000_000n
plans.set('measured', {
  name: 'measured',
  onAuthorityLoss: 'closed',
  limits: [
    { scope: 'account', measure: 'requests', window: 'minute', limit: 10_000_000n },
    { scope: 'account', measure: 'tokens', window: 'minute', limit: 10_000_000_000n },
    { scope: 'account', measure: 'concurrent', window: 'running', limit: 4_000n },
    { scope: 'account', measure: 'cost', window: 'month', limit: 1_000_000n * usd },
    { scope: 'creator', measure: 'requests', window: 'minute', limit: 10_000_000n },
  ],
})

function quotasOver(authority: QuotaAuthority) {
  let calls = 0
  const counted: QuotaAuthority = {
    ...authority,
    sync(...given) {
      calls += 1
      return authority.sync(...given)
    },
  }
  const holder = createLeaseHolder({
    authority: counted,
    holder: 'bench',
    seedOf: async () => 0n,
    clock,
    log,
  })
  const none: readonly never[] = []
  const planOf = (name: string) => plans.get(name) ?? { name, onAuthorityLoss: 'open' as const, limits: [] }
  const rules = {
    revision: () => 1,
    plans: () => [...plans.values()],
    planOf,
    hasPlan: () => true,
    rulesOf: (_account: string, plan: string) => ({ plan: planOf(plan), budgets: none, overrides: none }),
    budgets: () => none,
    reload: async () => undefined,
  }
  const quotas = createQuotas({ rules, holder, authority: counted, close: holder.close })
  return { quotas, calls: () => calls }
}

async function measure(name: string, plan: string, authority: QuotaAuthority): Promise<number> {
  const { quotas, calls } = quotasOver(authority)
  const amounts = { tokens: 500n, costPicoUsd: 5_000_000_000n }
  const used = { tokens: 210n, costPicoUsd: 2_000_000_000n }
  const one = async (index: number) => {
    const atMs = Date.now()
    const subject = { accountId: 'acc', keyId: 'key', creatorId: `crt_${index % 50}`, plan }
    const reservation = await reserveQuota(quotas, {
      subject,
      atMs,
      nowMs: atMs,
      estimate: async () => amounts,
    })
    await new Promise((resolve) => setImmediate(resolve))
    reservation?.settle(used)
  }
  const run = async (count: number) => {
    let next = 0
    const work = async () => {
      while (next < count) {
        next += 1
        await one(next)
      }
    }
    await Promise.all(Array.from({ length: inFlight }, work))
  }
  await run(5_000)
  const callsBefore = calls()
  const began = process.cpuUsage()
  await run(requests)
  const { user, system } = process.cpuUsage(began)
  const us = (user + system) / requests
  const asked = calls() - callsBefore
  const served = asked === 0 ? '–' : `${(requests / asked).toFixed(0)} requests a call`
  console.log(`${name.padEnd(36)} ${us.toFixed(1).padStart(7)} µs of CPU a request   ${served}`)
  await quotas.close()
  return us
}

const memory = () => createEmbeddedAuthority({ nowMs: Date.now, leaseForMs: 15_000 })
const idle = await measure('nothing limited', 'unlimited', memory())
const embedded = await measure('five meters, embedded', 'measured', memory())
let shared = embedded
if (postgresRefusal === null) {
  const { db, dispose } = await openPostgres()
  await migrate(db, Date.now())
  shared = await measure(
    'five meters, leased from Postgres',
    'measured',
    createPostgresAuthority(db, { leaseForMs: 15_000 }),
  )
  await dispose()
} else console.log(`Postgres: skipped, ${postgresRefusal}`)

const prompt = 'Thank you so much! I am working on something new for the weekend. '.repeat(15)
await countTokens(prompt, 'gpt-4-turbo')
const began = process.cpuUsage()
for (let n = 0; n < 2_000; n += 1) await countTokens(`${n} ${prompt}`, 'gpt-4-turbo')
const { user, system } = process.cpuUsage(began)
console.log(
  `estimate of a prompt of ${prompt.length} characters ${((user + system) / 2_000).toFixed(1).padStart(7)} µs of CPU`,
)

const added = Math.max(embedded, shared) - idle
console.log(
  `bar: quotas add ≤ ${barUs} µs a request: ${added.toFixed(1)} µs, ${added <= barUs ? 'pass' : 'MISS'}`,
)
process.exitCode = added <= barUs ? 0 : 1

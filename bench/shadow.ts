/**
 * What mirroring costs the callers: one program on Postgres answers 50 requests/s of several tiers in turns, block by block in
 * one run: the same rollout, at its shadow step, mirrors one tier's requests and is paused for others. Two of those stand against
 * each other, which tells what the machine's own noise is. Then a shadow with a small cap is driven into it. Prints the callers'
 * times with an interval of what mirroring adds, and what was spent; exits 1 above a bar.
 * Usage: npm run shadow --prefix bench [-- --rounds 40] (Postgres at HUNTAZE_TEST_DATABASE_URL, else at the standard port).
 */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { Worker } from 'node:worker_threads'
import { Pool } from 'undici'
import { defaultRolloutPlan } from '../lib/traffic/rollout-plan.ts'
import { defaultShadowPlan, type ShadowPlan } from '../lib/traffic/shadow-plan.ts'
import type { readShadow } from '../server/traffic/shadow/read-shadow.ts'
import { openPostgres } from '../tests/support/databases.ts'
import { runProgram } from '../tests/support/running-program.ts'
import { createRandom } from './seeded-random.ts'
import { compareTails, quantile } from './shadow/compare-tails.ts'

const barMs = 1
const perSecond = 50
const requestsPerBlock = 200
const upstreamMs = 30
const cap = 20_000_000_000n
const [apiKey, adminKey] = ['a-key-of-the-shadow-bench', 'an-admin-key-of-the-shadow-bench']

const { values } = parseArgs({ options: { rounds: { type: 'string', default: '40' } } })
const rounds = Number(values.rounds)
if (!Number.isInteger(rounds) || rounds < 2)
  throw new Error(`--rounds must be a whole number from 2, not ${values.rounds}`)

const upstreams = new Worker(new URL('shadow/two-upstreams.ts', import.meta.url), {
  workerData: { upstreamMs },
})
const heard = <Value>() => new Promise<Value>((resolve) => upstreams.once('message', resolve))
const [baselineUrl, candidateUrl] = await heard<[string, string]>()
async function mirrored(): Promise<number> {
  const count = heard<number>()
  upstreams.postMessage('count')
  return count
}

const tiers = ['paused', 'again', 'mirrored', 'whole', 'capped']
const deployment = { region: 'old', deployment: 'chat', model: 'gpt-4-turbo', contextTokens: 128_000 }
const dataDir = mkdtempSync(join(tmpdir(), 'huntaze-bench-shadow-'))
const catalogPath = join(dataDir, 'catalog.json')
const catalog = {
  regions: [
    { name: 'old', endpoint: baselineUrl, role: 'primary' },
    { name: 'new', endpoint: candidateUrl, role: 'dr' },
  ],
  deployments: [
    { ...deployment, id: 'baseline' },
    { ...deployment, id: 'candidate', region: 'new' },
  ],
  tiers: Object.fromEntries(tiers.map((name) => [name, { chain: ['baseline'], maxOutputTokens: 100 }])),
}
writeFileSync(catalogPath, JSON.stringify(catalog))
const database = await openPostgres()
const program = await runProgram(
  {
    DATABASE_URL: database.databaseUrl,
    AUTH_SECRET: 'a-secret-of-at-least-32-characters-for-a-bench',
    HUNTAZE_SIGNING_KEY: Buffer.alloc(32, 7).toString('base64'),
    HUNTAZE_PSEUDONYM_KEY: Buffer.alloc(32, 8).toString('base64'),
    HUNTAZE_LEGACY_PROBE_MINUTES: '0',
    HUNTAZE_DATA_DIR: dataDir,
    HUNTAZE_CATALOG: catalogPath,
    HUNTAZE_BOOTSTRAP_API_KEY: apiKey,
    HUNTAZE_BOOTSTRAP_ADMIN_API_KEY: adminKey,
    AZURE_OPENAI_API_KEY: 'upstream-key',
  },
  [],
)
const pool = new Pool(program.url, { pipelining: 1, keepAliveTimeout: 60_000 })
const random = createRandom(1)

async function send<Answer>(method: 'GET' | 'POST', path: string, body?: unknown): Promise<Answer> {
  const answer = await pool.request({
    method,
    path,
    headers: {
      authorization: `Bearer ${path.startsWith('/api/admin/') ? adminKey : apiKey}`,
      'content-type': 'application/json',
    },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  })
  const text = await answer.body.text()
  if (answer.statusCode !== 200) throw new Error(`${method} ${path} answered ${answer.statusCode}: ${text}`)
  return JSON.parse(text) as Answer
}

async function startShadow(tier: string, shadow: Partial<ShadowPlan>): Promise<string> {
  const { id, version } = await send<{ id: string; version: number }>('POST', '/api/admin/rollouts', {
    tier,
    baseline: 'tier',
    candidate: [['candidate']],
    plan: {
      ...defaultRolloutPlan,
      steps: [{ weightBps: 0, needsApproval: false, gate: { minimumRequests: 10_000_000, minimumMs: 0 } }],
      guardrails: [{ metric: 'error_rate', limitRatio: 10, alphaWeight: 1 }],
      shadow: { ...defaultShadowPlan, embeddings: false, minimumParity: null, ...shadow },
    },
    start: true,
    reason: 'bench',
  })
  if (tier === 'paused' || tier === 'again')
    await send('POST', `/api/admin/rollouts/${id}/orders`, { command: 'pause', version, reason: 'bench' })
  return id
}

async function ask(tier: string): Promise<number> {
  const startedMs = performance.now()
  const messages = [{ role: 'user', content: 'Hello?' }]
  await send('POST', '/api/v1/chat/completions', { model: tier, messages })
  return performance.now() - startedMs
}

/** Requests come as callers' do: one by one, at random times, whether or not others are answered. */
async function block(tier: string, requests: number): Promise<number[]> {
  const answers: Promise<number>[] = []
  let nextMs = performance.now()
  for (let request = 0; request < requests; request += 1) {
    nextMs += (-Math.log(1 - random()) / perSecond) * 1_000
    await new Promise((resolve) => setTimeout(resolve, Math.max(0, nextMs - performance.now())))
    answers.push(ask(tier))
  }
  const times = await Promise.all(answers)
  await new Promise((resolve) => setTimeout(resolve, 300))
  return times
}

await startShadow('paused', { sampleBps: 10_000 })
await startShadow('again', { sampleBps: 10_000 })
await startShadow('mirrored', {})
await startShadow('whole', { sampleBps: 10_000 })
const cappedId = await startShadow('capped', { sampleBps: 10_000, capPicoUsd: cap.toString() })
const measured = ['paused', 'again', 'mirrored', 'whole']
// The program obeys within a second, and is warm by then.
for (const tier of measured) await block(tier, requestsPerBlock)
const times = new Map(measured.map((tier) => [tier, [] as number[][]]))
for (let round = 0; round < rounds; round += 1)
  for (let turn = 0; turn < measured.length; turn += 1) {
    const tier = measured[(round + turn) % measured.length] ?? ''
    times.get(tier)?.push(await block(tier, requestsPerBlock))
  }

const names = {
  paused: 'not mirrored',
  again: 'nor these',
  mirrored: '10 % mirrored',
  whole: '100 % mirrored',
}
const blocksOf = (tier: string) => times.get(tier) ?? []
const added = (tier: string) => compareTails(blocksOf(tier), blocksOf('paused'), random)
console.log(
  `callers' times over a ${upstreamMs} ms upstream, ${perSecond} requests/s, ${rounds} rounds of ${requestsPerBlock} requests a tier`,
)
for (const [tier, seen] of times) {
  const { ms, lowMs, highMs } = added(tier)
  const flat = seen.flat()
  const of = `p50 ${quantile(flat, 0.5).toFixed(2)} ms  p95 ${quantile(flat, 0.95).toFixed(2)} ms`
  const more = `added p95 ${ms.toFixed(2)} ms (90 %: ${lowMs.toFixed(2)} to ${highMs.toFixed(2)})`
  console.log(
    `${names[tier as keyof typeof names].padEnd(15)} ${of}  ${tier === 'paused' ? '' : more}`.trim(),
  )
}

const readSpend = () =>
  send<Awaited<ReturnType<typeof readShadow>>>('GET', `/api/admin/rollouts/${cappedId}/shadow`)
const before = await mirrored()
let shadow = await readSpend()
for (let round = 0; round < 40 && shadow.capReachedAt === null; round += 1) {
  await block('capped', 50)
  shadow = await readSpend()
}
await new Promise((resolve) => setTimeout(resolve, 1_000))
const atCap = await mirrored()
await block('capped', 200)
shadow = await readSpend()
const after = (await mirrored()) - atCap
const stopped = shadow.capReachedAt !== null && BigInt(shadow.spentPicoUsd) <= cap && after === 0
console.log(
  `cap ${cap} pico-USD: ${atCap - before} mirrored for ${shadow.spentPicoUsd}, then ${after} of 200 requests`,
)

await pool.destroy()
await program.stop('SIGTERM')
await database.dispose()
await upstreams.terminate()
rmSync(dataDir, { recursive: true, force: true })
const { ms, highMs } = added('mirrored')
const verdict =
  ms > barMs ? 'MISS' : highMs > barMs ? 'pass, though more rounds could tell otherwise' : 'pass'
console.log(`bar: adds ≤ ${barMs} ms p95: ${ms.toFixed(2)} ms, ${verdict}`)
console.log(`bar: stops at its cap: ${stopped ? 'pass' : 'MISS'}`)
process.exit(ms <= barMs && stopped ? 0 : 1)

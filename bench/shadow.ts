/**
 * What mirroring costs the callers: one program on Postgres answers 50 requests/s of several tiers in turns, block by block in
 * one run: the same rollout, at its shadow step, mirrors one tier's requests and is paused for others. Two of those stand against
 * each other, which tells what the machine's own noise is: above the bar, nothing can be said. Then a shadow with a small cap is
 * driven into it. Prints the callers' times and what was spent, and exits 1 above a bar.
 * Usage: npm run shadow --prefix bench [-- --blocks 16] (Postgres at HUNTAZE_TEST_DATABASE_URL, else at the standard port).
 */
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { createSeededRandom } from '../lib/simulator/create-seeded-random.ts'
import { defaultRolloutPlan } from '../lib/traffic/rollout-plan.ts'
import { defaultShadowPlan, type ShadowPlan } from '../lib/traffic/shadow-plan.ts'
import { createRollout } from '../server/traffic/create-rollout.ts'
import { operateRollout } from '../server/traffic/operate-rollout.ts'
import { readShadow } from '../server/traffic/shadow/read-shadow.ts'
import { openPostgres } from '../tests/support/databases.ts'
import { runProgram } from '../tests/support/running-program.ts'
import { startGateway, testApiKey } from '../tests/support/start-gateway.ts'
import { answerBody } from '../tests/upstreams/chat-events.ts'
import { startScriptedUpstream } from '../tests/upstreams/scripted-upstream.ts'

const barMs = 1
const perSecond = 50
const requestsPerBlock = 250
const upstreamMs = 30
const cap = 20_000_000_000n

const { values } = parseArgs({ options: { blocks: { type: 'string', default: '16' } } })
const blocks = Number(values.blocks)
if (!Number.isInteger(blocks) || blocks < 2)
  throw new Error(`--blocks must be a whole number from 2, not ${values.blocks}`)

const upstreams = await Promise.all([startScriptedUpstream(), startScriptedUpstream()])
for (const upstream of upstreams)
  upstream.respond([
    { kind: 'delay', ms: upstreamMs },
    { kind: 'json', body: answerBody },
  ])
const [baseline, candidate] = upstreams
const tiers = ['paused', 'again', 'mirrored', 'whole', 'capped']
const deployment = { region: 'old', deployment: 'chat', model: 'gpt-4-turbo', contextTokens: 128_000 }
const catalog = {
  regions: [
    { name: 'old', endpoint: baseline.url, role: 'primary' as const },
    { name: 'new', endpoint: candidate.url, role: 'dr' as const },
  ],
  deployments: [
    { ...deployment, id: 'baseline' },
    { ...deployment, id: 'candidate', region: 'new' },
  ],
  tiers: Object.fromEntries(tiers.map((name) => [name, { chain: ['baseline'], maxOutputTokens: 100 }])),
}
const database = await openPostgres()
const env = {
  DATABASE_URL: database.databaseUrl,
  AUTH_SECRET: 'a-secret-of-at-least-32-characters-for-a-bench',
  HUNTAZE_SIGNING_KEY: Buffer.alloc(32, 7).toString('base64'),
  HUNTAZE_PSEUDONYM_KEY: Buffer.alloc(32, 8).toString('base64'),
  HUNTAZE_LEGACY_PROBE_MINUTES: '0',
}
/** Steers; the program beside it is the one that is measured. */
const control = await startGateway({ env, catalog })
const dataDir = mkdtempSync(join(tmpdir(), 'huntaze-bench-shadow-'))
const program = await runProgram({
  ...env,
  HUNTAZE_DATA_DIR: dataDir,
  HUNTAZE_CATALOG: control.container.env.HUNTAZE_CATALOG ?? '',
  HUNTAZE_BOOTSTRAP_API_KEY: testApiKey,
  AZURE_OPENAI_API_KEY: 'upstream-key',
})
const actor = { id: 'usr_bench', name: 'bench', email: null, role: 'admin', via: 'session' } as const
const order = { actor, requestId: 'req_bench' }
const random = createSeededRandom(1)

async function startShadow(tier: string, shadow: Partial<ShadowPlan>): Promise<string> {
  const { id, version } = await createRollout(control.container, {
    ...order,
    body: {
      tier,
      operation: null,
      baseline: 'tier',
      candidate: [['candidate']],
      experimentId: null,
      plan: {
        ...defaultRolloutPlan,
        steps: [{ weightBps: 0, needsApproval: false, gate: { minimumRequests: 10_000_000, minimumMs: 0 } }],
        guardrails: [{ metric: 'error_rate', limitRatio: 10, alphaWeight: 1 }],
        shadow: { ...defaultShadowPlan, embeddings: false, minimumParity: null, ...shadow },
      },
      start: true,
      reason: 'bench',
    },
  })
  if (tier === 'paused' || tier === 'again')
    await operateRollout(control.container, {
      ...order,
      id,
      body: { command: 'pause', version, reason: 'bench' },
    })
  return id
}

async function ask(tier: string): Promise<number> {
  const startedMs = performance.now()
  const response = await fetch(`${program.url}/api/v1/chat/completions`, {
    method: 'POST',
    headers: { authorization: `Bearer ${testApiKey}`, 'content-type': 'application/json' },
    body: JSON.stringify({ model: tier, messages: [{ role: 'user', content: 'Hello?' }] }),
  })
  await response.text()
  if (response.status !== 200) throw new Error(`a request was answered with ${response.status}`)
  return performance.now() - startedMs
}

/** Requests come as callers' do: one by one, at random times, whether or not others are answered. */
async function block(tier: string, requests: number): Promise<number[]> {
  const answers: Promise<number>[] = []
  let nextMs = performance.now()
  for (let request = 0; request < requests; request += 1) {
    nextMs += (-Math.log(1 - random.next()) / perSecond) * 1_000
    await new Promise((resolve) => setTimeout(resolve, Math.max(0, nextMs - performance.now())))
    answers.push(ask(tier))
  }
  const times = await Promise.all(answers)
  await new Promise((resolve) => setTimeout(resolve, 300))
  return times
}

const quantile = (times: readonly number[], q: number) =>
  times.toSorted((a, b) => a - b)[Math.floor(q * (times.length - 1))] ?? Number.NaN

await startShadow('paused', { sampleBps: 10_000 })
await startShadow('again', { sampleBps: 10_000 })
await startShadow('mirrored', {})
await startShadow('whole', { sampleBps: 10_000 })
const cappedId = await startShadow('capped', { sampleBps: 10_000, capPicoUsd: cap.toString() })
const measured = ['paused', 'again', 'mirrored', 'whole']
// The program obeys within a second, and is warm by then.
for (const tier of measured) await block(tier, requestsPerBlock)
const times = new Map(measured.map((tier) => [tier, [] as number[][]]))
for (let round = 0; round < blocks; round += 1)
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
const off = blocksOf('paused').map((seen) => quantile(seen, 0.95))
/** Median over the rounds of what a block's p95 is above that of the block beside it. */
const added = (tier: string) =>
  quantile(
    blocksOf(tier).map((seen, round) => quantile(seen, 0.95) - (off[round] ?? Number.NaN)),
    0.5,
  )
console.log(
  `callers' times over a ${upstreamMs} ms upstream, ${perSecond} requests/s, ${blocks} blocks of ${requestsPerBlock} requests each`,
)
for (const [tier, rounds] of times) {
  const seen = rounds.flat()
  console.log(
    `${names[tier as keyof typeof names].padEnd(15)} p50 ${quantile(seen, 0.5).toFixed(2)} ms  p95 ${quantile(seen, 0.95).toFixed(2)} ms  added p95 ${added(tier).toFixed(2)} ms`,
  )
}

const before = candidate.requests.length
let shadow = await readShadow(control.container.db, cappedId)
for (let round = 0; round < 40 && shadow.capReachedAt === null; round += 1) {
  await block('capped', 50)
  shadow = await readShadow(control.container.db, cappedId)
}
await new Promise((resolve) => setTimeout(resolve, 1_000))
const atCap = candidate.requests.length
await block('capped', 200)
shadow = await readShadow(control.container.db, cappedId)
const after = candidate.requests.length - atCap
const stopped = shadow.capReachedAt !== null && BigInt(shadow.spentPicoUsd) <= cap && after === 0
console.log(
  `cap ${cap} pico-USD: ${atCap - before} mirrored for ${shadow.spentPicoUsd}, then ${after} of 200 requests`,
)

await program.stop('SIGTERM')
await control.close()
await database.dispose()
await Promise.all(upstreams.map((upstream) => upstream.close()))
rmSync(dataDir, { recursive: true, force: true })
const [noise, cost] = [Math.abs(added('again')), added('mirrored')]
const isFast = cost <= barMs && noise <= barMs
const verdict =
  noise > barMs
    ? `the machine's own noise is ${noise.toFixed(2)} ms, so nothing can be said`
    : isFast
      ? 'pass'
      : 'MISS'
console.log(`bar: adds ≤ ${barMs} ms p95: ${cost.toFixed(2)} ms, ${verdict}`)
console.log(`bar: stops at its cap: ${stopped ? 'pass' : 'MISS'}`)
process.exit(isFast && stopped ? 0 : 1)

import { expect } from 'vitest'
import { rolloutReceipt } from '#lib/contracts/rollouts'
import { shadowPairsPage, shadowView } from '#lib/contracts/shadow'
import type { RolloutPlan } from '#lib/traffic/rollout-plan'
import type { ShadowPlan } from '#lib/traffic/shadow-plan'
import { quickPlan } from '#tests/support/rollout-plans'
import { chainCatalog, startGateway, type TestGateway, testAdminKey } from '#tests/support/start-gateway'
import { answerBody } from '#tests/upstreams/chat-events'
import { type ScriptedUpstream, type Step, startScriptedUpstream } from '#tests/upstreams/scripted-upstream'
import { GET as readPairs } from '../../app/api/admin/rollouts/[id]/pairs/route'
import { GET as readShadow, POST as setCap } from '../../app/api/admin/rollouts/[id]/shadow/route'
import { POST as create } from '../../app/api/admin/rollouts/route'

/** A gateway whose tier `premium` is answered by deployment `a`, with `b` as the candidate of its rollouts. */
export interface ShadowWorld {
  gateway: TestGateway
  baseline: ScriptedUpstream
  candidate: ScriptedUpstream
  /** Requests for chat that an upstream got. */
  chats(upstream: ScriptedUpstream): number
  answers(upstream: ScriptedUpstream, chat: readonly Step[]): void
  /** Starts a rollout whose first step is a shadow; returns its id. */
  start(shadow?: Partial<ShadowPlan>, plan?: Partial<RolloutPlan>): Promise<string>
  ask(body?: object, headers?: Record<string, string>): Promise<Response>
  /** Resolves when this instance has nothing left to mirror. */
  mirrored(): Promise<void>
  shadowOf(id: string): Promise<ReturnType<typeof shadowView.parse>>
  pairsOf(id: string, query?: string): Promise<ReturnType<typeof shadowPairsPage.parse>>
  raiseCap(id: string, capPicoUsd: string): Promise<Response>
  close(): Promise<void>
}

/** Distance of any two texts by the scripted embeddings: 1 − cosine of (1, 0) and (0.8, 0.6). */
export const scriptedDistance = 0.2
const vectors = [
  [1, 0],
  [0.8, 0.6],
]

/** A whole answer that says `content`. */
export function saying(content: string, more: object = {}): readonly Step[] {
  const choice = { index: 0, message: { role: 'assistant', content, ...more }, finish_reason: 'stop' }
  return [{ kind: 'json', body: { ...answerBody, choices: [choice] } }]
}

const embedded: readonly Step[] = [
  {
    kind: 'json',
    body: {
      object: 'list',
      model: 'text-embedding-ada-002',
      data: vectors.map((embedding, index) => ({ object: 'embedding', index, embedding })),
      usage: { prompt_tokens: 8, total_tokens: 8 },
    },
  },
]

export async function startShadowWorld(env: Record<string, string> = {}): Promise<ShadowWorld> {
  const [baseline, candidate] = await Promise.all([startScriptedUpstream(), startScriptedUpstream()])
  const catalog = chainCatalog([baseline.url, candidate.url], { chain: ['a'], maxOutputTokens: 100 })
  const gateway = await startGateway({ catalog, env })
  const admin = (method: string, sent?: unknown, query = '') =>
    new Request(`${gateway.url}/api/admin/rollouts${query}`, {
      method,
      headers: { authorization: `Bearer ${testAdminKey}`, 'content-type': 'application/json' },
      body: sent === undefined ? undefined : JSON.stringify(sent),
    })
  const at = (id: string) => ({ params: Promise.resolve({ id }) })
  const world: ShadowWorld = {
    gateway,
    baseline,
    candidate,
    chats: ({ requests }) => requests.filter(({ path }) => path.includes('chat/completions')).length,
    answers(upstream, chat) {
      upstream.respond(({ path }) => (path.includes('/embeddings') ? embedded : chat))
    },
    async start(shadow = {}, plan = {}) {
      const made = await create(
        admin('POST', {
          tier: 'premium',
          baseline: 'tier',
          candidate: [['b']],
          plan: {
            ...quickPlan,
            steps: [
              { weightBps: 0, needsApproval: false, gate: { minimumRequests: 3, minimumMs: 0 } },
              ...quickPlan.steps.map((step) => ({ ...step, needsApproval: true })),
            ],
            ...plan,
            shadow: { ...quickPlan.shadow, sampleBps: 10_000, ...shadow },
          },
          start: true,
          reason: 'look at b first',
        }),
      )
      expect(made.status, await made.clone().text()).toBe(200)
      return rolloutReceipt.parse(await made.json()).id
    },
    ask: (body = {}, headers = {}) =>
      gateway.post(
        '/api/v1/chat/completions',
        { model: 'premium', messages: [{ role: 'user', content: 'Hello?' }], ...body },
        headers,
      ),
    async mirrored() {
      const { mirrors } = gateway.container.rollouts
      await expect.poll(() => mirrors.load(), { timeout: 30_000 }).toEqual({ running: 0, waiting: 0 })
      await gateway.container.ledger.caughtUp()
    },
    async shadowOf(id) {
      const response = await readShadow(admin('GET'), at(id))
      expect(response.status).toBe(200)
      return shadowView.parse(await response.json())
    },
    async pairsOf(id, query = '') {
      const response = await readPairs(admin('GET', undefined, query), at(id))
      expect(response.status).toBe(200)
      return shadowPairsPage.parse(await response.json())
    },
    raiseCap: (id, capPicoUsd) => setCap(admin('POST', { capPicoUsd, reason: 'one more day' }), at(id)),
    async close() {
      await gateway.close()
      await Promise.all([baseline.close(), candidate.close()])
    },
  }
  world.answers(baseline, saying('Hello there'))
  world.answers(candidate, saying('Hi, you'))
  return world
}

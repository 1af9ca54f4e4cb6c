import fc from 'fast-check'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { readUsage } from '#server/quotas/read-usage'
import { openPostgres, postgresRefusal } from '#tests/support/databases'
import { outsideDatabaseSecrets } from '#tests/support/outside-database-secrets'
import { redisRefusal, testRedisUrl } from '#tests/support/quota-authorities'
import { writeKey, writePlan } from '#tests/support/quota-worlds'
import { chainCatalog, startGateway, type TestGateway } from '#tests/support/start-gateway'
import { returnSwitch, throwSwitch } from '#tests/support/traffic-console'
import { answerBody, finishEvent, roleEvent, textEvent, usageEvent } from '#tests/upstreams/chat-events'
import {
  type RecordedRequest,
  type ScriptedUpstream,
  type Step,
  sse,
  startScriptedUpstream,
} from '#tests/upstreams/scripted-upstream'

interface Asked {
  creator: number
  maxTokens: number
  stream: boolean
  /** The switch is thrown or taken back before it, or while it is under way. */
  flip: 'none' | 'before' | 'during'
}

const asked: fc.Arbitrary<Asked> = fc.record({
  creator: fc.nat(2),
  maxTokens: fc.integer({ min: 10, max: 200 }),
  stream: fc.boolean(),
  flip: fc.constantFrom('none' as const, 'before' as const, 'during' as const),
})

/** Both providers take as long, and count as many tokens. */
function answer({ body }: RecordedRequest): Step[] {
  const { max_tokens, max_completion_tokens, stream } = JSON.parse(body)
  const output = Math.ceil((max_completion_tokens ?? max_tokens) / 2)
  const usage = { ...usageEvent.usage, completion_tokens: output, total_tokens: 12 + output }
  const events = sse(roleEvent, textEvent('Hi'), finishEvent(), { ...usageEvent, usage }, '[DONE]')
  return [
    { kind: 'delay', ms: 40 },
    ...(stream
      ? [{ kind: 'head' } as const, { kind: 'chunk', data: events } as const]
      : [{ kind: 'json', body: { ...answerBody, usage } } as const]),
  ]
}

/** Which limit refused, apart from whose it is. */
function limitOf({ scope, measure, window }: Record<'scope' | 'measure' | 'window', string>) {
  return { scope, measure, window }
}

const authorities = [
  { kind: 'embedded', env: {}, outside: false, refusal: null },
  { kind: 'Postgres', env: {}, outside: true, refusal: postgresRefusal },
  {
    kind: 'Redis',
    env: { REDIS_URL: testRedisUrl },
    outside: true,
    refusal: postgresRefusal ?? redisRefusal,
  },
] as const

for (const { kind, env, outside, refusal } of authorities) {
  describe.skipIf(refusal !== null)(`a rollback among limited requests (${kind})`, () => {
    let upstreams: ScriptedUpstream[]
    let gateway: TestGateway
    let dispose: () => Promise<void> = async () => undefined
    let thrown: string | null = null

    beforeAll(async () => {
      upstreams = await Promise.all([startScriptedUpstream(), startScriptedUpstream()])
      for (const upstream of upstreams) upstream.respond(answer)
      const [azure, openai] = upstreams
      const opened = outside ? await openPostgres() : null
      if (opened) dispose = opened.dispose
      const catalog = chainCatalog([azure?.url ?? ''], { legacy: ['old'] })
      gateway = await startGateway({
        catalog: {
          ...catalog,
          regions: [...catalog.regions, { name: 'openai', endpoint: openai?.url ?? '', role: 'legacy' }],
          deployments: [
            ...catalog.deployments,
            {
              ...{ id: 'old', region: 'openai', provider: 'openai', deployment: 'gpt-4-turbo' },
              ...{ model: 'gpt-4-turbo', contextTokens: 128_000 },
            },
          ],
        },
        env: {
          OPENAI_API_KEY: 'legacy-key',
          ...env,
          ...(opened ? { DATABASE_URL: opened.databaseUrl, ...outsideDatabaseSecrets } : {}),
        },
      })
      await writePlan(gateway.container.db, {
        name: 'tight',
        limits: [
          { scope: 'account', measure: 'requests', window: 'month', limit: 7n },
          { scope: 'account', measure: 'tokens', window: 'month', limit: 600n },
          { scope: 'creator', measure: 'tokens', window: 'month', limit: 300n },
          { scope: 'account', measure: 'concurrent', window: 'running', limit: 1n },
        ],
      })
    }, 240_000)
    afterAll(async () => {
      await gateway.close()
      await dispose()
      await Promise.all(upstreams.map((upstream) => upstream.close()))
    }, 120_000)

    async function flip(): Promise<void> {
      if (thrown === null) {
        const scope = { kind: 'tier', tier: 'premium' }
        thrown = (await throwSwitch({ scope, confirmation: 'roll back premium' })).switch.id
      } else {
        await returnSwitch(thrown)
        thrown = null
      }
    }

    async function ask(headers: Record<string, string>, { creator, maxTokens, stream }: Asked) {
      const response = await gateway.post(
        '/api/v1/chat/completions',
        {
          model: 'premium',
          max_tokens: maxTokens,
          stream,
          messages: [{ role: 'user', content: 'Hello?' }],
        },
        { ...headers, 'x-huntaze-creator-id': `creator-${creator}`, 'x-huntaze-session': `s-${creator}` },
      )
      const text = await response.text()
      const left = (name: string) => response.headers.get(`x-ratelimit-remaining-${name}`)
      return {
        provider: response.headers.get('x-huntaze-provider'),
        met: {
          status: response.status,
          requestsLeft: left('requests'),
          tokensLeft: left('tokens'),
          quota: response.status === 429 ? limitOf(JSON.parse(text).error.quota) : null,
        },
      }
    }

    async function usageOf(accountId: string) {
      return (await readUsage(gateway.container)).filter(
        (row) => row.accountId === accountId && row.measure !== 'cost',
      )
    }

    /** The same requests by an account of its own; what it met, and what stands in the books. */
    async function play(steps: readonly Asked[], flips: boolean) {
      const { db, configuration, ledger } = gateway.container
      const { accountId, headers } = await writeKey(db, 'tight')
      await configuration.check()
      const met: object[] = []
      const providers = new Set<string | null>()
      for (const step of steps) {
        if (flips && step.flip === 'before') await flip()
        const answering = ask(headers, step)
        if (flips && step.flip === 'during') await flip()
        const { provider, met: one } = await answering
        met.push(one)
        providers.add(provider)
      }
      await ledger.caughtUp()
      const { rows: booked } = await db.pool.query(
        `SELECT plan, creator_id, session_id, operation, kind, requested_model, tier, streamed, outcome, http_status,
           finish_reason, input_tokens, cached_input_tokens, output_tokens, attempts
         FROM ledger_entries WHERE account_id = $1 ORDER BY started_at`,
        [accountId],
      )
      const { rows: audited } = await db.pool.query(
        'SELECT action, count(*)::int AS entries FROM audit_entries WHERE account_id = $1 GROUP BY action',
        [accountId],
      )
      const usage = (await usageOf(accountId))
        .map(({ scope, scopeId, measure, used }) => ({
          ...{ scope, measure, used },
          of: scope === 'account' ? '' : scopeId,
        }))
        .toSorted((a, b) => JSON.stringify(a).localeCompare(JSON.stringify(b)))
      return { accountId, providers, books: { met, booked, audited, usage } }
    }

    it('P43 what is used, reserved, refused and booked is what it is without it', async () => {
      const seen = new Set<string | null>()
      const flipped: string[] = []
      await fc.assert(
        fc.asyncProperty(fc.array(asked, { minLength: 4, maxLength: 10 }), async (steps) => {
          const without = await play(steps, false)
          const withFlips = await play(steps, true)
          expect(withFlips.books).toEqual(without.books)
          for (const provider of withFlips.providers) seen.add(provider)
          flipped.push(withFlips.accountId)
        }),
        {
          numRuns: 4,
          endOnFailure: true,
          examples: [
            [
              [
                { creator: 0, maxTokens: 100, stream: false, flip: 'none' },
                { creator: 0, maxTokens: 100, stream: true, flip: 'during' },
                { creator: 1, maxTokens: 200, stream: false, flip: 'before' },
                { creator: 0, maxTokens: 200, stream: true, flip: 'none' },
                { creator: 2, maxTokens: 60, stream: true, flip: 'during' },
                ...Array.from({ length: 5 }, () => ({
                  ...{ creator: 2, maxTokens: 10, stream: false },
                  flip: 'before' as const,
                })),
              ],
            ],
          ],
        },
      )
      expect(seen).toEqual(new Set(['azure-openai', 'openai', null]))
      // What a process leased beyond what was used comes back by itself.
      const reserved = async () =>
        (await Promise.all(flipped.map(usageOf))).flat().filter((row) => row.reserved !== '0')
      await expect.poll(reserved, { timeout: 60_000, interval: 500 }).toEqual([])
    }, 240_000)
  })
}

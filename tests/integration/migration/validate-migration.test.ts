import { execFile } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { CatalogInput } from '#lib/deployments/catalog-schema'
import { chainCatalog, startGateway, type TestGateway, testApiKey } from '#tests/support/start-gateway'
import { answerBody, finishEvent, roleEvent, textEvent, usageEvent } from '#tests/upstreams/chat-events'
import {
  type RecordedRequest,
  type ScriptedUpstream,
  type Step,
  sse,
  startScriptedUpstream,
} from '#tests/upstreams/scripted-upstream'

const directory = mkdtempSync(join(tmpdir(), 'huntaze-replay-'))
afterAll(() => rmSync(directory, { recursive: true, force: true }))

interface Ended {
  code: number
  stdout: string
  stderr: string
}

/** Runs the command as a person would. */
function validate(args: readonly string[]): Promise<Ended> {
  return new Promise((resolve) => {
    execFile(
      process.execPath,
      ['server/cli/validate-migration.ts', ...args],
      { env: { ...process.env, DATABASE_URL: '', HUNTAZE_DATA_DIR: directory } },
      (error, stdout, stderr) => resolve({ code: error ? Number(error.code) : 0, stdout, stderr }),
    )
  })
}

function setOf(name: string, lines: readonly (object | string)[]): string {
  const path = join(directory, name)
  writeFileSync(
    path,
    lines.map((line) => (typeof line === 'string' ? line : JSON.stringify(line))).join('\n'),
  )
  return path
}

const request = (content: string, rest: object = {}) => ({
  model: 'premium',
  messages: [{ role: 'user', content }],
  ...rest,
})
const lastLine = ({ stdout }: Ended) => JSON.parse(stdout.trimEnd().split('\n').at(-1) ?? '')

function answering(text: string): Step[] {
  return [
    { kind: 'head' },
    { kind: 'chunk', data: sse(roleEvent, textEvent(text), finishEvent(), usageEvent, '[DONE]') },
  ]
}

/** Embeds a text by its first letter, so that only texts that begin alike mean the same. */
function embedding({ body }: RecordedRequest): Step[] {
  const { input } = JSON.parse(body) as { input: string[] }
  const data = input.map((text, index) => ({
    object: 'embedding',
    index,
    embedding: Array.from({ length: 26 }, (_, at) => (text.toLowerCase().charCodeAt(0) - 97 === at ? 1 : 0)),
  }))
  return [
    {
      kind: 'json',
      body: { object: 'list', data, model: 'ada', usage: { prompt_tokens: 1, total_tokens: 1 } },
    },
  ]
}

/** With `b` at the old provider. */
function withLegacy(catalog: CatalogInput, endpoint: string): CatalogInput {
  const b = {
    id: 'b',
    region: 'openai',
    provider: 'openai' as const,
    deployment: 'gpt-4-turbo',
    model: 'gpt-4-turbo',
  }
  return {
    ...catalog,
    regions: [...catalog.regions, { name: 'openai', endpoint, role: 'legacy' }],
    deployments: [...catalog.deployments, { ...b, contextTokens: 128_000 }],
  }
}

describe('two scripted routes', () => {
  let gateway: TestGateway
  let old: ScriptedUpstream
  let fresh: ScriptedUpstream
  let options: string[]

  beforeAll(async () => {
    ;[old, fresh] = await Promise.all([startScriptedUpstream(), startScriptedUpstream()])
    gateway = await startGateway({
      catalog: withLegacy(chainCatalog([fresh.url], { legacy: ['b'] }), old.url),
      env: { OPENAI_API_KEY: 'legacy-key' },
    })
    // How long answers take here says nothing but how busy the machine is.
    const untimed = ['--max-latency', '1000', '--max-first-token', '1000']
    options = ['--url', gateway.url, '--key', testApiKey, ...untimed]
  })
  afterAll(async () => {
    await gateway.close()
    await Promise.all([old.close(), fresh.close()])
  })
  const script = (ofOld: (body: string) => Step[], ofFresh: (body: string) => Step[]) => {
    old.respond((asked) => ofOld(asked.body))
    fresh.respond((asked) => (asked.path.includes('/embeddings') ? embedding(asked) : ofFresh(asked.body)))
  }
  const lines = (count: number, expected?: string) =>
    Array.from({ length: count }, (_, index) => ({
      id: `q${index}`,
      request: request(`Question ${index}`),
      ...(expected ? { expected } : {}),
    }))

  it('that answer alike pass, each asked every line once, past the cache', async () => {
    script(
      () => answering('Hello there'),
      () => answering('Hello you'),
    )
    const before = [old.requests.length, fresh.requests.length]
    const out = join(directory, 'out.json')
    const ended = await validate([setOf('alike.jsonl', lines(24, 'Hello')), ...options, '--out', out])
    expect(ended.stderr).toContain('24/24 pairs')
    expect(lastLine(ended)).toMatchObject({ passed: true, pairs: 24, differences: { meaning: 0 } })
    expect(ended.code).toBe(0)
    expect(old.requests.length - (before[0] ?? 0)).toBe(24)
    const report = JSON.parse(readFileSync(out, 'utf8'))
    expect(report.answers).toHaveLength(24)
    expect(report.answers[3]).toMatchObject({
      id: 'q3',
      parity: { differences: [], distance: 0, candidate: { kind: 'text', characters: 9 } },
      baseline: { errorCode: null, quality: 1, costUsd: expect.stringMatching(/^0\.\d+$/) },
    })
    expect(report.answers[3].candidate.firstTokenMs).toBeGreaterThan(0)
    const measured = Object.fromEntries(
      report.measures.map((one: { name: string; pairs: number }) => [one.name, one.pairs]),
    )
    expect(measured).toMatchObject({
      latency_p95: 24,
      first_token_p95: 24,
      cost: 24,
      quality: 24,
      distance: 24,
    })
  })

  it('of which the new one fails, refuses or means something else fail by name, with exit code 3', async () => {
    script(
      () => answering('Hello there'),
      (body) => {
        if (body.includes('Question 1'))
          return [{ kind: 'json', status: 400, body: { error: { message: 'no', code: 'unsupported' } } }]
        return body.includes('Question 2') ? answering('I cannot help with that.') : answering('Zebra')
      },
    )
    const ended = await validate([
      setOf('unlike.jsonl', lines(24, 'Hello')),
      ...options,
      '--max-distance',
      '0.2',
    ])
    expect(ended.code).toBe(3)
    const { criteria, differences } = lastLine(ended)
    const failed = criteria.filter(({ status }: { status: string }) => status === 'failed')
    expect(failed.map(({ name }: { name: string }) => name)).toEqual([
      'min-parity',
      'max-errors',
      'max-refusals',
      'max-distance',
      'min-quality',
    ])
    expect(differences).toMatchObject({ no_answer: 11, refusal: 5, meaning: 13 })
    expect(ended.stdout).toMatch(/max-errors +0\.458 +≤ 0\.010 +FAILED/)
  })

  it('are compared by tool calls and JSON, streamed or not', async () => {
    const call = (name: string) => ({
      ...answerBody,
      choices: [
        {
          index: 0,
          message: {
            role: 'assistant',
            content: null,
            tool_calls: [{ id: 'c', type: 'function', function: { name, arguments: '{"days":7}' } }],
          },
          finish_reason: 'tool_calls',
        },
      ],
    })
    script(
      (body) =>
        body.includes('"json_object"') ? answering('{"a":1}') : [{ kind: 'json', body: call('price') }],
      (body) =>
        body.includes('"json_object"') ? answering('{"a":') : [{ kind: 'json', body: call('note') }],
    )
    const tools = [{ type: 'function', function: { name: 'price', parameters: { type: 'object' } } }]
    const path = setOf('tools.jsonl', [
      {
        request: request('Price?', { stream: false, tools }),
        expected: { toolCalls: [{ name: 'price', arguments: { days: 7 } }] },
      },
      { request: request('As JSON', { response_format: { type: 'json_object' } }) },
    ])
    const ended = await validate([path, ...options, '--min-pairs', '2'])
    const { differences, measures } = lastLine(ended)
    expect(differences).toMatchObject({ tool_calls: 1, json: 1, structure: 1 })
    expect(measures.find(({ name }: { name: string }) => name === 'quality')).toMatchObject({
      baseline: 1,
      candidate: 0,
    })
    expect(ended.code).toBe(3)
  })

  it('are named where the set’s model is no tier, or the tier has no way back', async () => {
    const path = setOf('alias.jsonl', [{ request: { ...request('Hi'), model: 'gpt-4o' } }])
    expect(await validate([path, ...options])).toMatchObject({
      code: 2,
      stderr: expect.stringContaining(
        'line 1: model gpt-4o is no tier (premium); name the deployment with --baseline',
      ),
    })
    script(
      () => answering('Hello'),
      () => answering('Hello'),
    )
    const named = await validate([
      path,
      ...options,
      '--baseline',
      'b',
      '--candidate',
      'a',
      '--min-pairs',
      '1',
    ])
    expect(lastLine(named)).toMatchObject({ passed: true, pairs: 1 })
    const unknown = await validate([path, ...options, '--baseline', 'b', '--candidate', 'nobody'])
    expect(unknown).toMatchObject({ code: 1, stderr: expect.stringContaining('nobody') })
  })

  it('stand in the ledger under their own operation', async () => {
    await gateway.container.ledger.caughtUp()
    const { rows } = await gateway.container.db.pool.query(
      'SELECT DISTINCT operation, creator_id FROM ledger_entries',
    )
    expect(rows).toEqual([{ operation: 'validate_migration', creator_id: null }])
  })

  it.each([
    ['a line that is no JSON', ['{"request":'], 'line 1: is no JSON'],
    [
      'a request that no route takes',
      [{ request: request('a') }, { request: { model: 'x' } }],
      'line 2: request.messages',
    ],
    [
      'an id that is there twice',
      [{ id: 'a', request: request('a') }, '', { id: 'a', request: request('b') }],
      'line 3: the id a is there twice',
    ],
    ['a file without a line', [''], 'holds no request'],
  ])('are not asked because of %s', async (_name, content, message) => {
    const before = [old.requests.length, fresh.requests.length]
    const ended = await validate([setOf('broken.jsonl', content), ...options])
    expect(ended).toMatchObject({ code: 2, stdout: '', stderr: expect.stringContaining(message) })
    expect([old.requests.length, fresh.requests.length]).toEqual(before)
  })

  it.each([
    [['nowhere.jsonl'], 2, 'ENOENT'],
    [[], 2, 'name one file'],
    [['x.jsonl', '--max-cost', 'much'], 2, '--max-cost must be a number'],
    [['x.jsonl', '--counted', 'looks'], 2, 'looks is none of no_answer, refusal'],
    [['x.jsonl', '--concurrency', '0'], 2, '--concurrency must be a whole number'],
    [['x.jsonl', '--wrong'], 2, '--wrong'],
  ])('are not asked with %j', async (args, code, message) => {
    expect(await validate([...args, ...options])).toMatchObject({
      code,
      stderr: expect.stringContaining(message),
    })
  })

  it('are not asked with another key, or where nothing answers', async () => {
    const path = setOf('one.jsonl', lines(1))
    const wrong = await validate([path, '--url', gateway.url, '--key', 'a-key-that-nobody-has-made'])
    expect(wrong).toMatchObject({ code: 1, stderr: expect.stringContaining('refused the key') })
    const nothing = await validate([path, '--url', 'http://127.0.0.1:9', '--key', testApiKey])
    expect(nothing).toMatchObject({
      code: 1,
      stderr: expect.stringContaining('nothing answers at http://127.0.0.1:9'),
    })
  })
})

describe('the built-in routes over the simulator', () => {
  it('are compared by everything, with real embeddings', async () => {
    const gateway = await startGateway()
    try {
      const path = setOf(
        'simulated.jsonl',
        Array.from({ length: 20 }, (_, index) => ({
          request: {
            ...request(`How was day ${index}?`),
            model: index % 2 ? 'standard' : 'economy',
            max_tokens: 30,
          },
          expected: 'It was a lovely day by the sea.',
        })),
      )
      const ended = await validate([path, '--url', gateway.url, '--key', testApiKey])
      const { measures, criteria } = lastLine(ended)
      for (const { name, pairs, value, interval } of measures) {
        if (name === 'invalid_json') continue
        expect({ name, pairs }).toEqual({ name, pairs: 20 })
        expect(interval.lower ?? value).toBeLessThanOrEqual(value)
        expect(interval.upper ?? value).toBeGreaterThanOrEqual(value)
      }
      expect(criteria[0]).toMatchObject({ name: 'min-pairs', status: 'passed' })
      expect([0, 3]).toContain(ended.code)
    } finally {
      await gateway.close()
    }
  })
})

import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { eq, isNull } from 'drizzle-orm'
import { afterAll, beforeAll, expect, it, vi } from 'vitest'
import {
  fineTuningEvents,
  fineTuningJobs,
  modelDeployments,
  modelVersions,
  trainingConsents,
  trainingExamples,
} from '#schema/models'
import { migrate } from '#server/db/migrate'
import { openDatabase } from '#server/db/open-database'
import { type Simulator, startSimulator } from '#server/simulator/start-simulator'
import { simulatedManager } from '#tests/support/arm-client'
import { type RunningProgram, runProgram } from '#tests/support/running-program'
import { chainCatalog, testApiKey } from '#tests/support/start-gateway'
import { conversations } from '#tests/support/training-worlds'

/** What is at the provider when the process dies: it has taken the order, and nobody has heard its answer. */
type Order = 'the training file' | 'the held-out file' | 'the training'

const dataDir = mkdtempSync(join(tmpdir(), 'huntaze-killed-'))
let simulator: Simulator
let provider: Server
let program: RunningProgram | null = null
/** Orders whose answer kills the program, each once. */
const deadly = new Set<Order>()
const placed: Order[] = []
let killed: Promise<unknown> | null = null
/** Held-out questions that the deployed result has answered. */
let tunedAnswers = 0

beforeAll(async () => {
  simulator = await startSimulator({})
  writeFileSync(join(dataDir, 'ca.pem'), simulator.caCertificate ?? '')
  await fetch(`${simulator.url}/__simulator/training`, { method: 'POST', body: JSON.stringify({ jobMs: 0 }) })
  provider = createServer((request, response) => void pass(request, response))
  await new Promise<void>((resolve) => provider.listen(0, '127.0.0.1', resolve))
  const { port } = provider.address() as AddressInfo
  const catalog = chainCatalog([`http://127.0.0.1:${port}`])
  // The deployment is ordered at the simulator itself: nothing has to be cut there to die in the middle of it.
  const [region] = catalog.regions
  const resourceManager = simulatedManager(simulator.tlsUrl ?? '', 'region-a')
  const base = { id: 'tunable', region: 'region-a', deployment: 'gpt-35-turbo-prod', model: 'gpt-35-turbo' }
  writeFileSync(
    join(dataDir, 'catalog.json'),
    JSON.stringify({
      ...catalog,
      regions: [{ ...region, resourceManager }],
      deployments: [...catalog.deployments, { ...base, contextTokens: 16_385 }],
    }),
  )
})
afterAll(async () => {
  await program?.stop('SIGKILL')
  await simulator.close()
  provider.closeAllConnections()
  provider.close()
  rmSync(dataDir, { recursive: true, force: true })
})

/** Hands everything on to the simulator; kills the program in place of the answer to a deadly order. */
async function pass(request: IncomingMessage, response: ServerResponse): Promise<void> {
  const chunks: Buffer[] = []
  for await (const chunk of request) chunks.push(Buffer.from(chunk))
  const body = Buffer.concat(chunks)
  const headers = Object.fromEntries(
    Object.entries(request.headers).flatMap(([name, value]) =>
      typeof value === 'string' &&
      !['host', 'connection', 'content-length', 'transfer-encoding'].includes(name)
        ? [[name, value]]
        : [],
    ),
  )
  const answer = await fetch(`${simulator.url}${request.url}`, {
    method: request.method ?? 'GET',
    headers,
    ...(body.length > 0 ? { body } : {}),
  })
  const text = Buffer.from(await answer.arrayBuffer())
  const order = answer.ok && request.method === 'POST' ? orderOf(request.url ?? '', body) : null
  if (order) placed.push(order)
  if (answer.ok && request.url?.includes('/deployments/mia-v1/')) tunedAnswers += 1
  if (order && deadly.delete(order)) {
    killed = program?.stop('SIGKILL') ?? null
    return
  }
  response.writeHead(answer.status, {
    'content-type': answer.headers.get('content-type') ?? 'application/json',
  })
  response.end(text)
}

function orderOf(url: string, body: Buffer): Order | null {
  if (url.includes('/fine_tuning/jobs')) return 'the training'
  if (!url.includes('/files')) return null
  return body.includes('-held-out.jsonl') ? 'the held-out file' : 'the training file'
}

async function start(): Promise<void> {
  killed = null
  program = await runProgram({
    HUNTAZE_DATA_DIR: dataDir,
    HUNTAZE_CATALOG: join(dataDir, 'catalog.json'),
    HUNTAZE_BOOTSTRAP_API_KEY: testApiKey,
    HUNTAZE_LEGACY_PROBE_MINUTES: '0',
    AZURE_OPENAI_API_KEY: 'upstream-key',
    AZURE_POD_IDENTITY_AUTHORITY_HOST: simulator.url,
    NODE_EXTRA_CA_CERTS: join(dataDir, 'ca.pem'),
  })
}

async function control(what: 'arm' | 'training', settings?: object): Promise<Record<string, unknown>> {
  const body = settings === undefined ? {} : { method: 'POST', body: JSON.stringify(settings) }
  return (await fetch(`${simulator.url}/__simulator/${what}`, body)).json()
}

/** As if the minute had passed for which a holder that says nothing is believed to live. */
async function freeLeases(): Promise<void> {
  const free = { leaseHolder: null, leaseUntil: null, nextStepAt: new Date() }
  await withDatabase(async (orm) => {
    await orm.update(fineTuningJobs).set(free).where(isNull(fineTuningJobs.finishedAt))
    await orm.update(modelDeployments).set(free)
  })
}

/** Between two runs: nobody else has the database. */
async function withDatabase<Value>(
  work: (orm: Awaited<ReturnType<typeof openDatabase>>['orm']) => Promise<Value>,
): Promise<Value> {
  const db = await openDatabase({ databaseUrl: null, dataDir })
  try {
    await migrate(db)
    return await work(db.orm)
  } finally {
    await db.close()
  }
}

it('a fine-tuning job that is killed at each of its orders and while its result is deployed goes on, and orders nothing twice', {
  timeout: 400_000,
}, async () => {
  await withDatabase(async (orm) => {
    const now = new Date()
    const person = { accountId: 'acc_mia', creatorId: 'creator_mia' }
    await orm
      .insert(trainingConsents)
      .values({ ...person, granted: true, evidence: 'settings page', changedAt: now, changedBy: 'usr_1' })
    await orm.insert(trainingExamples).values(
      conversations(50).map((messages, index) => ({
        ...person,
        id: `tex_${index}`,
        source: 'api' as const,
        messages: [...messages],
        fingerprint: `print ${index}`,
        bucket: index * 200,
        createdAt: now,
      })),
    )
    await orm.insert(modelVersions).values({
      id: 'mdl_base',
      name: 'azure-openai/gpt-35-turbo',
      number: 1,
      kind: 'base',
      provider: 'azure-openai',
      model: 'gpt-35-turbo',
      stage: 'candidate',
      stageChangedAt: now,
      createdAt: now,
    })
    await orm.insert(fineTuningJobs).values({
      id: 'ftj_killed',
      name: 'mia',
      accountId: person.accountId,
      baseVersionId: 'mdl_base',
      baseModel: 'gpt-35-turbo',
      region: 'region-a',
      sku: 'Standard',
      units: 1,
      heldOutBps: 2_000,
      state: 'collecting',
      createdAt: now,
      createdBy: 'usr_1',
      reason: 'sound like Mia',
      simulated: true,
      nextStepAt: now,
    })
  })

  for (const order of ['the training file', 'the held-out file', 'the training'] as const) {
    deadly.add(order)
    await start()
    await vi.waitFor(() => expect(deadly.has(order)).toBe(false), { timeout: 60_000, interval: 50 })
    expect(await killed).toBeNull()
    await freeLeases()
  }
  expect(placed).toEqual(['the training file', 'the held-out file', 'the training'])

  // Azure makes the deployment for as long as the program lives, and has it made when it looks again.
  await control('arm', { inProgressPolls: 1_000, retryAfterSeconds: 1 })
  await start()
  await vi.waitFor(async () => expect(await control('arm')).toMatchObject({ operations: 1 }), {
    timeout: 60_000,
    interval: 20,
  })
  expect(await program?.stop('SIGKILL')).toBeNull()
  // The files go once the training is over and its version registered.
  expect(await control('training')).toMatchObject({ jobs: 1, files: 0 })
  await freeLeases()
  await control('arm', { longestMs: 0 })
  await start()
  await vi.waitFor(() => expect(tunedAnswers).toBeGreaterThan(0), { timeout: 60_000, interval: 50 })
  expect(await control('arm')).toMatchObject({ operations: 1 })
  await program?.stop('SIGTERM')
  const { job, events, versions, deployments } = await withDatabase(async (orm) => ({
    job: (await orm.select().from(fineTuningJobs))[0],
    events: await orm.select().from(fineTuningEvents),
    versions: await orm.select().from(modelVersions).where(eq(modelVersions.jobId, 'ftj_killed')),
    deployments: await orm.select().from(modelDeployments),
  }))
  expect(placed).toEqual(['the training file', 'the held-out file', 'the training'])
  expect(versions).toHaveLength(1)
  expect(deployments).toMatchObject([{ id: job?.deploymentId, state: 'ready', failures: 0 }])
  expect(job).toMatchObject({ tunedModel: versions[0]?.model, versionId: versions[0]?.id })
  const steps = events.map(({ id }) => id).filter((id) => id.startsWith('step:'))
  expect(
    steps
      .filter((id) => ['step:uploaded', 'step:started', 'step:trained', 'step:deployed'].includes(id))
      .sort(),
  ).toEqual(['step:deployed', 'step:started', 'step:trained', 'step:uploaded'])
})

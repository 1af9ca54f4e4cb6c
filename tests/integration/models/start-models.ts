import { afterAll, beforeAll, vi } from 'vitest'
import { type ModelsView, modelsView, type VersionView } from '#lib/contracts/models'
import { type JobDetail, jobDetail } from '#lib/contracts/training'
import {
  startGateway,
  type TestGateway,
  type TestGatewayOptions,
  testAdminKey,
} from '#tests/support/start-gateway'
import { GET as readJob } from '../../../app/api/admin/fine-tuning/[id]/route'
import { POST as createJob } from '../../../app/api/admin/fine-tuning/route'
import { GET as readModels } from '../../../app/api/admin/models/route'

type Handler = (request: Request, context?: { params: Promise<Record<string, string>> }) => Promise<Response>

export const account = 'acc_bootstrap'
export const creator = 'creator_mia'

export interface ModelsUnderTest {
  gateway: TestGateway
  /** Calls an admin route as an admin. */
  call(handler: Handler, given?: { body?: unknown; id?: string; query?: string }): Promise<Response>
  models(): Promise<ModelsView>
  version(model: string): Promise<VersionView>
  job(id: string): Promise<JobDetail>
  /** Resolves when the job is in one of the states. */
  reached(id: string, states: readonly JobDetail['state'][]): Promise<JobDetail>
  /** Begins a job over `gpt-35-turbo` and answers its id. */
  begin(over?: object): Promise<string>
  /** Scripts the simulator's training or resource manager. */
  script(what: 'training' | 'arm', settings: object): Promise<unknown>
  consent(over?: object): Promise<Response>
  handIn(examples: readonly unknown[], over?: object): Promise<Response>
}

const longestMs = 180_000

/** The whole program over the simulator, whose training takes no time unless it is told to. */
export function startModels(options: TestGatewayOptions = {}): ModelsUnderTest {
  let gateway: TestGateway | null = null
  const running = () => gateway ?? (Promise.reject(new Error('not started')) as never)
  beforeAll(async () => {
    gateway = await startGateway(options)
    await given.script('training', { jobMs: 0 })
    await given.script('arm', { inProgressPolls: 0, retryAfterSeconds: 0 })
  }, longestMs)
  afterAll(() => gateway?.close())
  const request = (body: unknown, query = '') =>
    new Request(`${running().url}/api/admin/models${query}`, {
      method: body === undefined ? 'GET' : 'POST',
      headers: {
        authorization: `Bearer ${testAdminKey}`,
        'content-type': typeof body === 'string' ? 'application/jsonl' : 'application/json',
      },
      body: body === undefined ? undefined : typeof body === 'string' ? body : JSON.stringify(body),
    })
  const given: ModelsUnderTest = {
    get gateway() {
      return running()
    },
    call: (handler, { body, id = '', query } = {}) =>
      handler(request(body, query), { params: Promise.resolve({ id }) }),
    models: async () => modelsView.parse(await (await given.call(readModels)).json()),
    async version(model) {
      const found = (await given.models()).versions.find(
        (one) => one.model === model && one.kind !== 'prompt',
      )
      if (!found) throw new Error(`no version of ${model}`)
      return found
    },
    job: async (id) => jobDetail.parse(await (await given.call(readJob, { id })).json()),
    reached: (id, states) =>
      vi.waitFor(
        async () => {
          const job = await given.job(id)
          if (!states.includes(job.state)) throw new Error(`it is ${job.state} (${job.error})`)
          return job
        },
        { timeout: longestMs, interval: 50 },
      ),
    async begin(over = {}) {
      const { id } = await given.version('gpt-35-turbo')
      const body = {
        ...{
          name: 'mia',
          accountId: account,
          baseVersionId: id,
          region: 'westeurope',
          reason: 'sound like Mia',
        },
        ...over,
      }
      const response = await given.call(createJob, { body })
      const made: { id?: string; detail?: string } = await response.json()
      if (!made.id) throw new Error(made.detail)
      return made.id
    },
    script: (what, settings) =>
      fetch(`${running().container.simulator?.url}/__simulator/${what}`, {
        method: 'POST',
        body: JSON.stringify(settings),
      }),
    consent: (over = {}) =>
      running().post('/api/v1/training/consents', {
        ...{ creatorId: creator, granted: true, evidence: 'settings page' },
        ...over,
      }),
    handIn: (examples, over = {}) =>
      running().post('/api/v1/training/examples', {
        creatorId: creator,
        examples: examples.map((messages) => ({ messages })),
        ...over,
      }),
  }
  return given
}

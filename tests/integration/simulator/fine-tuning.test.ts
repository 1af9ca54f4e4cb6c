import type OpenAI from 'openai'
import { toFile } from 'openai'
import { beforeEach, describe, expect, it } from 'vitest'
import type { TrainingSettings } from '#lib/contracts/simulator'
import { API_VERSION, launchSimulator } from '#tests/integration/simulator/running-simulator'
import { armClient, deployed } from '#tests/support/arm-client'

const clock = { nowMs: Date.parse('2026-11-26T12:00:00Z') }
const running = launchSimulator({ now: () => clock.nowMs })
const jobMs = 100_000
const azure = (region = 'westeurope') => running.azure({ region })

const configure = (settings: TrainingSettings) =>
  fetch(`${running.base()}/__simulator/training`, { method: 'POST', body: JSON.stringify(settings) })
beforeEach(async () => void (await configure({ jobMs, failNextJobs: 0, failNextRequests: 0 })))

const example = (question: string, answer: string) =>
  JSON.stringify({
    messages: [
      { role: 'user', content: question },
      { role: 'assistant', content: answer },
    ],
  })
const questions = [
  'beach',
  'studio',
  'coffee',
  'guitar',
  'winter',
  'garden',
  'cinema',
  'novel',
  'market',
  'sunset',
]
const lines = questions.map((word) => example(`What about the ${word}?`, `The ${word} is my favourite.`))

async function upload(client: OpenAI, content: string, filename = 'train.jsonl') {
  return client.files.create({ file: await toFile(Buffer.from(content), filename), purpose: 'fine-tune' })
}

async function train(client: OpenAI, over: Partial<OpenAI.FineTuning.JobCreateParams> = {}) {
  const file = await upload(client, lines.join('\n'))
  return client.fineTuning.jobs.create({
    model: 'gpt-4.1-mini',
    training_file: file.id,
    suffix: 'mia',
    ...over,
  })
}

describe('files, with the official client', () => {
  it('are kept for each resource, listed in pages, read and deleted', async () => {
    const [west, north] = [azure(), azure('northeurope')]
    const made = [await upload(west, 'a', 'a.jsonl'), await upload(west, 'bb', 'b.jsonl')]
    expect(made[1]).toMatchObject({ object: 'file', filename: 'b.jsonl', bytes: 2, purpose: 'fine-tune' })
    const names: string[] = []
    for await (const file of west.files.list({ limit: 1, purpose: 'fine-tune' })) names.push(file.filename)
    expect(names).toEqual(['b.jsonl', 'a.jsonl'])
    const first = made[0]?.id ?? ''
    expect(await west.files.retrieve(first)).toMatchObject({ filename: 'a.jsonl', status: 'processed' })
    await expect(north.files.retrieve(first)).rejects.toMatchObject({ status: 404, code: 'resourceNotFound' })
    expect(await west.files.delete(first)).toMatchObject({ id: first, deleted: true })
    await expect(west.files.delete(first)).rejects.toMatchObject({ status: 404 })
  })

  it.each([
    ['a key', '?api-version=1', {}, 401],
    ['an api-version', '', { 'api-key': 'k' }, 404],
  ])('need %s', async (_name, query, headers, status) => {
    expect((await fetch(`${running.base()}/openai/files${query}`, { headers })).status).toBe(status)
  })

  it('refuse a form without a purpose, and what is no form', async () => {
    const post = (body: BodyInit) =>
      fetch(`${running.base()}/openai/files?api-version=${API_VERSION}`, {
        method: 'POST',
        headers: { 'api-key': 'k' },
        body,
      })
    const form = new FormData()
    form.set('file', new File(['x'], 'x.jsonl'))
    for (const body of [form, 'no form']) expect((await post(body)).status).toBe(400)
  })
})

describe('fine-tuning, with the official client', () => {
  it('validates, queues, runs, and ends in a model, with events and checkpoints on the way', async () => {
    const client = azure()
    const job = await train(client, { hyperparameters: { n_epochs: 2 }, metadata: { job: 'ftj_1' } })
    expect(job).toMatchObject({
      object: 'fine_tuning.job',
      status: 'validating_files',
      metadata: { job: 'ftj_1' },
    })
    const statuses: string[] = []
    for (const share of [0.1, 0.5, 1]) {
      clock.nowMs = job.created_at * 1000 + share * jobMs
      statuses.push((await client.fineTuning.jobs.retrieve(job.id)).status)
      if (share !== 0.5) continue
      const events = await client.fineTuning.jobs.listEvents(job.id)
      expect(events.data[0]).toMatchObject({ level: 'info', type: 'metrics' })
      expect(events.data[0]?.data).toHaveProperty('train_loss')
      expect((await client.fineTuning.jobs.checkpoints.list(job.id)).data).toEqual([])
    }
    expect(statuses).toEqual(['queued', 'running', 'succeeded'])
    const done = await client.fineTuning.jobs.retrieve(job.id)
    expect(done.fine_tuned_model).toMatch(/^gpt-4\.1-mini\.ft-[0-9a-f]{32}-mia$/)
    expect(done.trained_tokens).toBeGreaterThan(100)
    const checkpoints = (await client.fineTuning.jobs.checkpoints.list(job.id)).data
    expect(checkpoints.map(({ step_number }) => step_number)).toEqual([20, 10])
    expect(checkpoints[0]?.fine_tuned_model_checkpoint).toBe(done.fine_tuned_model)
    const messages: string[] = []
    for await (const event of client.fineTuning.jobs.listEvents(job.id, { limit: 4 }))
      messages.push(event.message)
    expect(messages[0]).toContain('Training completed')
    expect(messages.at(-1)).toContain('Validating training file')
    const listed: string[] = []
    for await (const one of client.fineTuning.jobs.list({ limit: 1 })) listed.push(one.id)
    expect(listed).toContain(job.id)
  })

  it('is cancelled while it runs, and not after', async () => {
    const client = azure()
    const job = await train(client)
    clock.nowMs += jobMs / 2
    expect(await client.fineTuning.jobs.cancel(job.id)).toMatchObject({ status: 'cancelled' })
    clock.nowMs += jobMs
    expect(await client.fineTuning.jobs.retrieve(job.id)).toMatchObject({
      status: 'cancelled',
      fine_tuned_model: null,
    })
    await expect(client.fineTuning.jobs.cancel(job.id)).rejects.toMatchObject({ status: 400 })
  })

  it.each([
    ['broken JSON', [...lines.slice(0, 4), '{"messages": [', ...lines.slice(4)].join('\n'), 'Line 5'],
    [
      'no answer',
      [...lines, JSON.stringify({ messages: [{ role: 'user', content: 'x' }] })].join('\n'),
      'Line 11',
    ],
    ['too few examples', lines.slice(0, 9).join('\n'), '9 examples'],
  ])('fails while validating a file with %s, and says where', async (_name, content, where) => {
    const client = azure()
    const file = await upload(client, content)
    const job = await client.fineTuning.jobs.create({ model: 'gpt-4o-mini', training_file: file.id })
    clock.nowMs += jobMs
    const failed = await client.fineTuning.jobs.retrieve(job.id)
    expect(failed).toMatchObject({
      status: 'failed',
      error: { code: 'invalid_training_file', param: 'training_file' },
    })
    expect(failed.error?.message).toContain(where)
    const [last] = (await client.fineTuning.jobs.listEvents(job.id)).data
    expect(last).toMatchObject({ level: 'error' })
  })

  it('fails in its middle when that is scripted, and answers 503 when that is', async () => {
    const client = azure()
    await configure({ failNextJobs: 1 })
    const job = await train(client)
    await configure({ failNextRequests: 1 })
    await expect(client.fineTuning.jobs.retrieve(job.id)).rejects.toMatchObject({ status: 503 })
    clock.nowMs += jobMs
    expect(await client.fineTuning.jobs.retrieve(job.id)).toMatchObject({
      status: 'failed',
      error: { code: 'jobFailed' },
    })
  })

  it.each([
    [{ model: 'text-embedding-ada-002' }, 'model'],
    [{ model: 'gpt-4-turbo' }, 'model'],
    [{ training_file: 'file-none' }, 'training_file'],
    [{ validation_file: 'file-none' }, 'validation_file'],
  ])('refuses %j', async (over, param) => {
    await expect(train(azure(), over)).rejects.toMatchObject({ status: 400, param, code: 'invalidPayload' })
  })
})

describe('the result of a fine-tuning job', () => {
  const tuned = (name: string) =>
    deployed(10, { properties: { model: { format: 'OpenAI', name, version: '1' } } })
  const ask = async (deployment: string, question: string) => {
    const answer = await azure().chat.completions.create({
      model: deployment,
      messages: [{ role: 'user', content: question }],
    })
    return [answer.model, answer.choices[0]?.message.content]
  }

  it('is deployed once it is there, says what it learned, and is gone when it is deleted', async () => {
    const client = azure()
    const job = await train(client)
    const arm = armClient(running.base(true))
    await fetch(`${running.base()}/__simulator/arm`, {
      method: 'POST',
      body: JSON.stringify({ inProgressPolls: 1, retryAfterSeconds: 0 }),
    })
    const name = `gpt-4.1-mini.ft-${job.id.slice(6)}-mia`
    await expect(arm.put('mia', tuned(name))).rejects.toMatchObject({ code: 'DeploymentModelNotSupported' })
    clock.nowMs += jobMs
    await arm.put('mia', tuned(name))
    expect(await ask('mia', 'Tell me about the garden')).toEqual([
      name,
      '[simulated] The garden is my favourite.',
    ])
    expect((await ask('gpt-4.1-mini', 'Tell me about the garden'))[1]).not.toContain('favourite')
    await arm.remove('mia')
    await expect(ask('mia', 'Hi')).rejects.toMatchObject({ status: 404, code: 'DeploymentNotFound' })
    await expect(arm.get('mia')).rejects.toMatchObject({ statusCode: 404 })
    await arm.remove('mia')
    await arm.put('mia', tuned(name))
    expect((await ask('mia', 'And the guitar?'))[1]).toContain('guitar')
  })
})

import { eq } from 'drizzle-orm'
import { describe, expect, it } from 'vitest'
import { fineTuningJobs, modelDeployments } from '#schema/models'
import { startModels } from '#tests/integration/models/start-models'
import { conversations } from '#tests/support/training-worlds'
import { POST as cancel } from '../../../app/api/admin/fine-tuning/[id]/cancel/route'
import { POST as retire } from '../../../app/api/admin/fine-tuning/[id]/retire/route'
import { POST as create } from '../../../app/api/admin/fine-tuning/route'
import { POST as setPrice } from '../../../app/api/admin/prices/route'

const under = startModels()

describe('a fine-tuning job', { timeout: 240_000 }, () => {
  it('collects, trains, deploys and compares with its base, all through the real clients', async () => {
    await under.consent()
    expect(await (await under.handIn(conversations(50))).json()).toMatchObject({ added: 50, duplicates: 0 })
    const id = await under.begin()
    const job = await under.reached(id, ['ready', 'failed'])
    expect(job).toMatchObject({ state: 'ready', error: null, progress: 1, simulated: true })
    expect((job.trainExamples ?? 0) + (job.heldOutExamples ?? 0)).toBe(50)
    expect(job.heldOutExamples).toBeGreaterThan(2)
    expect(job.evaluation).toMatchObject({
      pairs: job.heldOutExamples,
      tuned: { errors: 0 },
      base: { errors: 0 },
    })
    expect(job.evaluation?.difference?.mean).toBeGreaterThan(0.1)
    expect(job.evaluation?.tuned.quality).toBeGreaterThan(job.evaluation?.base.quality ?? 1)
    expect(
      job.events
        .map(({ id: event }) => event)
        .filter((event) => event.startsWith('step:'))
        .sort(),
    ).toEqual([
      'step:collected',
      'step:deployed',
      'step:evaluated',
      'step:started',
      'step:trained',
      'step:uploaded',
    ])
    const tuned = await under.version(job.tunedModel ?? '')
    expect(tuned).toMatchObject({ name: 'mia', number: 1, kind: 'fine_tuned', stage: 'candidate', jobId: id })
    expect(tuned.deployments).toEqual([
      { id: 'mia-v1-westeurope', region: 'westeurope', tiers: [], removable: true },
    ])
    expect(tuned.quality).toBe(job.evaluation?.tuned.quality)
    const asked = {
      model: 'mia-v1-westeurope',
      messages: [{ role: 'user', content: 'What about the garden tomorrow?' }],
    }
    const answer = await under.gateway.post('/api/v1/chat/completions', asked)
    expect(answer.headers.get('x-huntaze-deployment')).toBe('mia-v1-westeurope')
    expect(JSON.stringify(await answer.json())).toContain('always my favourite')

    expect(tuned.price).toEqual({ model: 'gpt-35-turbo', isOwn: false })
    const day = new Date().toISOString().slice(0, 10)
    const own = { provider: 'azure-openai', model: tuned.model, effectiveFrom: day, asOf: day }
    const rates = { input: '999999', output: '999999' }
    const body = { ...own, rates, source: 'price sheet', reason: 'tuned models cost more' }
    expect((await under.call(setPrice, { body })).status).toBe(200)
    expect((await under.version(tuned.model)).price).toEqual({ model: tuned.model, isOwn: true })
    const dearer = await under.gateway.post('/api/v1/chat/completions', { ...asked, max_tokens: 1 })
    await dearer.text()
    expect(Number(dearer.headers.get('x-huntaze-cost-usd'))).toBeGreaterThan(1)
  })

  it('leaves nothing of anybody at the provider, and is retired with its deployment', async () => {
    const { jobs } = await (
      await fetch(`${under.gateway.container.simulator?.url}/__simulator/training`)
    ).json()
    expect(jobs).toBe(1)
    const report = await fetch(`${under.gateway.container.simulator?.url}/__simulator/training`)
    expect(await report.json()).toMatchObject({ files: 0 })
    const { versions } = await under.models()
    const tuned = versions.find(({ kind }) => kind === 'fine_tuned')
    const jobId = tuned?.jobId ?? ''
    expect((await under.call(retire, { id: jobId, body: { reason: 'not needed' } })).status).toBe(204)
    await under.reached(jobId, ['retired'])
    expect(await under.version(tuned?.model ?? '')).toMatchObject({ stage: 'archived', deployments: [] })
    const answer = await under.gateway.post('/api/v1/chat/completions', {
      model: 'mia-v1-westeurope',
      messages: [{ role: 'user', content: 'Hi' }],
    })
    expect(answer.status).toBe(404)
  })

  it('fails with the provider’s words when training fails, and goes on where requests fail', async () => {
    await under.script('training', { failNextJobs: 1, failNextRequests: 3 })
    const job = await under.reached(await under.begin({ name: 'unlucky' }), ['failed', 'ready'])
    expect(job).toMatchObject({ state: 'failed', versionId: null })
    expect(job.error).toContain('diverged')
    expect(job.events[0]?.message ?? '').toContain('diverged')
  })

  it('fails when the deployment is refused, saying why', async () => {
    await under.script('arm', { quotaUnits: 0 })
    const job = await under.reached(await under.begin({ name: 'no-room' }), ['failed', 'ready'])
    expect(job.state).toBe('failed')
    expect(job.error).toContain('InsufficientQuota')
    await under.script('arm', { quotaUnits: null })
  })

  it('is cancelled by an operator while it trains, and the files go', async () => {
    await under.script('training', { jobMs: 600_000 })
    const id = await under.begin({ name: 'second-thoughts' })
    await under.reached(id, ['training'])
    expect((await under.call(cancel, { id, body: { reason: 'wrong base' } })).status).toBe(204)
    expect(await under.reached(id, ['cancelled'])).toMatchObject({ error: 'Cancelled: wrong base' })
    const report = await fetch(`${under.gateway.container.simulator?.url}/__simulator/training`)
    expect(await report.json()).toMatchObject({ files: 0 })
    expect((await under.call(cancel, { id, body: { reason: 'once more' } })).status).toBe(409)
  })

  it('is cancelled with orders that the provider took and nobody heard of', async () => {
    await under.script('training', { jobMs: 600_000 })
    const id = await under.begin({ name: 'unheard' })
    const training = await under.reached(id, ['training'])
    // As a process leaves it that is killed between the provider's answer and its own row.
    const unheard = {
      state: 'starting',
      providerJobId: null,
      trainFileId: null,
      heldOutFileId: null,
    } as const
    const { orm } = under.gateway.container.db
    const provider = await orm.transaction(async (tx) => {
      const [before] = await tx.select().from(fineTuningJobs).where(eq(fineTuningJobs.id, id)).for('update')
      const order = {
        ...unheard,
        cancelAsked: 'wrong base',
        leaseHolder: null,
        leaseUntil: null,
        nextStepAt: new Date(),
      }
      await tx.update(fineTuningJobs).set(order).where(eq(fineTuningJobs.id, id))
      return before?.providerJobId ?? ''
    })
    expect(training.providerStatus).not.toBe('cancelled')
    await under.reached(id, ['cancelled'])
    const client = await under.gateway.container.models.parts.training.of('westeurope')
    expect((await client.fineTuning.jobs.retrieve(provider)).status).toBe('cancelled')
    const report = await fetch(`${under.gateway.container.simulator?.url}/__simulator/training`)
    expect(await report.json()).toMatchObject({ files: 0 })
  })

  it('is cancelled in the middle of its evaluation', async () => {
    await under.script('training', { jobMs: 0 })
    const id = await under.begin({ name: 'half-asked' })
    await under.reached(id, ['evaluating'])
    expect((await under.call(cancel, { id, body: { reason: 'good enough' } })).status).toBe(204)
    expect((await under.reached(id, ['cancelled', 'ready'])).state).toBe('cancelled')
  })

  it('ends when a person withdraws, whose words are gone from every set', async () => {
    await under.consent({ creatorId: 'creator_zoe' })
    await under.handIn(conversations(30), { creatorId: 'creator_zoe' })
    await under.script('training', { jobMs: 600_000 })
    const id = await under.begin({ name: 'zoe', creatorId: 'creator_zoe' })
    await under.reached(id, ['training'])
    const withdrawn = await under.consent({ creatorId: 'creator_zoe', granted: false })
    expect(await withdrawn.json()).toMatchObject({ granted: false, examplesRemoved: 30, jobsCancelled: 1 })
    expect((await under.reached(id, ['cancelled'])).error).toContain('consent was withdrawn')
    await under.script('training', { jobMs: 0 })
    const next = await under.reached(await under.begin({ name: 'zoe', creatorId: 'creator_zoe' }), ['failed'])
    expect(next.error).toContain('0 consented examples')
  })

  it('is retired after it was cancelled while another instance deploys its result', async () => {
    const id = await under.begin({ name: 'too-early' })
    const { deploymentId } = await under.reached(id, ['ready'])
    const { orm } = under.gateway.container.db
    const made = eq(modelDeployments.id, deploymentId ?? '')
    const elsewhere = { leaseHolder: 'ins_other', leaseUntil: new Date(Date.now() + 3_600_000) }
    await orm
      .update(modelDeployments)
      .set({ state: 'creating', ...elsewhere })
      .where(made)
    await orm.update(fineTuningJobs).set({ state: 'deploying' }).where(eq(fineTuningJobs.id, id))
    expect((await under.call(cancel, { id, body: { reason: 'wrong base' } })).status).toBe(204)
    const { error } = await under.reached(id, ['cancelled'])
    expect(error).toBe(
      `Cancelled: wrong base; its deployment ${deploymentId} stands until the job is retired`,
    )
    expect((await under.call(retire, { id, body: { reason: 'not needed' } })).status).toBe(204)
    // The other instance is done with it.
    await orm.update(modelDeployments).set({ leaseHolder: null, leaseUntil: null }).where(made)
    await under.reached(id, ['retired'])
    const { deployments } = await under.models()
    expect(deployments.filter((one) => one.id === deploymentId)).toEqual([])
  })

  it.each([
    [{ name: 'X' }, 'name'],
    [{ region: 'atlantis' }, 'region'],
    [{ heldOutBps: 1 }, 'heldOutBps'],
    [{ model: 'gpt-4-turbo' }, 'baseVersionId'],
  ])('is refused with %j', async ({ model, ...over }: Record<string, unknown>, field) => {
    const base = await under.version(typeof model === 'string' ? model : 'gpt-35-turbo')
    const body = {
      name: 'mia',
      accountId: 'acc',
      baseVersionId: base.id,
      region: 'westeurope',
      reason: 'try',
      ...over,
    }
    const refused = await under.call(create, { body })
    expect(refused.status).toBe(400)
    expect(JSON.stringify(await refused.json())).toContain(field)
  })
})

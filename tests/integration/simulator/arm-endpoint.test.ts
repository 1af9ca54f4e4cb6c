import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import type { ArmSettings } from '#lib/contracts/simulator'
import { launchSimulator } from '#tests/integration/simulator/running-simulator'
import { armClient, deployed, simulatedCredential } from '#tests/support/arm-client'

const running = launchSimulator()
const quickly: ArmSettings = {
  inProgressPolls: 0,
  retryAfterSeconds: 0,
  quotaUnits: null,
  failNextOperations: 0,
}

function configure(settings: ArmSettings): Promise<Response> {
  return fetch(`${running.base()}/__simulator/arm`, { method: 'POST', body: JSON.stringify(settings) })
}

beforeEach(async () => void (await configure(quickly)))
afterEach(async () => void (await configure(quickly)))

const open = (region?: string) => armClient(running.base(true), region)
const path = (name: string) =>
  `/subscriptions/s/resourceGroups/g/providers/Microsoft.CognitiveServices/accounts/a/deployments/${name}?api-version=2025-09-01`

async function limitOf(region: string, name: string): Promise<string | null> {
  const { response } = await running
    .azure({ region })
    .chat.completions.create({ model: name, messages: [{ role: 'user', content: 'Hi' }], max_tokens: 1 })
    .withResponse()
  return response.headers.get('x-ratelimit-limit-tokens')
}

describe('the resource manager', () => {
  it('takes a deployment of the official client, polled to its end, and limits the data plane by it', async () => {
    await configure({ inProgressPolls: 2 })
    const arm = open()
    const written = await arm.put('chat', deployed(80))
    expect(written).toMatchObject({ name: 'chat', sku: { name: 'Standard', capacity: 80 } })
    expect(written.properties).toMatchObject({
      provisioningState: 'Succeeded',
      raiPolicyName: 'Microsoft.DefaultV2',
      rateLimits: [
        { key: 'request', count: 80 },
        { key: 'token', count: 80_000 },
      ],
    })
    expect(await limitOf('westeurope', 'chat')).toBe('80000')
    expect(await limitOf('northeurope', 'chat')).not.toBe('80000')
    await arm.put('chat', deployed(120))
    expect(await limitOf('westeurope', 'chat')).toBe('120000')
    expect(await arm.get('chat')).toMatchObject({ sku: { capacity: 120 }, tags: { owner: 'ai-team' } })
  })

  it('knows no deployment that was never written', async () => {
    await expect(open().get('nothing')).rejects.toMatchObject({ statusCode: 404, code: 'ResourceNotFound' })
  })

  it('refuses beyond the quota, and whoever comes while a change runs', async () => {
    const arm = open('swedencentral')
    await configure({ quotaUnits: 0 })
    await expect(arm.put('chat', deployed(10))).rejects.toMatchObject({
      statusCode: 400,
      code: 'InsufficientQuota',
    })
    await configure({ quotaUnits: null, inProgressPolls: 1_000 })
    const token = await simulatedCredential(running.base(true)).getToken(
      'https://management.azure.com/.default',
    )
    const put = () =>
      fetch(running.base(true) + path('chat'), {
        method: 'PUT',
        headers: { authorization: `Bearer ${token.token}` },
        body: JSON.stringify(deployed(10)),
      })
    expect((await put()).status).toBe(201)
    const second = await put()
    expect(second.status).toBe(409)
    expect(await second.json()).toMatchObject({ error: { code: 'RequestConflict' } })
  })

  it('says in the operation why a change failed, and leaves what was there', async () => {
    const arm = open('francecentral')
    await arm.put('chat', deployed(10))
    await configure({ failNextOperations: 1 })
    await expect(arm.put('chat', deployed(20))).rejects.toThrow('DeploymentFailed')
    expect(await arm.get('chat')).toMatchObject({ sku: { capacity: 10 } })
  })

  it.each([
    ['over plain http', false, { authorization: 'Bearer t' }, 403, 'HttpsRequired'],
    ['with an API key', true, { 'api-key': 'k' }, 401, 'AuthenticationFailed'],
  ])('refuses a call %s', async (_name, secure, headers, status, code) => {
    const response = await fetch(running.base(secure) + path('chat'), { headers })
    expect(response.status).toBe(status)
    expect(await response.json()).toMatchObject({ error: { code } })
  })

  it.each([
    [{ properties: { model: { name: 'm' } } }],
    [{ sku: { name: 'Standard' }, properties: { model: { name: 'm' } } }],
    [{ sku: { name: 'Standard', capacity: 0.5 }, properties: { model: { name: 'm' } } }],
    [{ sku: { name: 'Standard', capacity: 1 } }],
  ])('refuses %j', async (body) => {
    const response = await fetch(running.base(true) + path('chat'), {
      method: 'PUT',
      headers: { authorization: 'Bearer t' },
      body: JSON.stringify(body),
    })
    expect(response.status).toBe(400)
    expect(await response.json()).toMatchObject({ error: { code: 'InvalidResourceProperties' } })
  })

  it('is told how to behave in words it knows only', async () => {
    expect((await configure({ inProgressPolls: -1 })).status).toBe(400)
    const report = await fetch(`${running.base()}/__simulator/arm`)
    expect(await report.json()).toMatchObject(quickly)
  })
})

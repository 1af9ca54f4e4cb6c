import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import {
  ClientSecretCredential,
  DefaultAzureCredential,
  getBearerTokenProvider,
  ManagedIdentityCredential,
  WorkloadIdentityCredential,
} from '@azure/identity'
import { AzureOpenAI } from 'openai'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { API_VERSION, launchSimulator } from '#tests/integration/simulator/running-simulator'

const running = launchSimulator()
const SCOPE = 'https://cognitiveservices.azure.com/.default'
const TENANT = '00000000-0000-4000-8000-00000000000a'
const CLIENT = '00000000-0000-4000-8000-00000000000b'

interface Report {
  expiresInSeconds: number
  tokensIssued: number
  tokensIssuedBy: Record<string, number>
}

async function report(): Promise<Report> {
  const response = await fetch(`${running.base()}/__simulator/identity`)
  return JSON.parse(await response.text())
}

function configure(settings: Record<string, number>): Promise<Response> {
  return fetch(`${running.base()}/__simulator/identity`, { method: 'POST', body: JSON.stringify(settings) })
}

function claimsOf(token: string): unknown {
  return JSON.parse(Buffer.from(token.split('.')[1] ?? '', 'base64url').toString())
}

beforeEach(async () => {
  for (const name of [
    'IDENTITY_ENDPOINT',
    'IDENTITY_HEADER',
    'AZURE_POD_IDENTITY_AUTHORITY_HOST',
    'IDENTITY_SERVER_THUMBPRINT',
    'IMDS_ENDPOINT',
    'MSI_ENDPOINT',
    'MSI_SECRET',
  ]) {
    vi.stubEnv(name, undefined)
  }
  await configure({ expiresInSeconds: 3_600 })
})
afterEach(() => {
  vi.unstubAllEnvs()
})

describe('identity endpoints', () => {
  it('serve ManagedIdentityCredential in the App Service style', async () => {
    vi.stubEnv('IDENTITY_ENDPOINT', `${running.base()}/msi/token`)
    vi.stubEnv('IDENTITY_HEADER', 'secret')
    const before = await report()
    const token = await new ManagedIdentityCredential({ clientId: CLIENT }).getToken(SCOPE)
    expect(claimsOf(token.token)).toMatchObject({ aud: 'https://cognitiveservices.azure.com', sub: CLIENT })
    expect(token.expiresOnTimestamp).toBeGreaterThan(Date.now())
    expect((await report()).tokensIssued).toBe(before.tokensIssued + 1)
  })

  it('serve ClientSecretCredential and WorkloadIdentityCredential over TLS', async () => {
    const authorityHost = running.base(true)
    const credential = new ClientSecretCredential(TENANT, CLIENT, 'secret', {
      authorityHost,
      disableInstanceDiscovery: true,
    })
    const token = await credential.getToken('https://ai.azure.com/.default')
    expect(claimsOf(token.token)).toMatchObject({ aud: 'https://ai.azure.com', sub: CLIENT })
    const directory = await mkdtemp(join(tmpdir(), 'federated-'))
    const tokenFilePath = join(directory, 'token')
    await writeFile(tokenFilePath, 'federated-token')
    const workload = new WorkloadIdentityCredential({
      tenantId: TENANT,
      clientId: CLIENT,
      tokenFilePath,
      authorityHost,
      disableInstanceDiscovery: true,
    })
    expect((await workload.getToken(SCOPE)).token).toContain('.simulated')
    await rm(directory, { recursive: true })
  })

  it('describe themselves as their only cloud', async () => {
    const authorize = encodeURIComponent(`${running.base()}/${TENANT}/oauth2/v2.0/authorize`)
    const response = await fetch(
      `${running.base()}/common/discovery/instance?api-version=1.1&authorization_endpoint=${authorize}`,
    )
    const { tenant_discovery_endpoint: endpoint } = Object(await response.json())
    expect(endpoint).toBe(`${running.base()}/${TENANT}/v2.0/.well-known/openid-configuration`)
    const described = await fetch(endpoint)
    expect(await described.json()).toMatchObject({
      token_endpoint: `${running.base()}/${TENANT}/oauth2/v2.0/token`,
    })
  })

  it('let AzureOpenAI work over TLS with DefaultAzureCredential', async () => {
    vi.stubEnv('IDENTITY_ENDPOINT', `${running.base()}/msi/token`)
    vi.stubEnv('IDENTITY_HEADER', 'secret')
    vi.stubEnv('AZURE_TOKEN_CREDENTIALS', 'ManagedIdentityCredential')
    const client = new AzureOpenAI({
      endpoint: running.base(true),
      apiVersion: API_VERSION,
      azureADTokenProvider: getBearerTokenProvider(new DefaultAzureCredential(), SCOPE),
      maxRetries: 0,
    })
    const answer = await client.chat.completions.create({
      model: 'gpt-4-turbo-prod',
      messages: [{ role: 'user', content: 'Hi' }],
    })
    expect(answer.choices[0]?.message.content).toContain('[simulated]')
  })

  it('issue tokens of the lifetime asked for, and fail as often as told', async () => {
    expect(await (await configure({ expiresInSeconds: 7, failNextRequests: 1 })).json()).toMatchObject({
      expiresInSeconds: 7,
    })
    const ask = () =>
      fetch(`${running.base()}/msi/token?api-version=2019-08-01&resource=r`, {
        headers: { 'x-identity-header': 's' },
      })
    expect((await ask()).status).toBe(500)
    const issued: { access_token: string; expires_on: string } = JSON.parse(await (await ask()).text())
    expect(claimsOf(issued.access_token)).toMatchObject({ exp: Number(issued.expires_on), aud: 'r' })
    const { iat, exp } = Object(claimsOf(issued.access_token))
    expect(exp - iat).toBe(7)
    expect((await configure({ expiresInSeconds: -1 })).status).toBe(400)
  })

  it.each([
    ['/msi/token?api-version=2019-08-01&resource=r', 'GET', undefined, 400],
    ['/metadata/identity/oauth2/token?api-version=2018-02-01&resource=r', 'GET', undefined, 400],
    [`/${TENANT}/oauth2/v2.0/token`, 'POST', 'grant_type=password', 400],
    [
      `/${TENANT}/oauth2/v2.0/token`,
      'POST',
      'grant_type=client_credentials&client_id=c&scope=s/.default',
      401,
    ],
    [
      `/${TENANT}/oauth2/v2.0/token`,
      'POST',
      'grant_type=client_credentials&client_id=c&client_secret=x&scope=s',
      400,
    ],
  ])('refuse %s %s %s with %i', async (path, method, body, status) => {
    const response = await fetch(`${running.base()}${path}`, { method, body })
    expect(response.status).toBe(status)
    expect(await response.json()).toHaveProperty('error')
  })
})

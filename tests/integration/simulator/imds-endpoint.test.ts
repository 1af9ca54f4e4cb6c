import { ManagedIdentityCredential } from '@azure/identity'
import { afterEach, beforeEach, expect, it, vi } from 'vitest'
import { launchSimulator } from '#tests/integration/simulator/running-simulator'

// In a file of its own: the identity library decides once per process where managed identities come from.
const running = launchSimulator()

beforeEach(() => {
  for (const name of [
    'IDENTITY_ENDPOINT',
    'IDENTITY_HEADER',
    'IDENTITY_SERVER_THUMBPRINT',
    'IMDS_ENDPOINT',
    'MSI_ENDPOINT',
    'MSI_SECRET',
  ]) {
    vi.stubEnv(name, undefined)
  }
  vi.stubEnv('AZURE_POD_IDENTITY_AUTHORITY_HOST', running.base())
})
afterEach(() => {
  vi.unstubAllEnvs()
})

it('serves ManagedIdentityCredential in the IMDS style, one token for many askers', async () => {
  const credential = new ManagedIdentityCredential()
  const scope = 'https://cognitiveservices.azure.com/.default'
  const { token } = await credential.getToken(scope)
  expect((await credential.getToken(scope)).token).toBe(token)
  const response = await fetch(`${running.base()}/__simulator/identity`)
  expect(await response.json()).toMatchObject({ tokensIssued: 1, tokensIssuedBy: { imds: 1 } })
})

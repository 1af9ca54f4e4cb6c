import { connect, getCACertificates, setDefaultCACertificates } from 'node:tls'
import { ClientSecretCredential } from '@azure/identity'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { createAzureOpenAIClient } from '#server/gateway/providers/azure-openai-client'
import { createBearerTokenSource } from '#server/gateway/providers/bearer-token-source'
import { createTransport, type Transport } from '#server/gateway/providers/http-transport'
import { createCertificate } from '#server/simulator/create-certificate'
import { type Simulator, startSimulator } from '#server/simulator/start-simulator'
import { answerBody } from '#tests/upstreams/chat-events'
import { chatCall, failureOf, readStream } from '#tests/upstreams/provider-call'
import { startScriptedUpstream } from '#tests/upstreams/scripted-upstream'

const tenant = '00000000-0000-4000-8000-00000000000a'
const application = '00000000-0000-4000-8000-00000000000b'
const apiVersion = '2024-10-21'
const trusted = getCACertificates('default')
let simulator: Simulator
let transport: Transport

beforeAll(async () => {
  simulator = await startSimulator({
    latency: { firstTokenMs: 0, tokensPerSecond: Number.POSITIVE_INFINITY },
  })
  setDefaultCACertificates([...trusted, simulator.caCertificate ?? ''])
  transport = createTransport({ connectTimeoutMs: 5_000, ca: simulator.caCertificate ?? '' })
})

afterAll(async () => {
  setDefaultCACertificates(trusted)
  await transport.close()
  await simulator.close()
})

async function identity(settings?: object): Promise<{ tokensIssued: number }> {
  const init = settings === undefined ? {} : { method: 'POST', body: JSON.stringify(settings) }
  const response = await fetch(`${simulator.url}/__simulator/identity`, init)
  return JSON.parse(await response.text())
}

const tlsUrl = () => simulator.tlsUrl ?? expect.unreachable()

describe('bearer tokens over TLS', () => {
  it('are renewed by one request at a time, however many calls there are, and fail clearly while the identity is down', async () => {
    await identity({ expiresInSeconds: 60, delayMs: 50 })
    const clock = { aheadMs: 0 }
    const credential = new ClientSecretCredential(tenant, application, 'client-secret', {
      authorityHost: tlsUrl(),
      disableInstanceDiscovery: true,
      retryOptions: { maxRetries: 0 },
    })
    const source = createBearerTokenSource({ credential, now: () => Date.now() + clock.aheadMs })
    const provider = createAzureOpenAIClient({ credential: { kind: 'token', source }, apiVersion, transport })
    const call = () => chatCall({ endpoint: tlsUrl() })
    const issued = async () => (await identity()).tokensIssued

    const fifty = await Promise.all(Array.from({ length: 50 }, () => provider.chat(call())))
    expect(fifty.every((answer) => answer.finishReason === 'stop')).toBe(true)
    expect(await issued()).toBe(1)

    const first = await source.get()
    clock.aheadMs = 50_000
    await Promise.all(Array.from({ length: 50 }, () => readStream(provider, call())))
    await expect.poll(() => source.get()).not.toBe(first)
    expect(await issued()).toBe(2)

    clock.aheadMs = 200_000
    await identity({ failNextRequests: 1 })
    const failures = await Promise.all(Array.from({ length: 50 }, () => failureOf(provider.chat(call()))))
    expect(new Set(failures.map(({ kind }) => kind))).toEqual(new Set(['credentials']))
    expect(JSON.stringify(failures)).not.toContain('client-secret')
    expect(await issued()).toBe(2)
  })
})

describe('TLS', () => {
  it('is refused when the certificate is of nobody trusted', async () => {
    const wary = createTransport({
      connectTimeoutMs: 5_000,
      ca: (await createCertificate({ nowMs: Date.now() })).cert,
    })
    const provider = createAzureOpenAIClient({
      credential: { kind: 'key', key: 'k' },
      apiVersion,
      transport: wary,
    })
    const before = simulator.requestCount()
    expect(await failureOf(provider.chat(chatCall({ endpoint: tlsUrl() })))).toMatchObject({
      kind: 'connect',
    })
    expect(simulator.requestCount()).toBe(before)
    await provider.close()
  })

  it.each([
    ['TLSv1.1', 'refused'],
    ['TLSv1.2', 'taken'],
    ['TLSv1.3', 'taken'],
  ] as const)('of %s alone is %s', async (version, expected) => {
    const certificate = await createCertificate({ nowMs: Date.now() })
    const tls = {
      ...certificate,
      minVersion: version,
      maxVersion: version,
      ciphers: 'DEFAULT:@SECLEVEL=0',
    } as const
    const upstream = await startScriptedUpstream({ tls })
    upstream.respond([{ kind: 'json', body: answerBody }])
    const own = createTransport({ connectTimeoutMs: 5_000, ca: certificate.cert })
    const provider = createAzureOpenAIClient({
      credential: { kind: 'key', key: 'k' },
      apiVersion,
      transport: own,
    })
    expect(await negotiated(upstream.url)).toBe(version)
    if (expected === 'taken')
      expect((await provider.chat(chatCall({ endpoint: upstream.url }))).content).toBe('Hello there')
    else
      expect(await failureOf(provider.chat(chatCall({ endpoint: upstream.url })))).toMatchObject({
        kind: 'connect',
      })
    expect(upstream.requests).toHaveLength(expected === 'taken' ? 1 : 0)
    await provider.close()
    await upstream.close()
  })
})

/** The version a client agrees on that takes any: proof that the server itself works. */
function negotiated(url: string): Promise<string | null> {
  const { hostname, port } = new URL(url)
  return new Promise((resolve, reject) => {
    const options = {
      minVersion: 'TLSv1',
      ciphers: 'DEFAULT:@SECLEVEL=0',
      rejectUnauthorized: false,
    } as const
    const socket = connect({ host: hostname, port: Number(port), ...options }, () => {
      resolve(socket.getProtocol())
      socket.destroy()
    })
    socket.on('error', reject)
  })
}

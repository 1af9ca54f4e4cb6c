import { execFile } from 'node:child_process'
import { mkdtemp, readdir, rm, stat, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { startSimulator } from '#server/simulator/start-simulator'

const run = promisify(execFile)
let directory = ''

beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'simulator-'))
})
afterAll(async () => {
  await rm(directory, { recursive: true })
})

async function textOf(seed: number): Promise<unknown> {
  const simulator = await startSimulator({
    tls: false,
    seed,
    latency: { firstTokenMs: 0, tokensPerSecond: Number.POSITIVE_INFINITY },
  })
  const response = await fetch(`${simulator.url}/v1/chat/completions`, {
    method: 'POST',
    headers: { authorization: 'Bearer k' },
    body: JSON.stringify({ model: 'gpt-4', messages: [{ role: 'user', content: 'Hi' }] }),
  })
  const { choices } = Object(await response.json())
  await simulator.close()
  return choices[0].message.content
}

describe('startSimulator', () => {
  it('says the same for the same seed in another process', async () => {
    expect(await textOf(5)).toBe(await textOf(5))
    expect(await textOf(5)).not.toBe(await textOf(6))
  })

  it('opens no TLS listener when told not to, and refuses a taken port', async () => {
    const simulator = await startSimulator({ tls: false })
    expect(simulator).toMatchObject({ tlsUrl: null, caCertificate: null })
    const port = Number(new URL(simulator.url).port)
    await expect(startSimulator({ port, tls: false })).rejects.toMatchObject({ code: 'EADDRINUSE' })
    await simulator.close()
  })

  it('keeps its certificate between starts, readable by the owner only, and replaces a broken one', async () => {
    const dataDir = join(directory, 'data')
    const start = async () => {
      const simulator = await startSimulator({ dataDir })
      await simulator.close()
      return simulator.caCertificate
    }
    const first = await start()
    expect(await start()).toBe(first)
    const files = await readdir(dataDir)
    expect(files).toEqual(['simulator-tls.pem'])
    const file = join(dataDir, 'simulator-tls.pem')
    expect((await stat(file)).mode & 0o777).toBe(0o600)
    await writeFile(file, 'damaged')
    expect(await start()).not.toBe(first)
    expect(first).toContain('BEGIN CERTIFICATE')
    expect(first).not.toContain('PRIVATE KEY')
  })

  it('refuses malformed faults, latencies and limits', async () => {
    const simulator = await startSimulator({ tls: false })
    expect(() => simulator.setFault({ deployment: '', kind: 'cut', expiresAtMs: 1 })).toThrow()
    expect(() => simulator.setLatency('a', { firstTokenMs: -1, tokensPerSecond: 1, jitter: 0 })).toThrow()
    expect(() => simulator.setLimits('a', { tokensPerMinute: 0, requestsPerMinute: 1 })).toThrow()
    await simulator.close()
  })

  it('behaves as the model it is told a deployment has', async () => {
    const simulator = await startSimulator({ tls: false })
    simulator.setLatency('*', { firstTokenMs: 0, tokensPerSecond: Number.POSITIVE_INFINITY, jitter: 0 })
    simulator.setModel('we-premium', 'gpt-4o')
    const response = await fetch(`${simulator.url}/openai/v1/chat/completions`, {
      method: 'POST',
      headers: { 'api-key': 'k' },
      body: JSON.stringify({ model: 'we-premium', messages: [{ role: 'user', content: 'Hi' }] }),
    })
    expect(await response.json()).toMatchObject({ model: 'gpt-4o-2024-11-20' })
    await simulator.close()
  })

  it('drops stalled, slow and abandoned streams on close, so that the process ends by itself', async () => {
    const script = join(import.meta.dirname, 'end-by-itself.ts')
    const { stdout } = await run(process.execPath, [script], { timeout: 20_000 })
    expect(JSON.parse(stdout)).toEqual({ timersAfterAbort: 0, stalled: 'rejected', slow: 'rejected' })
  })
})

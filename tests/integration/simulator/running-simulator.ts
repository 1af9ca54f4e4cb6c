import { getCACertificates, setDefaultCACertificates } from 'node:tls'
import Anthropic from '@anthropic-ai/sdk'
import OpenAI, { AzureOpenAI } from 'openai'
import { afterAll, beforeAll } from 'vitest'
import type { SimulatorFault } from '#lib/contracts/simulator'
import { type Simulator, type SimulatorOptions, startSimulator } from '#server/simulator/start-simulator'

/** No time passes between tokens. */
export const INSTANT = { firstTokenMs: 0, tokensPerSecond: Number.POSITIVE_INFINITY, jitter: 0 }
export const API_VERSION = '2024-10-21'

/** The simulator of one test file, and the official clients against it; all trust its certificate. */
export interface RunningSimulator {
  simulator: Simulator
  /** Base address; `secure` = over TLS. */
  base(secure?: boolean): string
  azure(options?: { secure?: boolean; region?: string }): AzureOpenAI
  azureV1(options?: { secure?: boolean }): OpenAI
  openai(options?: { secure?: boolean }): OpenAI
  anthropic(options?: { secure?: boolean }): Anthropic
  /** Scripts a fault that lives for a minute. */
  fault(fault: Omit<SimulatorFault, 'expiresAtMs'>): void
}

/** Starts a simulator before the file's tests and closes it after them. */
export function launchSimulator(options: SimulatorOptions = {}): RunningSimulator {
  const trusted = getCACertificates('default')
  let running: Simulator | null = null
  const simulator = () => {
    if (running === null) throw new Error('the simulator has not been started yet')
    return running
  }
  const base = (secure = false) => (secure ? (simulator().tlsUrl ?? '') : simulator().url)
  beforeAll(async () => {
    running = await startSimulator({ latency: INSTANT, ...options })
    setDefaultCACertificates([...trusted, running.caCertificate ?? ''].filter((pem) => pem !== ''))
  })
  afterAll(async () => {
    setDefaultCACertificates(trusted)
    await running?.close()
  })
  const client = { apiKey: 'test-key', maxRetries: 0 }
  return {
    get simulator() {
      return simulator()
    },
    base,
    azure: ({ secure, region } = {}) =>
      new AzureOpenAI({
        ...client,
        endpoint: region === undefined ? base(secure) : `${base(secure)}/regions/${region}`,
        apiVersion: API_VERSION,
      }),
    azureV1: ({ secure } = {}) => new OpenAI({ ...client, baseURL: `${base(secure)}/openai/v1` }),
    openai: ({ secure } = {}) => new OpenAI({ ...client, baseURL: `${base(secure)}/v1` }),
    anthropic: ({ secure } = {}) => new Anthropic({ ...client, baseURL: base(secure) }),
    fault: (fault) => simulator().setFault({ ...fault, expiresAtMs: Date.now() + 60_000 }),
  }
}

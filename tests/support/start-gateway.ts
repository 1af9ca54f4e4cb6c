import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { CatalogInput } from '#lib/deployments/catalog-schema'
import { readEnv } from '#server/config/env'
import { setContainer } from '#server/container'
import type { Container } from '#server/create-container'
import { stopGracefully } from '#server/http/graceful-stop'
import { createDispatcher } from '#server/http/request-dispatcher'
import type { MakePairs } from '#server/migration/dual-write-pairs'
import { openProcessContainer } from '#server/open-container'
import type { Clock } from '#server/telemetry/clock'
import { copyTemplate } from '#tests/support/databases'

export const testApiKey = 'test-key-of-at-least-20-characters'
export const testAdminKey = 'admin-key-of-at-least-20-characters'

export interface TestGateway {
  url: string
  container: Container
  /** `fetch` with the bootstrap key and a JSON body. */
  post(path: string, body: unknown, headers?: Record<string, string>): Promise<Response>
  get(path: string, headers?: Record<string, string>): Promise<Response>
  close(): Promise<void>
}

export interface TestGatewayOptions {
  env?: Record<string, string>
  /** Written to a file and named by `HUNTAZE_CATALOG`. */
  catalog?: CatalogInput
  /** Read for every time that is compared; timers run by the system's all the same. */
  clock?: Clock
  /** Stores that move. */
  dualWritePairs?: MakePairs
  /** How long the answer cache waits for Redis. */
  redisTimeoutMs?: number
}

/** The program without its pages, on a free port, over a database of its own. One a process: it is the process's container. */
export async function startGateway(options: TestGatewayOptions = {}): Promise<TestGateway> {
  const dataDir = mkdtempSync(join(tmpdir(), 'huntaze-test-'))
  await copyTemplate(dataDir)
  const catalogPath = join(dataDir, 'catalog.json')
  if (options.catalog) writeFileSync(catalogPath, JSON.stringify(options.catalog))
  const env = readEnv({
    HUNTAZE_DATA_DIR: dataDir,
    HUNTAZE_BOOTSTRAP_API_KEY: testApiKey,
    HUNTAZE_BOOTSTRAP_ADMIN_API_KEY: testAdminKey,
    LOG_LEVEL: 'silent',
    HUNTAZE_LEGACY_PROBE_MINUTES: '0',
    ...(options.catalog ? { HUNTAZE_CATALOG: catalogPath, AZURE_OPENAI_API_KEY: 'upstream-key' } : {}),
    ...options.env,
  })
  if (!env.ok) throw new Error(env.problems.join('\n'))
  const server = createServer()
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  const { container } = await openProcessContainer({
    env: env.env,
    publicUrl: () => url,
    ...(options.clock ? { clock: options.clock } : {}),
    ...(options.redisTimeoutMs ? { redisTimeoutMs: options.redisTimeoutMs } : {}),
    ...(options.dualWritePairs ? { dualWritePairs: options.dualWritePairs } : {}),
  })
  setContainer(Promise.resolve(container))
  server.on(
    'request',
    createDispatcher({ container, development: false, next: (_, res) => void res.writeHead(404).end() }),
  )
  const auth = { authorization: `Bearer ${testApiKey}` }
  return {
    url,
    container,
    post: (path, body, headers) =>
      fetch(url + path, {
        method: 'POST',
        headers: { ...auth, 'content-type': 'application/json', ...headers },
        body: typeof body === 'string' ? body : JSON.stringify(body),
      }),
    get: (path, headers) => fetch(url + path, { headers: { ...auth, ...headers } }),
    async close() {
      await stopGracefully(server, container, 2000)
      rmSync(dataDir, { recursive: true, force: true })
    },
  }
}

/** A catalog of one tier `premium` over deployments `a`, `b`, `c`, each at its own scripted upstream. */
export function chainCatalog(urls: readonly string[], tier: Record<string, unknown> = {}): CatalogInput {
  const ids = urls.map((_, index) => 'abcdef'[index] ?? `d${index}`)
  return {
    regions: urls.map((endpoint, index) => ({
      name: `region-${ids[index]}`,
      endpoint,
      role: index === 0 ? 'primary' : 'dr',
    })),
    deployments: [
      ...ids.map((id) => ({
        id,
        region: `region-${id}`,
        deployment: `name-${id}`,
        model: 'gpt-4-turbo',
        contextTokens: 128_000,
      })),
      {
        id: 'embed',
        region: `region-${ids[0]}`,
        deployment: 'text-embedding-ada-002',
        model: 'text-embedding-ada-002',
      },
    ],
    tiers: { premium: { chain: ids, maxOutputTokens: 4096, ...tier } },
    embeddings: { chain: ['embed'], dimensions: 1536 },
  }
}

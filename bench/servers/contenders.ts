import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'

export const CONTENDER_NAMES = ['upstream', 'proxy', 'portkey', 'huntaze'] as const
export type ContenderName = (typeof CONTENDER_NAMES)[number]

/** Where a server is to listen, what it stands in front of, and a directory of its own. */
export interface Placement {
  readonly port: number
  readonly upstreamOrigin: string
  readonly directory: string
}

/** How one server is started and called. `args` go to Node. */
export interface Contender {
  readonly name: ContenderName
  readonly label: string
  readonly cwd: string
  readonly args: (placement: Placement) => readonly string[]
  readonly env: (placement: Placement) => Readonly<Record<string, string>>
  readonly readyPath: string
  /** Some servers have no health route: then any answer means ready. */
  readonly readyStatus: number | 'any'
  readonly path: string
  readonly model: string
  readonly headers: (upstreamOrigin: string) => Readonly<Record<string, string>>
}

const benchDirectory = fileURLToPath(new URL('..', import.meta.url))
const projectDirectory = fileURLToPath(new URL('../..', import.meta.url))
/** The gateway's bootstrap keys in a bench: data plane, and everything. */
export const GATEWAY_KEY = 'bench-key-0123456789abcdefghij'
export const ADMIN_KEY = 'bench-admin-key-0123456789abcdefghij'
const json = { 'content-type': 'application/json' }

/** The catalog the gateway routes by: three deployments and three tiers, all on the mock upstream. */
export function buildCatalog(upstreamOrigin: string): object {
  const deployment = (id: string, alias: string, model: string) => ({
    id,
    region: 'westeurope',
    deployment: alias,
    model,
    contextTokens: 128_000,
  })
  return {
    regions: [{ name: 'westeurope', endpoint: upstreamOrigin, role: 'primary' }],
    deployments: [
      deployment('we-premium', 'gpt-4-turbo-prod', 'gpt-4-turbo'),
      deployment('we-standard', 'gpt-4-standard-prod', 'gpt-4'),
      deployment('we-economy', 'gpt-35-turbo-prod', 'gpt-35-turbo'),
    ],
    tiers: {
      premium: { chain: ['we-premium', 'we-standard', 'we-economy'] },
      standard: { chain: ['we-standard', 'we-premium'] },
      economy: { chain: ['we-economy', 'we-standard'] },
    },
  }
}

/** The environment of a gateway that lives in `directory` (which exists) and routes by `catalog`. */
export function gatewayEnvironment(directory: string, catalog: object): Readonly<Record<string, string>> {
  const path = join(directory, 'catalog.json')
  writeFileSync(path, JSON.stringify(catalog, null, 2))
  return {
    HOST: '127.0.0.1',
    HUNTAZE_DATA_DIR: join(directory, 'data'),
    HUNTAZE_BOOTSTRAP_API_KEY: GATEWAY_KEY,
    HUNTAZE_BOOTSTRAP_ADMIN_API_KEY: ADMIN_KEY,
    HUNTAZE_CATALOG: path,
    AZURE_OPENAI_API_KEY: 'bench-key',
    LOG_LEVEL: 'warn',
  }
}

const upstream: Contender = {
  name: 'upstream',
  label: 'raw upstream',
  cwd: benchDirectory,
  args: () => ['servers/mock-upstream.ts'],
  env: () => ({}),
  readyPath: '/',
  readyStatus: 'any',
  path: '/v1/chat/completions',
  model: 'gpt-4o-mini',
  headers: () => ({ ...json, authorization: 'Bearer sk-bench' }),
}

const proxy: Contender = {
  ...upstream,
  name: 'proxy',
  label: 'raw Node proxy',
  args: () => ['servers/raw-proxy.ts'],
  env: ({ upstreamOrigin }) => ({ UPSTREAM: upstreamOrigin }),
}

const portkey: Contender = {
  ...upstream,
  name: 'portkey',
  label: 'Portkey gateway 1.15.2',
  args: ({ port }) => [
    '--import',
    './servers/listen-on-loopback.ts',
    'node_modules/@portkey-ai/gateway/build/start-server.js',
    `--port=${port}`,
    '--headless',
  ],
  headers: (upstreamOrigin) => ({
    ...json,
    authorization: 'Bearer sk-bench',
    'x-portkey-provider': 'openai',
    'x-portkey-custom-host': `${upstreamOrigin}/v1`,
  }),
}

const huntaze: Contender = {
  name: 'huntaze',
  label: 'Huntaze gateway',
  cwd: projectDirectory,
  args: () => ['server/main.ts'],
  env: ({ directory, upstreamOrigin }) => gatewayEnvironment(directory, buildCatalog(upstreamOrigin)),
  readyPath: '/api/health/ready',
  readyStatus: 200,
  path: '/api/v1/chat/completions',
  model: 'premium',
  headers: () => ({ ...json, authorization: `Bearer ${GATEWAY_KEY}` }),
}

export const CONTENDERS: Readonly<Record<ContenderName, Contender>> = { upstream, proxy, portkey, huntaze }

import { createServer, type RequestListener, type Server } from 'node:http'
import { createServer as createTlsServer } from 'node:https'
import type { DeploymentLimits, LatencyModel, SimulatorFault } from '#lib/contracts/simulator'
import { createSeededRandom } from '#lib/simulator/create-seeded-random'
import { createArmBook } from '#server/simulator/create-arm-book'
import { createCertificate } from '#server/simulator/create-certificate'
import { createEmbedder } from '#server/simulator/create-embedder'
import { createFaultBook } from '#server/simulator/create-fault-book'
import { createIdentityIssuer } from '#server/simulator/create-identity-issuer'
import { createLatencyBook } from '#server/simulator/create-latency-book'
import { createPrefixCache } from '#server/simulator/create-prefix-cache'
import { createRateLimiter } from '#server/simulator/create-rate-limiter'
import { createRequestCounter } from '#server/simulator/create-request-counter'
import { createRequestListener } from '#server/simulator/create-request-listener'
import { createTrainingBook } from '#server/simulator/create-training-book'
import type { SimulatorContext } from '#server/simulator/simulator-context'

export type { DeploymentLimits, LatencyModel, SimulatorFault }

/** How to start a simulator; everything has a default. */
export interface SimulatorOptions {
  /** Port of the http listener; 0 (default) = any free one. */
  port?: number
  /** Also open an https listener, on any free port (default true). */
  tls?: boolean
  /** Same seed, same texts, jitter and chance (default 1). */
  seed?: number
  /** Where the certificate is kept between starts; default: memory only. */
  dataDir?: string
  /** Overrides the latency of every deployment that has none of its own. */
  latency?: Partial<LatencyModel>
  /** Epoch milliseconds; rules expiry of faults, rate windows and tokens. */
  now?: () => number
}

/** Where the simulator listens over TLS, and the certificate that is to be trusted there. */
export interface SecureListener {
  url: string
  caCertificate: string
}

/** A running simulator. Deployments are addressed as in `SimulatorFault.deployment`. */
export interface Simulator {
  url: string
  tlsUrl: string | null
  /** PEM of the certificate of `tlsUrl`, to be trusted as an authority. */
  caCertificate: string | null
  /** Address and certificate of the https listener, which is opened by the first who asks where there is none yet. */
  secure(): Promise<SecureListener>
  /** Replaces the fault of that deployment (or region); throws a ZodError on a malformed one. */
  setFault(fault: SimulatorFault): void
  clearFault(deployment: string): void
  listFaults(): readonly SimulatorFault[]
  setLatency(deployment: string, model: LatencyModel): void
  /** From now on requests above these limits get a 429. */
  setLimits(deployment: string, limits: DeploymentLimits): void
  /** Says which model is behind a deployment whose name does not tell. */
  setModel(deployment: string, model: string): void
  /** Requests seen on the data plane, also those that failed. */
  requestCount(deployment?: string): number
  /** Drops every connection and leaves no handle behind. */
  close(): Promise<void>
}

const HOST = '127.0.0.1'
/** Longer than clients keep idle connections, so that none is closed while a request is on its way. */
const KEEP_ALIVE_MS = 120_000

function listen(server: Server, port: number): Promise<number> {
  server.keepAliveTimeout = KEEP_ALIVE_MS
  return new Promise((resolve, reject) => {
    server.once('error', reject)
    server.listen(port, HOST, () => {
      server.off('error', reject)
      const address = server.address()
      resolve(typeof address === 'object' && address !== null ? address.port : port)
    })
  })
}

function closeServer(server: Server): Promise<void> {
  return new Promise((resolve, reject) => {
    server.close((error) => (error === undefined ? resolve() : reject(error)))
    server.closeAllConnections()
  })
}

function createContext({ seed = 1, now = Date.now, latency = {} }: SimulatorOptions): SimulatorContext {
  return {
    seed,
    now,
    faults: createFaultBook({ now, random: createSeededRandom(seed) }),
    limiter: createRateLimiter(now),
    latencies: createLatencyBook({ seed, defaults: latency }),
    counter: createRequestCounter(),
    prefixes: createPrefixCache(),
    embed: createEmbedder(),
    identity: createIdentityIssuer(now),
    arm: createArmBook(now),
    training: createTrainingBook(now),
    workspaceModels: new Map(),
    models: new Map(),
    deleted: new Set(),
  }
}

async function openSecurely(
  listener: RequestListener,
  dataDir: string | undefined,
): Promise<SecureListener & { server: Server }> {
  const certificate = await createCertificate({ dataDir, nowMs: Date.now() })
  const server = createTlsServer({ ...certificate, minVersion: 'TLSv1.2' }, listener)
  return { url: `https://${HOST}:${await listen(server, 0)}`, caCertificate: certificate.cert, server }
}

async function openListeners(context: SimulatorContext, { port = 0, tls = true, dataDir }: SimulatorOptions) {
  const listener = createRequestListener(context)
  const plain = createServer(listener)
  const url = `http://${HOST}:${await listen(plain, port)}`
  const servers = [plain]
  let opening: Promise<SecureListener> | null = null
  const secure = () => {
    opening ??= openSecurely(listener, dataDir).then(({ server, ...rest }) => {
      servers.push(server)
      return rest
    })
    return opening
  }
  const close = async () => {
    await opening?.catch(() => undefined)
    await Promise.all(servers.map(closeServer))
  }
  try {
    return { url, opened: tls ? await secure() : null, secure, close }
  } catch (error) {
    await close()
    throw error
  }
}

/**
 * Starts a simulator of Azure OpenAI, OpenAI and Anthropic on loopback. It listens when the promise resolves;
 * a port that is taken rejects.
 */
export async function startSimulator(options: SimulatorOptions = {}): Promise<Simulator> {
  const context = createContext(options)
  const { url, opened, secure, close } = await openListeners(context, options)
  return {
    url,
    tlsUrl: opened?.url ?? null,
    caCertificate: opened?.caCertificate ?? null,
    secure,
    setFault: (fault) => {
      context.faults.set(fault)
    },
    clearFault: (deployment) => {
      context.faults.clear(deployment)
    },
    listFaults: () => context.faults.list(),
    setLatency: context.latencies.set,
    setLimits: context.limiter.setLimits,
    setModel: (deployment, model) => {
      context.models.set(deployment, model)
    },
    requestCount: (deployment) => context.counter.count(deployment),
    close,
  }
}

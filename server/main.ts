import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { ensureBuild } from '#server/cli/ensure-build'
import { type Env, forbidNextTelemetry, readEnv } from '#server/config/env'
import { StartUpError } from '#server/config/start-up-error'
import { setContainer } from '#server/container'
import type { Container } from '#server/create-container'
import { stopGracefully } from '#server/http/graceful-stop'
import { createDispatcher, type NodeHandler } from '#server/http/request-dispatcher'
import { openProcessContainer } from '#server/open-container'

const root = join(dirname(fileURLToPath(import.meta.url)), '..')
const development = process.argv.includes('--dev')
/** Data plane and health only: for instances that serve no console. */
const headless = process.argv.includes('--headless')

/** Slow clients may not hold a connection before they have sent a request. */
const headersTimeoutMs = 30_000
/** Longer than a load balancer's idle time, so that it is never we who close first. */
const keepAliveTimeoutMs = 75_000

async function main(): Promise<void> {
  process.chdir(root)
  forbidNextTelemetry()
  const result = readEnv()
  if (!result.ok) throw new StartUpError(result.problems)
  const { env } = result
  if (!development && !headless) await ensureBuild(root)

  const server = createServer({
    keepAliveTimeout: keepAliveTimeoutMs,
    headersTimeout: headersTimeoutMs,
    noDelay: true,
  })
  server.on('request', answerStarting)
  await listen(server, env)
  const publicUrl = () => env.PUBLIC_URL?.replace(/\/+$/, '') ?? listeningUrl(server, env)
  const opening = openProcessContainer({ env, publicUrl })
  setContainer(opening.then(({ container }) => container))
  const { container, firstOperatorUrl } = await opening
  server.off('request', answerStarting)
  server.on('request', createDispatcher({ container, next: lazyConsole(server), development }))
  stopOnSignal(server, container, env)
  greet(container, firstOperatorUrl)
}

/** The framework is loaded by the first page that is asked for: an instance that only answers programs stays small. */
function lazyConsole(server: Server): NodeHandler {
  let opened: Promise<NodeHandler> | null = null
  return async (request, response) => {
    opened ??= openConsole(server)
    try {
      const handle = await opened
      await handle(request, response)
    } catch (error) {
      console.error('The console cannot be served:', error)
      if (!response.headersSent) response.writeHead(503, { 'retry-after': '5' })
      response.end()
    }
  }
}

/** Next's handler; without a console there is nothing here. */
async function openConsole(server: Server): Promise<NodeHandler> {
  if (headless) return (_request, response) => void response.writeHead(404).end()
  const { default: next } = await import('next')
  const app = next({ dev: development, dir: root, httpServer: server })
  await app.prepare()
  return app.getRequestHandler()
}

/** Until everything is open: alive, but not ready. */
function answerStarting(request: IncomingMessage, response: ServerResponse): void {
  const alive = request.url === '/api/health/live'
  response.writeHead(alive ? 200 : 503, { 'content-type': 'application/json', 'retry-after': '1' })
  response.end(JSON.stringify(alive ? { status: 'live' } : { status: 'not ready', reasons: ['starting'] }))
}

function listen(server: Server, env: Env): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once('error', (error: NodeJS.ErrnoException) => {
      const inUse = error.code === 'EADDRINUSE'
      reject(inUse ? new StartUpError([`PORT: ${env.HOST}:${env.PORT} is in use by another program`]) : error)
    })
    server.listen(env.PORT, env.HOST, resolve)
  })
}

function listeningUrl(server: Server, env: Env): string {
  const port = (server.address() as AddressInfo | null)?.port ?? env.PORT
  const host = env.HOST === '0.0.0.0' || env.HOST === '::' ? 'localhost' : env.HOST
  return `http://${host.includes(':') ? `[${host}]` : host}:${port}`
}

function stopOnSignal(server: Server, container: Container, env: Env): void {
  let stopping = false
  const stop = (signal: NodeJS.Signals) => {
    if (stopping) return
    stopping = true
    container.log.info({ signal }, 'stopping')
    stopGracefully(server, container, env.HUNTAZE_SHUTDOWN_MS).then(
      () => process.exit(0),
      (error: unknown) => fail(error),
    )
  }
  process.on('SIGUSR2', container.traffic.orders.throwBySignal)
  process.on('SIGTERM', stop)
  process.on('SIGINT', stop)
}

function greet(container: Container, firstOperatorUrl: string | null): void {
  const simulated = container.simulated.length === 0 ? 'nothing' : container.simulated.join(', ')
  const lines = [
    `Huntaze AI control plane ${container.version} at ${container.publicUrl()}`,
    `  database   ${container.db.kind === 'embedded' ? `embedded in ${container.env.HUNTAZE_DATA_DIR}` : 'Postgres'}`,
    `  simulated  ${simulated}`,
    ...(firstOperatorUrl ? [`  first operator, one-time link (24 hours): ${firstOperatorUrl}`] : []),
  ]
  console.error(lines.join('\n'))
}

function fail(error: unknown): never {
  if (StartUpError.is(error)) {
    console.error('The program cannot start:')
    for (const problem of error.problems) console.error(`  - ${problem}`)
  } else {
    console.error(error)
  }
  process.exit(1)
}

main().catch(fail)

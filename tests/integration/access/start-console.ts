import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { getRequestListener } from '@hono/node-server'
import { type AccessOptions, createAccess } from '#server/access/create-access'
import { createRecordAudit } from '#server/audit/record-audit'
import { type ConfigurationWatcher, createConfigurationWatcher } from '#server/config/configuration-watcher'
import { setContainer } from '#server/container'
import type { Container } from '#server/create-container'
import type { Database } from '#server/db/database'
import { clientAddressHeader } from '#server/http/request-address'
import { createQuotaRuleStore } from '#server/quotas/quota-rules'
import { systemClock } from '#server/telemetry/clock'
import { createLog } from '#server/telemetry/log'
import { testPseudonyms } from '#tests/support/pseudonyms'

type Handler = (request: Request, context: { params: Promise<Record<string, string>> }) => Promise<Response>

/** Path patterns, and the folder under app/api whose route serves them. */
const routes: readonly (readonly [RegExp, string])[] = [
  [/^\/api\/auth\/(?<all>.+)$/, 'auth/[...all]'],
  [/^\/api\/admin\/me$/, 'admin/me'],
  [/^\/api\/admin\/keys$/, 'admin/keys'],
  [/^\/api\/admin\/keys\/(?<id>[^/]+)\/revoke$/, 'admin/keys/[id]/revoke'],
  [/^\/api\/admin\/users$/, 'admin/users'],
  [/^\/api\/admin\/users\/(?<id>[^/]+)$/, 'admin/users/[id]'],
  [/^\/api\/admin\/invites$/, 'admin/invites'],
  [/^\/api\/admin\/invites\/accept$/, 'admin/invites/accept'],
]

export interface TestConsole {
  url: string
  access: Container['access']
  configuration: ConfigurationWatcher
  firstOperatorUrl: string | null
  /** Everything that was logged. */
  logged(): string
  /** A browser of its own at `address`, with its own cookies. */
  browser(address: string): Browser
  close(): Promise<void>
}

export interface Browser {
  cookies: Map<string, string>
  request(method: string, path: string, body?: unknown, headers?: Record<string, string>): Promise<Answer>
}

export interface Answer {
  status: number
  headers: Headers
  body: Record<string, unknown>
  text: string
}

type Overrides = Partial<Omit<AccessOptions, 'db' | 'configuration' | 'log'>>

/** The console's own routes on a real port, over a real database; what stands around them is the test's. */
export async function startConsole(db: Database, overrides: Overrides = {}): Promise<TestConsole> {
  const lines: string[] = []
  const log = createLog({
    level: 'debug',
    instanceId: 'ins_test',
    destination: { write: (line) => void lines.push(line) },
  })
  const configuration = createConfigurationWatcher({ db, log })
  await configuration.start()
  const server = createServer()
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  const recorded = new Set<string>()
  const record = createRecordAudit({
    pseudonyms: testPseudonyms,
    nowMs: Date.now,
    onRecorded: (id) => void recorded.add(id),
  })
  const access = createAccess({
    db,
    record,
    clock: systemClock,
    log,
    configuration,
    publicUrl: () => url,
    authSecret: 'distinctive-auth-secret-0123456789-abcdefgh',
    entra: null,
    bootstrapApiKey: null,
    bootstrapAdminApiKey: null,
    bootstrapAdmin: null,
    ...overrides,
  })
  const audit = { record, hasRecorded: (id) => recorded.has(id) } as Container['audit']
  const quotas = { rules: createQuotaRuleStore(db, Date.now) } as Container['quotas']
  setContainer(Promise.resolve({ access, log, audit, quotas } as Container))
  server.on('request', listener())
  const { firstOperatorUrl } = await access.start()
  return {
    url,
    access,
    configuration,
    firstOperatorUrl,
    logged: () => lines.join(''),
    browser: (address) => openBrowser(url, address),
    async close() {
      await access.close()
      await configuration.close()
      await stop(server)
    },
  }
}

function stop(server: Server): Promise<void> {
  server.closeAllConnections()
  return new Promise((resolve) => server.close(() => resolve()))
}

function listener(): (request: IncomingMessage, response: ServerResponse) => void {
  return getRequestListener(async (request) => {
    const path = new URL(request.url).pathname
    const match = routes
      .map(([pattern, folder]) => ({ found: pattern.exec(path), folder }))
      .find(({ found }) => found)
    if (!match) return new Response(null, { status: 404 })
    const file = new URL(`../../../app/api/${match.folder}/route.ts`, import.meta.url)
    const module: Record<string, Handler> = await import(/* @vite-ignore */ file.pathname)
    const handle = module[request.method]
    return handle
      ? handle(request, { params: Promise.resolve({ ...match.found?.groups }) })
      : new Response(null, { status: 405 })
  })
}

function openBrowser(url: string, address: string): Browser {
  const cookies = new Map<string, string>()
  return {
    cookies,
    async request(method, path, body, headers = {}) {
      const cookie = [...cookies].map(([name, value]) => `${name}=${value}`).join('; ')
      const response = await fetch(url + path, {
        method,
        redirect: 'manual',
        headers: {
          origin: url,
          [clientAddressHeader]: address,
          ...(cookie ? { cookie } : {}),
          ...(body === undefined ? {} : { 'content-type': 'application/json' }),
          ...headers,
        },
        body: body === undefined ? undefined : JSON.stringify(body),
      })
      for (const line of response.headers.getSetCookie()) keepCookie(cookies, line)
      const text = await response.text()
      return { status: response.status, headers: response.headers, body: parsed(text), text }
    },
  }
}

function keepCookie(cookies: Map<string, string>, line: string): void {
  const [pair = ''] = line.split(';')
  const at = pair.indexOf('=')
  const value = pair.slice(at + 1)
  if (value === '' || /max-age=0/i.test(line)) cookies.delete(pair.slice(0, at))
  else cookies.set(pair.slice(0, at), value)
}

function parsed(text: string): Record<string, unknown> {
  try {
    return JSON.parse(text)
  } catch {
    return {}
  }
}

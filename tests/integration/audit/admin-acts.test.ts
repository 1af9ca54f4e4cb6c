import { existsSync } from 'node:fs'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { readAdminRoutes } from '#server/http/admin-routes'
import { auditedActions, defineRoute } from '#server/http/define-route'
import {
  adminRehearsals,
  type Known,
  type Rehearsal,
  rehearsedElsewhere,
} from '#tests/integration/audit/admin-rehearsals'
import { callAdmin } from '#tests/support/call-admin'
import { startGateway, type TestGateway, testAdminKey } from '#tests/support/start-gateway'
import { startWebhookReceiver, type WebhookReceiver } from '#tests/support/webhook-receiver'

const root = new URL('../../../', import.meta.url).pathname
const routes = await readAdminRoutes(root)
const changing = routes.filter(({ method }) => method !== 'GET')
const nameOf = ({ method, path }: { method: string; path: string }) => `${method} ${path}`
const declarations = new Map(changing.map((route) => [nameOf(route), route.declaration]))

let gateway: TestGateway
let hooks: WebhookReceiver
const known: Known = {}
beforeAll(async () => {
  gateway = await startGateway()
  hooks = await startWebhookReceiver()
  const tomorrowMs = Date.now() + 86_400_000
  const tomorrow = new Date(tomorrowMs).toISOString()
  Object.assign(known, { hookUrl: hooks.url, tomorrow, tomorrowMs: String(tomorrowMs) })
})
afterAll(async () => {
  await gateway.close()
  await hooks.close()
})

async function entriesOf(requestId: string): Promise<{ action: string; resource: string; actor: unknown }[]> {
  await gateway.container.ledger.caughtUp()
  const { rows } = await gateway.container.db.pool.query(
    'SELECT action, resource, actor FROM audit_entries WHERE correlation_id = $1 ORDER BY position',
    [requestId],
  )
  return rows
}

const preparations: Record<NonNullable<Rehearsal['before']>, () => Promise<void>> = {
  async break_deployment() {
    const { breakers } = gateway.container.gateway
    for (let call = 0; call < 3; call += 1) {
      const admission = await breakers.admit('we-premium', {
        streamed: false,
        requestId: `req_broken_${call}`,
      })
      if (admission.admitted)
        breakers.settle(admission, {
          kind: 'failure',
          failure: { class: 'server_error', breakerSignal: 'health' },
        })
    }
  },
  async look_at_alerts() {
    await gateway.container.alerts.job.look()
    const answer = await callAdmin({ url: gateway.url, method: 'GET', path: '/api/admin/alerts' })
    const { alerts } = await answer.json()
    known.alert = alerts.find(({ ruleId }: { ruleId: string }) => ruleId === 'breaker-isolated')?.id
  },
  async kill_delivery() {
    await gateway.container.db.pool.query(`UPDATE alert_deliveries SET state = 'dead' WHERE id = $1`, [
      known.delivery,
    ])
  },
}

describe('what operators do through the API', () => {
  it.each(adminRehearsals.map((rehearsal) => [rehearsal.route, rehearsal] as const))(
    'leaves its entry in the audit log: %s',
    async (route, { before, params, body, query, contentType, keep }) => {
      const audits = declarations.get(route)?.audits
      expect(audits, `${route} is not served, or declares nothing`).toBeDefined()
      if (before) await preparations[before]()
      const [method = '', path = ''] = route.split(' ')
      const answer = await callAdmin({
        url: gateway.url,
        ...{ method, path },
        ...(params ? { params: params(known) } : {}),
        ...(body ? { body: body(known) } : {}),
        ...(query ? { query } : {}),
        ...(contentType ? { contentType } : {}),
      })
      const text = await answer.text()
      expect(answer.status, text).toBeLessThan(300)
      keep?.(text === '' ? {} : JSON.parse(text), known)
      const requestId = answer.headers.get('x-request-id') ?? ''
      if (audits === 'nothing') return expect(await entriesOf(requestId)).toEqual([])
      const actions = async () => (await entriesOf(requestId)).map(({ action }) => action)
      if (audits === 'ai') return expect.poll(actions, { timeout: 30_000 }).toEqual(['ai.chat'])
      const own = async () => (await actions()).filter((name) => !name.startsWith('ai.'))
      await expect.poll(own, { timeout: 30_000 }).toEqual([expect.toBeOneOf([...auditedActions(audits)])])
      for (const { resource } of await entriesOf(requestId)) expect(resource).not.toMatch(/^route\//)
    },
  )

  it('is held to its entry by the route itself, where it is not rehearsed', () => {
    const served = changing.map(nameOf)
    const rehearsed = [...adminRehearsals.map(({ route }) => route), ...Object.keys(rehearsedElsewhere)]
    expect(rehearsed.filter((route) => !served.includes(route))).toEqual([])
    for (const route of served.filter((name) => !rehearsed.includes(name)))
      expect(declarations.get(route)?.audits, `${route} has to be rehearsed`).not.toHaveProperty('later')
    for (const file of Object.values(rehearsedElsewhere))
      expect(existsSync(`${root}${file}`), file).toBe(true)
  })

  it('leaves a plain entry when its code forgot to record one, and none when it was refused', async () => {
    const forgetful = defineRoute({
      role: 'admin',
      audits: 'settings.update',
      handle: async ({ request }) => {
        if (request.url.endsWith('refused')) throw new Error('no')
      },
    })
    const ask = (path: string) =>
      forgetful(
        new Request(`${gateway.url}/api/admin/${path}`, {
          method: 'POST',
          headers: { authorization: `Bearer ${testAdminKey}` },
        }),
      )
    const answer = await ask('forgetful')
    expect(answer.status).toBe(204)
    const entries = await entriesOf(answer.headers.get('x-request-id') ?? '')
    expect(entries).toMatchObject([{ action: 'settings.update', resource: 'route/api/admin/forgetful' }])
    expect(entries[0]?.actor).toMatch(/^sub_/)
    const refused = await ask('refused')
    expect(refused.status).toBe(500)
    expect(await entriesOf(refused.headers.get('x-request-id') ?? '')).toEqual([])
  })
})

describe('GET /api/admin/openapi.json', () => {
  it('describes every route with its role, its query, its body, and what it leaves in the audit log', async () => {
    const denied = await fetch(`${gateway.url}/api/admin/openapi.json`)
    expect(denied.status).toBe(401)
    const answer = await fetch(`${gateway.url}/api/admin/openapi.json`, {
      headers: { authorization: `Bearer ${testAdminKey}` },
    })
    expect(answer.status).toBe(200)
    const described = await answer.json()
    expect(described.openapi).toBe('3.1.0')
    for (const { method, path, declaration } of routes) {
      const operation = described.paths[path]?.[method.toLowerCase()]
      expect(operation, `${method} ${path}`).toMatchObject({ 'x-huntaze-role': declaration?.role })
      expect(operation.parameters.filter(({ in: where }: { in: string }) => where === 'path')).toHaveLength(
        path.split('{').length - 1,
      )
      expect(Boolean(operation.requestBody)).toBe(declaration?.body !== undefined)
    }
    const ids = Object.values<Record<string, { operationId: string }>>(described.paths).flatMap((methods) =>
      Object.values(methods).map(({ operationId }) => operationId),
    )
    expect(new Set(ids).size).toBe(routes.length)
    expect(
      described.paths['/api/admin/audit'].get.parameters.map(({ name }: { name: string }) => name),
    ).toContain('correlationId')
    expect(described.paths['/api/admin/settings'].patch['x-huntaze-audit-actions']).toEqual([
      'settings.update',
    ])
  })
})

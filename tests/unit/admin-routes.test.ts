import { readdirSync } from 'node:fs'
import { expect, it } from 'vitest'
import { operatorActions } from '#lib/audit/audit-action'
import { readAdminRoutes } from '#server/http/admin-routes'
import { auditedActions } from '#server/http/define-route'

const root = new URL('../../', import.meta.url).pathname
const routes = await readAdminRoutes(root)
const changing = routes.filter(({ method }) => method !== 'GET')

it('every file under app/api/admin serves routes, and every route is made by defineRoute', () => {
  const files = readdirSync(`${root}app/api/admin`, { recursive: true, encoding: 'utf8' })
  const paths = files
    .filter((file) => file.endsWith('/route.ts'))
    .map((file) => `/api/admin/${file.replace(/\/route\.ts$/, '').replaceAll(/\[(\w+)\]/g, '{$1}')}`)
  expect(paths.length).toBeGreaterThan(70)
  expect([...new Set(routes.map(({ path }) => path))].toSorted()).toEqual(paths.toSorted())
  expect(routes.filter(({ declaration }) => declaration === null)).toEqual([])
})

/** `audits` in its declaration: the entry that it leaves. `defineRoute` holds it to that whenever it is called. */
it('every route that is no GET declares what it leaves in the audit log', () => {
  const silent = changing.filter(({ declaration }) => declaration?.audits === undefined)
  expect(silent.map(({ method, path }) => `${method} ${path}`)).toEqual([])
})

it('only a preview changes nothing, and only the playground is told of by the ledger alone', () => {
  const ofKind = (kind: string) =>
    changing.filter(({ declaration }) => declaration?.audits === kind).map(({ path }) => path)
  expect(ofKind('nothing').filter((path) => !/\/(?:preview|pre-flight|dry-run)$/.test(path))).toEqual([])
  expect(ofKind('ai')).toEqual(['/api/admin/playground/chat'])
  for (const { declaration } of changing)
    for (const action of auditedActions(declaration?.audits))
      expect(Object.keys(operatorActions)).toContain(action)
})

it('no viewer may change anything', () => {
  const open = changing.filter(
    ({ declaration }) => declaration?.role === 'viewer' && declaration.audits !== 'nothing',
  )
  expect(open.map(({ path }) => path)).toEqual([])
})

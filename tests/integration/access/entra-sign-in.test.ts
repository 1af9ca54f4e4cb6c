import { eq } from 'drizzle-orm'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { signInAccounts, users, verifications } from '#schema/access'
import { createUser } from '#server/access/create-user'
import type { Database } from '#server/db/database'
import {
  type Answer,
  type Browser,
  startConsole,
  type TestConsole,
} from '#tests/integration/access/start-console'
import { type Claims, type EntraStandIn, startEntra } from '#tests/integration/access/start-entra'
import { describeOnDatabases } from '#tests/support/databases'

const tenantId = '11111111-2222-3333-4444-555555555555'

describeOnDatabases('signing in with Entra ID', (openDb) => {
  let db: Database
  let desk: TestConsole
  let entra: EntraStandIn
  let addresses = 0

  beforeAll(async () => {
    db = await openDb()
    entra = await startEntra()
    const settings = {
      clientId: 'client',
      clientSecret: 'distinctive-client-secret',
      tenantId,
      authority: entra.url,
    }
    desk = await startConsole(db, { entra: settings })
  }, 60_000)
  afterAll(async () => {
    await desk.close()
    await entra.close()
  })

  async function signIn(claims: Claims): Promise<{ browser: Browser; answer: Answer; asked: URL }> {
    addresses += 1
    const browser = desk.browser(`198.51.100.${addresses}`)
    const start = await browser.request('POST', '/api/auth/sign-in/social', {
      provider: 'microsoft',
      callbackURL: '/requests',
    })
    expect(start.status).toBe(200)
    const asked = new URL(String(start.body.url))
    entra.next({ tid: tenantId, aud: 'client', ...claims })
    const answer = await browser.request(
      'GET',
      `/api/auth/callback/microsoft?code=c&state=${asked.searchParams.get('state')}`,
    )
    return { browser, answer, asked }
  }

  async function localUser(email: string, emailVerified: boolean): Promise<void> {
    const user = {
      name: 'Local',
      email,
      role: 'operator',
      passwordHash: 'x',
      emailVerified,
      createdAtMs: Date.now(),
    } as const
    await db.orm.transaction((tx) => createUser(tx, user))
  }

  test('a member of the tenant becomes a viewer; no token is kept and nothing but the tenant is asked', async () => {
    const { browser, answer, asked } = await signIn({ oid: 'oid-1', name: 'Nia', email: 'nia@example.com' })
    expect([answer.status, answer.headers.get('location')]).toEqual([302, '/requests'])
    expect(asked.pathname).toBe(`/${tenantId}/oauth2/v2.0/authorize`)
    expect(asked.searchParams.get('scope')).toBe('openid profile email')
    const me = await browser.request('GET', '/api/admin/me')
    expect(me.body).toMatchObject({ email: 'nia@example.com', role: 'viewer', via: 'session' })
    expect(new Set(entra.calls)).toEqual(new Set([`/${tenantId}/oauth2/v2.0/token`]))
    expect(JSON.stringify(await db.orm.select().from(signInAccounts))).not.toMatch(/distinctive|eyJ/)
    const again = await signIn({ oid: 'oid-1', name: 'Nia', email: 'nia@example.com' })
    expect(again.answer.status).toBe(302)
    expect(JSON.stringify(await db.orm.select().from(signInAccounts))).not.toMatch(/distinctive|eyJ/)
  })

  test('claims cannot set a role', async () => {
    const claims = { oid: 'oid-2', name: 'Eve', email: 'eve@example.com', role: 'admin', disabled: false }
    const { browser } = await signIn(claims)
    expect((await browser.request('GET', '/api/admin/me')).body.role).toBe('viewer')
  })

  test('another tenant is sent back to the sign-in page, and no user is made', async () => {
    const claims = {
      oid: 'oid-3',
      name: 'Mal',
      email: 'mal@example.com',
      tid: '99999999-2222-3333-4444-555555555555',
    }
    const { answer, browser } = await signIn(claims)
    expect(answer.headers.get('location')).toContain(`${desk.url}/sign-in?error=foreign_tenant`)
    expect((await browser.request('GET', '/api/admin/me')).status).toBe(401)
    expect(await db.orm.select().from(users).where(eq(users.email, 'mal@example.com'))).toEqual([])
  })

  test.each([
    ['both addresses are vouched for', true, { xms_edov: true }, true],
    ['Entra ID does not vouch for the address', true, {}, false],
    ['nobody vouched for the local address', false, { xms_edov: true }, false],
  ])('a local user is linked only if: %s', async (name, emailVerified, claims, linked) => {
    const email = `${name.replaceAll(' ', '-').toLowerCase()}@example.com`
    await localUser(email, emailVerified)
    const { browser, answer } = await signIn({ oid: `oid-${name}`, name: 'Lou', email, ...claims })
    const me = await browser.request('GET', '/api/admin/me')
    expect([me.status, me.body.role]).toEqual(linked ? [200, 'operator'] : [401, undefined])
    expect(answer.headers.get('location')).toContain(linked ? '/requests' : 'error=account_not_linked')
  })

  test('a disabled user is sent back', async () => {
    await db.orm.update(users).set({ disabled: true }).where(eq(users.email, 'nia@example.com'))
    const { answer, browser } = await signIn({ oid: 'oid-1', name: 'Nia', email: 'nia@example.com' })
    expect(answer.headers.get('location')).toContain('error=account_disabled')
    expect((await browser.request('GET', '/api/admin/me')).status).toBe(401)
  })

  test('a made-up state, a token in the body and wider scopes are refused', async () => {
    const browser = desk.browser('198.51.100.200')
    const answer = await browser.request('GET', '/api/auth/callback/microsoft?code=c&state=made-up')
    expect(answer.headers.get('location')).toMatch(/sign-in\?error=/)
    for (const extra of [{ idToken: { token: 'x' } }, { scopes: ['Mail.Read'] }, { requestSignUp: true }]) {
      const body = { provider: 'microsoft', ...extra }
      expect((await browser.request('POST', '/api/auth/sign-in/social', body)).status).toBe(400)
    }
  })

  test('no log line repeats a token, a secret or an address', () => {
    expect(desk.logged()).not.toMatch(/distinctive|eyJ|@example\.com/)
  })

  test('states of finished sign-ins are gone', async () => {
    expect(await db.orm.select().from(verifications)).toEqual([])
  })
})

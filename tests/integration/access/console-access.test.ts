import { eq } from 'drizzle-orm'
import { afterAll, beforeAll, expect, test, vi } from 'vitest'
import { apiKeys, invites, sessions, signInAccounts, users } from '#schema/access'
import type { Database } from '#server/db/database'
import { type Browser, startConsole, type TestConsole } from '#tests/integration/access/start-console'
import { describeOnDatabases } from '#tests/support/databases'
import { testPseudonyms } from '#tests/support/pseudonyms'

const password = 'distinctive-password-correct-horse'
const adminEmail = 'Distinctive.Admin@example.com'
const bootstrapAdminApiKey = 'distinctive-bootstrap-admin-key'

describeOnDatabases('console access', (openDb) => {
  let db: Database
  let desk: TestConsole
  let admin: Browser
  let addresses = 0
  const visit = () => {
    addresses += 1
    return desk.browser(`192.0.2.${addresses}`)
  }

  beforeAll(async () => {
    db = await openDb()
    desk = await startConsole(db, { bootstrapAdminApiKey })
    admin = visit()
  }, 60_000)
  afterAll(() => desk.close())

  async function invite(role: string, email: string): Promise<{ browser: Browser; id: string }> {
    const link = await admin.request('POST', '/api/admin/invites', { role, email: null })
    expect(link.status).toBe(200)
    const browser = visit()
    const body = { token: tokenOf(String(link.body.url)), name: role, email, password }
    const accepted = await browser.request('POST', '/api/admin/invites/accept', body)
    expect(accepted.status).toBe(200)
    const signedIn = await browser.request('POST', '/api/auth/sign-in/email', { email, password })
    expect(signedIn.status).toBe(200)
    return { browser, id: String(accepted.body.userId) }
  }

  test('the first operator link works once, also for ten at a time, and makes an admin', async () => {
    const url = desk.firstOperatorUrl
    expect(url).toMatch(new RegExp(`^${desk.url}/welcome\\?token=[A-Za-z0-9_-]{43}$`))
    const body = { token: tokenOf(url ?? ''), name: 'Ada', email: adminEmail, password }
    const answers = await Promise.all(
      Array.from({ length: 10 }, (_, at) =>
        visit().request('POST', '/api/admin/invites/accept', {
          ...body,
          email: at === 0 ? adminEmail : `x${at}@example.com`,
        }),
      ),
    )
    const won = answers.filter(({ status }) => status === 200)
    expect(won).toHaveLength(1)
    expect(answers.filter(({ status }) => status === 404)).toHaveLength(9)
    const rows = await db.orm.select().from(users)
    expect(rows).toHaveLength(1)
    expect(rows[0]).toMatchObject({ role: 'admin', email: String(won[0]?.body.email) })
    await db.orm.update(users).set({ email: adminEmail.toLowerCase() })
    expect(await desk.access.invites.ensureFirstOperatorLink()).toBeNull()
  })

  test('nobody can sign up, and what is not open of the library answers 404', async () => {
    const body = { name: 'Eve', email: 'eve@example.com', password }
    for (const path of [
      'sign-up/email',
      'update-user',
      'request-password-reset',
      'delete-user',
      'get-session',
    ]) {
      const answer = await visit().request('POST', `/api/auth/${path}`, body)
      expect([path, answer.status, answer.body.code]).toEqual([path, 404, 'not_found'])
    }
    expect(await db.orm.select().from(users).where(eq(users.email, 'eve@example.com'))).toEqual([])
  })

  test('without a session everything answers 401 and names the role', async () => {
    const me = await admin.request('GET', '/api/admin/me')
    expect(me.status).toBe(401)
    expect(me.body).toMatchObject({ code: 'not_signed_in', detail: expect.stringContaining('viewer') })
    expect(me.headers.get('content-type')).toContain('application/problem+json')
    expect((await admin.request('GET', '/api/admin/users')).body.detail).toContain('role admin')
  })

  test('signing in gives an HttpOnly cookie, and the token nowhere else', async () => {
    const wrong = await admin.request('POST', '/api/auth/sign-in/email', {
      email: adminEmail,
      password: 'wrong-password',
    })
    expect(wrong.status).toBe(401)
    expect(wrong.body).toMatchObject({ code: 'not_signed_in', detail: expect.stringContaining('wrong') })
    const unknown = await visit().request('POST', '/api/auth/sign-in/email', {
      email: 'nobody@example.com',
      password,
    })
    expect(unknown.body.detail).toBe(wrong.body.detail)

    const answer = await admin.request('POST', '/api/auth/sign-in/email', { email: adminEmail, password })
    expect(answer.status).toBe(200)
    const cookie = answer.headers.getSetCookie().join('\n')
    expect(cookie).toMatch(/^huntaze\.session_token=.*HttpOnly/)
    expect(cookie).toContain('SameSite=Lax')
    const [session] = await db.orm.select().from(sessions)
    expect(answer.text).not.toContain(session?.token)
    expect(session?.ipAddress).toBe('192.0.2.1')

    const me = await admin.request('GET', '/api/admin/me')
    expect(me.body).toMatchObject({ email: adminEmail.toLowerCase(), role: 'admin', via: 'session' })
    const { body } = await admin.request('GET', '/api/admin/users')
    expect(body.users).toEqual([
      expect.objectContaining({
        role: 'admin',
        signInMethods: ['password'],
        lastSignInAt: expect.any(String),
      }),
    ])
  })

  test('a session older than a day is prolonged when the page asks who is signed in', async () => {
    const sixDaysMs = 6 * 86_400_000 - 60_000
    await db.orm.update(sessions).set({ expiresAt: new Date(Date.now() + sixDaysMs) })
    const me = await admin.request('GET', '/api/admin/me')
    expect(me.headers.getSetCookie().join()).toContain('huntaze.session_token=')
    const [session] = await db.orm.select().from(sessions)
    expect(session?.expiresAt.getTime()).toBeGreaterThan(Date.now() + sixDaysMs + 3_600_000)
  })

  test('another origin cannot act with the cookie', async () => {
    const body = { role: 'viewer', email: null }
    for (const headers of [{ origin: 'https://evil.example' }, { origin: 'null' }]) {
      const answer = await admin.request('POST', '/api/admin/invites', body, headers)
      expect([answer.status, answer.body.code]).toEqual([403, 'foreign_origin'])
      const signOut = await admin.request('POST', '/api/auth/sign-out', undefined, headers)
      expect([signOut.status, signOut.body.code]).toEqual([403, 'foreign_origin'])
    }
    const form = await admin.request('POST', '/api/admin/invites', body, { 'content-type': 'text/plain' })
    expect(form.status).toBe(415)
    const redirect = { provider: 'microsoft', callbackURL: 'https://evil.example' }
    expect((await admin.request('POST', '/api/auth/sign-in/social', redirect)).status).toBe(403)
    expect((await admin.request('GET', '/api/admin/me')).status).toBe(200)
  })

  test('roles: what a viewer and an operator may not do says which role it needs', async () => {
    for (const role of ['viewer', 'operator']) {
      const { browser, id } = await invite(role, `${role}@example.com`)
      expect((await browser.request('GET', '/api/admin/keys')).status).toBe(200)
      const refused = await browser.request('POST', '/api/admin/keys', { name: 'k', accountId: 'a' })
      expect([refused.status, refused.body.code]).toEqual([403, 'missing_role'])
      expect(refused.body.detail).toContain(`role admin; yours is ${role}`)
      expect((await browser.request('PATCH', `/api/admin/users/${id}`, { role: 'admin' })).status).toBe(403)
    }
  })

  test('a changed role counts with the next request; a disabled user has no session and cannot sign in', async () => {
    const { browser, id } = await invite('operator', 'mallory@example.com')
    await admin.request('PATCH', `/api/admin/users/${id}`, { role: 'admin' })
    expect((await browser.request('GET', '/api/admin/users')).status).toBe(200)
    const disabled = await admin.request('PATCH', `/api/admin/users/${id}`, { disabled: true })
    expect(disabled.body).toMatchObject({ id, disabled: true, role: 'admin' })
    expect((await browser.request('GET', '/api/admin/me')).status).toBe(401)
    expect(await db.orm.select().from(sessions).where(eq(sessions.userId, id))).toEqual([])
    const again = await browser.request('POST', '/api/auth/sign-in/email', {
      email: 'mallory@example.com',
      password,
    })
    expect([again.status, again.body.detail]).toEqual([401, expect.stringContaining('disabled')])
    expect((await browser.request('GET', '/api/admin/me')).status).toBe(401)
  })

  test('the last admin stays, also when two leave at the same time', async () => {
    const first = String((await admin.request('GET', '/api/admin/me')).body.id)
    const alone = await admin.request('PATCH', `/api/admin/users/${first}`, { disabled: true })
    expect([alone.status, alone.body.code]).toEqual([409, 'conflict'])
    const { id: second } = await invite('admin', 'grace@example.com')
    const leave = (id: string) =>
      desk.access.users.update({ id, role: 'viewer' }).then(
        () => 'left',
        () => 'stays',
      )
    expect((await Promise.all([leave(first), leave(second)])).sort()).toEqual(['left', 'stays'])
    await db.orm.update(users).set({ role: 'admin' }).where(eq(users.id, first))
    expect((await admin.request('PATCH', '/api/admin/users/usr_unknown', { disabled: true })).status).toBe(
      404,
    )
  })

  test('an invitation to an address is for that address, once, and not after a week', async () => {
    const link = await admin.request('POST', '/api/admin/invites', {
      role: 'viewer',
      email: 'Bob@example.com',
    })
    const body = {
      token: tokenOf(String(link.body.url)),
      name: 'Bob',
      email: 'not-bob@example.com',
      password,
    }
    const other = await visit().request('POST', '/api/admin/invites/accept', body)
    expect([other.status, other.body.errors]).toEqual([400, [{ path: 'email', message: expect.any(String) }]])
    const taken = { ...body, email: 'bob@example.com' }
    expect((await visit().request('POST', '/api/admin/invites/accept', taken)).status).toBe(200)
    expect((await visit().request('POST', '/api/admin/invites/accept', taken)).status).toBe(404)

    const late = await admin.request('POST', '/api/admin/invites', { role: 'viewer', email: null })
    await db.orm.update(invites).set({ expiresAt: new Date(Date.now() - 1) })
    const lateBody = { ...body, token: tokenOf(String(late.body.url)), email: 'late@example.com' }
    expect((await visit().request('POST', '/api/admin/invites/accept', lateBody)).status).toBe(404)
  })

  test('a taken address leaves the invitation usable', async () => {
    const link = await admin.request('POST', '/api/admin/invites', { role: 'viewer', email: null })
    const body = {
      token: tokenOf(String(link.body.url)),
      name: 'Twin',
      email: adminEmail.toUpperCase(),
      password,
    }
    expect((await visit().request('POST', '/api/admin/invites/accept', body)).status).toBe(409)
    const free = { ...body, email: 'twin@example.com' }
    expect((await visit().request('POST', '/api/admin/invites/accept', free)).status).toBe(200)
  })

  test('sign-in is limited by address and says when to come back', async () => {
    const guesser = visit()
    const guess = () =>
      guesser.request('POST', '/api/auth/sign-in/email', { email: 'viewer@example.com', password: 'guess' })
    const answers = await Promise.all(Array.from({ length: 8 }, guess))
    expect(answers.filter(({ status }) => status === 401)).toHaveLength(5)
    const limited = answers.filter(({ status }) => status === 429)
    expect(limited).toHaveLength(3)
    expect(Number(limited[0]?.headers.get('retry-after'))).toBeGreaterThan(0)
    expect(limited[0]?.body).toMatchObject({ code: 'rate_limited', status: 429 })
    const right = { email: 'viewer@example.com', password }
    expect((await guesser.request('POST', '/api/auth/sign-in/email', right)).status).toBe(429)
    expect((await visit().request('POST', '/api/auth/sign-in/email', right)).status).toBe(200)
  })

  test('an account is also limited over all addresses; invitations by address', async () => {
    const guess = () =>
      visit().request('POST', '/api/auth/sign-in/email', { email: 'operator@example.com', password: 'guess' })
    const answers = await Promise.all(Array.from({ length: 22 }, guess))
    expect(answers.filter(({ status }) => status === 429).length).toBeGreaterThan(0)

    const guesser = visit()
    const accept = { token: 'x'.repeat(43), name: 'Eve', email: 'eve@example.com', password }
    const tries = await Promise.all(
      Array.from({ length: 12 }, () => guesser.request('POST', '/api/admin/invites/accept', accept)),
    )
    expect(tries.filter(({ status }) => status === 429)).toHaveLength(2)
  })

  test('API keys: the secret is shown once; the key works at once and is refused at once when revoked', async () => {
    const created = await admin.request('POST', '/api/admin/keys', {
      name: 'creator app',
      accountId: 'acc_creators',
    })
    expect(created.status).toBe(200)
    const secret = String(created.body.secret)
    const key = created.body.key as { id: string; prefix: string }
    expect(secret).toMatch(/^htz_[A-Za-z0-9_-]{43}$/)
    expect(key).toMatchObject({
      prefix: secret.slice(0, 12),
      state: 'active',
      plan: 'pro',
      createdBy: expect.stringMatching(/^usr_/),
    })
    const principal = desk.access.authenticator.authenticate(`Bearer ${secret}`, null)
    expect(principal).toMatchObject({ accountId: 'acc_creators', keyId: key.id })

    const listed = await admin.request('GET', '/api/admin/keys')
    expect(listed.text).not.toContain(secret)
    const stored = JSON.stringify(await db.orm.select().from(apiKeys))
    expect(stored).not.toContain(secret)

    const asKey = await visit().request('GET', '/api/admin/me', undefined, {
      authorization: `Bearer ${secret}`,
    })
    expect([asKey.status, asKey.body.code]).toEqual([403, 'missing_scope'])

    const revoke = (body: object) => admin.request('POST', `/api/admin/keys/${key.id}/revoke`, body)
    expect((await revoke({})).status).toBe(400)
    const revoked = await revoke({ reason: 'left in a log' })
    expect(revoked.body).toMatchObject({ state: 'revoked', revokedAt: expect.any(String) })
    expect(() => desk.access.authenticator.authenticate(`Bearer ${secret}`, null)).toThrow(/was revoked/)
    const twice = await revoke({ reason: 'another reason' })
    expect(twice.body).toEqual(revoked.body)
    const [row] = await db.orm.select().from(apiKeys).where(eq(apiKeys.id, key.id))
    expect(row).toMatchObject({ revokedReason: 'left in a log', revokedBy: expect.stringMatching(/^usr_/) })
    expect((await admin.request('POST', '/api/admin/keys/key_none/revoke', { reason: 'tidy' })).status).toBe(
      404,
    )

    const past = { name: 'k', accountId: 'a', expiresAt: '2020-01-01T00:00:00Z' }
    const answer = await admin.request('POST', '/api/admin/keys', past)
    expect([answer.status, answer.body.errors]).toEqual([
      400,
      [{ path: 'expiresAt', message: expect.any(String) }],
    ])
  })

  test('a key with the scope admin acts without a cookie and from anywhere; its last use is written', async () => {
    const api = { authorization: `Bearer ${bootstrapAdminApiKey}`, origin: 'https://elsewhere.example' }
    const me = await visit().request('GET', '/api/admin/me', undefined, api)
    expect(me.body).toMatchObject({ id: 'key_bootstrap_admin', role: 'admin', via: 'api_key', email: null })
    const body = { name: 'robot', accountId: 'acc_ops', scopes: ['admin'] }
    const created = await visit().request('POST', '/api/admin/keys', body, api)
    expect(created.status).toBe(200)
    const robot = { 'api-key': String(created.body.secret) }
    expect((await visit().request('GET', '/api/admin/users', undefined, robot)).status).toBe(200)
    const wrong = await admin.request('GET', '/api/admin/me', undefined, {
      authorization: 'Bearer distinctive-wrong',
    })
    expect([wrong.status, wrong.body.code]).toEqual([401, 'invalid_api_key'])
    const { id } = created.body.key as { id: string }
    await expect
      .poll(async () => (await db.orm.select().from(apiKeys).where(eq(apiKeys.id, id)))[0]?.lastUsedAt, {
        timeout: 60_000,
      })
      .toBeInstanceOf(Date)
  })

  test('who comes, is turned away, leaves, or changes the password stands in the audit log', async () => {
    const email = 'audited@example.com'
    const { browser, id } = await invite('viewer', email)
    const at = '/api/auth/sign-in/email'
    const wrong = { email: 'AUDITED@example.com', password: 'not the password' }
    expect((await visit().request('POST', at, wrong)).status).toBe(401)
    const nobody = { email: 'stranger@example.com', password }
    expect((await visit().request('POST', at, nobody)).status).toBe(401)
    const change = (currentPassword: string) =>
      browser.request('POST', '/api/auth/change-password', { currentPassword, newPassword: `${password}-2` })
    expect((await change('not the password')).status).toBe(401)
    expect((await change(password)).status).toBe(200)
    expect((await browser.request('POST', '/api/auth/sign-out')).status).toBe(200)
    expect((await browser.request('POST', '/api/auth/sign-out')).status).toBe(200)

    const { rows } = await db.pool.query(
      `SELECT action, outcome, actor IS NOT NULL AS signed, lookup, after, correlation_id AS "correlationId"
       FROM audit_entries LEFT JOIN audit_subjects ON pseudonym = subject
       WHERE action IN ('user.sign_in', 'user.sign_out', 'user.change_password')
         AND lookup = ANY($1) ORDER BY position`,
      [
        [
          testPseudonyms.lookup({ kind: 'user', id }),
          testPseudonyms.lookup({ kind: 'email', id: 'stranger@example.com' }),
        ],
      ],
    )
    expect(rows.map(({ action, outcome, signed }) => [action, outcome, signed])).toEqual([
      ['user.sign_in', 'success', true],
      ['user.sign_in', 'refused', false],
      ['user.sign_in', 'refused', false],
      ['user.change_password', 'refused', true],
      ['user.change_password', 'success', true],
      ['user.sign_out', 'success', true],
    ])
    expect(rows.map(({ lookup }) => lookup.split(':')[0])).toEqual([
      ...['user', 'user', 'email', 'user', 'user', 'user'],
    ])
    expect(rows[0].after).toBe('{"method":"password"}')
    expect(rows[1].after).toBe('{"method":"password","why":"invalid_email_or_password"}')
    for (const { correlationId } of rows) expect(correlationId).toMatch(/^req_[0-9a-f]{32}$/)
  })

  test('signing out ends the session in the database', async () => {
    const browser = visit()
    await browser.request('POST', '/api/auth/sign-in/email', { email: 'twin@example.com', password })
    const stolen = new Map(browser.cookies)
    expect((await browser.request('POST', '/api/auth/sign-out')).status).toBe(200)
    for (const [name, value] of stolen) browser.cookies.set(name, value)
    expect((await browser.request('GET', '/api/admin/me')).status).toBe(401)
  })

  test.each(['sessions', 'users'])(
    'a failing database (%s) is a 500 that repeats nothing of the request',
    async (table) => {
      const rename = (from: string, to: string) => db.pool.query(`ALTER TABLE ${from} RENAME TO ${to}`)
      const robot = { authorization: `Bearer ${bootstrapAdminApiKey}` }
      const printed = vi.spyOn(console, 'error')
      await rename(table, `${table}_away`)
      const answers = [
        await admin.request('GET', '/api/admin/me'),
        await visit().request('POST', '/api/auth/sign-in/email', { email: 'twin@example.com', password }),
        await visit().request('PATCH', '/api/admin/users/usr_1', { disabled: true }, robot),
      ]
      await rename(`${table}_away`, table)
      for (const answer of answers.slice(0, table === 'users' ? 3 : 2)) {
        expect([answer.status, answer.body.code]).toEqual([500, 'internal_error'])
        expect(answer.text).not.toMatch(/select|relation|params/i)
      }
      expect(printed).not.toHaveBeenCalled()
      expect(desk.logged()).toMatch(/42P01|does not exist/)
      expect(desk.logged()).not.toMatch(/@example\.com|params/)
      expect((await admin.request('GET', '/api/admin/me')).status).toBe(200)
    },
  )

  test('no log line, stored row or answer repeats a password, token, cookie or key', async () => {
    const secrets = [
      password,
      ...(await db.orm.select().from(sessions)).map(({ token }) => token),
      ...admin.cookies.values(),
    ]
    const logged = desk.logged()
    expect(logged).not.toBe('')
    for (const secret of [
      ...secrets,
      bootstrapAdminApiKey,
      'distinctive',
      'htz_',
      tokenOf(desk.firstOperatorUrl ?? ''),
    ]) {
      expect(logged.toLowerCase()).not.toContain(secret.toLowerCase())
    }
    const stored = JSON.stringify(await db.orm.select().from(signInAccounts))
    expect(stored).not.toContain(password)
    expect(stored).toMatch(/"password":"[0-9a-f]{32}:[0-9a-f]{128}"/)
  })
})

function tokenOf(url: string): string {
  return new URL(url).searchParams.get('token') ?? ''
}

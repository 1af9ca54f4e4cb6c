import { createHmac } from 'node:crypto'
import type { AddressInfo } from 'node:net'
import { SMTPServer } from 'smtp-server'
import { afterEach, expect, it } from 'vitest'
import { mostTries } from '#lib/alerts/delivery-retry'
import { emailConfig, webhookConfig } from '#lib/contracts/alert-channels'
import { createAlertSampler } from '#server/alerts/alert-samples'
import { changeChannel, createChannel, readChannels, removeChannel } from '#server/alerts/channels'
import { readDeliveries, retryDelivery, sendDue, testChannel } from '#server/alerts/deliveries'
import { evaluateAlerts } from '#server/alerts/evaluate-alerts'
import type { Database } from '#server/db/database'
import { type AlertWorld, breakerOpen, createAlertWorld, deed } from '#tests/support/alert-parts'
import { describeOnDatabases } from '#tests/support/databases'
import { startWebhookReceiver, type WebhookReceiver } from '#tests/support/webhook-receiver'

const open: { close(): Promise<void> }[] = []
afterEach(async () => {
  for (const one of open.splice(0)) await one.close()
})

async function receiver(): Promise<WebhookReceiver> {
  const started = await startWebhookReceiver()
  open.push(started)
  return started
}

async function clean(db: Database): Promise<void> {
  await db.pool.query('TRUNCATE alerts, alert_events, alert_channels, alert_deliveries, alert_samples')
}

async function fire(world: AlertWorld): Promise<void> {
  world.see([breakerOpen])
  world.pass(15_000)
  await evaluateAlerts(world.parts, createAlertSampler(world.parts.db))
}

function webhook(url: string, more: { name?: string; severity?: 'critical' | 'warning' | 'info' } = {}) {
  const config = webhookConfig.parse({ kind: 'webhook', url })
  return {
    ...deed,
    name: 'On call',
    enabled: true,
    severity: 'warning' as const,
    rules: null,
    config,
    ...more,
  }
}

const states = async (db: Database) =>
  (await readDeliveries(db, { limit: 50 })).map(({ state, tries, error }) => ({ state, tries, error }))

describeOnDatabases('alerts that are sent', (openDb) => {
  it('reach a webhook signed as Standard Webhooks say, once for firing and once for the end', async () => {
    const db = await openDb()
    await clean(db)
    const world = createAlertWorld(db)
    const hooks = await receiver()
    const { secret } = await createChannel(world.parts, webhook(hooks.url))
    await createChannel(world.parts, webhook(hooks.url, { name: 'Critical only', severity: 'critical' }))
    await fire(world)
    await sendDue(world.parts)
    await sendDue(world.parts)
    world.see([])
    world.pass(15_000)
    await evaluateAlerts(world.parts, createAlertSampler(db))
    await sendDue(world.parts)
    const bodies = hooks.received.map(({ body }) => JSON.parse(body))
    expect(bodies.map(({ type }) => type)).toEqual(['alert.firing', 'alert.resolved'])
    expect(bodies[0].data).toMatchObject({
      rule: 'breaker-open',
      requestIds: ['req_2', 'req_1'],
      url: `http://console.test/alerts?alert=${bodies[0].data.alertId}`,
    })
    expect(bodies[1].data.alertId).toBe(bodies[0].data.alertId)
    for (const { headers, body } of hooks.received) {
      const key = Buffer.from((secret ?? '').slice('whsec_'.length), 'base64')
      const signed = `${headers['webhook-id']}.${headers['webhook-timestamp']}.${body}`
      expect(headers['webhook-signature']).toBe(
        `v1,${createHmac('sha256', key).update(signed).digest('base64')}`,
      )
    }
    expect(new Set(hooks.received.map(({ headers }) => headers['webhook-id'])).size).toBe(2)
  })

  it('are tried again with the same id and growing pauses, given up in the end, and sent again when asked', async () => {
    const db = await openDb()
    await clean(db)
    const world = createAlertWorld(db)
    const hooks = await receiver()
    hooks.answer(503)
    await createChannel(world.parts, webhook(hooks.url))
    await fire(world)
    const pauses: number[] = []
    for (;;) {
      const nextAtMs = await sendDue(world.parts)
      if (nextAtMs === null) break
      pauses.push(nextAtMs - world.nowMs())
      world.pass(nextAtMs - world.nowMs())
    }
    expect(hooks.received).toHaveLength(mostTries)
    expect(pauses).toEqual(pauses.toSorted((a, b) => a - b))
    expect(new Set(hooks.received.map(({ headers }) => headers['webhook-id'])).size).toBe(1)
    const [dead] = await readDeliveries(db, { limit: 1 })
    expect(dead).toMatchObject({ state: 'dead', tries: mostTries, error: 'the receiver answered 503' })
    hooks.answer(204)
    await retryDelivery(world.parts, { id: dead?.id ?? '', ...deed })
    await sendDue(world.parts)
    expect(await states(db)).toEqual([{ state: 'sent', tries: 1, error: null }])
  })

  it('go out once when several instances send at the same moment, and again when one died in the middle', async () => {
    const db = await openDb()
    await clean(db)
    const world = createAlertWorld(db)
    const hooks = await receiver()
    await createChannel(world.parts, webhook(hooks.url))
    await fire(world)
    await Promise.all([sendDue(world.parts), sendDue(world.parts), sendDue(world.parts)])
    expect(hooks.received).toHaveLength(1)
    await db.pool.query("UPDATE alert_deliveries SET state = 'waiting', finished_at = NULL")
    await sendDue(world.parts)
    expect(hooks.received).toHaveLength(1)
    world.pass(61_000)
    await sendDue(world.parts)
    expect(hooks.received).toHaveLength(2)
  })

  it('follow no redirect, and stop at once where the receiver is gone', async () => {
    const db = await openDb()
    await clean(db)
    const world = createAlertWorld(db)
    const [hooks, elsewhere] = [await receiver(), await receiver()]
    const { channel } = await createChannel(world.parts, webhook(hooks.url))
    hooks.answer(307, { location: elsewhere.url })
    const redirected = await testChannel(world.parts, { id: channel.id, ...deed })
    expect(redirected).toMatchObject({ state: 'dead', error: 'the receiver answered 307' })
    hooks.answer(410)
    await fire(world)
    expect(await sendDue(world.parts)).toBeNull()
    expect(elsewhere.received).toEqual([])
  })

  it('never lead into the network, neither by address nor by a name that leads there', async () => {
    const db = await openDb()
    await clean(db)
    const world = createAlertWorld(db, { privateHosts: 'refuse' })
    const hooks = await receiver()
    const port = new URL(hooks.url).port
    const refused = (url: string) =>
      createChannel(world.parts, webhook(url)).then(
        () => 'taken',
        (error: { details?: { param?: string } }) => error.details?.param,
      )
    const urls = [
      `http://127.0.0.1:${port}/`,
      'https://10.0.0.1/',
      'https://169.254.169.254/latest/meta-data',
      'https://[::1]/',
      'https://[::ffff:10.0.0.1]/',
      'https://0x7f.1/',
      'https://2130706433/',
      'https://intranet/',
      'http://example.com/',
      'https://user:word@example.com/',
      'ftp://example.com/',
      'nonsense',
    ]
    expect(await Promise.all(urls.map(refused))).toEqual(urls.map(() => 'config.url'))
    // A name that was harmless when it was stored, and leads to this machine when it is used.
    const stored = createAlertWorld(db)
    const { channel } = await createChannel(stored.parts, webhook(`http://localhost:${port}/hook`))
    const test = await testChannel(world.parts, { id: channel.id, ...deed })
    expect(test.error).toMatch(/inside the network|https/)
    await db.pool.query(
      `UPDATE alert_channels SET config = jsonb_set(config, '{url}', '"https://ip6-localhost.:${port}/"')`,
    )
    expect((await testChannel(world.parts, { id: channel.id, ...deed })).state).toBe('dead')
    expect(hooks.received).toEqual([])
  })

  it('reach a mail server with sign-in, and come from an id that stays the same', async () => {
    const db = await openDb()
    await clean(db)
    const world = createAlertWorld(db)
    const mails: string[] = []
    const smtp = new SMTPServer({
      authOptional: false,
      allowInsecureAuth: true,
      disabledCommands: ['STARTTLS'],
      onAuth: ({ username, password }, _session, callback) =>
        username === 'alerts' && password === 'mail-password'
          ? callback(null, { user: username })
          : callback(new Error('wrong password')),
      onData(stream, _session, callback) {
        let text = ''
        stream.on('data', (chunk: Buffer) => {
          text += chunk.toString('utf8')
        })
        stream.on('end', () => {
          mails.push(text)
          callback()
        })
      },
    })
    await new Promise<void>((resolve) => smtp.listen(0, '127.0.0.1', resolve))
    open.push({ close: () => new Promise((resolve) => smtp.close(() => resolve())) })
    const { port } = smtp.server.address() as AddressInfo
    const config = emailConfig.parse({
      kind: 'email',
      host: '127.0.0.1',
      port,
      security: 'none',
      user: 'alerts',
      from: 'alerts@huntaze.example',
      to: ['oncall@huntaze.example'],
    })
    const channel = { ...deed, name: 'Mail', enabled: true, severity: 'info' as const, rules: null, config }
    const { channel: made } = await createChannel(world.parts, { ...channel, secret: 'wrong-password' })
    const failed = await testChannel(world.parts, { id: made.id, ...deed })
    expect(failed.state).toBe('dead')
    expect(failed.error).not.toContain('wrong-password')
    await changeChannel(world.parts, {
      id: made.id,
      ...channel,
      secret: 'mail-password',
      rotateSecret: false,
    })
    await fire(world)
    await sendDue(world.parts)
    const [mail = ''] = mails
    const [{ id } = { id: '' }] = await readDeliveries(db, { limit: 1 })
    expect(mail).toContain('Subject: [warning] Firing: Breaker open')
    expect(mail).toContain(`Message-ID: <${id}@huntaze.example>`)
    expect(mail).toContain('req_2, req_1')
    const open25 = createChannel(world.parts, { ...channel, config: { ...config, host: 'mail.example.com' } })
    await expect(open25).rejects.toMatchObject({ details: { param: 'config.security' } })
  })

  it('keep their secrets: no view, row, log or audit entry holds one', async () => {
    const db = await openDb()
    await clean(db)
    const world = createAlertWorld(db)
    const secret = 'a-very-distinctive-secret'
    const { channel, secret: shown } = await createChannel(world.parts, {
      ...webhook('https://hooks.example.com/t/token-in-the-path'),
      secret,
    })
    expect(shown).toBeNull()
    expect(channel.hasSecret).toBe(true)
    const tables = await Promise.all(
      ['SELECT * FROM alert_channels', 'SELECT * FROM audit_entries'].map((query) => db.pool.query(query)),
    )
    const text = JSON.stringify([await readChannels(db), channel, ...tables.map(({ rows }) => rows)])
    expect(text).not.toContain(secret)
    expect(JSON.stringify(tables[1]?.rows)).not.toContain('token-in-the-path')
    const other = createAlertWorld(db, { authSecret: 'another-auth-secret-0123456789-abcdefgh' })
    const test = await testChannel(other.parts, { id: channel.id, ...deed })
    expect(test.error).toMatch(/AUTH_SECRET changed/)
    await fire(world)
    await removeChannel(world.parts, { id: channel.id, ...deed })
    expect(await readChannels(db)).toEqual([])
    expect((await states(db)).map(({ state }) => state)).toEqual(['dead', 'dead'])
    await expect(testChannel(world.parts, { id: channel.id, ...deed })).rejects.toMatchObject({
      code: 'not_found',
    })
  })
})

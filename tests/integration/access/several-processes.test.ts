import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { invites, users } from '#schema/access'
import { type Access, type AccessOptions, createAccess } from '#server/access/create-access'
import { createRecordAudit } from '#server/audit/record-audit'
import { bumpConfiguration } from '#server/config/configuration-version'
import { type ConfigurationWatcher, createConfigurationWatcher } from '#server/config/configuration-watcher'
import type { Database } from '#server/db/database'
import { openDatabase } from '#server/db/open-database'
import { systemClock } from '#server/telemetry/clock'
import { describeOnDatabases } from '#tests/support/databases'
import { testPseudonyms } from '#tests/support/pseudonyms'

interface Process {
  access: Access
  configuration: ConfigurationWatcher
  firstOperatorUrl: string | null
  logged: string[]
  close(): Promise<void>
}

async function startProcess(db: Database, overrides: Partial<AccessOptions> = {}): Promise<Process> {
  const logged: string[] = []
  const note = (fields: object, message: string) => void logged.push(`${JSON.stringify(fields)} ${message}`)
  const log = { info: note, warn: note, error: note }
  const configuration = createConfigurationWatcher({ db, log })
  await configuration.start()
  const access = createAccess({
    db,
    clock: systemClock,
    log,
    record: createRecordAudit({ pseudonyms: testPseudonyms, nowMs: Date.now }),
    configuration,
    publicUrl: () => 'http://127.0.0.1:3000',
    authSecret: 'a-secret-of-more-than-32-characters',
    entra: null,
    bootstrapApiKey: null,
    bootstrapAdminApiKey: null,
    bootstrapAdmin: null,
    ...overrides,
  })
  const { firstOperatorUrl } = await access.start()
  const close = async () => {
    await access.close()
    await configuration.close()
  }
  return { access, configuration, firstOperatorUrl, logged, close }
}

const newKey = {
  name: 'k',
  accountId: 'acc_1',
  plan: 'pro',
  scopes: ['chat'],
  expiresAt: null,
  region: null,
  streamMode: null,
  createdBy: 'usr_1',
} as const

function outcome(access: Access, secret: string): string {
  try {
    return access.authenticator.authenticate(null, secret).accountId
  } catch (error) {
    return error instanceof Error ? error.message : 'unknown'
  }
}

describeOnDatabases('starting', (openDb, { kind }) => {
  const bootstrapAdmin = { email: 'Root@example.com', password: 'distinctive-password' }

  test('each start replaces the first operator link; the bootstrap admin makes it unnecessary', async () => {
    const db = await openDb()
    const first = await startProcess(db)
    const second = await startProcess(db)
    const accept = (link: string | null) =>
      second.access.invites.accept(
        {
          token: new URL(link ?? '').searchParams.get('token') ?? '',
          name: 'Ada',
          email: 'ada@example.com',
          password: 'x'.repeat(12),
        },
        '192.0.2.1',
      )
    await expect(accept(first.firstOperatorUrl)).rejects.toMatchObject({ code: 'not_found' })

    const third = await startProcess(db, { bootstrapAdmin })
    expect(third.firstOperatorUrl).toBeNull()
    expect(await db.orm.select().from(users)).toMatchObject([{ email: 'root@example.com', role: 'admin' }])
    await expect(accept(second.firstOperatorUrl)).rejects.toMatchObject({ code: 'not_found' })
    expect((await db.orm.select().from(invites)).map(({ usedAt }) => usedAt)).toEqual([null, null])

    const fourth = await startProcess(db, {
      bootstrapAdmin: { ...bootstrapAdmin, password: 'distinctive-other' },
    })
    expect(fourth.logged.join('\n')).toContain('exists already and was left as it is')
    expect([...third.logged, ...fourth.logged].join('\n')).not.toMatch(/distinctive|example\.com/)
    for (const each of [first, second, third, fourth]) await each.close()
  })

  test('a tenant that is not one tenant is refused at once', async () => {
    const entra = { clientId: 'c', clientSecret: 'distinctive-secret', tenantId: 'common' }
    await expect(startProcess(await openDb(), { entra })).rejects.toThrow(
      /must be the id \(GUID\) of one tenant/,
    )
  })

  test('a listener that fails is tried again with the next check', async () => {
    const db = await openDb()
    const log = { warn: () => {} }
    let failures = 1
    const heard: number[] = []
    const onChange = (version: number) => {
      failures -= 1
      if (failures >= 0) throw new Error('not now')
      heard.push(version)
    }
    const watcher = createConfigurationWatcher({ db, onChange, log })
    const version = await bumpConfiguration(db.orm)
    await expect(watcher.check()).rejects.toThrow('not now')
    await watcher.check()
    await watcher.check()
    expect([heard, watcher.version()]).toEqual([[version], version])
    await watcher.close()
  })

  test.skipIf(kind === 'embedded')('versions of concurrent changes are all different', async () => {
    const db = await openDb()
    const versions = await Promise.all(
      Array.from({ length: 20 }, () => db.orm.transaction((tx) => bumpConfiguration(tx))),
    )
    expect(new Set(versions).size).toBe(20)
  })

  describe.skipIf(kind === 'embedded')('two processes', () => {
    let other: Database
    let one: Process
    let two: Process

    beforeAll(async () => {
      const db = await openDb()
      other = await openDatabase({ databaseUrl: db.connection.connectionString ?? null, dataDir: '' })
      one = await startProcess(db)
      two = await startProcess(other)
    })
    afterAll(async () => {
      await one.close()
      await two.close()
      await other.close()
    })

    test('the second obeys a new key and its revocation by polling, the first at once', async () => {
      const { key, secret } = await one.access.keys.create({ ...newKey, scopes: [...newKey.scopes] })
      expect(outcome(one.access, secret)).toBe('acc_1')
      await expect.poll(() => outcome(two.access, secret), { interval: 20, timeout: 10_000 }).toBe('acc_1')
      await one.access.keys.revoke({ id: key.id, reason: 'leaked', revokedBy: 'usr_1' })
      expect(outcome(one.access, secret)).toContain('was revoked')
      await expect
        .poll(() => outcome(two.access, secret), { interval: 20, timeout: 10_000 })
        .toContain('was revoked')
      expect(two.configuration.version()).toBe(one.configuration.version())
    })
  })
})

import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, it, onTestFinished } from 'vitest'
import type { CatalogInput } from '#lib/deployments/catalog-schema'
import { createRecordAudit } from '#server/audit/record-audit'
import { openCatalogStore } from '#server/deployments/catalog-store'
import { recordCatalog } from '#server/deployments/record-catalog'
import { createLog } from '#server/telemetry/log'
import { describeOnDatabases } from '#tests/support/databases'
import { testPseudonyms } from '#tests/support/pseudonyms'

const catalogOf = (model: string): CatalogInput => ({
  regions: [{ name: 'west', endpoint: 'https://west.openai.azure.com' }],
  deployments: [{ id: 'one', region: 'west', deployment: 'chat', model }],
  tiers: { premium: { chain: ['one'] } },
})

describeOnDatabases('a catalog file', (openDb) => {
  it('leaves an entry when it comes into force, changes, or is refused; also for what changed while nothing ran', async () => {
    const db = await openDb()
    const directory = await mkdtemp(join(tmpdir(), 'huntaze-catalog-'))
    onTestFinished(() => rm(directory, { recursive: true, force: true }))
    const path = join(directory, 'catalog.json')
    const record = createRecordAudit({ pseudonyms: testPseudonyms, nowMs: Date.now })
    const log = createLog({ level: 'info', instanceId: 'ins_1', destination: { write: () => undefined } })
    const put = (content: unknown) =>
      writeFile(path, typeof content === 'string' ? content : JSON.stringify(content))
    const run = async () => {
      const catalog = openCatalogStore({
        path,
        endpoints: { primary: '', dr: '', openai: '', anthropic: '' },
        log,
        onChange: () => undefined,
      })
      await recordCatalog({ db, catalog, record, instanceId: 'ins_1', log })
      return catalog
    }
    const entries = async () => {
      const { rows } = await db.pool.query(
        `SELECT outcome, before, after FROM audit_entries WHERE action = 'catalog.apply' ORDER BY position`,
      )
      return rows.map(({ outcome, before, after }) => ({
        outcome,
        before: JSON.parse(before),
        after: JSON.parse(after),
      }))
    }
    await put(catalogOf('gpt-4-turbo'))
    const first = await run()
    expect(await entries()).toMatchObject([{ outcome: 'success', after: { deployments: 1, regions: 1 } }])
    first.close()
    ;(await run()).close()
    expect(await entries()).toHaveLength(1)

    const running = await run()
    onTestFinished(() => running.close())
    await put(catalogOf('gpt-4o'))
    await expect.poll(async () => (await entries()).length, { timeout: 60_000 }).toBe(2)
    expect((await entries())[1]).toMatchObject({
      outcome: 'success',
      before: { 'deployments/one': { model: 'gpt-4-turbo' } },
      after: { 'deployments/one': { model: 'gpt-4o' } },
    })
    await put('{ not json')
    await expect.poll(async () => (await entries()).length, { timeout: 60_000 }).toBe(3)
    expect((await entries())[2]).toMatchObject({
      outcome: 'refused',
      after: { problems: [expect.stringContaining('not valid JSON')] },
    })
    running.close()
    await put(catalogOf('gpt-35-turbo'))
    ;(await run()).close()
    expect(await entries()).toHaveLength(4)
  })
})

import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { openPostgres, postgresRefusal } from '#tests/support/databases'
import { outsideDatabaseSecrets } from '#tests/support/outside-database-secrets'
import { runProgram } from '#tests/support/running-program'
import { startShadowWorld } from '#tests/support/shadow-worlds'
import { testApiKey } from '#tests/support/start-gateway'

describe('the end of an instance in a shadow step', () => {
  it('gives mirrors up at once, keeps their rows and leaves no pair', async () => {
    const world = await startShadowWorld()
    world.answers(world.candidate, [{ kind: 'never' }])
    const id = await world.start()
    for (let round = 0; round < 3; round += 1) expect((await world.ask()).status).toBe(200)
    await expect.poll(() => world.chats(world.candidate), { timeout: 10_000 }).toBe(3)
    const { db, rollouts, shutdown, ledger } = world.gateway.container
    shutdown.abort()
    await rollouts.mirrors.close()
    await ledger.caughtUp()
    const shadowRows = await db.pool.query(
      `SELECT outcome, error_code FROM ledger_entries WHERE operation = 'shadow'`,
    )
    expect(shadowRows.rows).toEqual(Array(3).fill({ outcome: 'cancelled', error_code: 'cancelled' }))
    expect((await world.pairsOf(id)).rows).toEqual([])
    await rollouts.sync.flush()
    const [counts] = (await db.pool.query('SELECT counts FROM rollout_counts')).rows
    expect(counts.counts).toMatchObject({ baseline: { requests: 3 }, candidate: { requests: 0 } })
    await Promise.all([...world.candidate.requests].map(({ over }) => over))
    await world.close()
  })
})

describe.skipIf(postgresRefusal !== null)('two instances in one shadow step', () => {
  it('keep one cap together, and say where it was reached', async () => {
    const opened = await openPostgres()
    const env = { DATABASE_URL: opened.databaseUrl, ...outsideDatabaseSecrets }
    const world = await startShadowWorld(env)
    const dataDir = mkdtempSync(join(tmpdir(), 'huntaze-shadow-'))
    const { HUNTAZE_CATALOG } = world.gateway.container.env
    const second = await runProgram({
      ...env,
      HUNTAZE_DATA_DIR: dataDir,
      HUNTAZE_CATALOG: HUNTAZE_CATALOG ?? '',
      AZURE_OPENAI_API_KEY: 'upstream-key',
      HUNTAZE_BOOTSTRAP_API_KEY: testApiKey,
      HUNTAZE_LEGACY_PROBE_MINUTES: '0',
    })
    try {
      const cap = 12_000_000_000n
      const id = await world.start({ capPicoUsd: cap.toString() })
      const ask = (url: string) =>
        fetch(`${url}/api/v1/chat/completions`, {
          method: 'POST',
          headers: { authorization: `Bearer ${testApiKey}`, 'content-type': 'application/json' },
          body: JSON.stringify({ model: 'premium', messages: [{ role: 'user', content: 'Hello?' }] }),
        })
      const urls = [world.gateway.url, second.url]
      const obeys = async () => (await ask(second.url)).headers.get('x-huntaze-deployment')
      await expect.poll(obeys, { timeout: 10_000 }).toBe('a')
      for (let round = 0; round < 40; round += 1) {
        const answers = await Promise.all(urls.flatMap((url) => [ask(url), ask(url)]))
        for (const { status } of answers) expect(status).toBe(200)
        if ((await world.shadowOf(id)).capReachedAt !== null) break
      }
      await world.mirrored()
      await expect.poll(async () => (await world.shadowOf(id)).reservedPicoUsd, { timeout: 10_000 }).toBe('0')
      const shadow = await world.shadowOf(id)
      expect(shadow.capReachedAt).not.toBeNull()
      expect(BigInt(shadow.spentPicoUsd)).toBeLessThanOrEqual(cap)
      const asked = world.chats(world.candidate)
      expect(asked).toBe(shadow.pairs)
      for (const url of [...urls, ...urls]) expect((await ask(url)).status).toBe(200)
      await world.mirrored()
      expect(world.chats(world.candidate)).toBe(asked)
      const { rows } = await world.gateway.container.db.pool.query(
        `SELECT sum(cost_pico_usd)::text AS cost FROM ledger_entries WHERE operation = 'shadow'`,
      )
      expect(rows[0].cost).toBe(shadow.spentPicoUsd)
    } finally {
      await second.stop('SIGTERM')
      await world.close()
      await opened.dispose()
      rmSync(dataDir, { recursive: true, force: true })
    }
  }, 120_000)
})

import { afterEach, expect, it } from 'vitest'
import { createRowSync, type RowSync } from '#server/jobs/row-sync'

const open: RowSync<string>[] = []
afterEach(async () => {
  for (const sync of open.splice(0)) await sync.close()
})

interface Database {
  away: boolean
  saved: string[]
  lookedBackMs: number[]
  refused: string[]
}

function sync(db: Database, logged: string[]): RowSync<string> {
  const note = (_: unknown, message?: string) => {
    logged.push(message ?? '')
  }
  const made = createRowSync<string>({
    what: 'moves',
    async save(change) {
      if (db.away) throw new Error('away')
      if (db.refused.includes(change)) throw Object.assign(new Error('no'), { code: '23514' })
      db.saved.push(change)
    },
    async follow(withinMs) {
      if (db.away) throw new Error('away')
      db.lookedBackMs.push(withinMs)
    },
    shared: true,
    log: { warn: note, error: note },
  })
  open.push(made)
  return made
}

it('writes in order what happened while the database was away, and looks back over all of that time', async () => {
  const db: Database = { away: true, saved: [], lookedBackMs: [], refused: [] }
  const logged: string[] = []
  const rows = sync(db, logged)
  rows.start()
  for (const move of ['a', 'b', 'c']) rows.push(move)
  await expect(rows.flushed()).rejects.toThrow('away')
  await expect.poll(() => logged.length, { timeout: 10_000 }).toBe(2)
  const awaySince = performance.now()
  await expect.poll(() => performance.now() - awaySince, { timeout: 10_000 }).toBeGreaterThan(1_000)
  db.away = false
  await expect.poll(() => db.lookedBackMs.length, { timeout: 10_000 }).toBeGreaterThan(1)
  await rows.flushed()
  expect(db.saved).toEqual(['a', 'b', 'c'])
  expect(db.lookedBackMs[0]).toBeGreaterThan((db.lookedBackMs[1] ?? 0) + 500)
  expect(logged).toEqual([
    'moves cannot be written to the database; they are kept and tried again',
    'moves of other instances cannot be read; trying again',
  ])
})

it('drops, and says so, what the database refuses for good, so that what comes after is written', async () => {
  const db: Database = { away: false, saved: [], lookedBackMs: [], refused: ['b'] }
  const logged: string[] = []
  const rows = sync(db, logged)
  for (const move of ['a', 'b', 'c']) rows.push(move)
  await rows.flushed()
  expect(db.saved).toEqual(['a', 'c'])
  expect(logged).toEqual(['the database refuses one of the moves; it is dropped'])
})

it('says what it could not write before it closed', async () => {
  const db: Database = { away: true, saved: [], lookedBackMs: [], refused: [] }
  const logged: string[] = []
  const rows = sync(db, logged)
  rows.push('a')
  await rows.close()
  expect(logged.at(-1)).toBe('the last moves could not be written')
})

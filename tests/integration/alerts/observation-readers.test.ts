import { expect, it } from 'vitest'
import { type ObservationParts, observationReaders } from '#server/alerts/observation-readers'
import { describeOnDatabases } from '#tests/support/databases'

describeOnDatabases('the readers of observations', (openDb) => {
  it('have names of their own and find nothing wrong with a system that did nothing', async () => {
    const db = await openDb()
    const readers = observationReaders({ db } as ObservationParts)
    const names = readers.map(({ name }) => name)
    expect(new Set(names).size).toBe(names.length)
    expect(names.length).toBeGreaterThan(0)
    for (const { read } of readers) expect(await read(Date.UTC(2026, 10, 3))).toEqual([])
  })
})

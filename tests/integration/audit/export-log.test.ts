import { expect, it } from 'vitest'
import { exportLog } from '#server/audit/export-log'
import { verifyExport } from '#server/audit/verify-export'
import { migrate } from '#server/db/migrate'
import { createRedactor } from '#server/privacy/redactor'
import { auditWorld, testKeys } from '#tests/support/audit-worlds'
import { describeOnDatabases } from '#tests/support/databases'

const dayMs = 86_400_000
const trusted = Object.values(testKeys.publicKeys)

async function* from(lines: readonly string[]): AsyncGenerator<string> {
  yield* lines
}

async function collect(lines: AsyncIterable<string>): Promise<string[]> {
  const all: string[] = []
  for await (const line of lines) all.push(line)
  return all
}

describeOnDatabases('an export of the audit log', (_openDb, { openEmpty }) => {
  it('verifies by itself, and only as it is', async () => {
    const db = await openEmpty()
    await migrate(db, Date.now())
    let now = Date.parse('2026-05-01T12:00:00Z')
    const world = auditWorld(db, () => now)
    for (const day of [0, 1, 2]) {
      now += day * dayMs
      await world.append(5, { reason: `round ${day}` })
      await world.seal()
    }
    const parts = { db, keys: testKeys, redact: createRedactor().redactTwice }
    const lines = (await collect(exportLog(parts, {}))).map((line) => line.trimEnd())
    expect(await verifyExport(from(lines))).toMatchObject({ ok: true, entries: 15, redacted: 0 })
    expect(await verifyExport(from(lines), trusted)).toMatchObject({
      ok: true,
      fromSequence: 1,
      toSequence: 15,
    })
    const foreign = [
      Buffer.from(trusted[0] ?? '', 'base64')
        .fill(7, 20)
        .toString('base64'),
    ]
    expect(await verifyExport(from(lines), foreign)).toMatchObject({
      ok: false,
      problem: { kind: 'not_ours' },
    })
    const changed = lines.with(2, (lines[2] ?? '').replace('round 1', 'round 9'))
    expect(await verifyExport(from(changed), trusted)).toMatchObject({
      ok: false,
      problem: { kind: 'changed', sequence: 6 },
      message: expect.stringContaining('Entry 6'),
    })
    expect(await verifyExport(from(lines.toSpliced(2, 1)))).toMatchObject({
      problem: { kind: 'missing', sequence: 6, toSequence: 10 },
    })
    expect(await verifyExport(from(lines.slice(0, -1)))).toMatchObject({
      ok: false,
      message: expect.stringContaining('cut off'),
    })
    expect(await verifyExport(from(['{}']))).toMatchObject({ ok: false })
    const oneDay = await collect(exportLog(parts, { fromDay: '2026-05-02', toDay: '2026-05-02' }))
    expect(await verifyExport(from(oneDay))).toMatchObject({ ok: true, fromSequence: 6, toSequence: 10 })
  })

  it('says where a second look hid something, and verifies the rest', async () => {
    const db = await openEmpty()
    await migrate(db, Date.now())
    const world = auditWorld(db)
    await world.append(2)
    await world.append(1, { reason: 'secret' })
    await world.append(2)
    await world.seal()
    const redact = (text: string) => text.replace('secret', '[hidden]')
    const lines = await collect(exportLog({ db, keys: testKeys, redact }, {}))
    expect(lines.join('')).not.toContain('secret')
    expect(await verifyExport(from(lines), trusted)).toMatchObject({ ok: true, entries: 5, redacted: 1 })
    const changed = lines.map((line) => line.replace('maintenance', 'other'))
    expect(await verifyExport(from(changed), trusted)).toMatchObject({
      ok: false,
      problem: { kind: 'changed', sequence: 1 },
    })
  })
})

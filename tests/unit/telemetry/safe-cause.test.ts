import { DrizzleQueryError } from 'drizzle-orm'
import { expect, test } from 'vitest'
import { safeCause, safeError } from '#server/telemetry/safe-cause'

const pgError = Object.assign(
  new Error('duplicate key value violates unique constraint "users_email_unique"'),
  {
    code: '23505',
    detail: 'Key (email)=(distinctive@example.com) already exists.',
  },
)
const failure = new DrizzleQueryError('insert into users …', ['distinctive-hash'], pgError)

test('keeps what went wrong and drops parameters and rows', () => {
  expect(safeCause(failure)).toEqual({ name: 'Error', message: pgError.message, code: '23505' })
  const error = safeError(new Error('could not store the user', { cause: failure }))
  expect(error.message).toBe(`could not store the user: ${pgError.message}`)
  expect(`${error.stack} ${JSON.stringify(error)} ${error.message}`).not.toMatch(/distinctive/)
  expect(error.stack).toContain('safe-cause.test.ts')
})

test('a query error without a cause says only that a query failed', () => {
  const bare = new DrizzleQueryError('select …', ['distinctive-token'])
  expect(safeCause(bare).message).toBe('the database did not answer as it should')
  expect(safeError(bare).stack).not.toMatch(/distinctive/)
})

import { describe, expect, it } from 'vitest'
import { createArmBook } from '#server/simulator/create-arm-book'
import { isWireError } from '#server/simulator/wire-error'

const place = { subscription: 's', group: 'g', account: 'a', deployment: 'chat' }
const sized = (capacity: number) => ({ sku: { name: 'Standard', capacity }, properties: {} })

function open() {
  const clock = { nowMs: 0 }
  const book = createArmBook(() => clock.nowMs)
  const done: number[] = []
  const put = (capacity: number, at: Partial<typeof place> = {}) =>
    book.begin({ place: { ...place, ...at }, deployment: sized(capacity), onDone: () => done.push(capacity) })
  const refusalOf = (act: () => unknown) => {
    try {
      act()
    } catch (error) {
      if (isWireError(error)) return [error.parts.status, error.parts.code]
      throw error
    }
    return null
  }
  return { clock, book, done, put, refusalOf }
}

describe('the resource manager', () => {
  it('ends an operation after as many looks as it was told, and then only does it count', () => {
    const { book, done, put } = open()
    book.configure({ inProgressPolls: 2 })
    const { id } = put(10)
    expect(book.find(place)?.provisioningState).toBe('Creating')
    expect([1, 2].map(() => book.poll(id)?.status)).toEqual(['InProgress', 'InProgress'])
    expect(done).toEqual([])
    expect(book.poll(id)?.status).toBe('Succeeded')
    expect(done).toEqual([10])
    expect(book.find({ ...place, account: 'A' })?.provisioningState).toBe('Succeeded')
    expect(book.poll('nothing')).toBeNull()
  })

  it('lets one operation at a time run on an account, however long its client is gone', () => {
    const { clock, put, refusalOf, done } = open()
    put(10)
    expect(refusalOf(() => put(20, { deployment: 'other' }))).toEqual([409, 'RequestConflict'])
    expect(refusalOf(() => put(20, { account: 'b' }))).toBeNull()
    clock.nowMs = 60_000
    expect(refusalOf(() => put(30))).toBeNull()
    expect(done).toEqual([10, 20])
  })

  it('refuses beyond the quota of the subscription', () => {
    const { book, put, refusalOf } = open()
    book.configure({ quotaUnits: 100, inProgressPolls: 0 })
    book.poll(put(60).id)
    expect(refusalOf(() => put(41, { deployment: 'other' }))).toEqual([400, 'InsufficientQuota'])
    expect(refusalOf(() => put(101))).toEqual([400, 'InsufficientQuota'])
    expect(refusalOf(() => put(100))).toBeNull()
  })

  it('puts back what was there when an operation fails as scripted', () => {
    const { book, put, done } = open()
    book.configure({ inProgressPolls: 0 })
    book.poll(put(10).id)
    book.configure({ failNextOperations: 1 })
    const { id } = put(20)
    expect(book.poll(id)).toMatchObject({ status: 'Failed', error: { code: 'DeploymentFailed' } })
    expect(book.find(place)?.deployment.sku.capacity).toBe(10)
    expect(done).toEqual([10])
    expect(book.report()).toMatchObject({ failNextOperations: 0, operations: 2 })
  })

  it('takes a deployment away, and keeps it when that fails', () => {
    const { book, put, done } = open()
    book.configure({ inProgressPolls: 0 })
    book.poll(put(10).id)
    const remove = () => book.poll(book.begin({ place, deployment: null, onDone: () => done.push(0) }).id)
    book.configure({ failNextOperations: 1 })
    expect(remove()).toMatchObject({ status: 'Failed' })
    expect(book.find(place)?.provisioningState).toBe('Succeeded')
    expect(remove()).toMatchObject({ status: 'Succeeded' })
    expect(book.find(place)).toBeNull()
    expect(done).toEqual([10, 0])
  })
})

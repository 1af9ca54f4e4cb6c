import { promisify } from 'node:util'
import { describe, expect, it } from 'vitest'
import { addressRefusal, type PrivateHostPolicy, urlRefusal } from '#lib/alerts/delivery-address'
import { deliveryPauseMs, mostTries } from '#lib/alerts/delivery-retry'
import { createGuardedLookup, resolveGuarded } from '#server/alerts/guarded-lookup'

const policies: readonly PrivateHostPolicy[] = ['refuse', 'loopback', 'allow']
const allowed = (url: string) => policies.filter((policy) => urlRefusal(url, policy) === null)

describe('where alerts may be sent', () => {
  it.each([
    ['https://alerts.example.com/hook', ['refuse', 'loopback', 'allow']],
    ['http://alerts.example.com/hook', []],
    ['http://127.0.0.1:9000/', ['loopback', 'allow']],
    ['https://[::1]/', ['loopback', 'allow']],
    ['https://192.168.1.4/', ['allow']],
    ['http://192.168.1.4/', []],
    ['https://169.254.169.254/', ['allow']],
    ['https://[::ffff:192.168.1.4]/', ['allow']],
    ['https://metadata.google.internal/', ['allow']],
    ['https://a:b@alerts.example.com/', []],
  ])('%s with %j', (url, wanted) => {
    expect(allowed(url)).toEqual(wanted)
  })

  it('is judged by the address that a name leads to, when it is connected to', async () => {
    const lookup = (policy: PrivateHostPolicy) =>
      promisify(createGuardedLookup(policy))('localhost', { all: true })
    await expect(lookup('refuse')).rejects.toThrow(/leads to .* inside the network/)
    await expect(resolveGuarded('localhost', 'refuse')).rejects.toThrow(/inside the network/)
    expect(addressRefusal(await resolveGuarded('localhost', 'loopback'), 'loopback')).toBeNull()
    expect(await lookup('loopback')).toBeTruthy()
  })
})

describe('the pauses between tries', () => {
  it('grow, are at most a fifth shorter than they are, and end', () => {
    const pauses = Array.from({ length: mostTries - 1 }, (_, index) => deliveryPauseMs(index + 1, 0) ?? 0)
    expect(pauses).toEqual(pauses.toSorted((a, b) => a - b))
    expect(pauses.reduce((sum, one) => sum + one, 0)).toBeGreaterThan(20 * 3_600_000)
    expect(deliveryPauseMs(1, 1)).toBe(4_000)
    expect(deliveryPauseMs(mostTries, 0)).toBeNull()
  })
})

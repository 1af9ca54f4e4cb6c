import type { Redis } from 'ioredis'
import type { LeaseGrant } from '#lib/quotas/quota-counter'
import {
  type CounterId,
  type CounterTotals,
  keepForMs,
  type LeaseEntry,
  type QuotaAuthority,
} from '#server/quotas/quota-authority'
import { quotaScript } from '#server/quotas/redis-quota-script'

/** A key per counter and window, its account in the hash tag, so that a cluster keeps an account's keys together. */
function keyOf({ accountId, counter, windowStartMs }: CounterId): string {
  return `huntaze:quota:{${accountId}}:${windowStartMs}:${counter}`
}

/** Leases as a hash per counter, each counter atomic by script and by Redis' own clock; one pipeline however many. */
export function createRedisAuthority(redis: Redis, { leaseForMs }: { leaseForMs: number }): QuotaAuthority {
  return {
    leaseForMs,
    async sync(holder, entries) {
      const replies = await runAll(
        redis,
        entries.map((entry) => [
          'eval',
          quotaScript,
          1,
          keyOf(entry),
          ...scriptArguments(entry, holder, leaseForMs),
        ]),
      )
      return replies.map(toGrant)
    },
    async read(counters) {
      const [time, ...hashes] = await runAll(redis, [
        ['time'],
        ...counters.map((counter) => ['hgetall', keyOf(counter)]),
      ])
      const [seconds = 0, microseconds = 0] = textsOf(time).map(Number)
      const nowMs = seconds * 1000 + microseconds / 1000
      return hashes.map((hash) => toTotals(hash, nowMs))
    },
    /** Keys expire by themselves. */
    purge: async () => undefined,
  }
}

async function runAll(redis: Redis, commands: (string | number)[][]): Promise<unknown[]> {
  const results = (await redis.pipeline(commands).exec()) ?? []
  return results.map(([error, reply]) => {
    if (error) throw error
    return reply
  })
}

function scriptArguments(entry: LeaseEntry, holder: string, leaseForMs: number): (string | number)[] {
  return [
    holder,
    leaseForMs,
    entry.limit?.toString() ?? '',
    entry.used.toString(),
    entry.reserved.toString(),
    entry.spare.toString(),
    entry.need.toString(),
    entry.least.toString(),
    entry.wish.toString(),
    entry.seed?.toString() ?? '',
    entry.windowStartMs === 0 ? '' : entry.windowEndMs + keepForMs,
  ]
}

function textsOf(reply: unknown): string[] {
  return Array.isArray(reply) ? reply.map(String) : []
}

function toGrant(reply: unknown): LeaseGrant | null {
  const [given, keptSpare, others, spareElsewhere, recalled, ...used] = textsOf(reply)
  if (given === undefined) return null
  return {
    given: BigInt(given),
    keptSpare: keptSpare === '1',
    others: BigInt(others ?? 0),
    spareElsewhere: BigInt(spareElsewhere ?? 0),
    recalled: recalled === '1',
    used: used.reduce((total, amount) => total + BigInt(amount), 0n),
  }
}

/** Of a hash that holds `holder → granted used spare expiresAtMs`, beside `.recalled`. */
function toTotals(hash: unknown, nowMs: number): CounterTotals | null {
  if (typeof hash !== 'object' || hash === null) return null
  const leases = Object.entries(hash).filter(([name]) => name !== '.recalled')
  if (leases.length === 0) return null
  let used = 0n
  let reserved = 0n
  for (const [, text] of leases) {
    const [granted = '0', settled = '0', , expiresAt = '0'] = String(text).split(' ')
    used += BigInt(settled)
    if (Number(expiresAt) > nowMs) reserved += BigInt(granted) - BigInt(settled)
  }
  return { used, reserved }
}

import { readFileSync, unwatchFile, watchFile, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { z } from 'zod'
import { switchScope } from '#lib/contracts/traffic'
import type { LocalOrder } from '#lib/traffic/apply-orders'
import { newId } from '#server/access/new-id'
import type { SigningKeys } from '#server/audit/signing-keys'
import type { Clock } from '#server/telemetry/clock'
import type { Log } from '#server/telemetry/log'
import { safeCause } from '#server/telemetry/safe-cause'
import { orderFileName, readSignedOrder } from '#server/traffic/signed-order'

/** Switches thrown at this instance alone: they hold at once, and reach the database when it answers. */
export interface LocalOrders {
  /** Those that the database has not taken over yet, the oldest first. */
  pending(): readonly LocalOrder[]
  /** SIGUSR2: all traffic of this instance goes back; again does nothing more. */
  throwBySignal(): void
  start(): void
  close(): Promise<void>
}

export interface LocalOrdersOptions {
  dataDir: string
  instanceId: string
  keys: Pick<SigningKeys, 'isSigned'>
  /** Makes the orders hold. */
  onChange(orders: readonly LocalOrder[]): void
  /** Takes an order over into the database. */
  replay(order: LocalOrder): Promise<void>
  /** Resolves when this instance obeys what the database says. */
  obey(): Promise<void>
  clock: Pick<Clock, 'nowMs'>
  log: Pick<Log, 'warn' | 'error' | 'info'>
}

const keptName = 'rollback-pending.json'
const lookEveryMs = 500
const retryMs = 1_000

const keptOrders = z.array(
  z.object({
    id: z.string(),
    action: z.enum(['roll_back', 'return']),
    scope: switchScope,
    via: z.enum(['file', 'signal']),
    by: z.string(),
    reason: z.string(),
    atMs: z.number(),
  }),
)

export function createLocalOrders(options: LocalOrdersOptions): LocalOrders {
  const { dataDir, log, clock } = options
  const path = join(dataDir, orderFileName)
  let orders: LocalOrder[] = []
  const seen = new Set<string>()
  let timer: ReturnType<typeof setTimeout> | null = null
  let replaying: Promise<void> | null = null
  let closed = false
  let failing = false

  function take(order: LocalOrder): void {
    if (seen.has(order.id)) return
    seen.add(order.id)
    orders = [...orders, order]
    options.onChange(orders)
    keep()
    log.warn({ order }, 'a switch was thrown at this instance')
    replayInBackground()
  }

  /** A restart before the database is back must not lose it. */
  function keep(): void {
    try {
      writeFileSync(join(dataDir, keptName), JSON.stringify(orders), { mode: 0o600 })
    } catch (cause) {
      log.error(
        { cause: safeCause(cause) },
        'the switch holds, but a restart would lose it: it cannot be kept',
      )
    }
  }

  async function replay(): Promise<void> {
    while (orders[0]) {
      await options.replay(orders[0])
      // Held until the database's own word is obeyed, so that no request slips between.
      await options.obey()
      orders = orders.slice(1)
      options.onChange(orders)
      keep()
    }
    failing = false
  }

  function replayInBackground(): void {
    if (timer || closed || orders.length === 0) return
    replaying ??= replay()
      .catch((cause: unknown) => {
        if (!failing)
          log.warn({ cause: safeCause(cause) }, 'a switch thrown here waits for the database; trying again')
        failing = true
        if (closed) return
        timer = setTimeout(() => {
          timer = null
          replayInBackground()
        }, retryMs)
        timer.unref()
      })
      .finally(() => {
        replaying = null
      })
  }

  function look(): void {
    const content = readIfThere(path)
    if (content === null) return
    const read = readSignedOrder(content, { keys: options.keys, nowMs: clock.nowMs() })
    if (read.ok) take(read.order)
    else log.error({ path }, `the rollback file is not obeyed: ${read.problem}`)
  }

  return {
    pending: () => orders,
    throwBySignal() {
      if (orders.some(({ via }) => via === 'signal')) return
      const [id, by] = [newId('tsw'), options.instanceId]
      const reason = 'thrown by signal SIGUSR2'
      const scope = { kind: 'all' } as const
      take({ id, action: 'roll_back', scope, via: 'signal', by, reason, atMs: clock.nowMs() })
    },
    start() {
      const kept = keptOrders.safeParse(parseJson(readIfThere(join(dataDir, keptName))))
      for (const order of kept.success ? kept.data : []) take(order)
      look()
      watchFile(path, { interval: lookEveryMs, persistent: false }, look)
    },
    async close() {
      closed = true
      unwatchFile(path, look)
      if (timer) clearTimeout(timer)
      await replaying
    },
  }
}

function readIfThere(path: string): string | null {
  try {
    return readFileSync(path, 'utf8')
  } catch {
    return null
  }
}

function parseJson(text: string | null): unknown {
  try {
    return JSON.parse(text ?? '[]')
  } catch {
    return []
  }
}

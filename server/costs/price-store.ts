import { eq, isNull, sql } from 'drizzle-orm'
import { builtInPrices } from '#lib/costs/built-in-prices'
import { priceConflict } from '#lib/costs/check-price'
import type { ModelPrice, PriceBook } from '#lib/costs/price-book'
import { modelPrices } from '#schema/costs'
import type { RecordAudit } from '#server/audit/record-audit'
import { bumpConfiguration, type Transaction } from '#server/config/configuration-version'
import type { Database } from '#server/db/database'
import { AppError } from '#server/http/app-error'
import type { Clock } from '#server/telemetry/clock'

/** Who changes the book, and why. */
export interface PriceChange {
  actorId: string
  reason: string
  requestId: string
}

/** The price book: the built-in list and what operators set beside it. Read from memory on the hot path. */
export interface PriceStore {
  current(): PriceBook
  reload(): Promise<void>
  /** @throws AppError `invalid_request` naming the field when its dates overlap another price's. */
  add(price: Omit<ModelPrice, 'id'>, change: PriceChange): Promise<string>
  /** @throws AppError `not_found` for a price that operators did not set, or that was withdrawn. */
  withdraw(id: string, change: PriceChange): Promise<void>
}

export function createPriceStore(options: {
  db: Pick<Database, 'orm'>
  clock: Clock
  record: RecordAudit
  newId: () => string
}): PriceStore {
  const { db, clock } = options
  let current: PriceBook = builtInPrices
  const reload = async () => {
    current = await readBook(db.orm)
  }
  return {
    current: () => current,
    reload,
    async add(price, change) {
      const id = options.newId()
      await db.orm.transaction(async (tx) => {
        // Its row's lock makes changes take turns.
        await bumpConfiguration(tx)
        const conflict = priceConflict(await readBook(tx), {
          ...price,
          effectiveTo: price.effectiveTo ?? null,
        })
        if (conflict) {
          const { path, message } = conflict
          throw new AppError('invalid_request', {
            message: `${path}: ${message}`,
            param: path,
            errors: [conflict],
          })
        }
        const version = await nextVersion(tx)
        const { actorId: createdBy, reason } = change
        const createdAt = new Date(clock.nowMs())
        await tx.insert(modelPrices).values({ ...price, id, version, createdAt, createdBy, reason })
        await options.record(
          tx,
          entry({ action: 'price.add', id, change, after: { version, ...texts(price) } }),
        )
      })
      await reload()
      return id
    },
    async withdraw(id, change) {
      await db.orm.transaction(async (tx) => {
        await bumpConfiguration(tx)
        const { prices } = await readBook(tx)
        const price = prices.find((one) => one.id === id)
        if (!price) throw new AppError('not_found', { message: `No price ${id.slice(0, 100)} was set here.` })
        const version = await nextVersion(tx)
        await tx.update(modelPrices).set({ withdrawnVersion: version }).where(eq(modelPrices.id, id))
        await options.record(
          tx,
          entry({ action: 'price.withdraw', id, change, before: texts(price), after: { version } }),
        )
      })
      await reload()
    },
  }
}

async function readBook(tx: Pick<Transaction, 'select'>): Promise<PriceBook> {
  const rows = await tx.select().from(modelPrices).where(isNull(modelPrices.withdrawnVersion))
  const version = await lastVersion(tx)
  const prices = rows.map(
    ({
      version: _version,
      withdrawnVersion: _withdrawn,
      createdAt: _at,
      createdBy: _by,
      reason: _why,
      ...price
    }) => price,
  )
  return {
    version: version === 0 ? builtInPrices.version : `${builtInPrices.version}+${version}`,
    prices: [...builtInPrices.prices, ...prices],
  }
}

async function lastVersion(tx: Pick<Transaction, 'select'>): Promise<number> {
  const [row] = await tx
    .select({
      version: sql<number>`coalesce(greatest(max(${modelPrices.version}), max(${modelPrices.withdrawnVersion})), 0)::int`,
    })
    .from(modelPrices)
  return row?.version ?? 0
}

async function nextVersion(tx: Pick<Transaction, 'select'>): Promise<number> {
  return (await lastVersion(tx)) + 1
}

interface Entry {
  action: 'price.add' | 'price.withdraw'
  id: string
  change: PriceChange
  before?: unknown
  after?: unknown
}

function entry({ action, id, change, ...content }: Entry) {
  const { actorId, reason, requestId } = change
  return { action, actorId, reason, resource: `price/${id}`, correlationId: requestId, ...content }
}

/** JSON has no bigint. */
function texts(price: object): Record<string, unknown> {
  return Object.fromEntries(
    Object.entries(price).map(([name, value]) => [name, typeof value === 'bigint' ? String(value) : value]),
  )
}

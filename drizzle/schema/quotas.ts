import { index, integer, jsonb, numeric, pgTable, primaryKey, text, timestamp } from 'drizzle-orm/pg-core'

const instant = (name: string) => timestamp(name, { withTimezone: true, mode: 'date' })
const amount = (name: string) => numeric(name, { mode: 'bigint' })
const scope = (name: string) => text(name, { enum: ['account', 'key', 'creator'] })

/** One limit of a plan as it is stored; `limit` in digits, pico-USD for cost. */
interface StoredLimit {
  scope: 'account' | 'key' | 'creator'
  measure: 'requests' | 'tokens' | 'cost' | 'concurrent'
  window: 'minute' | 'day' | 'month' | 'running'
  limit: string
}

/** Plans that operators made or changed; a built-in plan without a row is as `lib/quotas/built-in-plans` says. */
export const quotaPlans = pgTable('quota_plans', {
  name: text('name').primaryKey(),
  /** What becomes of requests that cannot be counted: admitted (`open`) or refused (`closed`). */
  onAuthorityLoss: text('on_authority_loss', { enum: ['open', 'closed'] }).notNull(),
  limits: jsonb('limits').$type<StoredLimit[]>().notNull(),
  changedBy: text('changed_by').notNull(),
  changedAt: instant('changed_at').notNull(),
})

/** Money that an account, a key or a creator may spend in a UTC day or month. */
export const budgets = pgTable(
  'budgets',
  {
    accountId: text('account_id').notNull(),
    /** `bud_…` */
    id: text('id').notNull(),
    scope: scope('scope').notNull(),
    scopeId: text('scope_id').notNull(),
    window: text('window', { enum: ['day', 'month'] }).notNull(),
    /** 10⁻¹² USD */
    limitPicoUsd: amount('limit_pico_usd').notNull(),
    /** `hard` refuses what would exceed it; `soft` only tells. */
    kind: text('kind', { enum: ['soft', 'hard'] }).notNull(),
    changedBy: text('changed_by').notNull(),
    changedAt: instant('changed_at').notNull(),
  },
  (table) => [primaryKey({ name: 'budgets_pk', columns: [table.accountId, table.id] })],
)

/** When a budget's use crossed 80, 90 and 100 %: one row per threshold and window, inserted by whoever saw it first. */
export const budgetCrossings = pgTable(
  'budget_crossings',
  {
    accountId: text('account_id').notNull(),
    budgetId: text('budget_id').notNull(),
    windowStart: instant('window_start').notNull(),
    /** Percent. */
    threshold: integer('threshold').notNull(),
    at: instant('at').notNull(),
    usedPicoUsd: amount('used_pico_usd').notNull(),
    limitPicoUsd: amount('limit_pico_usd').notNull(),
  },
  (table) => [
    primaryKey({
      name: 'budget_crossings_pk',
      columns: [table.accountId, table.budgetId, table.windowStart, table.threshold],
    }),
    index('budget_crossings_at').on(table.at),
  ],
)

/** Operators' exceptions, which end by themselves. */
export const quotaOverrides = pgTable(
  'quota_overrides',
  {
    accountId: text('account_id').notNull(),
    /** `ovr_…` */
    id: text('id').notNull(),
    scope: scope('scope').notNull(),
    scopeId: text('scope_id').notNull(),
    measure: text('measure', { enum: ['requests', 'tokens', 'cost', 'concurrent'] }).notNull(),
    window: text('window', { enum: ['minute', 'day', 'month', 'running'] }).notNull(),
    /** In place of plan and budget; null lifts the limit. */
    limit: amount('limit_amount'),
    expiresAt: instant('expires_at').notNull(),
    /** The operator's own words. */
    reason: text('reason').notNull(),
    createdBy: text('created_by').notNull(),
    createdAt: instant('created_at').notNull(),
    /** Ended by an operator before its time. */
    endedAt: instant('ended_at'),
    endedBy: text('ended_by'),
  },
  (table) => [
    primaryKey({ name: 'quota_overrides_pk', columns: [table.accountId, table.id] }),
    index('quota_overrides_expires').on(table.expiresAt),
  ],
)

/** Counters of use against limits, one row per meter and window; its lock is what makes a lease atomic. */
export const quotaCounters = pgTable(
  'quota_counters',
  {
    accountId: text('account_id').notNull(),
    /** Scope, measure, window and id: `meterKey` of `lib/quotas/quota-terms`. */
    counter: text('counter').notNull(),
    windowStart: instant('window_start').notNull(),
    windowEnd: instant('window_end').notNull(),
    /** When somebody last found too little while others had some to spare. */
    recalledAt: instant('recalled_at'),
  },
  (table) => [
    primaryKey({ name: 'quota_counters_pk', columns: [table.accountId, table.counter, table.windowStart] }),
    index('quota_counters_end').on(table.windowEnd),
  ],
)

/** What each instance has of a counter. One that has ended counts with `used` alone. */
export const quotaLeases = pgTable(
  'quota_leases',
  {
    accountId: text('account_id').notNull(),
    counter: text('counter').notNull(),
    windowStart: instant('window_start').notNull(),
    /** Id of the instance; `ledger` for what was used before anybody counted. */
    holder: text('holder').notNull(),
    granted: amount('granted').notNull(),
    used: amount('used').notNull(),
    /** Leased and not in use. */
    spare: amount('spare').notNull(),
    expiresAt: instant('expires_at').notNull(),
  },
  (table) => [
    primaryKey({
      name: 'quota_leases_pk',
      columns: [table.accountId, table.counter, table.windowStart, table.holder],
    }),
  ],
)

import { answerCacheGenerations } from '#schema/gateway'
import type { Database } from '#server/db/database'

/** Stands for every account. */
export const everyAccount = '*'

/** Whose answers were thrown away (null = everybody's), or that the warm-up list is to be asked. */
export type AnswerChange = { kind: 'purge'; accountId: string | null } | { kind: 'order' }

/** How often kept answers were thrown away: in memory for every request, read again when the configuration moves. */
export interface AnswerGenerations {
  /** Part of the key of an account's answers. */
  of(accountId: string): string
  /** Sum of everything that was ever thrown away or ordered: grows with each change. */
  revision(): number
  reload(): Promise<void>
  /** Told of each change that any instance made. */
  subscribe(listener: (change: AnswerChange) => void): void
}

export function createAnswerGenerations(db: Pick<Database, 'orm'>): AnswerGenerations {
  let known: Map<string, { generation: number; warmOrders: number }> | null = null
  const listeners: ((change: AnswerChange) => void)[] = []
  const generationOf = (id: string) => known?.get(id)?.generation ?? 0
  return {
    of: (accountId) => `${generationOf(everyAccount)}.${generationOf(accountId)}`,
    revision: () =>
      [...(known?.values() ?? [])].reduce(
        (sum, { generation, warmOrders }) => sum + generation + warmOrders,
        0,
      ),
    async reload() {
      const rows = await db.orm.select().from(answerCacheGenerations)
      const earlier = known
      known = new Map(rows.map((row) => [row.accountId, row]))
      if (!earlier) return
      const changes = rows.flatMap(({ accountId, generation, warmOrders }): AnswerChange[] => {
        const before = earlier.get(accountId)
        return [
          ...(generation === (before?.generation ?? 0)
            ? []
            : [{ kind: 'purge' as const, accountId: accountId === everyAccount ? null : accountId }]),
          ...(warmOrders === (before?.warmOrders ?? 0) ? [] : [{ kind: 'order' as const }]),
        ]
      })
      for (const change of changes) for (const listener of listeners) listener(change)
    },
    subscribe: (listener) => void listeners.push(listener),
  }
}

import { answerCacheGenerations } from '#schema/gateway'
import type { Database } from '#server/db/database'

/** Stands for every account. */
export const everyAccount = '*'

/** How often kept answers were thrown away: in memory for every request, read again when the configuration moves. */
export interface AnswerGenerations {
  /** Part of the key of an account's answers. */
  of(accountId: string): string
  reload(): Promise<void>
}

export interface AnswerGenerationsOptions {
  db: Pick<Database, 'orm'>
  /** Another instance has purged an account's answers, or everybody's (null): their room is free now. */
  onPurged(accountId: string | null): void
}

export function createAnswerGenerations({ db, onPurged }: AnswerGenerationsOptions): AnswerGenerations {
  let known: Map<string, number> | null = null
  return {
    of: (accountId) => `${known?.get(everyAccount) ?? 0}.${known?.get(accountId) ?? 0}`,
    async reload() {
      const rows = await db.orm.select().from(answerCacheGenerations)
      const earlier = known
      known = new Map(rows.map((row) => [row.accountId, row.generation]))
      if (!earlier) return
      for (const [accountId, generation] of known) {
        if (generation !== earlier.get(accountId)) onPurged(accountId === everyAccount ? null : accountId)
      }
    },
  }
}

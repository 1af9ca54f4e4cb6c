import { eq } from 'drizzle-orm'
import { type SettingsView, settingsView } from '#lib/contracts/settings'
import { settings } from '#schema/configuration'
import { type Along, bumpConfiguration } from '#server/config/configuration-version'
import type { Database } from '#server/db/database'

const key = 'general'

export interface SettingsChanger {
  actorId: string
  atMs: number
  along?: Along
}

/** Operators' settings: read from memory on the hot path, reloaded when the configuration version moves. */
export interface SettingsStore {
  current(): SettingsView
  reload(): Promise<void>
  /** Changes the given fields in one transaction with the configuration version. */
  update(change: Partial<SettingsView>, who: SettingsChanger): Promise<SettingsView>
}

export function createSettingsStore(db: Database): SettingsStore {
  let current = settingsView.parse({})
  const reload = async () => {
    const [row] = await db.orm.select().from(settings).where(eq(settings.key, key))
    current = settingsView.parse(row?.value ?? {})
  }
  return {
    current: () => current,
    reload,
    async update(change, who) {
      const changedAt = new Date(who.atMs)
      await db.orm.transaction(async (tx) => {
        const [row] = await tx.select().from(settings).where(eq(settings.key, key)).for('update')
        const before = settingsView.parse(row?.value ?? {})
        const value = settingsView.parse({ ...before, ...change })
        const written = { value, changedAt, changedBy: who.actorId }
        await tx
          .insert(settings)
          .values({ key, ...written })
          .onConflictDoUpdate({ target: settings.key, set: written })
        await who.along?.(tx, { before, after: value })
        await bumpConfiguration(tx)
      })
      await reload()
      return current
    },
  }
}

import { eq } from 'drizzle-orm'
import { type SettingsView, settingsView } from '#lib/contracts/settings'
import { settings } from '#schema/configuration'
import { bumpConfiguration } from '#server/config/configuration-version'
import type { Database } from '#server/db/database'

const key = 'general'

/** Operators' settings: read from memory on the hot path, reloaded when the configuration version moves. */
export interface SettingsStore {
  current(): SettingsView
  reload(): Promise<void>
  /** Changes the given fields in one transaction with the configuration version. */
  update(change: Partial<SettingsView>, who: { actorId: string; atMs: number }): Promise<SettingsView>
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
        const value = settingsView.parse({ ...settingsView.parse(row?.value ?? {}), ...change })
        const written = { value, changedAt, changedBy: who.actorId }
        await tx
          .insert(settings)
          .values({ key, ...written })
          .onConflictDoUpdate({ target: settings.key, set: written })
        await bumpConfiguration(tx)
      })
      await reload()
      return current
    },
  }
}

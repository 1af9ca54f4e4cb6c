import { and, eq } from 'drizzle-orm'
import { users } from '#schema/access'
import type { Transaction } from '#server/config/configuration-version'

const isEnabledAdmin = and(eq(users.role, 'admin'), eq(users.disabled, false))

/** Can anybody administer the console? */
export async function hasEnabledAdmin(tx: Transaction): Promise<boolean> {
  const rows = await tx.select({ id: users.id }).from(users).where(isEnabledAdmin).limit(1)
  return rows.length > 0
}

/** Ids of the enabled admins, locked until the transaction ends so that two of them cannot leave at once. */
export async function lockEnabledAdmins(tx: Transaction): Promise<string[]> {
  const rows = await tx
    .select({ id: users.id })
    .from(users)
    .where(isEnabledAdmin)
    .orderBy(users.id)
    .for('update')
  return rows.map((row) => row.id)
}

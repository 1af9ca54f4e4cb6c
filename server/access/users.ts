import { asc, eq } from 'drizzle-orm'
import type { z } from 'zod'
import type { UserView, updateUserBody } from '#lib/contracts/access'
import { sessions, signInAccounts, users } from '#schema/access'
import { lockEnabledAdmins } from '#server/access/enabled-admins'
import { type Along, bumpConfiguration } from '#server/config/configuration-version'
import type { Database } from '#server/db/database'
import { AppError } from '#server/http/app-error'
import type { Clock } from '#server/telemetry/clock'

export type UpdateUser = z.infer<typeof updateUserBody> & { id: string; along?: Along }

export interface Users {
  /** By name. */
  list(): Promise<UserView[]>
  /**
   * Changes role or state. Both take effect with the user's next request, and disabling ends every session.
   *
   * @throws AppError `not_found`, or `conflict` if nobody could administer the console any more.
   */
  update(change: UpdateUser): Promise<UserView>
}

const methodNames: Readonly<Record<string, string>> = { credential: 'password' }

type UserRow = typeof users.$inferSelect

/** The people who may use the console. */
export function createUsers({ db, clock }: { db: Database; clock: Clock }): Users {
  return {
    async list() {
      const rows = await db.orm.select().from(users).orderBy(asc(users.name), asc(users.id))
      const accounts = await db.orm
        .select({ userId: signInAccounts.userId, providerId: signInAccounts.providerId })
        .from(signInAccounts)
        .orderBy(asc(signInAccounts.providerId))
      const methods = Map.groupBy(accounts, ({ userId }) => userId)
      return rows.map((row) =>
        toView(
          row,
          (methods.get(row.id) ?? []).map(({ providerId }) => providerId),
        ),
      )
    },
    update: (change) => updateUser(db, change, clock.nowMs()),
  }
}

async function updateUser(db: Database, change: UpdateUser, nowMs: number): Promise<UserView> {
  return db.orm.transaction(async (tx) => {
    const admins = await lockEnabledAdmins(tx)
    const leaves = change.disabled === true || (change.role !== undefined && change.role !== 'admin')
    if (leaves && admins.length === 1 && admins[0] === change.id) {
      throw new AppError('conflict', {
        message: 'This is the last admin who can sign in. Give somebody else the role admin first.',
      })
    }
    const [present] = await tx.select().from(users).where(eq(users.id, change.id))
    const [row] = await tx
      .update(users)
      .set({ role: change.role, disabled: change.disabled, updatedAt: new Date(nowMs) })
      .where(eq(users.id, change.id))
      .returning()
    if (!row)
      throw new AppError('not_found', {
        message: 'No user has this id. The list of users shows those there are.',
      })
    if (row.disabled) await tx.delete(sessions).where(eq(sessions.userId, row.id))
    const told = (user: UserRow | undefined) => user && { role: user.role, disabled: user.disabled }
    await change.along?.(tx, { before: told(present), after: told(row) })
    await bumpConfiguration(tx)
    const accounts = await tx.select().from(signInAccounts).where(eq(signInAccounts.userId, row.id))
    return toView(
      row,
      accounts.map(({ providerId }) => providerId),
    )
  })
}

function toView(row: UserRow, providerIds: readonly string[]): UserView {
  return {
    id: row.id,
    name: row.name,
    email: row.email,
    role: row.role,
    disabled: row.disabled,
    createdAt: row.createdAt.toISOString(),
    lastSignInAt: row.lastSignInAt?.toISOString() ?? null,
    signInMethods: [...new Set(providerIds.map((id) => methodNames[id] ?? id))],
  }
}

import { eq } from 'drizzle-orm'
import type { Role } from '#lib/contracts/access'
import { signInAccounts, users } from '#schema/access'
import { newId } from '#server/access/new-id'
import type { Transaction } from '#server/config/configuration-version'
import { AppError } from '#server/http/app-error'

export interface NewUser {
  name: string
  email: string
  role: Role
  /** Of `hashPassword`. */
  passwordHash: string
  /** Does somebody we trust vouch for the address? Only then may an Entra ID identity with it be linked. */
  emailVerified: boolean
  createdAtMs: number
}

/** scrypt, as better-auth verifies it. Takes tens of milliseconds off the main thread; never call it in a transaction. */
export async function hashPassword(password: string): Promise<string> {
  const crypto = await import('better-auth/crypto')
  return crypto.hashPassword(password)
}

/**
 * Inserts a user who signs in by password, and returns the id.
 *
 * @throws AppError `conflict` when the address is taken.
 */
export async function createUser(tx: Transaction, user: NewUser): Promise<string> {
  const createdAt = new Date(user.createdAtMs)
  const times = { createdAt, updatedAt: createdAt }
  const email = user.email.toLowerCase()
  const [created] = await tx
    .insert(users)
    .values({
      id: newId('usr'),
      name: user.name,
      email,
      role: user.role,
      emailVerified: user.emailVerified,
      ...times,
    })
    .onConflictDoNothing({ target: users.email })
    .returning({ id: users.id })
  if (!created) {
    throw new AppError('conflict', {
      message: 'A user with this e-mail address exists already; sign in instead.',
    })
  }
  await tx.insert(signInAccounts).values({
    id: newId('sia'),
    userId: created.id,
    accountId: created.id,
    providerId: 'credential',
    password: user.passwordHash,
    ...times,
  })
  return created.id
}

/** Is there a user with this address, whatever their role and state? */
export async function userExists(tx: Transaction, email: string): Promise<boolean> {
  const rows = await tx
    .select({ id: users.id })
    .from(users)
    .where(eq(users.email, email.toLowerCase()))
    .limit(1)
  return rows.length > 0
}

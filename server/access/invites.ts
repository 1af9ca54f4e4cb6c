import { randomBytes } from 'node:crypto'
import { and, eq, gt, isNull } from 'drizzle-orm'
import type { z } from 'zod'
import { toBase64Url } from '#lib/access/api-key-format'
import type { acceptInviteBody, InviteLink, Role } from '#lib/contracts/access'
import { invites } from '#schema/access'
import { createUser, hashPassword } from '#server/access/create-user'
import { hasEnabledAdmin } from '#server/access/enabled-admins'
import { hashSecret } from '#server/access/hash-secret'
import { newId } from '#server/access/new-id'
import type { RateLimiter } from '#server/access/rate-limiter'
import { type Along, bumpConfiguration, type Transaction } from '#server/config/configuration-version'
import type { Database } from '#server/db/database'
import { AppError } from '#server/http/app-error'
import type { Clock } from '#server/telemetry/clock'

const hourMs = 3_600_000
const firstOperatorMs = 24 * hourMs
const invitedMs = 7 * 24 * hourMs
const acceptRule = { max: 10, windowMs: 60_000 }

/** `invites.created_by` of the first operator's links; no user id looks like it. */
const firstOperator = 'first-operator'

export interface CreateInvite {
  role: Role
  /** Only this address may accept; null lets the holder of the link choose. */
  email: string | null
  createdBy: string
  along?: Along
}

export type AcceptInvite = z.infer<typeof acceptInviteBody>

/** As `Along`, and told who accepted. */
export type AcceptAlong = (tx: Transaction, accepted: { userId: string; role: Role }) => Promise<void>

export interface Invites {
  /** The link is in the answer and nowhere else: only its hash is stored. */
  create(invite: CreateInvite): Promise<InviteLink>
  /**
   * Makes the user, once per link, and returns the id and the address with which to sign in. `address` is the caller's,
   * for the rate limit.
   *
   * @throws AppError `not_found` (unknown, used, replaced, expired), `invalid_request`, `conflict`, `rate_limited`.
   */
  accept(
    acceptance: AcceptInvite & { along?: AcceptAlong },
    address: string,
  ): Promise<{ userId: string; email: string }>
  /** While nobody can administer the console: a fresh link that makes an admin; links given before stop working. */
  ensureFirstOperatorLink(): Promise<InviteLink | null>
}

export interface InvitesOptions {
  db: Database
  clock: Clock
  limiter: RateLimiter
  /** Address of the console, without a slash at its end. */
  publicUrl(): string
}

type Invite = typeof invites.$inferSelect

/** One-time links by which people get a console account. */
export function createInvites(options: InvitesOptions): Invites {
  const { db } = options
  return {
    create: (invite) => db.orm.transaction((tx) => issue(options, tx, { ...invite, lifeMs: invitedMs })),
    async accept(acceptance, address) {
      await options.limiter.enforce(`address:${address}:invites/accept`, acceptRule)
      const tokenHash = hashSecret(acceptance.token)
      requireUsable(await findUsable(options, db.orm, tokenHash), acceptance.email)
      const passwordHash = await hashPassword(acceptance.password)
      return db.orm.transaction((tx) => use(options, tx, { ...acceptance, tokenHash, passwordHash }))
    },
    ensureFirstOperatorLink: () => db.orm.transaction((tx) => replaceFirstOperatorLink(options, tx)),
  }
}

async function issue(
  options: InvitesOptions,
  tx: Transaction,
  invite: CreateInvite & { lifeMs: number },
): Promise<InviteLink> {
  const token = toBase64Url(randomBytes(32))
  const nowMs = options.clock.nowMs()
  const expiresAt = new Date(nowMs + invite.lifeMs)
  await tx.insert(invites).values({
    id: newId('inv'),
    tokenHash: hashSecret(token),
    role: invite.role,
    email: invite.email?.toLowerCase() ?? null,
    createdAt: new Date(nowMs),
    createdBy: invite.createdBy,
    expiresAt,
  })
  await invite.along?.(tx, { after: { role: invite.role } })
  return { url: `${options.publicUrl()}/welcome?token=${token}`, expiresAt: expiresAt.toISOString() }
}

async function replaceFirstOperatorLink(
  options: InvitesOptions,
  tx: Transaction,
): Promise<InviteLink | null> {
  if (await hasEnabledAdmin(tx)) return null
  await tx
    .update(invites)
    .set({ expiresAt: new Date(options.clock.nowMs()) })
    .where(and(eq(invites.createdBy, firstOperator), isNull(invites.usedAt)))
  return issue(options, tx, { role: 'admin', email: null, createdBy: firstOperator, lifeMs: firstOperatorMs })
}

function usable(options: InvitesOptions, tokenHash: string) {
  const now = new Date(options.clock.nowMs())
  return and(eq(invites.tokenHash, tokenHash), isNull(invites.usedAt), gt(invites.expiresAt, now))
}

async function findUsable(
  options: InvitesOptions,
  tx: Transaction,
  tokenHash: string,
): Promise<Invite | undefined> {
  const [invite] = await tx.select().from(invites).where(usable(options, tokenHash))
  return invite
}

function requireUsable(invite: Invite | undefined, email: string): Invite {
  if (!invite) throw notUsable()
  if (invite.email !== null && invite.email !== email.toLowerCase()) {
    const message = 'is not the address that was invited'
    throw new AppError('invalid_request', {
      message: `email: ${message}`,
      param: 'email',
      errors: [{ path: 'email', message }],
    })
  }
  return invite
}

function notUsable(): AppError {
  return new AppError('not_found', {
    message:
      'This link does not work: it was used, replaced, has expired, or is incomplete. Ask an admin for a new one.',
  })
}

/** Takes the invitation and makes the user, both or neither. Row locks let one of several callers win. */
async function use(
  options: InvitesOptions,
  tx: Transaction,
  acceptance: AcceptInvite & { tokenHash: string; passwordHash: string; along?: AcceptAlong },
): Promise<{ userId: string; email: string }> {
  const now = new Date(options.clock.nowMs())
  // Instances that start together may each have printed a link: whoever uses one first waits for nobody, the rest for them.
  const firstLinks = tx.select({ id: invites.id }).from(invites).where(eq(invites.createdBy, firstOperator))
  await firstLinks.orderBy(invites.id).for('update')
  const [taken] = await tx
    .update(invites)
    .set({ usedAt: now })
    .where(usable(options, acceptance.tokenHash))
    .returning()
  const invite = requireUsable(taken, acceptance.email)
  if (invite.createdBy === firstOperator && (await hasEnabledAdmin(tx))) throw notUsable()
  const userId = await createUser(tx, {
    name: acceptance.name,
    email: acceptance.email,
    role: invite.role,
    passwordHash: acceptance.passwordHash,
    emailVerified: invite.email !== null || invite.createdBy === firstOperator,
    createdAtMs: now.getTime(),
  })
  await tx.update(invites).set({ usedBy: userId }).where(eq(invites.id, invite.id))
  await acceptance.along?.(tx, { userId, role: invite.role })
  await bumpConfiguration(tx)
  return { userId, email: acceptance.email.toLowerCase() }
}

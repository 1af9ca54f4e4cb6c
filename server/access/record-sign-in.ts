import { eq } from 'drizzle-orm'
import { users } from '#schema/access'
import type { RecordAudit } from '#server/audit/record-audit'
import type { Transaction } from '#server/config/configuration-version'
import type { Database } from '#server/db/database'
import { AppError } from '#server/http/app-error'

/** What people do at the door, for the audit log. */
export interface SignInRecord {
  /** In the transaction that notes when they last signed in. */
  signedIn(tx: Transaction, entry: { userId: string; method: string; correlationId: string }): Promise<void>
  /** Somebody was turned away; by their address, where they gave one. */
  refused(entry: { email: string | null; method: string; why: string; correlationId: string }): Promise<void>
  signedOut(entry: { userId: string; correlationId: string }): Promise<void>
  changedPassword(entry: { userId: string; refused: boolean; correlationId: string }): Promise<void>
}

export function createSignInRecord({
  db,
  record,
}: {
  db: Pick<Database, 'orm'>
  record: RecordAudit
}): SignInRecord {
  return {
    signedIn: (tx, { userId, method, correlationId }) =>
      record(tx, {
        ...ownAct('user.sign_in', userId),
        after: { method },
        correlationId,
      }),
    async refused({ email, method, why, correlationId }) {
      await record(db.orm, {
        action: 'user.sign_in',
        actorId: null,
        resource: 'user',
        subject: email === null ? null : await subjectOf(db, email.toLowerCase()),
        outcome: 'refused',
        after: { method, why },
        correlationId,
      })
    },
    signedOut: ({ userId, correlationId }) =>
      record(db.orm, { ...ownAct('user.sign_out', userId), correlationId }),
    changedPassword: ({ userId, refused, correlationId }) =>
      record(db.orm, {
        ...ownAct('user.change_password', userId),
        outcome: refused ? 'refused' : 'success',
        correlationId,
      }),
  }
}

/** Whether the error says that somebody was turned away, and not that the request was malformed or too early. */
export function isTurnedAway(error: unknown): error is AppError {
  return AppError.is(error) && error.code === 'not_signed_in'
}

/** In one word, as better-auth says it: `invalid_email_or_password`, `account_disabled`. */
export function whyTurnedAway({ code, cause }: AppError): string {
  return typeof cause === 'string' ? cause.toLowerCase() : code
}

function ownAct<Action extends 'user.sign_in' | 'user.sign_out' | 'user.change_password'>(
  action: Action,
  userId: string,
) {
  return { action, actorId: userId, resource: 'user', subject: { kind: 'user', id: userId } } as const
}

/** Who has the address, else the address itself: guesses at unknown ones belong together too. */
async function subjectOf(db: Pick<Database, 'orm'>, email: string) {
  const [user] = await db.orm.select({ id: users.id }).from(users).where(eq(users.email, email))
  return user ? ({ kind: 'user', id: user.id } as const) : ({ kind: 'email', id: email } as const)
}

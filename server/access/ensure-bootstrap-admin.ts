import type { AccessLog } from '#server/access/access-log'
import { createUser, hashPassword, userExists } from '#server/access/create-user'
import type { Database } from '#server/db/database'
import { AppError } from '#server/http/app-error'
import type { Clock } from '#server/telemetry/clock'

export interface BootstrapAdmin {
  email: string
  password: string
}

/** Makes the admin that the environment names, if there is no user with that address; never changes one. */
export async function ensureBootstrapAdmin(
  { db, clock, log }: { db: Database; clock: Clock; log: AccessLog },
  admin: BootstrapAdmin,
): Promise<void> {
  if (await userExists(db.orm, admin.email)) return sayPresent(log)
  const passwordHash = await hashPassword(admin.password)
  try {
    const createdAtMs = clock.nowMs()
    const user = { name: 'Administrator', email: admin.email, role: 'admin', emailVerified: true } as const
    const userId = await db.orm.transaction((tx) => createUser(tx, { ...user, passwordHash, createdAtMs }))
    log.info({ userId }, 'The bootstrap admin was created')
  } catch (cause) {
    // Another instance that starts at the same time may have been faster.
    if (AppError.is(cause) && cause.code === 'conflict') return sayPresent(log)
    throw cause
  }
}

function sayPresent(log: AccessLog): void {
  log.info(
    {},
    'The bootstrap admin exists already and was left as it is; its password is changed in the console, not in the environment',
  )
}

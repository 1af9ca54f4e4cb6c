import { nextFollower } from '#server/migration/backfill-records'
import { everyAccount } from '#server/migration/dual-switches'
import { type Reconciliation, reconcileStores } from '#server/migration/reconcile-stores'

interface Due {
  reconcile_account: string | null
  reconcile_repairs: boolean | null
}

/** `accountId`: whose switch, an account's or `everyAccount`. */
export type ReconcileStep = Omit<Reconciliation, 'repair'> & {
  /** From the end of one comparison to the next. */
  everyMs: number
  /** Whether comparisons that nobody asked for repair. */
  repairs: boolean
}

/**
 * Compares the next account of a switch whose comparison is due, and notes how far it came; false when none is due. When
 * the last account is through, the next comparison is due after `everyMs`. A step that is done twice changes nothing.
 */
export async function reconcileStep(step: ReconcileStep, nowMs: number): Promise<boolean> {
  const { db, stream, accountId, repairs } = step
  const { rows } = await db.pool.query<Due>(
    `SELECT reconcile_account, reconcile_repairs FROM dual_switches
     WHERE stream = $1 AND account_id = $2 AND enabled AND reconcile_due_at <= $3`,
    [stream, accountId, new Date(nowMs)],
  )
  const [due] = rows
  if (!due) return false
  const isWalk = accountId === everyAccount
  const account = isWalk ? await nextFollower(step, due.reconcile_account) : accountId
  if (account !== null)
    await reconcileStores({ ...step, accountId: account, repair: due.reconcile_repairs ?? repairs }, nowMs)
  if (isWalk && account !== null) await noteAccount(step, { due, account })
  else await noteEnd(step, { due, nowMs })
  return true
}

async function noteAccount(
  { db, stream, accountId }: ReconcileStep,
  { due, account }: { due: Due; account: string },
): Promise<void> {
  await db.pool.query(
    `UPDATE dual_switches SET reconcile_account = $3
     WHERE stream = $1 AND account_id = $2 AND reconcile_account IS NOT DISTINCT FROM $4`,
    [stream, accountId, account, due.reconcile_account],
  )
}

async function noteEnd(
  { db, stream, accountId, everyMs }: ReconcileStep,
  { due, nowMs }: { due: Due; nowMs: number },
): Promise<void> {
  await db.pool.query(
    `UPDATE dual_switches SET reconcile_account = NULL, reconciled_at = $3, reconcile_due_at = $4, reconcile_repairs = NULL
     WHERE stream = $1 AND account_id = $2 AND enabled AND reconcile_account IS NOT DISTINCT FROM $5`,
    [stream, accountId, new Date(nowMs), new Date(nowMs + everyMs), due.reconcile_account],
  )
}

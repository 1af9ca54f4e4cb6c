import type { CutoverRouteView, CutoverView } from '#lib/contracts/migration'
import { evaluateCutover } from '#lib/migration/evaluate-cutover'
import { candidateWeightBps } from '#lib/traffic/rollout-state'
import { signReport } from '#server/audit/signed-report'
import type { SigningKeys } from '#server/audit/signing-keys'
import { latestReady, readVariance } from '#server/costs/read-reconciliations'
import type { Container } from '#server/create-container'
import { AppError } from '#server/http/app-error'
import { readAlerts, readCutoverFacts } from '#server/migration/read-cutover-facts'
import { lastBackupAtMs } from '#server/recovery/record-backup'
import { judgeRollout } from '#server/traffic/judge-rollout'
import { readRollout, readRollouts, type StoredRollout } from '#server/traffic/rollout-rows'

type Parts = Pick<
  Container,
  'db' | 'clock' | 'catalog' | 'settings' | 'gateway' | 'migration' | 'version' | 'simulated'
>

/** Evidence that all routes share. */
interface Shared {
  lastBackupAtMs: number | null
  invoice: { lastDay: string; varianceRatio: number } | null
}

const mostRoutes = 50

/** Every route that leaves an old provider, held against the criteria: rollouts from `legacy` that are not over. */
export async function describeCutover(parts: Parts): Promise<CutoverView> {
  const found = await readRollouts(parts.db.orm, mostRoutes)
  const routes = found.filter(isLeaving)
  const shared = routes.length === 0 ? null : await readShared(parts)
  return {
    routes: shared ? await Promise.all(routes.map((rollout) => describeRoute(parts, rollout, shared))) : [],
    limits: parts.settings.current().cutover,
  }
}

function isLeaving({ baseline, state }: StoredRollout): boolean {
  return baseline === 'legacy' && state.phase !== 'rolled_back' && state.phase !== 'retired'
}

async function readShared({ db, gateway }: Parts): Promise<Shared> {
  const id = await latestReady(db)
  const variance = id === null ? null : await readVariance(db, { id, book: gateway.priceBook(), most: 1 })
  const { lastDay = null, varianceRatio = null } = variance ?? {}
  return {
    lastBackupAtMs: await lastBackupAtMs(db),
    invoice: lastDay === null || varianceRatio === null ? null : { lastDay, varianceRatio },
  }
}

async function describeRoute(
  parts: Parts,
  rollout: StoredRollout,
  shared: Shared,
): Promise<CutoverRouteView> {
  const nowMs = parts.clock.nowMs()
  const { id, tier, operation, state, plan } = rollout
  const [facts, openAlerts, parity] = await Promise.all([
    readCutoverFacts(parts, rollout),
    readAlerts(parts, rollout, null),
    countPairs(parts, id),
  ])
  const { guardrails } = judgeRollout(rollout, { nowMs, dualWrite: facts.dualWrite })
  const snapshot = { ...facts, ...shared, guardrails, parity, openAlerts, nowMs }
  const { status, criteria } = evaluateCutover(snapshot, parts.settings.current().cutover)
  return {
    rolloutId: id,
    tier,
    operation,
    phase: state.phase,
    weightBps: candidateWeightBps(state, plan),
    status,
    criteria: [...criteria],
  }
}

/** Over every shadow step of a rollout. */
async function countPairs(
  { db }: Parts,
  rolloutId: string,
): Promise<{ pairs: number; alike: number } | null> {
  const { rows } = await db.pool.query<{ pairs: number; alike: number }>(
    `SELECT count(*)::int AS pairs, (count(*) FILTER (WHERE NOT breaking))::int AS alike
     FROM shadow_pairs WHERE rollout_id = $1`,
    [rolloutId],
  )
  return rows[0] ?? null
}

/**
 * The checklist of one route as a file that is signed with the program's key.
 * @throws AppError `not_found` for a rollout that is none, or leaves no old provider.
 */
export async function signCutoverReport(
  parts: Parts,
  { id, keys }: { id: string; keys: SigningKeys },
): Promise<string> {
  const rollout = await readRollout(parts.db.orm, id)
  if (rollout?.baseline !== 'legacy')
    throw new AppError('not_found', { message: `There is no rollout ${id} that leaves an old provider.` })
  const { clock, settings, version, simulated } = parts
  return signReport(
    {
      title: 'huntaze cutover checklist 1',
      at: new Date(clock.nowMs()).toISOString(),
      version,
      simulated,
      limits: settings.current().cutover,
      ...(await describeRoute(parts, rollout, await readShared(parts))),
    },
    keys,
  )
}

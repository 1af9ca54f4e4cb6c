import { and, eq, inArray, isNull, ne } from 'drizzle-orm'
import type { OperatorAction } from '#lib/audit/audit-action'
import { type CutoverFacts, cutoverRefusal } from '#lib/migration/cutover-refusal'
import type { RolloutVerdict } from '#lib/traffic/evaluate-rollout'
import {
  candidateWeightBps,
  changeRollout,
  type RolloutCommand,
  type RolloutMove,
  type RolloutState,
} from '#lib/traffic/rollout-state'
import { rolloutEvents, rollouts, rolloutUnits } from '#schema/rollouts'
import type { RecordAudit } from '#server/audit/record-audit'
import { bumpConfiguration, type Transaction } from '#server/config/configuration-version'
import { AppError } from '#server/http/app-error'
import { type StoredRollout, stateColumns, toRollout } from '#server/traffic/rollout-rows'

/** One command to one rollout, of an operator or of the evaluator. */
export interface RolloutStep {
  id: string
  command: RolloutCommand
  move: RolloutMove
  /** What the gates and guardrails said; kept with the event. */
  verdict: RolloutVerdict | null
  correlationId: string
  record: RecordAudit
  /** What leaving an old provider is held against. */
  cutover: CutoverFacts
}

/** The command's name in the audit log. */
const actions: Readonly<Record<RolloutCommand, OperatorAction>> = {
  start: 'rollout.start',
  await_approval: 'rollout.await_approval',
  advance: 'rollout.advance',
  approve: 'rollout.approve',
  hold: 'rollout.hold',
  release: 'rollout.release',
  pause: 'rollout.pause',
  resume: 'rollout.resume',
  step_down: 'rollout.step_down',
  roll_back: 'rollout.roll_back',
  complete: 'rollout.complete',
  retire: 'rollout.retire',
}

/** The rollout with its row locked until the transaction ends; null when there is none. */
export async function lockRollout(tx: Transaction, id: string): Promise<StoredRollout | null> {
  const [row] = await tx.select().from(rollouts).where(eq(rollouts.id, id)).for('update')
  return row ? toRollout(row) : null
}

/**
 * Applies a command to a locked rollout: its state, its event, the audit entry and the configuration version, in one
 * transaction. What a new one takes over from an ended one of the same scope is taken from it here.
 * @throws AppError `conflict` when the state does not take the command, or a criterion of the cutover is not met.
 */
export async function moveRollout(
  tx: Transaction,
  rollout: StoredRollout,
  step: RolloutStep,
): Promise<RolloutState> {
  const changed = changeRollout({ state: rollout.state, plan: rollout.plan }, step.command, step.move)
  if (!changed.ok)
    throw new AppError('conflict', { message: `${capital(changed.problem)}.`, param: 'command' })
  const { baseline, plan, state: before } = rollout
  const { nowMs } = step.move
  const refusal = cutoverRefusal({ baseline, plan, before, after: changed.state, nowMs }, step.cutover)
  if (refusal !== null)
    throw new AppError('conflict', { message: `${refusal}. Nothing was changed.`, param: 'command' })
  if (step.command === 'start') await retireOthers(tx, rollout, step)
  await writeMove(tx, rollout, { step, state: changed.state })
  await bumpConfiguration(tx)
  return changed.state
}

async function writeMove(
  tx: Transaction,
  rollout: StoredRollout,
  { step, state }: { step: RolloutStep; state: RolloutState },
): Promise<void> {
  const { command, move, verdict, correlationId } = step
  const { id, plan } = rollout
  const [from, to] = [standing(rollout.state, plan), standing(state, plan)]
  const at = new Date(move.nowMs)
  await tx
    .update(rollouts)
    .set({
      ...stateColumns(state),
      priorVisit: priorVisitAfter(rollout, state),
      ...(rollout.startedAtMs === null && state.stepSinceMs !== null ? { startedAt: at } : {}),
    })
    .where(eq(rollouts.id, id))
  await tx.insert(rolloutEvents).values({
    rolloutId: id,
    version: state.version,
    at,
    actorId: move.actorId,
    command,
    fromPhase: rollout.state.phase,
    toPhase: state.phase,
    fromStep: rollout.state.step,
    toStep: state.step,
    fromWeightBps: from.weightBps,
    toWeightBps: to.weightBps,
    reason: move.reason,
    verdict: verdict && { gates: verdict.gates, guardrails: verdict.guardrails },
  })
  if (state.phase === 'rolled_back' || state.phase === 'retired')
    await tx.delete(rolloutUnits).where(eq(rolloutUnits.rolloutId, id))
  await step.record(tx, {
    action: actions[command],
    actorId: move.actorId,
    resource: `rollout/${id}`,
    before: from,
    after: to,
    reason: move.reason,
    correlationId,
  })
}

/** Running conversations stay only where the candidate's share grows: a step down is meant to move them. */
function priorVisitAfter(
  { state: before, plan, priorVisit }: StoredRollout,
  after: RolloutState,
): number | null {
  if (after.visit === before.visit) return priorVisit
  const grows = candidateWeightBps(after, plan) > candidateWeightBps(before, plan)
  return grows && before.stepSinceMs !== null ? before.visit : null
}

/** Rollouts of the same scope that have ended still say where its traffic goes: a new one takes that over. */
async function retireOthers(tx: Transaction, rollout: StoredRollout, step: RolloutStep): Promise<void> {
  const { id, tier, operation } = rollout
  const rows = await tx
    .select()
    .from(rollouts)
    .where(
      and(
        eq(rollouts.tier, tier),
        operation === null ? isNull(rollouts.operation) : eq(rollouts.operation, operation),
        inArray(rollouts.phase, ['rolled_back', 'completed']),
        ne(rollouts.id, id),
      ),
    )
    .for('update')
  for (const other of rows.map(toRollout)) {
    const move = { ...step.move, reason: `${id} takes over: ${step.move.reason}` }
    const retired = changeRollout({ state: other.state, plan: other.plan }, 'retire', move)
    if (!retired.ok) continue
    const wanted = { ...step, id: other.id, command: 'retire' as const, move, verdict: null }
    await writeMove(tx, other, { step: wanted, state: retired.state })
  }
}

function standing(state: RolloutState, plan: StoredRollout['plan']) {
  const { phase, step, version } = state
  return { phase, step: step + 1, weightBps: candidateWeightBps(state, plan), version }
}

function capital(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1)
}

import { sql } from 'drizzle-orm'
import { experimentReading } from '#lib/contracts/experiments'
import { addCountedSpan, type CountedEvidence, noCountedEvidence } from '#lib/experiments/experiment-samples'
import type { ExperimentReport, TreatmentReport } from '#lib/experiments/report-experiment'
import { experimentReadings } from '#schema/experiments'
import {
  addExperimentEvent,
  commitExperimentChange,
  type ExperimentParts,
  updateExperiment,
} from '#server/experiments/commit-experiment-change'
import { type ExperimentRecord, listRunning, requireExperiment } from '#server/experiments/experiment-rows'
import { reportRunning } from '#server/experiments/report-record'
import { spanMs } from '#server/experiments/trial-counts'
import { AppError } from '#server/http/app-error'

/** Counts of a span come in until so long after its end. */
const settleMs = 5_000

/**
 * Looks at every running experiment once: takes new spans into its evidence, stops variants that harm, holds the verdict on a
 * mismatch and notes where it stands. Returns how many there are.
 */
export async function lookAtExperiments(parts: ExperimentParts): Promise<number> {
  await parts.experiments.counts.flush().catch(() => undefined)
  const running = await listRunning(parts.db.orm)
  for (const experiment of running) {
    try {
      await lookAt(parts, experiment)
    } catch (error) {
      // Somebody changed it meanwhile: the next look sees what they made of it.
      if (!AppError.is(error) || error.code !== 'conflict') throw error
    }
  }
  return running.length
}

async function lookAt(parts: ExperimentParts, seen: ExperimentRecord): Promise<void> {
  const experiment = await countSpans(parts, seen)
  const nowMs = parts.clock.nowMs()
  const report = await reportRunning(parts.db, experiment, nowMs)
  await noteReadings(parts, experiment, report)
  await noteMismatch(parts, experiment, report)
  const harmful = report.treatments.filter(({ name, broken }) => broken && !(name in experiment.stopped))
  if (harmful.length > 0) await stopVariants(parts, experiment, { report, harmful })
}

interface SpanRow {
  starts_at: Date
  variant: string
  requests: number
  errors: number
  refusals: number
}

/** Takes every span that is over and not yet taken into the evidence of each treatment. */
async function countSpans(
  { db, clock }: Pick<ExperimentParts, 'db' | 'clock'>,
  experiment: ExperimentRecord,
): Promise<ExperimentRecord> {
  const throughMs = Math.floor((clock.nowMs() - settleMs) / spanMs) * spanMs
  const fromMs = experiment.countedThroughMs ?? 0
  if (throughMs <= fromMs) return experiment
  const { rows } = await db.pool.query<SpanRow>(
    `SELECT starts_at, variant, requests, errors, refusals FROM experiment_spans
     WHERE experiment_id = $1 AND starts_at >= $2::timestamptz AND starts_at < $3::timestamptz ORDER BY starts_at`,
    [experiment.id, new Date(fromMs).toISOString(), new Date(throughMs).toISOString()],
  )
  const counted = addRows(experiment, rows)
  await db.pool.query(
    'UPDATE experiments SET counted = $2::jsonb, counted_through = $3::timestamptz WHERE id = $1',
    [experiment.id, JSON.stringify(counted), new Date(throughMs).toISOString()],
  )
  return { ...experiment, counted, countedThroughMs: throughMs }
}

function addRows({ plan, counted, stopped }: ExperimentRecord, rows: readonly SpanRow[]) {
  const [control, ...treatments] = plan.variants
  const next: Record<string, CountedEvidence> = { ...counted }
  for (const span of Map.groupBy(rows, ({ starts_at }) => starts_at.getTime()).values()) {
    const old = countsOf(span, control?.name)
    for (const { name } of treatments) {
      if (name in stopped) continue
      next[name] = addCountedSpan(next[name] ?? noCountedEvidence, {
        control: old,
        variant: countsOf(span, name),
      })
    }
  }
  return next
}

function countsOf(span: readonly SpanRow[], variant: string | undefined) {
  const row = span.find((one) => one.variant === variant)
  const trials = row?.requests ?? 0
  return {
    error_rate: { trials, events: Math.min(trials, row?.errors ?? 0) },
    refusal_rate: { trials, events: Math.min(trials, row?.refusals ?? 0) },
  }
}

/** The first ten minutes are kept to 5 s, half a day to the minute, then every quarter of an hour. */
function readingStepMs(ranForMs: number): number {
  if (ranForMs < 600_000) return 5_000
  return ranForMs < 12 * 3_600_000 ? 60_000 : 900_000
}

async function noteReadings(
  { db, clock }: ExperimentParts,
  experiment: ExperimentRecord,
  { treatments }: ExperimentReport,
): Promise<void> {
  const nowMs = clock.nowMs()
  const stepMs = readingStepMs(nowMs - (experiment.startedAtMs ?? nowMs))
  const at = new Date(Math.floor(nowMs / stepMs) * stepMs)
  const rows = treatments.flatMap(({ name, primary: { interval, difference, control, variant } }) =>
    interval && difference !== null && !(name in experiment.stopped)
      ? [
          {
            experimentId: experiment.id,
            variant: name,
            at,
            units: control.units + variant.units,
            difference,
            ...interval,
          },
        ]
      : [],
  )
  if (rows.length === 0) return
  await db.orm
    .insert(experimentReadings)
    .values(rows)
    .onConflictDoUpdate({
      target: [experimentReadings.experimentId, experimentReadings.variant, experimentReadings.at],
      set: {
        units: sql`excluded.units`,
        difference: sql`excluded.difference`,
        lower: sql`excluded.lower`,
        upper: sql`excluded.upper`,
      },
    })
}

async function noteMismatch(
  parts: ExperimentParts,
  experiment: ExperimentRecord,
  { sampleRatio, sentence }: ExperimentReport,
): Promise<void> {
  const { isMismatched } = sampleRatio
  if (isMismatched === (experiment.mismatchedSinceMs !== null)) return
  const { db, clock, events } = parts
  await db.orm.transaction(async (tx) => {
    const since = isMismatched ? new Date(clock.nowMs()) : null
    await tx.execute(
      sql`UPDATE experiments SET mismatched_since = ${since?.toISOString() ?? null}::timestamptz WHERE id = ${experiment.id}`,
    )
    const reason = isMismatched ? sentence : 'Units are split as intended again.'
    const kind = isMismatched ? 'mismatch' : 'mismatch_over'
    await addExperimentEvent(parts, tx, {
      experimentId: experiment.id,
      event: { kind, reason, actorId: null },
    })
  })
  events.publish('configuration')
}

/** Stops what harms; an experiment of which no treatment is left ends with it. */
async function stopVariants(
  parts: ExperimentParts,
  { id }: ExperimentRecord,
  { report, harmful }: { report: ExperimentReport; harmful: readonly TreatmentReport[] },
): Promise<void> {
  const reading = experimentReading.parse(report)
  await commitExperimentChange(parts, async (tx) => {
    const present = await requireExperiment(tx, id)
    const why = Object.fromEntries(harmful.map(({ name, broken }) => [name, broken?.text ?? '']))
    const stopped = { ...present.stopped, ...why }
    const isOver = present.plan.variants.slice(1).every(({ name }) => name in stopped)
    const end = isOver ? { phase: 'stopped' as const, endedAt: new Date(parts.clock.nowMs()) } : {}
    if (present.phase !== 'running') throw new AppError('conflict', { message: `${id} runs no more.` })
    await updateExperiment(tx, present, { stopped, ...end })
    for (const [variant, reason] of Object.entries(why)) {
      const event = { kind: 'variant_stopped', variant, reason, reading, actorId: null } as const
      await addExperimentEvent(parts, tx, { experimentId: id, event })
    }
    return {
      action: 'experiment.stop_variant',
      actorId: null,
      resource: `experiment/${id}`,
      before: { stopped: Object.keys(present.stopped) },
      after: { stopped: Object.keys(stopped), phase: isOver ? 'stopped' : present.phase },
      reason: Object.entries(why)
        .map(([variant, text]) => `${variant}: ${text}`)
        .join('; '),
      correlationId: `${id}.guardrail`,
    }
  })
  parts.log.warn(
    { experimentId: id, variants: harmful.map(({ name }) => name) },
    'a guardrail stopped variants',
  )
}

import { joinChunks } from '#lib/gateway/join-chunks'
import { asItems, asRecord, parseJson } from '#lib/gateway/json-fields'
import { type AnswerParity, compareAnswers, comparedText } from '#lib/migration/compare-answers'
import type { Pseudonyms } from '#server/audit/pseudonyms'
import type { Database } from '#server/db/database'
import type { GatewayRun } from '#server/gateway/gateway-run'
import type { RolloutCounter } from '#server/traffic/rollout-counter'
import { distanceOf } from '#server/traffic/shadow/compare-meaning'
import { judgePair } from '#server/traffic/shadow/judge-pair'
import { askCandidate, type MirrorAnswer, mirrorPrice, mirrorTarget } from '#server/traffic/shadow/mirror-run'
import type { MirrorOrder, MirrorOutcome } from '#server/traffic/shadow/mirrors'
import { spenderOf } from '#server/traffic/shadow/shadow-budget'
import { savePair } from '#server/traffic/shadow/shadow-pairs'

export interface MirrorParts {
  db: Database
  pseudonyms: Pick<Pseudonyms, 'lookup'>
  counter: Pick<RolloutCounter, 'scored'>
}

/**
 * Sends one answered request to the candidate, within the cap, compares both answers and keeps what came of it. Aborted in the
 * middle it is paid for and leaves no pair.
 * @throws when the database does not take it.
 */
export async function mirrorRequest(
  parts: MirrorParts,
  order: MirrorOrder,
  signal: AbortSignal,
): Promise<MirrorOutcome> {
  const { run, body, share } = order
  const baseline = wholeAnswer(order.answer)
  if (baseline === null) return 'unreadable'
  const where = { share, requiredRegion: run.plan.requiredRegion, streamed: run.streamed }
  const deployment = mirrorTarget(run.parts, where)
  if (!deployment) return 'no_room'
  const most = mirrorPrice(run, body, deployment)
  if (most === null) return 'unpriced'
  const spender = spenderOf(parts.db, order)
  const reserved = await spender.reserve(most)
  if (reserved !== 'reserved') return reserved === 'reached' ? 'cap' : 'budget'
  // The database took its time: real traffic may have come since.
  if (signal.aborted || mirrorTarget(run.parts, where)?.id !== deployment.id) {
    await spender.settle(most, 0n)
    return 'no_room'
  }
  const mirrored = await askCandidate(run, { body, deployment, share, signal })
  await spender.settle(most, mirrored.run.costPicoUsd ?? most)
  if (!signal.aborted) await compare(parts, order, { baseline, mirrored, signal })
  return 'mirrored'
}

/** Null for what cannot be compared: speech has no words to hold against others, and would count as alike. */
function wholeAnswer(answer: MirrorOrder['answer']): Record<string, unknown> | null {
  const whole = asRecord(parseJson(typeof answer === 'string' ? answer : (joinChunks(answer) ?? '')))
  const speaks = asItems(whole?.choices).some((choice) => asRecord(asRecord(choice)?.message)?.audio)
  return speaks ? null : whole
}

interface Answers {
  baseline: unknown
  mirrored: MirrorAnswer
  signal: AbortSignal
}

async function compare(
  parts: MirrorParts,
  order: MirrorOrder,
  { baseline, mirrored, signal }: Answers,
): Promise<void> {
  const { run, body } = order
  const candidate = mirrored.answer
  const meant = await distanceOf(order, {
    spender: spenderOf(parts.db, order),
    texts: [comparedText(baseline), comparedText(candidate)],
    signal,
  })
  const judged = await judgePair(order, {
    baseline,
    candidate,
    pairId: mirrored.run.context.requestId,
    spender: spenderOf(parts.db, order),
    signal,
  })
  if (signal.aborted) return
  if (judged.scores) parts.counter.scored(order.share, judged.scores)
  const format = asRecord(body.response_format)?.type
  const parity = compareAnswers({
    baseline,
    candidate,
    isJsonDue: format === 'json_object' || format === 'json_schema',
    distance: meant.distance,
  })
  await savePair(parts.db, {
    order,
    mirror: mirrored.run,
    parity,
    judged: judged.scores,
    comparisonPicoUsd: meant.picoUsd + judged.picoUsd,
    texts: keptTexts(run, { baseline, candidate, parity }),
    creator: pseudonymOf(parts, { kind: 'creator', id: run.context.tags.creatorId }),
    fan: pseudonymOf(parts, { kind: 'fan', id: run.context.tags.fanId }),
  })
}

function pseudonymOf(
  { pseudonyms }: MirrorParts,
  { kind, id }: { kind: 'creator' | 'fan'; id: string | null },
): string | null {
  return id === null ? null : pseudonyms.lookup({ kind, id })
}

/** What is kept of an answer, and how much beyond it is looked at, so that nothing is cut before it is recognised. */
const keptCharacters = 400
const lookedAtCharacters = 600

/** Beginnings of both answers, redacted: only while storing prompts is on, and only where they differ. */
function keptTexts(
  { parts, context }: GatewayRun,
  { baseline, candidate, parity }: { baseline: unknown; candidate: unknown; parity: AnswerParity },
): { baseline: string | null; candidate: string | null } {
  if (!parts.storesPrompts() || parity.differences.length === 0) return { baseline: null, candidate: null }
  const kept = (answer: unknown) => {
    const text = comparedText(answer)
    return text && parts.redact(text.slice(0, lookedAtCharacters), context.tags).slice(0, keptCharacters)
  }
  return { baseline: kept(baseline), candidate: kept(candidate) }
}

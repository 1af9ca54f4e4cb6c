import type { AttemptRecord, LedgerRecord } from '#lib/costs/ledger-record'
import type { RouteReason } from '#lib/gateway/route-plan'

/** Columns of `ledger_input_2`, in the order below. New ones go to the end: a shorter line is an earlier version's. */
export const ledgerLineFields = 44

/**
 * A record as one line of text: an element of a Postgres array of the type `ledger_input_2`, its attempts within it as
 * `ledger_attempt_input[]`. It is made once and then travels as it is: to the journal, and from there into the ledger's
 * statement, which Postgres reads in a third of the time that JSON takes.
 *
 * Texts that may have several lines are JSON strings within, so that a record is one line. What a line or Postgres cannot
 * hold (NUL, half a surrogate pair, a line break in an id) becomes U+FFFD: a row must not be lost over a character.
 * Source: https://www.postgresql.org/docs/current/rowtypes.html#ROWTYPES-IO-SYNTAX and arrays.html#ARRAYS-IO
 */
export function encodeLedgerLine(record: LedgerRecord): string {
  const { usage } = record
  const attempts = record.attempts.map((attempt, index) => attemptElement(attempt, index + 1)).join(',')
  const row = [
    text(record.id),
    text(record.accountId),
    record.startedAtMs,
    text(record.correlationId),
    text(record.traceId),
    text(record.plan),
    text(record.apiKeyId),
    text(record.creatorId),
    text(record.sessionId),
    text(record.operation),
    record.kind,
    text(record.requestedModel),
    text(record.tier),
    text(record.deploymentId),
    text(record.provider),
    text(record.region),
    text(record.model),
    record.streamed,
    record.outcome,
    text(record.errorCode),
    record.httpStatus,
    text(record.finishReason),
    usage.inputTokens,
    usage.cachedInputTokens,
    usage.cacheWriteTokens,
    usage.outputTokens,
    usage.reasoningTokens,
    usage.source,
    text(record.priceVersion),
    record.costPicoUsd,
    record.attempts.length,
    record.firstTokenMs,
    record.latencyMs,
    record.overheadUs,
    reasonsField(record.planReasons),
    json(record.promptText),
    json(record.answerText),
    `${fieldQuote}{${attempts}}${fieldQuote}`,
    text(record.spanId),
    text(record.parentSpanId),
    record.planUs,
    words(record.attempts.map(({ spanId }) => spanId)),
    words(record.attempts.map(({ reason }) => reason)),
    words(record.attempts.map(({ breakerPhase }) => breakerPhase)),
  ]
  return `"(${row.join(',')})"`
}

function attemptElement(attempt: AttemptRecord, sequence: number): string {
  const row = [
    sequence,
    text(attempt.deploymentId, inAttempt),
    text(attempt.provider, inAttempt),
    text(attempt.region, inAttempt),
    text(attempt.model, inAttempt),
    attempt.outcome,
    attempt.failureClass,
    attempt.httpStatus,
    json(attempt.errorMessage, inAttempt),
    attempt.offsetMs,
    attempt.firstTokenMs,
    attempt.durationMs,
    attempt.inputTokens,
    attempt.outputTokens,
    attempt.costPicoUsd,
    text(attempt.providerRequestId, inAttempt),
  ]
  return `${elementQuote}(${row.join(',')})${elementQuote}`
}

/** A `text[]` of plain words, one for each attempt. */
function words(values: readonly (string | null)[]): string {
  return `${fieldQuote}{${values.map((value) => value ?? 'NULL').join(',')}}${fieldQuote}`
}

/** How often what stands in a quoted field is escaped: once for the field, once for each quote around its row. */
const inRecord = 2
const inAttempt = 4
const special = /["\\]/g
const plain = /^[\w.:@/+-]+$/

function escaped(content: string, times: number): string {
  let out = content
  for (let time = 0; time < times; time += 1) out = out.replace(special, '\\$&')
  return out
}

/** Quotes as they stand in the line: around a field of the record, an attempt, a field of an attempt. */
const fieldQuote = escaped('"', 1)
const elementQuote = escaped('"', 2)
const attemptFieldQuote = escaped('"', 3)

function quoted(content: string, times: number): string {
  const quote = times === inRecord ? fieldQuote : attemptFieldQuote
  return quote + escaped(content, times) + quote
}

/** Null is nothing at all; an empty text is a pair of quotes. */
function text(value: string | null, times = inRecord): string | null {
  if (value === null || plain.test(value)) return value
  return quoted(held(value).replace(/[\r\n]/g, '\uFFFD'), times)
}

function json(value: string | null, times = inRecord): string | null {
  return value === null ? null : quoted(JSON.stringify(held(value)), times)
}

/** Most reasons are the catalog's own sentences, the same objects with every request. */
const knownReasons = new WeakMap<RouteReason, string>()

function reasonsField(reasons: readonly RouteReason[]): string {
  return `${fieldQuote}[${reasons.map(reasonText).join(',')}]${fieldQuote}`
}

function reasonText(reason: RouteReason): string {
  const known = knownReasons.get(reason)
  if (known !== undefined) return known
  const written = escaped(JSON.stringify({ ...reason, text: held(reason.text) }), inRecord)
  knownReasons.set(reason, written)
  return written
}

/** Whether a line was written whole: a quote that is not escaped ends an element, and nothing else. */
export function isWholeLine(line: string): boolean {
  return line.startsWith('"(') && line.endsWith(')"')
}

/** The request's id, for messages about a line. */
export function requestIdOf(line: string): string | null {
  return /^"\(([^,"\\]+),/.exec(line)?.[1] ?? null
}

const unheld = /[\0\ud800-\udfff]/

function held(value: string): string {
  return unheld.test(value) ? value.replaceAll('\0', '\uFFFD').toWellFormed() : value
}

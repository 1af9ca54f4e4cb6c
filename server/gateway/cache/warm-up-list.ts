import { and, count, desc, eq } from 'drizzle-orm'
import type { z } from 'zod'
import type { AnswerCacheView, addWarmUpBody, WarmUpView } from '#lib/contracts/answer-cache'
import { type ChatRequestBody, chatRequestBody } from '#lib/contracts/openai'
import { picoToUsdDecimal } from '#lib/costs/format-usd'
import { uncacheableWords, whyUncacheable } from '#lib/gateway/cacheable-request'
import { asItems, asRecord, asText } from '#lib/gateway/json-fields'
import { readRequestTags } from '#lib/gateway/request-tags'
import { answerCacheGenerations, answerCacheWarmRuns, answerCacheWarmUps } from '#schema/gateway'
import { newId } from '#server/access/new-id'
import type { Actor } from '#server/access/principal'
import { bumpConfiguration } from '#server/config/configuration-version'
import type { Container } from '#server/create-container'
import { everyAccount } from '#server/gateway/cache/answer-generations'
import { AppError } from '#server/http/app-error'

/** Enough to begin a day with; a list that is longer wants a longer time to live. */
const mostOfAccount = 200
const mostBytes = 64 * 1024
const shownCharacters = 160
/** A request may take its whole deadline; a warm-up that is silent for longer ended with its instance. */
const silentMs = 300_000

export interface WarmUpDeed {
  actor: Actor
  reason: string
  requestId: string
}

/** A request of the list as it is asked. */
export interface WarmUpItem {
  id: string
  accountId: string
  keyId: string
  request: ChatRequestBody
}

type Parts = Pick<Container, 'access' | 'db' | 'audit' | 'clock' | 'gateway' | 'redactor'>

/** The whole list, oldest first. */
export async function readWarmUps({ db }: Pick<Container, 'db'>): Promise<WarmUpItem[]> {
  const rows = await db.orm.select().from(answerCacheWarmUps).orderBy(answerCacheWarmUps.createdAt)
  return rows.map(({ id, accountId, keyId, request }) => ({
    id,
    accountId,
    keyId,
    request: chatRequestBody.parse(request),
  }))
}

/** The list as operators see it. */
export async function describeWarmUps(container: Parts): Promise<WarmUpView[]> {
  const { db, access, redactor } = container
  const rows = await db.orm.select().from(answerCacheWarmUps).orderBy(answerCacheWarmUps.createdAt)
  return rows.map((row) => {
    const request = chatRequestBody.parse(row.request)
    return {
      id: row.id,
      accountId: row.accountId,
      keyId: row.keyId,
      keyName: access.authenticator.nameOf(row.keyId),
      model: request.model,
      operation: operationOf(request),
      text: redactor.redact(textOf(request)).slice(0, shownCharacters),
      createdAt: row.createdAt.toISOString(),
      createdBy: row.createdBy,
      skippedBecause: whyNotKept(container, request),
    }
  })
}

/**
 * Puts a request on the list. It is asked at the next warm-up.
 * @throws AppError `invalid_request` naming the field: a request that names a person, whose answer no rule keeps, or that is
 * too large; a list that is full. `invalid_api_key` and its kin for a key that is none.
 */
export async function addWarmUp(
  container: Parts,
  { keyId, request }: Pick<z.infer<typeof addWarmUpBody>, 'keyId' | 'request'>,
  { actor, reason, requestId }: WarmUpDeed,
): Promise<{ id: string }> {
  const { db, access, audit, clock } = container
  const { accountId } = access.authenticator.principalOf(keyId)
  requireSuitable(container, request)
  const id = newId('wup')
  await db.orm.transaction(async (tx) => {
    const [held] = await tx
      .select({ rows: count() })
      .from(answerCacheWarmUps)
      .where(eq(answerCacheWarmUps.accountId, accountId))
    if ((held?.rows ?? 0) >= mostOfAccount)
      throw refusal(
        'keyId',
        `the list of account ${accountId} is full: it holds ${mostOfAccount} requests. Take one off first`,
      )
    await tx.insert(answerCacheWarmUps).values({
      id,
      accountId,
      keyId,
      request,
      createdAt: new Date(clock.nowMs()),
      createdBy: actor.id,
    })
    await audit.record(tx, {
      action: 'answer_cache.add_warm_up',
      actorId: actor.id,
      resource: `answer_cache/${accountId}/${id}`,
      reason,
      correlationId: requestId,
      after: { accountId, keyId, model: request.model, operation: operationOf(request) },
    })
  })
  return { id }
}

/** @throws AppError `not_found`. */
export async function removeWarmUp(
  { db, audit }: Pick<Container, 'db' | 'audit'>,
  id: string,
  { actor, reason, requestId }: WarmUpDeed,
): Promise<void> {
  await db.orm.transaction(async (tx) => {
    const [row] = await tx.select().from(answerCacheWarmUps).where(eq(answerCacheWarmUps.id, id))
    if (!row)
      throw new AppError('not_found', { message: `No request ${id.slice(0, 100)} is on the warm-up list.` })
    const { accountId, keyId } = row
    await tx
      .delete(answerCacheWarmUps)
      .where(and(eq(answerCacheWarmUps.accountId, accountId), eq(answerCacheWarmUps.id, id)))
    await audit.record(tx, {
      action: 'answer_cache.remove_warm_up',
      actorId: actor.id,
      resource: `answer_cache/${accountId}/${id}`,
      reason,
      correlationId: requestId,
      before: { accountId, keyId, model: chatRequestBody.parse(row.request).model },
    })
  })
}

/** Has every instance ask the list, from the next configuration version on. */
export async function orderWarmUp(
  { db, audit, clock, configuration }: Pick<Container, 'db' | 'audit' | 'clock' | 'configuration'>,
  { actor, reason, requestId }: WarmUpDeed,
): Promise<void> {
  await db.orm.transaction(async (tx) => {
    const [row] = await tx
      .select()
      .from(answerCacheGenerations)
      .where(eq(answerCacheGenerations.accountId, everyAccount))
      .for('update')
    const written = { warmOrders: (row?.warmOrders ?? 0) + 1, purgedAt: new Date(clock.nowMs()) }
    await tx
      .insert(answerCacheGenerations)
      .values({ accountId: everyAccount, generation: 0, ...written })
      .onConflictDoUpdate({ target: answerCacheGenerations.accountId, set: written })
    await audit.record(tx, {
      action: 'answer_cache.warm_up',
      actorId: actor.id,
      resource: 'answer_cache/all',
      reason,
      correlationId: requestId,
    })
    await bumpConfiguration(tx)
  })
  await configuration.check()
}

/** How many requests the list has, and how the last warm-up of each store went. */
export async function readWarmRuns({
  db,
  clock,
}: Pick<Container, 'db' | 'clock'>): Promise<Pick<AnswerCacheView, 'warmUps' | 'warmRuns'>> {
  const [[held], runs] = await Promise.all([
    db.orm.select({ rows: count() }).from(answerCacheWarmUps),
    db.orm.select().from(answerCacheWarmRuns).orderBy(desc(answerCacheWarmRuns.startedAt)).limit(20),
  ])
  return {
    warmUps: held?.rows ?? 0,
    warmRuns: runs.map(({ costPicoUsd, startedAt, updatedAt, revision: _revision, ...run }) => ({
      ...run,
      state:
        run.state === 'running' && clock.nowMs() - updatedAt.getTime() > silentMs ? 'stopped' : run.state,
      costUsd: picoToUsdDecimal(costPicoUsd),
      startedAt: startedAt.toISOString(),
      updatedAt: updatedAt.toISOString(),
    })),
  }
}

/** Why the rules keep no answer of a request; null when they do. */
export function whyNotKept({ gateway }: Pick<Container, 'gateway'>, request: ChatRequestBody): string | null {
  const operation = operationOf(request)
  const rule = gateway.answers.ruleFor({ model: request.model, operation })
  if (!rule) {
    const route = operation === null ? request.model : `${request.model} (${operation})`
    return `no rule keeps answers of ${route}`
  }
  const why = whyUncacheable(request, rule, null)
  if (why === null) return null
  return why === 'asked' ? 'it passes the cache by' : uncacheableWords[why]
}

function requireSuitable(container: Pick<Container, 'gateway'>, request: ChatRequestBody): void {
  const { creatorId, fanId, sessionId, names } = readRequestTags(() => null, request.metadata)
  if (creatorId !== null || fanId !== null || sessionId !== null || names.length > 0)
    throw refusal(
      'request.metadata',
      'must name no creator, fan or session: the answer is kept for the whole account',
    )
  if (Buffer.byteLength(JSON.stringify(request)) > mostBytes)
    throw refusal('request', `must be at most ${mostBytes / 1024} KiB of JSON`)
  const why = whyNotKept(container, request)
  if (why !== null)
    throw refusal('request', `its answer would not be kept: ${why}. Change the request or the rules`)
}

function refusal(param: string, message: string): AppError {
  return new AppError('invalid_request', {
    message: `${param}: ${message}.`,
    param,
    errors: [{ path: param, message }],
  })
}

function operationOf({ metadata }: ChatRequestBody): string | null {
  return readRequestTags(() => null, metadata).operation
}

function textOf({ messages }: ChatRequestBody): string {
  const content = messages.at(-1)?.content
  if (typeof content === 'string') return content
  return asItems(content)
    .map((part) => asText(asRecord(part)?.text))
    .join(' ')
}

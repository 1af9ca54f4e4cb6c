import { eq, lt } from 'drizzle-orm'
import { parseUsd } from '#lib/costs/parse-usd'
import { readRequestTags } from '#lib/gateway/request-tags'
import { answerCacheWarmRuns } from '#schema/gateway'
import type { Container } from '#server/create-container'
import { readWarmUps, type WarmUpItem, whyNotKept } from '#server/gateway/cache/warm-up-list'
import { answerChatCall } from '#server/gateway/http/chat-completions'
import { AppError } from '#server/http/app-error'
import { newRequestId, traceContext } from '#server/http/request-id'
import { createJobLease } from '#server/jobs/job-lease'
import { createPacedWork, type PacedWork } from '#server/jobs/paced-work'

type WarmRun = typeof answerCacheWarmRuns.$inferInsert

/** An instance that died is followed by another after this. */
const leaseMs = 60_000
/** Providers that fail so often in a row are left alone. */
const mostFailures = 5
const dayMs = 86_400_000
const picoPerUsd = 1e12

/**
 * Asks the warm-up list at the start, after a purge and on order, one request after the other, each in the name of its key:
 * quotas, routes, ledger and cache see an ordinary request of that account. What is kept already costs nothing. An instance
 * fills its own memory; one of them fills the Redis that all share.
 */
export function startWarmUps(container: Container): PacedWork {
  const { gateway, db, instanceId, log } = container
  const { store, generations } = gateway.answers
  const isShared = store.kind === 'redis'
  const lease = createJobLease({ db, name: 'answer_cache_warm_up', holder: instanceId, forMs: leaseMs })
  let trigger: WarmRun['trigger'] | null = 'start'

  const work = createPacedWork({
    what: 'the warm-up of the answer cache',
    restMs: null,
    log,
    async work(signal) {
      const due = trigger
      trigger = null
      if (due === null) return null
      try {
        const items = await readWarmUps(container)
        if (items.length === 0 || (isShared && !(await lease.take()))) return null
        const run = await beginRun(container, { trigger: due, total: items.length, isShared })
        if (run) await askAll(container, { run, items, signal, hold: isShared ? lease.take : null })
        if (isShared) await lease.release()
      } catch (thrown) {
        trigger ??= due
        throw thrown
      }
      return null
    },
  })
  generations.subscribe(({ kind }) => {
    trigger = kind
    work.wake()
  })
  work.start()
  return work
}

interface Beginning {
  trigger: WarmRun['trigger']
  total: number
  isShared: boolean
}

/** Null when another instance has filled the shared store since the last change. */
async function beginRun(
  { db, gateway, instanceId, clock }: Container,
  { trigger, total, isShared }: Beginning,
): Promise<WarmRun | null> {
  const now = new Date(clock.nowMs())
  const holder = isShared ? 'redis' : instanceId
  const revision = gateway.answers.generations.revision()
  const [earlier] = await db.orm
    .select()
    .from(answerCacheWarmRuns)
    .where(eq(answerCacheWarmRuns.holder, holder))
  if (trigger !== 'start' && earlier?.state === 'done' && earlier.revision >= revision) return null
  const run: WarmRun = {
    holder,
    trigger,
    revision,
    state: 'running',
    total,
    made: 0,
    kept: 0,
    skipped: 0,
    failed: 0,
    errorCode: null,
    costPicoUsd: 0n,
    startedAt: now,
    updatedAt: now,
  }
  await db.orm
    .delete(answerCacheWarmRuns)
    .where(lt(answerCacheWarmRuns.updatedAt, new Date(now.getTime() - dayMs)))
  await saveRun({ db, clock }, run)
  return run
}

async function saveRun({ db, clock }: Pick<Container, 'db' | 'clock'>, run: WarmRun): Promise<void> {
  run.updatedAt = new Date(clock.nowMs())
  await db.orm
    .insert(answerCacheWarmRuns)
    .values(run)
    .onConflictDoUpdate({ target: answerCacheWarmRuns.holder, set: run })
}

interface Asking {
  run: WarmRun
  items: readonly WarmUpItem[]
  signal: AbortSignal
  /** Prolongs the lease; false = another instance has it, and the row is its own. Null where none is needed. */
  hold: (() => Promise<boolean>) | null
}

async function askAll(container: Container, { run, items, signal, hold }: Asking): Promise<void> {
  const mostPicoUsd = BigInt(Math.round(container.settings.current().answerCache.warmUpMaxUsd * picoPerUsd))
  let failures = 0
  for (const item of items) {
    if (hold && !(await hold())) return
    if (signal.aborted) run.state = 'stopped'
    else if (failures >= mostFailures) run.state = 'failing'
    else if (run.costPicoUsd >= mostPicoUsd) run.state = 'cost_cap'
    if (run.state !== 'running') break
    const became = await askOne(container, item, signal)
    run[became.kind] += 1
    run.costPicoUsd += became.costPicoUsd
    if (became.errorCode !== null) run.errorCode = became.errorCode
    failures = became.kind === 'failed' ? failures + 1 : 0
    await saveRun(container, run)
    container.events.publish('activity')
  }
  if (run.state === 'running') run.state = 'done'
  await saveRun(container, run)
  container.events.publish('activity')
  const { state, total, made, kept, skipped, failed } = run
  container.log.info({ state, total, made, kept, skipped, failed }, 'the answer cache was warmed up')
}

interface Became {
  kind: 'made' | 'kept' | 'skipped' | 'failed'
  costPicoUsd: bigint
  errorCode: string | null
}

async function askOne(container: Container, item: WarmUpItem, signal: AbortSignal): Promise<Became> {
  const { keyId, request } = item
  if (whyNotKept(container, request) !== null) return { kind: 'skipped', costPicoUsd: 0n, errorCode: null }
  if (await isKept(container, item)) return { kind: 'kept', costPicoUsd: 0n, errorCode: null }
  const requestId = newRequestId()
  try {
    const principal = container.access.authenticator.principalOf(keyId)
    const url = new URL('/api/v1/chat/completions', container.publicUrl())
    const answer = await answerChatCall(
      {
        container,
        principal,
        requestId,
        correlationId: requestId,
        trace: traceContext(null),
        startedAtMs: container.clock.nowMs(),
        startedMs: container.clock.monotonicMs(),
        request: new Request(url, { method: 'POST', signal }),
        params: {},
      },
      { ...request, stream: false },
    )
    await answer.text()
    const cost = answer.headers.get('x-huntaze-cost-usd')
    return {
      kind: answer.headers.get('x-huntaze-cache') === 'hit' ? 'kept' : 'made',
      costPicoUsd: cost === null ? 0n : parseUsd(cost, 12),
      errorCode: null,
    }
  } catch (thrown) {
    const errorCode = AppError.is(thrown) ? thrown.code : 'internal_error'
    container.log.warn({ requestId, keyId, errorCode }, 'a request of the warm-up list was not answered')
    return { kind: 'failed', costPicoUsd: 0n, errorCode }
  }
}

/** Looked up beside the requests, so that hit rate and ledger are the callers' own. */
async function isKept(
  { gateway: { answers }, clock }: Container,
  { accountId, request }: WarmUpItem,
): Promise<boolean> {
  const { model, metadata } = request
  const rule = answers.ruleFor({ model, operation: readRequestTags(() => null, metadata).operation })
  const found = await answers.store.get(answers.keyOf(accountId, request, ''))
  return rule !== null && found !== null && clock.nowMs() - found.atMs < rule.ttlSeconds * 1000
}

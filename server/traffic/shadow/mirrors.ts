import { consoleAccount } from '#lib/access/console-account'
import type { ChatRequestBody } from '#lib/contracts/openai'
import { asItems, asRecord, asText } from '#lib/gateway/json-fields'
import { isMirrored, type ShadowPlan } from '#lib/traffic/shadow-plan'
import type { MirrorDrop } from '#lib/traffic/shadow-report'
import type { TrafficShare } from '#lib/traffic/traffic-config'
import type { GatewayRun } from '#server/gateway/gateway-run'
import type { Clock } from '#server/telemetry/clock'
import type { Log } from '#server/telemetry/log'
import { safeCause } from '#server/telemetry/safe-cause'
import type { RolloutCounter } from '#server/traffic/rollout-counter'

/** A sampled request that the baseline has answered. */
export interface AnsweredRequest {
  run: GatewayRun
  body: ChatRequestBody
  /** JSON text of the whole answer, or of the events of its stream. */
  answer: string | readonly string[]
}

/** One of them with what its rollout wants. */
export interface MirrorOrder extends AnsweredRequest {
  share: TrafficShare
  shadow: ShadowPlan
}

/** What became of one: `cap` ends all mirroring of its rollout. */
export type MirrorOutcome = 'mirrored' | 'cap' | MirrorDrop

/**
 * Sends a sampled share of what the baseline answered to the candidate as well. Callers wait for none of it: an order is
 * looked at after its answer has gone, few run at a time, few wait, and the rest is dropped and counted.
 */
export interface Mirrors {
  /** Will this run's answer be wanted? Asked before a stream, whose events must then be kept. */
  wants(run: GatewayRun): boolean
  /** The answer of a run that has been settled. */
  offer(request: AnsweredRequest): void
  /** Orders that are under way on this instance, and those that wait. */
  load(): { running: number; waiting: number }
  /** What became of orders on this instance since it began. */
  outcomes(): readonly [MirrorOutcome, number][]
  /** Drops what waits, gives up what runs, and resolves when that is settled. */
  close(): Promise<void>
}

export interface MirrorsOptions {
  counter: Pick<RolloutCounter, 'dropped'>
  /** Aborts when the process begins to stop. */
  shutdown: AbortSignal
  clock: Pick<Clock, 'monotonicMs'>
  log: Pick<Log, 'warn'>
  mirror(order: MirrorOrder, signal: AbortSignal): Promise<MirrorOutcome>
}

const mostRunning = 16
const mostWaiting = 64
/** Characters of request and answer that one may have, and all that wait together. */
const mostCharacters = 200_000
const mostWaitingCharacters = 4_000_000
/** The caller's last bytes go first, and so often one begins at most. */
const afterMs = 10
/** An instance that comes this late to its own timers has no time for mirrors. */
const mostLateMs = 3

export function createMirrors({ counter, shutdown, clock, log, mirror }: MirrorsOptions): Mirrors {
  const waiting: { order: MirrorOrder; characters: number }[] = []
  const running = new Set<Promise<void>>()
  /** Shares whose cap is reached; a changed configuration makes new ones, which are tried again. */
  const capped = new WeakSet<TrafficShare>()
  const stop = new AbortController()
  const outcomes = new Map<MirrorOutcome, number>()
  let waitingCharacters = 0
  let timer: ReturnType<typeof setTimeout> | null = null
  let failing = false

  function note({ share }: MirrorOrder, outcome: MirrorOutcome): void {
    outcomes.set(outcome, (outcomes.get(outcome) ?? 0) + 1)
    if (outcome === 'cap') capped.add(share)
    else if (outcome !== 'mirrored') counter.dropped(share, outcome)
  }

  function shareOf(run: GatewayRun): TrafficShare | null {
    const { traffic } = run.plan
    if (traffic.arm !== 'baseline' || traffic.visit?.weightBps !== 0 || stop.signal.aborted) return null
    const share = run.parts.traffic().shares.find(({ rolloutId }) => rolloutId === traffic.rolloutId)
    if (!share?.shadow || capped.has(share) || run.context.principal.accountId === consoleAccount) return null
    const { salt, shadow } = share
    return isMirrored({ salt, requestId: run.context.requestId, sampleBps: shadow.sampleBps }) ? share : null
  }

  function wake(): void {
    if (timer || waiting.length === 0 || running.size >= mostRunning) return
    const dueMs = clock.monotonicMs() + afterMs
    timer = setTimeout(() => {
      timer = null
      const next = clock.monotonicMs() - dueMs > mostLateMs ? undefined : waiting.shift()
      if (next) {
        waitingCharacters -= next.characters
        start(next.order)
      }
      wake()
    }, afterMs)
    timer.unref()
  }

  function start(order: MirrorOrder): void {
    const work = mirror(order, stop.signal)
      .then((outcome) => {
        failing = false
        note(order, outcome)
      })
      .catch((cause: unknown) => {
        note(order, 'failed')
        if (!failing) log.warn({ cause: safeCause(cause) }, 'a request could not be mirrored')
        failing = true
      })
      .finally(() => {
        running.delete(work)
        wake()
      })
    running.add(work)
  }

  function end(): void {
    if (timer) clearTimeout(timer)
    waiting.length = 0
    stop.abort()
  }
  if (shutdown.aborted) end()
  else shutdown.addEventListener('abort', end, { once: true })

  return {
    wants: (run) => shareOf(run) !== null,
    offer(request) {
      const { run, body, answer } = request
      const share = shareOf(run)
      if (!share?.shadow || !run.last || !run.plan.traffic.deploymentIds.includes(run.last.id)) return
      const order = { ...request, share, shadow: share.shadow }
      const characters = bodySize(body) + answerSize(answer)
      if (characters > mostCharacters) return note(order, 'too_large')
      if (waiting.length >= mostWaiting || waitingCharacters + characters > mostWaitingCharacters)
        return note(order, 'queue_full')
      waiting.push({ order, characters })
      waitingCharacters += characters
      wake()
    },
    load: () => ({ running: running.size, waiting: waiting.length }),
    outcomes: () => [...outcomes],
    async close() {
      end()
      shutdown.removeEventListener('abort', end)
      await Promise.all(running)
    },
  }
}

function answerSize(answer: AnsweredRequest['answer']): number {
  return typeof answer === 'string' ? answer.length : answer.reduce((sum, event) => sum + event.length, 0)
}

/** Characters of the messages, pictures included. */
function bodySize({ messages }: ChatRequestBody): number {
  return messages.reduce((sum, { content }) => sum + contentSize(content), 0)
}

function contentSize(content: unknown): number {
  if (typeof content === 'string') return content.length
  return asItems(content).reduce<number>((sum, item) => {
    const part = asRecord(item)
    const inner = asRecord(part?.image_url) ?? asRecord(part?.input_audio) ?? asRecord(part?.file)
    return sum + [part?.text, inner?.url, inner?.data, inner?.file_data].map(asText).join('').length
  }, 0)
}

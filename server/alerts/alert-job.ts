import { desc } from 'drizzle-orm'
import { alertEvents } from '#schema/alerts'
import type { AlertParts } from '#server/alerts/alert-parts'
import { createAlertSampler } from '#server/alerts/alert-samples'
import { sendDue } from '#server/alerts/deliveries'
import { evaluateAlerts } from '#server/alerts/evaluate-alerts'
import { purgeAlerts } from '#server/alerts/purge-alerts'
import { createJobLease } from '#server/jobs/job-lease'
import { safeCause } from '#server/telemetry/safe-cause'

/** Looks at the rules and sends what is due, on one instance at a time. */
export interface AlertJob {
  /** A look now, if this instance is the one that looks. */
  look(): Promise<void>
  /** Sends what is due now. */
  send(): Promise<void>
  /** When the rules were last looked at here, in milliseconds since 1970; null = not yet. */
  evaluatedAtMs(): number | null
  start(): void
  close(): Promise<void>
}

/** Well under a minute. What the console is told of makes it look sooner. */
const lookEveryMs = 15_000
/** After a move; after traffic, which never ends, the pause is longer. */
const soonMs = 300
const afterActivityMs = 5_000
const moves: ReadonlySet<string> = new Set(['breaker', 'region', 'capacity', 'configuration'])
/** An instance that died is followed by another after this. */
const leaseMs = 40_000
const purgeEveryMs = 3_600_000

export function createAlertJob(parts: AlertParts, holder: string): AlertJob {
  const lease = createJobLease({ db: parts.db, name: 'alerts', holder, forMs: leaseMs })
  const sampler = createAlertSampler(parts.db)
  let lastMs: number | null = null
  let purgedAtMs = parts.clock.nowMs()
  let leased = false
  let closed = false
  let running: Promise<void> | null = null
  let sending: Promise<void> | null = null
  let timer: ReturnType<typeof setInterval> | null = null
  let soon: { timer: ReturnType<typeof setTimeout>; atMs: number } | null = null
  let sendTimer: ReturnType<typeof setTimeout> | null = null
  let seenEvent: string | null = null
  let unsubscribe = () => {}

  async function lookIfLeased(): Promise<void> {
    leased = await lease.take()
    if (!leased) return followOthers()
    const saved = await evaluateAlerts(parts, sampler)
    lastMs = parts.clock.nowMs()
    if (saved.moved > 0) parts.events.publish('alert')
    if (lastMs - purgedAtMs >= purgeEveryMs) {
      purgedAtMs = lastMs
      await purgeAlerts(parts.db, lastMs)
    }
    if (saved.deliveries > 0 || sendTimer === null) void sendAndLog()
  }

  /** Another instance looks: what it found is news to the consoles of this one. */
  async function followOthers(): Promise<void> {
    const [newest] = await parts.db.orm
      .select({ id: alertEvents.id })
      .from(alertEvents)
      .orderBy(desc(alertEvents.at), desc(alertEvents.id))
      .limit(1)
    if (newest && newest.id !== seenEvent) parts.events.publish('alert')
    seenEvent = newest?.id ?? null
  }

  function look(): Promise<void> {
    running ??= lookIfLeased().finally(() => {
      running = null
    })
    return running
  }

  async function sendAll(): Promise<void> {
    const nextAtMs = await sendDue(parts)
    if (sendTimer) clearTimeout(sendTimer)
    sendTimer = null
    if (nextAtMs === null || closed) return
    sendTimer = setTimeout(sendAndLog, Math.max(200, Math.min(nextAtMs - parts.clock.nowMs(), lookEveryMs)))
    sendTimer.unref()
  }

  function send(): Promise<void> {
    sending ??= sendAll().finally(() => {
      sending = null
    })
    return sending
  }

  const failed = (what: string) => (cause: unknown) =>
    parts.log.error({ cause: safeCause(cause) }, `${what} failed; it is tried again`)
  const lookAndLog = () => look().catch(failed('looking at the alert rules'))
  const sendAndLog = () => send().catch(failed('sending alerts'))

  function lookSoon(inMs: number): void {
    const atMs = parts.clock.monotonicMs() + inMs
    if (closed || (soon && soon.atMs <= atMs)) return
    if (soon) clearTimeout(soon.timer)
    const timer = setTimeout(() => {
      soon = null
      void lookAndLog()
    }, inMs)
    timer.unref()
    soon = { timer, atMs }
  }

  return {
    look,
    send,
    evaluatedAtMs: () => lastMs,
    start() {
      if (timer) return
      timer = setInterval(lookAndLog, lookEveryMs)
      timer.unref()
      unsubscribe = parts.events.subscribe(({ name }) => {
        if (moves.has(name)) lookSoon(soonMs)
        else if (name === 'activity') lookSoon(afterActivityMs)
      })
      lookSoon(afterActivityMs)
    },
    async close() {
      closed = true
      unsubscribe()
      if (timer) clearInterval(timer)
      if (soon) clearTimeout(soon.timer)
      await running?.catch(() => undefined)
      await sending?.catch(() => undefined)
      if (sendTimer) clearTimeout(sendTimer)
      if (leased) await lease.release()
    },
  }
}

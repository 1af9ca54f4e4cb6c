import { resourceFromAttributes } from '@opentelemetry/resources'
import type { BreakerPhase, BreakerSignal } from '#lib/resilience/breaker-signal'
import type { Env } from '#server/config/env'
import type { Redactor } from '#server/privacy/redactor'
import { pause } from '#server/resilience/pause'
import { createEndedRequests, type EndedRequest } from '#server/telemetry/ended-requests'
import type { Log } from '#server/telemetry/log'
import { createMinuteTokens } from '#server/telemetry/metrics/minute-tokens'
import { type ObservedParts, observeGateway } from '#server/telemetry/metrics/observe-gateway'
import { observeProcess } from '#server/telemetry/metrics/observe-process'
import { openMetrics } from '#server/telemetry/metrics/open-metrics'
import { recordRequest } from '#server/telemetry/metrics/record-request'
import { openExporters } from '#server/telemetry/traces/open-exporters'
import { openTraces } from '#server/telemetry/traces/open-traces'

/** What this process tells about itself. */
export interface Telemetry {
  /** A request ended; it is looked at off its way, and never throws. */
  ended(ended: EndedRequest): void
  breakerMoved(moved: { deploymentId: string; signal: BreakerSignal; phase: BreakerPhase }): void
  /** Begins to read the state of these with every look at the metrics. */
  observe(parts: Omit<ObservedParts, 'minuteTokens'>): void
  /** The metrics in Prometheus' text format, everything that ended before the call in them. */
  scrape(): Promise<string>
  /** Sends the spans that wait; for tests and the end of the process. */
  flush(): Promise<void>
  close(): Promise<void>
}

export interface TelemetryOptions {
  env: Env
  redactor: Pick<Redactor, 'redactTwice'>
  version: string
  instanceId: string
  log: Pick<Log, 'warn'>
}

/** Opens metrics and, where an exporter is configured, traces. */
export async function openTelemetry(options: TelemetryOptions): Promise<Telemetry> {
  const { env, redactor, version, instanceId, log } = options
  const resource = resourceFromAttributes({
    'service.name': 'huntaze-ai-control-plane',
    'service.version': version,
    'service.instance.id': instanceId,
  })
  const exporters = await openExporters(env)
  const metrics = openMetrics({ resource, readers: exporters.metrics })
  const traces = openTraces({
    exporters: exporters.spans,
    resource,
    redactor,
    sampleRatio: env.OTEL_TRACES_SAMPLER_ARG,
    onExported(exporter, outcome, spans) {
      metrics.count('spans', spans, { 'huntaze.exporter': exporter, 'huntaze.outcome': outcome })
    },
  })
  const minuteTokens = createMinuteTokens()
  const ownProcess = observeProcess()
  metrics.watch(ownProcess.read)
  const requests = createEndedRequests((ended) => {
    const { record } = ended
    recordRequest(metrics, record)
    const endedMs = record.startedAtMs + record.latencyMs
    for (const { deploymentId, inputTokens, outputTokens } of record.attempts) {
      minuteTokens.add(deploymentId, inputTokens + outputTokens, endedMs)
    }
    traces?.ended(ended)
  })
  /** Telemetry that does not arrive must not keep a process from ending in order. */
  const onError = (error: unknown) => log.warn({ err: error }, 'telemetry could not be sent')
  return {
    ended: requests.add,
    breakerMoved({ deploymentId, signal, phase }) {
      const labels = { 'huntaze.deployment': deploymentId, 'huntaze.signal': signal, 'huntaze.phase': phase }
      metrics.count('breakerTransitions', 1, labels)
    },
    observe(parts) {
      metrics.watch((observe) => observeGateway({ ...parts, minuteTokens }, observe))
    },
    scrape() {
      requests.drain()
      return metrics.scrape()
    },
    async flush() {
      requests.drain()
      await traces?.flush()
    },
    async close() {
      requests.drain()
      await within(traces?.close(), lastWordMs).catch(onError)
      ownProcess.close()
      await within(metrics.close(), lastWordMs).catch(onError)
    },
  }
}

/** How long a stopping process waits for a collector to take what is left. */
const lastWordMs = 3_000

async function within(work: Promise<void> | undefined, ms: number): Promise<void> {
  const waiting = new AbortController()
  await Promise.race([work, pause(ms, waiting.signal)]).finally(() => waiting.abort())
}

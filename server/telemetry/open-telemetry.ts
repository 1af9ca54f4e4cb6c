import { resourceFromAttributes } from '@opentelemetry/resources'
import type { BreakerPhase, BreakerSignal } from '#lib/resilience/breaker-signal'
import { createEndedRequests, type EndedRequest } from '#server/telemetry/ended-requests'
import { createMinuteTokens } from '#server/telemetry/metrics/minute-tokens'
import { type ObservedParts, observeGateway } from '#server/telemetry/metrics/observe-gateway'
import { observeProcess } from '#server/telemetry/metrics/observe-process'
import { openMetrics } from '#server/telemetry/metrics/open-metrics'
import { recordRequest } from '#server/telemetry/metrics/record-request'

/** What this process tells about itself. */
export interface Telemetry {
  /** A request ended; it is looked at off its way, and never throws. */
  ended(ended: EndedRequest): void
  breakerMoved(moved: { deploymentId: string; signal: BreakerSignal; phase: BreakerPhase }): void
  /** Begins to read the state of these with every look at the metrics. */
  observe(parts: Omit<ObservedParts, 'minuteTokens'>): void
  /** The metrics in Prometheus' text format, everything that ended before the call in them. */
  scrape(): Promise<string>
  close(): Promise<void>
}

export interface TelemetryOptions {
  version: string
  instanceId: string
}

export function openTelemetry({ version, instanceId }: TelemetryOptions): Telemetry {
  const resource = resourceFromAttributes({
    'service.name': 'huntaze-ai-control-plane',
    'service.version': version,
    'service.instance.id': instanceId,
  })
  const metrics = openMetrics({ resource, readers: [] })
  const minuteTokens = createMinuteTokens()
  const ownProcess = observeProcess()
  metrics.watch(ownProcess.read)
  const requests = createEndedRequests(({ record }) => {
    recordRequest(metrics, record)
    const endedMs = record.startedAtMs + record.latencyMs
    for (const { deploymentId, inputTokens, outputTokens } of record.attempts) {
      minuteTokens.add(deploymentId, inputTokens + outputTokens, endedMs)
    }
  })
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
    async close() {
      requests.drain()
      ownProcess.close()
      await metrics.close()
    },
  }
}

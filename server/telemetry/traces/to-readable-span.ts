import { type HrTime, type SpanContext, SpanKind, SpanStatusCode, TraceFlags } from '@opentelemetry/api'
import type { Resource } from '@opentelemetry/resources'
import type { ReadableSpan } from '@opentelemetry/sdk-trace-base'
import type { SpanData } from '#lib/telemetry/request-spans'

const kinds = { server: SpanKind.SERVER, internal: SpanKind.INTERNAL, client: SpanKind.CLIENT } as const

/** A span as OpenTelemetry's exporters take it. No tracer made it, so none has to run beside the gateway. */
export function toReadableSpan(span: SpanData, resource: Resource): ReadableSpan {
  const context = contextOf(span.traceId, span.spanId)
  const parent = span.parentSpanId === null ? undefined : contextOf(span.traceId, span.parentSpanId)
  return {
    name: span.name,
    kind: kinds[span.kind],
    spanContext: () => context,
    ...(parent ? { parentSpanContext: { ...parent, isRemote: span.kind === 'server' } } : {}),
    startTime: hrTime(span.startedAtMs),
    endTime: hrTime(span.startedAtMs + span.durationMs),
    duration: hrTime(span.durationMs),
    status:
      span.error === null
        ? { code: SpanStatusCode.UNSET }
        : { code: SpanStatusCode.ERROR, message: span.error },
    attributes: span.attributes,
    links: [],
    events: [],
    ended: true,
    resource,
    instrumentationScope: { name: 'huntaze' },
    droppedAttributesCount: 0,
    droppedEventsCount: 0,
    droppedLinksCount: 0,
  }
}

function contextOf(traceId: string, spanId: string): SpanContext {
  return { traceId, spanId, traceFlags: TraceFlags.SAMPLED }
}

function hrTime(ms: number): HrTime {
  const whole = Math.floor(ms / 1000)
  return [whole, Math.round((ms - whole * 1000) * 1e6)]
}

import type { Resource } from '@opentelemetry/resources'
import { BatchSpanProcessor } from '@opentelemetry/sdk-trace-base'
import { requestSpans } from '#lib/telemetry/request-spans'
import { isSampled } from '#lib/telemetry/sample-trace'
import type { Redactor } from '#server/privacy/redactor'
import type { EndedRequest } from '#server/telemetry/ended-requests'
import type { NamedExporter } from '#server/telemetry/traces/open-exporters'
import { redactingExporter } from '#server/telemetry/traces/redacting-exporter'
import { toReadableSpan } from '#server/telemetry/traces/to-readable-span'

/** Traces of ended requests on their way to the exporters. */
export interface Traces {
  ended(ended: EndedRequest): void
  /** Sends what waits. */
  flush(): Promise<void>
  close(): Promise<void>
}

export interface TracesOptions {
  exporters: readonly NamedExporter[]
  resource: Resource
  redactor: Pick<Redactor, 'redactTwice'>
  /** Share of the traces that begin here which are kept, 0–1. */
  sampleRatio: number
  onExported: (exporter: NamedExporter['name'], outcome: 'exported' | 'failed', spans: number) => void
}

/** Spans that may wait for an exporter; those beyond are dropped, as a slow collector must not fill the memory. */
const queue = { maxQueueSize: 16_384, maxExportBatchSize: 512, scheduledDelayMillis: 2_000 }
/** By this attribute Azure Monitor multiplies what it counts. */
const azureSampleRate = 'microsoft.sample_rate'

/** Null where no exporter is: then requests are not even looked at. */
export function openTraces(options: TracesOptions): Traces | null {
  const { exporters, resource, sampleRatio } = options
  if (exporters.length === 0) return null
  const processors = exporters.map(({ name, exporter }) => {
    const onExported = (outcome: 'exported' | 'failed', spans: number) =>
      options.onExported(name, outcome, spans)
    const redacting = redactingExporter(exporter, { redactor: options.redactor, onExported })
    return new BatchSpanProcessor(redacting, queue)
  })
  const all = (act: (processor: BatchSpanProcessor) => Promise<void>) =>
    Promise.all(processors.map(act)).then(() => undefined)
  return {
    ended({ record, trace }) {
      if (!isSampled(trace, sampleRatio)) return
      for (const span of requestSpans(record)) {
        if (sampleRatio < 1 && trace.parentSpanId === null) {
          span.attributes[azureSampleRate] = sampleRatio * 100
        }
        const readable = toReadableSpan(span, resource)
        for (const processor of processors) processor.onEnd(readable)
      }
    },
    flush: () => all((processor) => processor.forceFlush()),
    close: () => all((processor) => processor.shutdown()),
  }
}

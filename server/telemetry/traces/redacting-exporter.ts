import type { ReadableSpan, SpanExporter } from '@opentelemetry/sdk-trace-base'
import { redactValue } from '#server/privacy/redact-fields'
import type { Redactor } from '#server/privacy/redactor'

export interface RedactingOptions {
  redactor: Pick<Redactor, 'redactTwice'>
  onExported: (outcome: 'exported' | 'failed', spans: number) => void
}

/** An exporter that lets no text of a span out unseen: attributes and status are redacted, twice looked at. */
export function redactingExporter(exporter: SpanExporter, options: RedactingOptions): SpanExporter {
  const { redactTwice } = options.redactor
  const cleaned = (span: ReadableSpan): ReadableSpan => ({
    ...span,
    attributes: redactValue(span.attributes, redactTwice) as ReadableSpan['attributes'],
    status:
      span.status.message === undefined
        ? span.status
        : { ...span.status, message: redactTwice(span.status.message) },
  })
  return {
    export(spans, done) {
      exporter.export(spans.map(cleaned), (result) => {
        options.onExported(result.code === 0 ? 'exported' : 'failed', spans.length)
        done(result)
      })
    },
    shutdown: () => exporter.shutdown(),
    forceFlush: async () => exporter.forceFlush?.(),
  }
}

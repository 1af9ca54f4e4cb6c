import { join } from 'node:path'
import { type MetricReader, PeriodicExportingMetricReader } from '@opentelemetry/sdk-metrics'
import type { SpanExporter } from '@opentelemetry/sdk-trace-base'
import { type Env, forbidExporterStatistics } from '#server/config/env'

export interface NamedExporter {
  name: 'azure_monitor' | 'otlp'
  exporter: SpanExporter
}

export interface Exporters {
  spans: readonly NamedExporter[]
  metrics: readonly MetricReader[]
}

const metricsEveryMs = 60_000

/** Where telemetry is sent besides `/metrics`; what nobody configured is not even loaded. */
export async function openExporters(env: Env): Promise<Exporters> {
  const opened = [await openAzureMonitor(env), await openOtlp(env)].filter((one) => one !== null)
  return {
    spans: opened.map(({ name, spans }) => ({ name, exporter: spans })),
    metrics: opened.map(({ metrics }) => metrics),
  }
}

/**
 * The exporter alone, not the distribution `@azure/monitor-opentelemetry`: that one brings tracers that patch http, pg and
 * redis, and a sampler that keeps five traces a second unless told otherwise.
 */
async function openAzureMonitor(env: Env) {
  const connectionString = env.APPLICATIONINSIGHTS_CONNECTION_STRING
  if (connectionString === undefined) return null
  forbidExporterStatistics()
  const azure = await import('@azure/monitor-opentelemetry-exporter')
  const options = { connectionString, storageDirectory: join(env.HUNTAZE_DATA_DIR, 'telemetry') }
  return {
    name: 'azure_monitor' as const,
    spans: new azure.AzureMonitorTraceExporter(options),
    metrics: periodic(new azure.AzureMonitorMetricExporter(options)),
  }
}

async function openOtlp(env: Env) {
  const endpoint = env.OTEL_EXPORTER_OTLP_ENDPOINT?.replace(/\/+$/, '')
  if (endpoint === undefined) return null
  const [traces, metrics] = await Promise.all([
    import('@opentelemetry/exporter-trace-otlp-http'),
    import('@opentelemetry/exporter-metrics-otlp-http'),
  ])
  return {
    name: 'otlp' as const,
    spans: new traces.OTLPTraceExporter({ url: `${endpoint}/v1/traces` }),
    metrics: periodic(new metrics.OTLPMetricExporter({ url: `${endpoint}/v1/metrics` })),
  }
}

function periodic(
  exporter: ConstructorParameters<typeof PeriodicExportingMetricReader>[0]['exporter'],
): MetricReader {
  return new PeriodicExportingMetricReader({ exporter, exportIntervalMillis: metricsEveryMs })
}

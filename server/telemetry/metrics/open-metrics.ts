import type { Counter, Histogram, Observable } from '@opentelemetry/api'
import { PrometheusExporter, PrometheusSerializer } from '@opentelemetry/exporter-prometheus'
import type { Resource } from '@opentelemetry/resources'
import { MeterProvider, type MetricReader } from '@opentelemetry/sdk-metrics'
import type { MetricDefinition } from '#lib/telemetry/metric-definition'
import { type LabelsOf, type MetricKey, type MetricOf, metricList } from '#lib/telemetry/metric-list'

type Watched = MetricOf<'gauge'> | MetricOf<'observed counter'>
/** Hands over one value; what is not handed over has no series. */
export type Observe = <Key extends Watched>(key: Key, value: number, labels: LabelsOf<Key>) => void

/** The metrics of this process: the list's instruments, and no others. */
export interface Metrics {
  count<Key extends MetricOf<'counter'>>(key: Key, value: number, labels: LabelsOf<Key>): void
  record<Key extends MetricOf<'histogram'>>(key: Key, value: number, labels: LabelsOf<Key>): void
  /** `read` is called with every look at the metrics. */
  watch(read: (observe: Observe) => void): void
  /** All of them in Prometheus' text format. */
  scrape(): Promise<string>
  close(): Promise<void>
}

/** `readers` push the same metrics elsewhere. */
export function openMetrics({
  resource,
  readers,
}: {
  resource: Resource
  readers: readonly MetricReader[]
}): Metrics {
  const pulled = new PrometheusExporter({ preventServerStart: true })
  const provider = new MeterProvider({ resource, readers: [pulled, ...readers] })
  const meter = provider.getMeter('huntaze')
  const serializer = new PrometheusSerializer()
  const counters = new Map<MetricKey, Counter>()
  const histograms = new Map<MetricKey, Histogram>()
  const watched = new Map<MetricKey, Observable>()
  for (const [key, definition] of Object.entries(metricList) as [MetricKey, MetricDefinition][]) {
    const { name, kind, unit, help: description, buckets } = definition
    const options = { unit, description }
    if (kind === 'counter') counters.set(key, meter.createCounter(name, options))
    else if (kind === 'gauge') watched.set(key, meter.createObservableGauge(name, options))
    else if (kind === 'observed counter') watched.set(key, meter.createObservableCounter(name, options))
    else {
      const advice = { explicitBucketBoundaries: [...(buckets ?? [])] }
      histograms.set(key, meter.createHistogram(name, { ...options, advice }))
    }
  }
  return {
    count: (key, value, labels) => counters.get(key)?.add(value, labels),
    record: (key, value, labels) => histograms.get(key)?.record(value, labels),
    watch(read) {
      meter.addBatchObservableCallback(
        (result) => {
          read((key, value, labels) => {
            const instrument = watched.get(key)
            if (instrument) result.observe(instrument, value, labels)
          })
        },
        [...watched.values()],
      )
    },
    async scrape() {
      const { resourceMetrics, errors } = await pulled.collect()
      if (errors.length > 0) throw new AggregateError(errors, 'metrics could not be read')
      return serializer.serialize(resourceMetrics)
    },
    close: () => provider.shutdown(),
  }
}

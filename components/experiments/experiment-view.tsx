'use client'

import { Skeleton } from '@mantine/core'
import { useExperiment } from '#components/data/use-experiments'
import { ExperimentTimeline } from '#components/experiments/experiment-timeline'
import { ExposurePanel } from '#components/experiments/exposure-panel'
import { GuardrailTable } from '#components/experiments/guardrail-table'
import { IntervalChart } from '#components/experiments/interval-chart'
import { MetricTable } from '#components/experiments/metric-table'
import { VerdictPanel } from '#components/experiments/verdict-panel'
import { ErrorNotice } from '#components/ui/error-notice'
import { Panel } from '#components/ui/panel'
import { metricDefinitions } from '#lib/experiments/experiment-metrics'
import classes from './experiments.module.css'

/** One experiment: its verdict first, then what it rests on. */
export function ExperimentView({ id }: { id: string }) {
  const { data, error, refetch } = useExperiment(id)
  if (!data) {
    return error ? (
      <ErrorNotice what="The experiment" error={error} onRetry={() => void refetch()} />
    ) : (
      <Skeleton height={300} role="status" aria-label="Loading the experiment" />
    )
  }
  const { reading, plan } = data
  const primary = metricDefinitions[plan.primaryMetric]
  return (
    <>
      <VerdictPanel experiment={data} />
      {data.readings.length > 1 ? (
        <Panel
          title="How the interval narrows"
          hint={`${primary.label}, variant − ${plan.variants[0]?.name}`}
        >
          <IntervalChart experiment={data} />
        </Panel>
      ) : null}
      {reading ? (
        <>
          <Panel title="Metrics" hint="with intervals that hold at any time" flush>
            <MetricTable experiment={data} reading={reading} />
          </Panel>
          <div className={classes.columns}>
            <Panel title="Guardrails" hint="stop a variant by themselves" flush>
              <GuardrailTable reading={reading} />
            </Panel>
            <ExposurePanel experiment={data} reading={reading} />
          </div>
        </>
      ) : null}
      <ExperimentTimeline events={data.events} />
    </>
  )
}

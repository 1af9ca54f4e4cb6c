import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { describeMetrics } from '#lib/telemetry/describe-metrics'
import { describeKql } from '#lib/telemetry/kql-queries'
import type { MetricDefinition } from '#lib/telemetry/metric-definition'
import { metricList } from '#lib/telemetry/metric-list'

const definitions: readonly MetricDefinition[] = Object.values(metricList)

describe('the metric list', () => {
  it('stands in the docs as it is, and the queries too (node server/cli/describe-metrics.ts prints them)', () => {
    const docs = readFileSync(join(import.meta.dirname, '../../../docs/telemetry.md'), 'utf8')
    expect(docs).toContain(describeMetrics())
    expect(docs).toContain(describeKql())
  })

  it('names each metric once, with a help that is a sentence and buckets that rise', () => {
    expect(new Set(definitions.map(({ name }) => name)).size).toBe(definitions.length)
    for (const { name, help, kind, buckets = [] } of definitions) {
      expect(name).toMatch(/^(gen_ai|huntaze|nodejs|process|v8js)\.[a-z0-9_.]+$/)
      expect(help).toMatch(/^[A-Z0-9].*\.$/)
      expect(buckets.length > 0).toBe(kind === 'histogram')
      expect(buckets).toEqual([...buckets].sort((a, b) => a - b))
    }
  })
})

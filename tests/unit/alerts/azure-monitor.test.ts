import { execFile } from 'node:child_process'
import { promisify } from 'node:util'
import { describe, expect, it } from 'vitest'
import { z } from 'zod'
import { generateAzureAlerts } from '#lib/alerts/azure-monitor'
import { builtInRules } from '#lib/alerts/built-in-rules'
import { metricList } from '#lib/telemetry/metric-list'

/** The published shape of what is generated (2023-12-01, LogAlert; workbooks 2023-06-01), nothing more allowed. */
const duration = z.enum(['PT5M', 'PT10M', 'PT15M', 'PT30M', 'PT1H', 'PT6H', 'P1D', 'P2D'])
const queryRule = z.strictObject({
  type: z.literal('Microsoft.Insights/scheduledQueryRules'),
  apiVersion: z.literal('2023-12-01'),
  name: z.string().regex(/^[^*#&+:<>?@%{}\\/]{1,260}$/),
  location: z.string(),
  kind: z.literal('LogAlert'),
  properties: z.strictObject({
    displayName: z.string().min(1),
    description: z.string(),
    severity: z.int().min(0).max(4),
    enabled: z.boolean(),
    scopes: z.array(z.string()).length(1),
    evaluationFrequency: duration,
    windowSize: duration,
    criteria: z.strictObject({
      allOf: z
        .array(
          z.strictObject({
            query: z.string().min(1),
            timeAggregation: z.enum(['Count', 'Average', 'Minimum', 'Maximum', 'Total']),
            metricMeasureColumn: z.literal('AggregatedValue'),
            dimensions: z.array(
              z.strictObject({
                name: z.string(),
                operator: z.enum(['Include', 'Exclude']),
                values: z.array(z.string()).min(1),
              }),
            ),
            operator: z.enum(['Equals', 'GreaterThan', 'GreaterThanOrEqual', 'LessThan', 'LessThanOrEqual']),
            threshold: z.number(),
            failingPeriods: z
              .strictObject({
                numberOfEvaluationPeriods: z.int().min(1).max(6),
                minFailingPeriodsToAlert: z.int().min(1).max(6),
              })
              .refine((one) => one.minFailingPeriodsToAlert <= one.numberOfEvaluationPeriods),
          }),
        )
        .length(1),
    }),
    autoMitigate: z.boolean(),
    actions: z.strictObject({ actionGroups: z.string() }),
  }),
})
const workbook = z.strictObject({
  type: z.literal('Microsoft.Insights/workbooks'),
  apiVersion: z.literal('2023-06-01'),
  name: z.string(),
  location: z.string(),
  kind: z.literal('shared'),
  properties: z.strictObject({
    displayName: z.string(),
    category: z.string(),
    sourceId: z.string(),
    serializedData: z.string(),
  }),
})
const template = z.strictObject({
  $schema: z.literal('https://schema.management.azure.com/schemas/2019-04-01/deploymentTemplate.json#'),
  contentVersion: z.string(),
  metadata: z.looseObject({ description: z.string() }),
  parameters: z.record(z.string(), z.looseObject({ type: z.string() })),
  resources: z.array(z.union([queryRule, workbook])),
})

describe('the alert rules for Azure Monitor', () => {
  const { template: made, omitted } = generateAzureAlerts(builtInRules)
  const { resources, parameters } = template.parse(made)
  const rules = resources.flatMap((one) => (one.kind === 'LogAlert' ? [one] : []))

  it('have the published shape, one for every rule that Azure can see, and name the others', () => {
    const ids = [...rules.map(({ name }) => name.replace('huntaze-', '')), ...omitted.map(({ id }) => id)]
    expect(ids.toSorted()).toEqual(builtInRules.map(({ id }) => id).toSorted())
    expect(rules.length).toBeGreaterThanOrEqual(11)
    expect(omitted.every(({ reason }) => reason.length > 10)).toBe(true)
  })

  it('ask only for metrics that this program exports, and only for parameters that the template has', () => {
    const exported = new Set(Object.values(metricList).map(({ name }) => name as string))
    const queries = rules.map(({ properties }) => properties.criteria.allOf[0]?.query ?? '')
    const asked = queries.flatMap((query) =>
      [...query.matchAll(/Name == "([^"]+)"/g)].map((match) => match[1] ?? ''),
    )
    expect(asked.length).toBeGreaterThan(5)
    expect(asked.filter((name) => !exported.has(name))).toEqual([])
    const used = [...JSON.stringify(made).matchAll(/parameters\('(\w+)'\)/g)].map((match) => match[1] ?? '')
    expect([...new Set(used)].toSorted()).toEqual(Object.keys(parameters).toSorted())
  })

  it('split by columns that their queries have', () => {
    for (const { properties } of rules) {
      const [one] = properties.criteria.allOf
      for (const { name } of one?.dimensions ?? []) expect(one?.query).toMatch(new RegExp(`\\b${name}\\b`))
      expect(one?.query).toContain('AggregatedValue =')
    }
  })

  it('come with a workbook that asks the same', () => {
    const book = resources.find(({ kind }) => kind === 'shared')
    const data = JSON.parse(book?.kind === 'shared' ? book.properties.serializedData : '{}')
    expect(data.version).toBe('Notebook/1.0')
    expect(data.items.filter(({ type }: { type: number }) => type === 3)).toHaveLength(rules.length)
  })

  it('are printed by npm run alerts:azure', async () => {
    const { stdout, stderr } = await promisify(execFile)(process.execPath, ['server/cli/alerts-azure.ts'])
    expect(template.safeParse(JSON.parse(stdout)).success).toBe(true)
    expect(stderr).toContain('left out: budget-80')
  })
})

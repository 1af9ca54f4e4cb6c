import type { AlertRule, AlertSeverity } from '#lib/alerts/alert-rule'
import {
  azureQueries,
  azureWindows,
  burnRateQuery,
  dimensionsOf,
  thresholdQuery,
} from '#lib/alerts/azure-queries'
import { windowMs } from '#lib/alerts/burn-rate'

/** An ARM template of alert rules and a workbook, and which rules it cannot hold. */
export interface AzureAlerts {
  template: Readonly<Record<string, unknown>>
  omitted: readonly { id: string; reason: string }[]
}

interface AzureRule {
  rule: AlertRule
  query: string
  dimensions: readonly string[]
  windowSize: string
  operator: string
  threshold: number
}

const severities: Readonly<Record<AlertSeverity, number>> = { critical: 1, warning: 2, info: 3 }
const operators = {
  above: 'GreaterThan',
  at_least: 'GreaterThanOrEqual',
  below: 'LessThan',
  at_most: 'LessThanOrEqual',
} as const
const everyMinutes = 5

/**
 * The same rules for Azure Monitor: one scheduled query rule each over the workspace that telemetry is exported to, and
 * a workbook with their queries. What Azure cannot see, or look back on, is named.
 * @see https://learn.microsoft.com/azure/templates/microsoft.insights/2023-12-01/scheduledqueryrules
 */
export function generateAzureAlerts(rules: readonly AlertRule[]): AzureAlerts {
  const omitted: { id: string; reason: string }[] = []
  const made = rules
    .filter(({ enabled }) => enabled)
    .flatMap((rule) => {
      const found = toAzure(rule)
      if (typeof found !== 'string') return [found]
      omitted.push({ id: rule.id, reason: found })
      return []
    })
  const template = {
    $schema: 'https://schema.management.azure.com/schemas/2019-04-01/deploymentTemplate.json#',
    contentVersion: '1.0.0.0',
    metadata: { description: 'Made from the alert rules of Huntaze AI; not validated by Azure.', omitted },
    parameters: {
      location: { type: 'string', defaultValue: '[resourceGroup().location]' },
      workspaceId: {
        type: 'string',
        metadata: { description: 'Resource id of the Log Analytics workspace.' },
      },
      actionGroupIds: { type: 'array', defaultValue: [] },
    },
    resources: [...made.map(queryRule), workbook(made)],
  }
  return { template, omitted }
}

/** What Azure needs of a rule; else why it cannot have it. */
function toAzure(rule: AlertRule): AzureRule | string {
  const { condition } = rule
  const known = azureQueries[rule.metric]
  if (condition.kind === 'burn_rate') {
    if (rule.metric !== 'tier.error_ratio')
      return `${rule.metric} needs latency buckets, which the exporter does not keep`
    const [pair, ...others] = azureWindows(condition)
    if (!pair) return 'a scheduled query looks back two days at most'
    const longest = Math.max(...[pair, ...others].map(({ long }) => windowMs[long]))
    return {
      rule,
      query: burnRateQuery(rule, condition),
      dimensions: ['tier'],
      windowSize: `PT${longest / 3_600_000}H`,
      operator: operators.above,
      threshold: 1,
    }
  }
  if (!known) return `${rule.metric} stands in this program's own tables, not in its telemetry`
  return {
    rule,
    query: thresholdQuery(rule, known),
    dimensions: dimensionsOf(rule, known),
    windowSize: known.windowSize,
    operator: operators[condition.comparison],
    threshold: condition.limit,
  }
}

function queryRule({ rule, query, dimensions, windowSize, operator, threshold }: AzureRule): unknown {
  const periods = Math.max(1, Math.min(6, Math.ceil(rule.forSeconds / (everyMinutes * 60))))
  return {
    type: 'Microsoft.Insights/scheduledQueryRules',
    apiVersion: '2023-12-01',
    name: `huntaze-${rule.id}`,
    location: "[parameters('location')]",
    kind: 'LogAlert',
    properties: {
      displayName: rule.name,
      description: rule.about,
      severity: severities[rule.severity],
      enabled: true,
      scopes: ["[parameters('workspaceId')]"],
      evaluationFrequency: `PT${everyMinutes}M`,
      windowSize,
      criteria: {
        allOf: [
          {
            query,
            timeAggregation: 'Maximum',
            metricMeasureColumn: 'AggregatedValue',
            dimensions: dimensions.map((name) => ({ name, operator: 'Include', values: ['*'] })),
            operator,
            threshold,
            failingPeriods: { numberOfEvaluationPeriods: periods, minFailingPeriodsToAlert: periods },
          },
        ],
      },
      autoMitigate: true,
      actions: { actionGroups: "[parameters('actionGroupIds')]" },
    },
  }
}

/** One chart of each rule's query over time, as the workbook gallery stores it. */
function workbook(rules: readonly AzureRule[]): unknown {
  const items = rules.flatMap(({ rule, query }) => [
    { type: 1, name: `${rule.id}-text`, content: { json: `### ${rule.name}\n${rule.about}` } },
    {
      type: 3,
      name: rule.id,
      content: {
        version: 'KqlItem/1.0',
        query,
        size: 1,
        queryType: 0,
        resourceType: 'microsoft.operationalinsights/workspaces',
        visualization: 'table',
        timeContext: { durationMs: 86_400_000 },
      },
    },
  ])
  return {
    type: 'Microsoft.Insights/workbooks',
    apiVersion: '2023-06-01',
    name: "[guid(resourceGroup().id, 'huntaze-alerts')]",
    location: "[parameters('location')]",
    kind: 'shared',
    properties: {
      displayName: 'Huntaze AI alerts',
      category: 'workbook',
      sourceId: "[parameters('workspaceId')]",
      serializedData: JSON.stringify({ version: 'Notebook/1.0', items, isLocked: false }),
    },
  }
}

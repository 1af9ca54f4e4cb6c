/** A question to Application Insights in its query language, over the spans that this program exports. */
export interface KqlQuery {
  title: string
  query: string
}

/**
 * Queries for Azure Monitor. Calls to providers stand in `dependencies`, requests of callers in `requests`; each row counts
 * `itemCount` times where only a share of the traces is sent. A test holds every field to what the exporter really sent.
 */
export const kqlQueries: readonly KqlQuery[] = [
  {
    title: 'Cost by creator, model and operation',
    query: `dependencies
| where timestamp > ago(30d) and isnotempty(customDimensions["huntaze.cost_usd"])
| extend creator = tostring(customDimensions["huntaze.creator_id"])
| extend model = tostring(customDimensions["gen_ai.request.model"])
| extend operation = tostring(customDimensions["huntaze.operation"])
| summarize
    costUsd = sum(todouble(customDimensions["huntaze.cost_usd"]) * itemCount),
    inputTokens = sum(tolong(customDimensions["gen_ai.usage.input_tokens"]) * itemCount),
    outputTokens = sum(tolong(customDimensions["gen_ai.usage.output_tokens"]) * itemCount),
    calls = sum(itemCount)
  by creator, model, operation
| order by costUsd desc`,
  },
  {
    title: 'Cost by day and deployment',
    query: `dependencies
| where timestamp > ago(30d) and isnotempty(customDimensions["huntaze.cost_usd"])
| summarize costUsd = sum(todouble(customDimensions["huntaze.cost_usd"]) * itemCount)
  by bin(timestamp, 1d), deployment = tostring(customDimensions["huntaze.deployment"])
| render columnchart`,
  },
  {
    title: 'Latency and errors by tier',
    query: `requests
| where timestamp > ago(1d) and isnotempty(customDimensions["huntaze.tier"])
| summarize
    p50 = percentile(duration, 50), p95 = percentile(duration, 95), p99 = percentile(duration, 99),
    firstTokenP95 = percentile(todouble(customDimensions["huntaze.time_to_first_token_ms"]), 95),
    errorRatio = todouble(sumif(itemCount, success == false)) / sum(itemCount)
  by bin(timestamp, 5m), tier = tostring(customDimensions["huntaze.tier"])
| render timechart`,
  },
  {
    title: 'Why calls failed, and what was tried instead',
    query: `dependencies
| where timestamp > ago(1d) and isnotempty(customDimensions["huntaze.attempt.reason"])
| summarize calls = sum(itemCount), failed = sumif(itemCount, success == false)
  by deployment = tostring(customDimensions["huntaze.deployment"]),
     reason = tostring(customDimensions["huntaze.attempt.reason"]),
     failure = tostring(customDimensions["huntaze.failure"]),
     breaker = tostring(customDimensions["huntaze.breaker.phase"])
| order by failed desc`,
  },
  {
    title: 'One request, by its correlation id',
    query: `union requests, dependencies
| where customDimensions["huntaze.correlation_id"] == "CORRELATION_ID"
| project timestamp, itemType, name, duration, success, operation_Id, operation_ParentId, customDimensions
| order by timestamp asc`,
  },
]

/** The queries as Markdown, for `docs/telemetry.md`. */
export function describeKql(): string {
  return kqlQueries.map(({ title, query }) => `### ${title}\n\n\`\`\`kusto\n${query}\n\`\`\``).join('\n\n')
}

import { describeMetrics } from '#lib/telemetry/describe-metrics'

/** `node server/cli/describe-metrics.ts`: the table of `docs/telemetry.md`. */
console.log(describeMetrics())

import { describeMetrics } from '#lib/telemetry/describe-metrics'
import { describeKql } from '#lib/telemetry/kql-queries'

/** `node server/cli/describe-metrics.ts` prints the table of `docs/telemetry.md`, with `kql` its queries. */
console.log(process.argv[2] === 'kql' ? describeKql() : describeMetrics())

import { z } from 'zod'

/** `GET /api/admin/status`: what the frame around every page shows. */
export const status = z.object({
  version: z.string(),
  instanceId: z.string(),
  startedAt: z.iso.datetime(),
  database: z.enum(['embedded', 'postgres']),
  /** What the simulator stands in for, e.g. `Azure OpenAI`; empty when everything is real. */
  simulated: z.array(z.string()),
  /** Start-up warnings, such as a retired model in the catalog. */
  warnings: z.array(z.string()),
  configurationVersion: z.number(),
  journal: z.object({ pendingRecords: z.number(), databaseReachable: z.boolean() }),
  signInMethods: z.array(z.enum(['password', 'microsoft'])),
  storePrompts: z.boolean(),
})

/**
 * `GET /api/admin/events` (text/event-stream). Event names are what changed; clients invalidate what they show.
 * `hello` opens, `activity` follows ledger writes (at most one a second), `configuration` follows changes,
 * `breaker`, `region`, `capacity`, `alert` and `model` follow their moves, `heartbeat` comes every 5 s. Data is `{at}`.
 */
export const consoleEventNames = [
  'hello',
  'activity',
  'configuration',
  'breaker',
  'region',
  'capacity',
  'audit',
  'alert',
  'model',
  'heartbeat',
] as const
export type ConsoleEventName = (typeof consoleEventNames)[number]

/** RFC 9457 problem details, the shape of every control-plane error. */
export const problem = z.object({
  type: z.string(),
  title: z.string(),
  status: z.number(),
  detail: z.string(),
  code: z.string(),
  requestId: z.string(),
  /** Each mistake of a refused body or query, with its path. */
  errors: z.array(z.object({ path: z.string(), message: z.string() })).optional(),
})

export type Status = z.infer<typeof status>
export type Problem = z.infer<typeof problem>

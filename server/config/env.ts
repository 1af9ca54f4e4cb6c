import { z } from 'zod'
import { type EnvName, envVariables } from '#server/config/env-variables'

const schema = z.object(
  Object.fromEntries(Object.entries(envVariables).map(([name, row]) => [name, row.schema])) as {
    [Name in EnvName]: (typeof envVariables)[Name]['schema']
  },
)

/** The validated environment. */
export type Env = z.infer<typeof schema>

/** Groups of which all or none must be set. */
const together: readonly (readonly EnvName[])[] = [
  ['HUNTAZE_BOOTSTRAP_ADMIN_EMAIL', 'HUNTAZE_BOOTSTRAP_ADMIN_PASSWORD'],
  ['AZURE_ML_SUBSCRIPTION_ID', 'AZURE_ML_RESOURCE_GROUP', 'AZURE_ML_WORKSPACE'],
  ['AUTH_MICROSOFT_ENTRA_ID_ID', 'AUTH_MICROSOFT_ENTRA_ID_SECRET', 'AUTH_MICROSOFT_ENTRA_ID_TENANT_ID'],
]

/** What needs what: the first is useless, or unsafe, without the second. */
const needs: readonly (readonly [EnvName, EnvName])[] = [
  ['AZURE_OPENAI_DR_ENDPOINT', 'AZURE_OPENAI_ENDPOINT'],
  ['ANTHROPIC_BASE_URL', 'ANTHROPIC_API_KEY'],
  ['AZURE_ML_ENDPOINT', 'AZURE_ML_WORKSPACE'],
  ['DATABASE_URL', 'AUTH_SECRET'],
  ['DATABASE_URL', 'HUNTAZE_SIGNING_KEY'],
  ['DATABASE_URL', 'HUNTAZE_PSEUDONYM_KEY'],
]

/** Of which at most one may be set. */
const either: readonly (readonly [EnvName, EnvName])[] = [
  ['AZURE_STORAGE_CONNECTION_STRING', 'AZURE_STORAGE_ACCOUNT_URL'],
]

export type EnvResult = { ok: true; env: Env } | { ok: false; problems: readonly string[] }

/**
 * Reads and checks the environment; empty strings count as not set. Every mistake is named at once, and no
 * message repeats a value, since values may be secrets.
 */
export function readEnv(source: Readonly<Record<string, string | undefined>> = process.env): EnvResult {
  const given = Object.fromEntries(
    Object.entries(source).filter(([, value]) => value !== undefined && value !== ''),
  )
  const parsed = schema.safeParse(given)
  const problems = [
    ...(parsed.success
      ? []
      : parsed.error.issues.map((issue) => `${issue.path.join('.')}: ${issue.message}`)),
    ...groupProblems(given),
  ]
  return parsed.success && problems.length === 0 ? { ok: true, env: parsed.data } : { ok: false, problems }
}

function groupProblems(given: Readonly<Record<string, unknown>>): string[] {
  const halves = together.flatMap((group) => {
    const missing = group.filter((name) => !(name in given))
    if (missing.length === 0 || missing.length === group.length) return []
    const present = group.filter((name) => name in given)
    return [`${present.join(', ')}: set together with ${missing.join(', ')}, or not at all`]
  })
  const lacking = needs
    .filter(([name, needed]) => name in given && !(needed in given))
    .map(([name, needed]) => `${name}: needs ${needed} too`)
  const doubled = either
    .filter(([one, other]) => one in given && other in given)
    .map(([one, other]) => `${one}: set it or ${other}, not both`)
  return [...halves, ...lacking, ...doubled]
}

/** Azure Monitor's exporter reports about itself to its makers, and asks every cloud's metadata where it is, unless told not to. */
export function forbidExporterStatistics(): void {
  process.env.APPLICATIONINSIGHTS_STATSBEAT_DISABLED = 'true'
  process.env.APPLICATIONINSIGHTS_SDKSTATS_DISABLED = 'true'
}

/** Next reports usage to its makers unless told not to; told here, before it is loaded or started as a child. */
export function forbidNextTelemetry(): void {
  process.env.NEXT_TELEMETRY_DISABLED = '1'
}

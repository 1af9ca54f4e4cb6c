import { z } from 'zod'

const text = z.string().trim().min(1)
const secretKey = text.min(20, 'must be at least 20 characters')

/** `https:` anywhere, `http:` to loopback only: what leaves the machine is encrypted. */
const endpoint = text.refine(
  isSafeEndpoint,
  'must be an https:// address (http:// is accepted for loopback only)',
)

function isSafeEndpoint(value: string): boolean {
  if (!URL.canParse(value)) return false
  const url = new URL(value)
  if (url.username || url.password) return false
  if (url.protocol === 'https:') return true
  return url.protocol === 'http:' && isLoopbackHost(url.hostname)
}

/** Is the host name this machine itself (127.0.0.0/8, ::1, localhost)? */
export function isLoopbackHost(hostname: string): boolean {
  return hostname === 'localhost' || hostname === '[::1]' || /^127(\.\d{1,3}){3}$/.test(hostname)
}

const storageConnectionForm =
  'must be AccountName=…;AccountKey=…, as the Azure portal shows it, or hold a BlobEndpoint; http:// to loopback only'

function isStorageConnection(value: string): boolean {
  const fields = new Map(
    value.split(';').map((part) => {
      const at = part.indexOf('=')
      return [part.slice(0, at), part.slice(at + 1)] as const
    }),
  )
  const address = fields.get('BlobEndpoint')
  const isNamed = fields.has('AccountName') && fields.has('AccountKey')
  const isShared = address !== undefined && fields.has('SharedAccessSignature')
  return (isNamed || isShared) && (address === undefined || isSafeEndpoint(address))
}

const connectionStringForm =
  'must be InstrumentationKey=<GUID>;IngestionEndpoint=https://…, as the Azure portal shows it; http:// would be sent to https:// in silence'

/** The exporter takes what is malformed for nothing at all and an http endpoint for an https one, without a word. */
function isConnectionString(value: string): boolean {
  const parts = value.split(';').filter((part) => part !== '')
  const fields = new Map(
    parts.map((part) => part.split('=')).map(([name = '', field = '']) => [name.toLowerCase(), field]),
  )
  const endpoints = [...fields].filter(([name]) => name.endsWith('endpoint')).map(([, field]) => field)
  return (
    parts.every((part) => part.split('=').length === 2) &&
    z.guid().safeParse(fields.get('instrumentationkey')).success &&
    endpoints.every((one) => URL.canParse(one) && one.startsWith('https://'))
  )
}

/** Keys with commas between them; each must be one that `key` accepts. */
function keyList(key: z.ZodType<string, string>) {
  return text.transform((value) => value.split(',').map((part) => part.trim())).pipe(z.array(key))
}

/** One row per variable: its schema and the sentence that README and `.env.example` carry. */
export const envVariables = {
  HOST: { schema: text.default('127.0.0.1'), group: 'Server', about: 'Address to listen on.' },
  PORT: {
    schema: z.coerce.number().int().min(0).max(65535).default(3000),
    group: 'Server',
    about: 'Port to listen on; 0 takes a free one.',
  },
  PUBLIC_URL: {
    schema: endpoint.optional(),
    group: 'Server',
    about:
      'Address under which browsers reach the console; decides origin checks, redirects and secure cookies. Derived from HOST and PORT when not set.',
  },
  TRUST_PROXY: {
    schema: z.enum(['on', 'off']).default('off'),
    group: 'Server',
    about: '`on` behind a reverse proxy: the client address is then the last entry of X-Forwarded-For.',
  },
  LOG_LEVEL: {
    schema: z.enum(['trace', 'debug', 'info', 'warn', 'error', 'silent']).default('info'),
    group: 'Server',
    about: 'Lowest level that is logged (JSON lines on stdout).',
  },
  HUNTAZE_SHUTDOWN_MS: {
    schema: z.coerce.number().int().min(0).max(600_000).default(20_000),
    group: 'Server',
    about: 'Milliseconds that running answers may take to end after SIGTERM before they are cut.',
  },
  HUNTAZE_BODY_LIMIT_MB: {
    schema: z.coerce.number().int().min(1).max(100).default(25),
    group: 'Server',
    about: 'Largest request body of the data plane in MiB.',
  },
  HUNTAZE_DATA_DIR: {
    schema: text.default('.data'),
    group: 'Data',
    about: 'Directory of the embedded database, the ledger journal and generated secrets.',
  },
  DATABASE_URL: {
    schema: text.regex(/^postgres(ql)?:\/\//, 'must begin with postgres:// or postgresql://').optional(),
    group: 'Data',
    about: 'Postgres instead of the embedded database.',
  },
  REDIS_URL: {
    schema: text.regex(/^rediss?:\/\//, 'must begin with redis:// or rediss://').optional(),
    group: 'Data',
    about:
      'Redis shared by several instances (probe leases, kept answers); without it they share leases through Postgres and keep answers each for itself.',
  },
  AZURE_STORAGE_CONNECTION_STRING: {
    schema: text.refine(isStorageConnection, storageConnectionForm).optional(),
    group: 'Data',
    about: 'Azure Blob Storage by its connection string: the audit log is anchored there too.',
  },
  AZURE_STORAGE_ACCOUNT_URL: {
    schema: endpoint.optional(),
    group: 'Data',
    about:
      'The same by the account’s address, with the managed identity: https://ACCOUNT.blob.core.windows.net. Set one of both.',
  },
  HUNTAZE_AUDIT_CONTAINER: {
    schema: text
      .regex(/^[a-z0-9](?:-?[a-z0-9]){2,62}$/, 'must be 3 to 63 small letters, digits and single dashes')
      .default('huntaze-audit'),
    group: 'Data',
    about: 'Container of the audit log’s anchors. Give it a policy of immutability.',
  },
  HUNTAZE_CATALOG: {
    schema: text.optional(),
    group: 'Catalog',
    about: 'Path of a JSON catalog of regions, deployments and tiers; without it the built-in one.',
  },
  HUNTAZE_LEGACY_PROBE_MINUTES: {
    schema: z.coerce.number().int().min(0).max(1_440).default(5),
    group: 'Catalog',
    about:
      'Minutes between two small calls to each legacy route, which show that the way back is open; 0 = only by hand.',
  },
  HUNTAZE_LEGACY_PROBE_DAILY_USD: {
    schema: z.coerce.number().min(0).max(1_000).default(1),
    group: 'Catalog',
    about: 'What those calls may cost a day (UTC) in USD; when it is reached they rest until midnight.',
  },
  HUNTAZE_BOOTSTRAP_API_KEY: {
    schema: secretKey.optional(),
    group: 'Access',
    about: 'If set, this API key exists with all data-plane scopes, its own account and plan `unlimited`.',
  },
  HUNTAZE_BOOTSTRAP_ADMIN_API_KEY: {
    schema: secretKey.optional(),
    group: 'Access',
    about: 'Likewise with every scope, for /api/admin too.',
  },
  HUNTAZE_BOOTSTRAP_ADMIN_EMAIL: {
    schema: z.email().optional(),
    group: 'Access',
    about: 'With the password below: this admin exists, and no one-time link is printed.',
  },
  HUNTAZE_BOOTSTRAP_ADMIN_PASSWORD: {
    schema: text.min(12, 'must be at least 12 characters').optional(),
    group: 'Access',
    about: 'Password of that admin.',
  },
  AUTH_SECRET: {
    schema: text.min(32, 'must be at least 32 characters').optional(),
    group: 'Access',
    about:
      'Signs console sessions. Generated into the data directory when embedded; required with DATABASE_URL.',
  },
  AUTH_MICROSOFT_ENTRA_ID_ID: {
    schema: text.optional(),
    group: 'Access',
    about: 'Client id for signing in with Entra ID.',
  },
  AUTH_MICROSOFT_ENTRA_ID_SECRET: {
    schema: text.optional(),
    group: 'Access',
    about: 'Client secret for the same.',
  },
  AUTH_MICROSOFT_ENTRA_ID_TENANT_ID: {
    schema: z.guid('must be the GUID of one tenant').optional(),
    group: 'Access',
    about: 'Tenant whose members may sign in.',
  },
  HUNTAZE_SIGNING_KEY: {
    schema: keyList(
      text.regex(
        /^[A-Za-z0-9+/_-]{43}=?$/,
        'must be 32 bytes in base64, as `openssl rand -base64 32` makes them',
      ),
    ).optional(),
    group: 'Audit',
    about:
      'Ed25519 key (32 bytes in base64) that signs the audit log; after a rotation: the new one, a comma, the old one. Generated into the data directory when embedded; required with DATABASE_URL.',
  },
  HUNTAZE_PSEUDONYM_KEY: {
    schema: keyList(text.min(32, 'must be at least 32 characters')).optional(),
    group: 'Audit',
    about:
      'Finds the pseudonyms under which persons stand in the audit log; after a rotation: the new one, a comma, the old one. Generated into the data directory when embedded; required with DATABASE_URL.',
  },
  HUNTAZE_ALERT_PRIVATE_HOSTS: {
    schema: z.enum(['refuse', 'loopback', 'allow']).optional(),
    group: 'Alerts',
    about:
      'Addresses inside the network that alerts may be sent to: none, this machine’s own, or all. `loopback` when embedded, `refuse` with DATABASE_URL.',
  },
  AZURE_OPENAI_ENDPOINT: {
    schema: endpoint.optional(),
    group: 'Azure OpenAI',
    about: "Endpoint of the built-in catalog's primary region (West Europe).",
  },
  AZURE_OPENAI_DR_ENDPOINT: {
    schema: endpoint.optional(),
    group: 'Azure OpenAI',
    about: 'Endpoint of its disaster-recovery region (North Europe).',
  },
  AZURE_OPENAI_API_KEY: {
    schema: text.optional(),
    group: 'Azure OpenAI',
    about: 'Key; without it the managed identity (DefaultAzureCredential).',
  },
  AZURE_OPENAI_API_VERSION: {
    schema: text.default('2024-10-21'),
    group: 'Azure OpenAI',
    about: 'api-version of the data plane.',
  },
  OPENAI_API_KEY: { schema: text.optional(), group: 'Legacy providers', about: 'OpenAI, the old provider.' },
  OPENAI_BASE_URL: {
    schema: endpoint.optional(),
    group: 'Legacy providers',
    about: 'Any OpenAI-compatible server; default is OpenAI itself.',
  },
  ANTHROPIC_API_KEY: {
    schema: text.optional(),
    group: 'Legacy providers',
    about: 'Anthropic, the other old provider.',
  },
  ANTHROPIC_BASE_URL: {
    schema: endpoint.optional(),
    group: 'Legacy providers',
    about: 'Default is Anthropic itself.',
  },
  AZURE_ML_SUBSCRIPTION_ID: {
    schema: z.guid('must be the GUID of a subscription').optional(),
    group: 'Azure ML',
    about: 'Subscription of the Azure ML workspace in which model versions are registered, too.',
  },
  AZURE_ML_RESOURCE_GROUP: { schema: text.optional(), group: 'Azure ML', about: 'Its resource group.' },
  AZURE_ML_WORKSPACE: { schema: text.optional(), group: 'Azure ML', about: 'Its name.' },
  AZURE_ML_ENDPOINT: {
    schema: z.union([z.literal('simulator'), endpoint]).optional(),
    group: 'Azure ML',
    about: 'Resource manager of another cloud; `simulator` for the one that is built in.',
  },
  APPLICATIONINSIGHTS_CONNECTION_STRING: {
    schema: text.refine(isConnectionString, connectionStringForm).optional(),
    group: 'Telemetry',
    about: 'Connection string of Application Insights: traces and metrics go to Azure Monitor.',
  },
  OTEL_EXPORTER_OTLP_ENDPOINT: {
    schema: endpoint.optional(),
    group: 'Telemetry',
    about: 'OpenTelemetry collector (OTLP over HTTP): traces and metrics go there too.',
  },
  OTEL_TRACES_SAMPLER_ARG: {
    schema: z.coerce.number().min(0).max(1).default(1),
    group: 'Telemetry',
    about:
      'Share of the traces that begin here which are sent, 0–1; traces that a caller began follow the caller.',
  },
} as const

export type EnvName = keyof typeof envVariables

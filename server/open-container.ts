import { randomBytes } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { createAccess } from '#server/access/create-access'
import { newId } from '#server/access/new-id'
import { startAlerts } from '#server/alerts/start-alerts'
import { type Audit, openAudit } from '#server/audit/open-audit'
import { listenForConfiguration } from '#server/config/configuration-listener'
import { createConfigurationWatcher } from '#server/config/configuration-watcher'
import { type Env, readEnv } from '#server/config/env'
import { localKeyName, localSecret } from '#server/config/local-secret'
import { createSettingsStore } from '#server/config/settings-store'
import { StartUpError } from '#server/config/start-up-error'
import { clearLeftUploads } from '#server/costs/clear-left-uploads'
import { createLedgerWriter, type LedgerWriter } from '#server/costs/ledger-writer'
import { createPriceStore } from '#server/costs/price-store'
import type { Container } from '#server/create-container'
import { createMaintenance } from '#server/db/maintenance'
import { migrate } from '#server/db/migrate'
import { openDatabase } from '#server/db/open-database'
import { openCatalogStore } from '#server/deployments/catalog-store'
import { openCapacity } from '#server/deployments/open-capacity'
import { recordCatalog } from '#server/deployments/record-catalog'
import { startExperimentJob } from '#server/experiments/experiment-job'
import { openExperiments } from '#server/experiments/open-experiments'
import { defaultRedisTimeoutMs, openAnswerCache } from '#server/gateway/cache/open-answer-cache'
import { startWarmUps } from '#server/gateway/cache/warm-up-job'
import { createGatewayParts } from '#server/gateway/create-gateway-parts'
import {
  builtInEndpoints,
  configuredProviders,
  openProviders,
  simulatedLabels,
} from '#server/gateway/open-providers'
import { createRefusalCounter } from '#server/http/refusal-counter'
import type { MakePairs } from '#server/migration/dual-write-pairs'
import { openMigration } from '#server/migration/open-migration'
import { openModels } from '#server/models/open-models'
import { createRedactor, type Redactor } from '#server/privacy/redactor'
import { openQuotas } from '#server/quotas/open-quotas'
import { openResilience } from '#server/resilience/open-resilience'
import { type Clock, systemClock } from '#server/telemetry/clock'
import { createConsoleEvents } from '#server/telemetry/console-events'
import { createLog, type Log } from '#server/telemetry/log'
import { openTelemetry } from '#server/telemetry/open-telemetry'
import { openTraffic, openTrafficState } from '#server/traffic/open-traffic'

/** A container that is open, and what the start has to tell the operator. */
export interface OpenedContainer {
  container: Container
  /** The one-time link for the first operator; null when somebody can sign in already. */
  firstOperatorUrl: string | null
}

export interface OpenOptions {
  env?: Env
  /** Address of the console; asked late, because the port may be chosen by the system. */
  publicUrl?: () => string
  /** The system's unless a test moves its own. */
  clock?: Clock
  /** The stores that move, instead of those that are registered. */
  dualWritePairs?: MakePairs
  /** How long the answer cache waits for Redis, unless told 50 ms: where a slow machine is not what a test is about. */
  redisTimeoutMs?: number
}

/** Opens the container for whoever asked first without `server/main.ts` (serverless hosting). */
export async function openContainer(): Promise<Container> {
  return (await openProcessContainer({})).container
}

/**
 * Opens every resource of the process and wires the use cases over them.
 *
 * @throws StartUpError naming every mistake of environment and catalog; whatever else fails is thrown as it is.
 */
export async function openProcessContainer(options: OpenOptions): Promise<OpenedContainer> {
  const env = options.env ?? requireEnv()
  const instanceId = `ins_${randomBytes(6).toString('hex')}`
  const redactor = createRedactor()
  const log = createLog({ level: env.LOG_LEVEL, instanceId, redactor })
  const publicUrl = options.publicUrl ?? (() => env.PUBLIC_URL ?? `http://${env.HOST}:${env.PORT}`)
  const closers: (() => Promise<void> | void)[] = []
  try {
    return await open({
      env,
      instanceId,
      log,
      redactor,
      publicUrl,
      closers,
      clock: options.clock ?? systemClock,
      dualWritePairs: options.dualWritePairs,
      redisTimeoutMs: options.redisTimeoutMs ?? defaultRedisTimeoutMs,
    })
  } catch (error) {
    await closeAll(closers)
    throw error
  }
}

function requireEnv(): Env {
  const result = readEnv()
  if (!result.ok) throw new StartUpError(result.problems)
  return result.env
}

interface Opening {
  env: Env
  instanceId: string
  log: Log
  redactor: Redactor
  publicUrl: () => string
  clock: Clock
  dualWritePairs: MakePairs | undefined
  redisTimeoutMs: number
  /** Run in reverse order, also when opening fails half-way. */
  closers: (() => Promise<void> | void)[]
}

/** What everything else stands on: the catalog, the database at this program's version, its settings. */
async function openFoundation({ env, log, clock, closers, instanceId, dualWritePairs }: Opening) {
  const events = createConsoleEvents(clock)
  const simulator = await openSimulator(env)
  if (simulator) closers.push(() => simulator.close())
  const catalog = openCatalogStore({
    path: env.HUNTAZE_CATALOG ?? null,
    endpoints: builtInEndpoints(env, simulator?.url ?? null),
    log,
    onChange: () => events.publish('configuration'),
  })
  closers.push(catalog.close)

  const db = await openDatabase({
    databaseUrl: env.DATABASE_URL ?? null,
    dataDir: env.HUNTAZE_DATA_DIR,
    onError: (error) => log.warn({ err: error }, 'a database connection failed'),
  })
  closers.push(db.close)
  await migrate(db)

  const configuration = createConfigurationWatcher({
    db,
    log,
    onChange: () => events.publish('configuration'),
  })
  await configuration.start()
  closers.push(configuration.close)
  if (db.kind === 'postgres')
    closers.push(listenForConfiguration({ ...db, log, onChange: configuration.look }))
  const settings = createSettingsStore(db)
  await settings.reload()
  configuration.subscribe(() => settings.reload())
  const moving = { db, clock, log, events, settings, instanceId }
  const migration = openMigration(moving, dualWritePairs)
  closers.push(migration.close)
  return { events, simulator, catalog, db, configuration, settings, migration }
}

async function open(opening: Opening): Promise<OpenedContainer> {
  const { env, instanceId, log, redactor, publicUrl, clock, closers } = opening
  const foundation = await openFoundation(opening)
  const { events, simulator, catalog, db, configuration, settings, migration } = foundation
  const version = programVersion()
  const telemetry = await openTelemetry({ env, redactor, version, instanceId, log })
  closers.push(telemetry.close)
  const audit = await openAuditLog(opening, foundation)
  const prices = createPriceStore({ db, clock, record: audit.record, newId: () => newId('prc') })
  await prices.reload()
  configuration.subscribe(() => prices.reload())
  const { access, firstOperatorUrl } = await openAccess(opening, { db, configuration, audit })
  const ledger = await openLedger(opening, { db, audit, events })
  await clearLeftUploads(env.HUNTAZE_DATA_DIR, clock.nowMs())
  const quotas = await openQuotas({ env, db, configuration, ledger, instanceId, clock, log })
  closers.push(quotas.close)

  const maintenance = createMaintenance({ db, clock, log, settings: async () => settings.current() })
  await maintenance.start()
  closers.push(maintenance.close)

  const providers = openProviders({ env, simulator, clock, log })
  closers.push(providers.close)
  const experiments = await openExperiments({ db, configuration, log })
  closers.push(experiments.counts.close)
  const shared = { db, catalog, clock, log, telemetry, experiments }
  const resilience = await openResilience({ ...shared, env, configuration, instanceId, events })
  closers.push(resilience.close)
  const answers = await openAnswerCache({ ...opening, db, settings, configuration })
  closers.push(answers.store.close)
  const startedAtMs = clock.nowMs()
  const shutdown = new AbortController()
  const beside = { audit, instanceId, startedAtMs, clock, log, shutdown }
  const routing = await openTrafficState({ ...foundation, ...beside })
  closers.push(routing.rollouts.close)
  const parts: Omit<Container, 'capacity' | 'alerts' | 'traffic' | 'models'> = {
    env,
    version,
    instanceId,
    startedAtMs,
    publicUrl,
    clock,
    log,
    db,
    configuration,
    settings,
    catalog,
    access,
    audit,
    ledger,
    prices,
    quotas,
    experiments,
    migration,
    gateway: createGatewayParts({
      ...resilience,
      ...shared,
      priceBook: prices.current,
      answers,
      traffic: routing.state.current,
      noteServed: routing.noteServed,
      rollouts: routing.rollouts,
      redact: redactor.redact,
      providers,
      settings,
      ledger,
    }),
    rollouts: routing.rollouts,
    redactor,
    refusals: createRefusalCounter(),
    events,
    telemetry,
    simulator,
    simulated: simulatedLabels(configuredProviders(env)),
    bodyLimitBytes: env.HUNTAZE_BODY_LIMIT_MB * 1024 * 1024,
    shutdown,
    isShuttingDown: () => shutdown.signal.aborted,
    close: () => closeAll(closers),
  }
  const container = { ...parts, ...(await startWatching(parts, { routing, closers })) }
  closers.push(startWarmUps(container).close)
  return { container, firstOperatorUrl }
}

/** What looks at everything else by itself: capacity, models, traffic, experiments, and the alerts last. */
async function startWatching(
  parts: Omit<Container, 'capacity' | 'alerts' | 'traffic' | 'models'>,
  { routing, closers }: { routing: Parameters<typeof openTraffic>[1]; closers: Opening['closers'] },
): Promise<Pick<Container, 'capacity' | 'alerts' | 'traffic' | 'models'>> {
  const capacity = openCapacity(parts)
  closers.push(capacity.close)
  const models = await openModels(parts)
  closers.push(models.close)
  parts.telemetry.observe({ ...parts, models })
  const traffic = openTraffic(parts, routing)
  closers.push(traffic.close)
  closers.push(startExperimentJob(parts, parts.instanceId).close)
  const alerts = startAlerts({ ...parts, capacity, traffic, models })
  closers.push(alerts.job.close)
  return { capacity, traffic, models, alerts }
}

/** The audit log, which knows of the catalog file that is in force. */
async function openAuditLog(
  { env, instanceId, clock, log, redactor, closers }: Opening,
  { db, events, catalog }: Pick<Container, 'db' | 'events' | 'catalog'>,
): Promise<Audit> {
  const audit = openAudit({ env, db, instanceId, clock, log, events, redactor })
  closers.push(audit.close)
  if (env.HUNTAZE_CATALOG !== undefined)
    await recordCatalog({ db, catalog, record: audit.record, instanceId, log })
  return audit
}

async function openAccess(
  { env, clock, log, publicUrl, closers }: Opening,
  { db, configuration, audit }: Pick<Container, 'db' | 'configuration' | 'audit'>,
) {
  const { record } = audit
  const access = createAccess({ db, clock, log, record, configuration, publicUrl, ...accessSettings(env) })
  const { firstOperatorUrl } = await access.start()
  closers.push(access.close)
  return { access, firstOperatorUrl }
}

/** The ledger with what an earlier run left booked. */
async function openLedger(
  { env, instanceId, clock, log, closers }: Opening,
  { db, audit, events }: Pick<Container, 'db' | 'audit' | 'events'>,
): Promise<LedgerWriter> {
  const ledger = createLedgerWriter({
    connection: db.connection,
    first: db.kind === 'embedded' ? 'journal' : 'database',
    journalPath: join(env.HUNTAZE_DATA_DIR, 'ledger.journal'),
    instanceId,
    pseudonyms: audit.pseudonyms,
    clock,
    log,
    onWritten: () => {
      events.publish('activity')
      audit.wake()
    },
  })
  await ledger.replayJournal()
  closers.push(ledger.close)
  return ledger
}

async function closeAll(closers: (() => Promise<void> | void)[]): Promise<void> {
  for (const close of closers.splice(0).reverse()) await close()
}

/** Starts the simulator when any provider is not configured; its modules load only then. */
async function openSimulator(env: Env) {
  if (simulatedLabels(configuredProviders(env)).length === 0) return null
  const { startSimulator } = await import('#server/simulator/start-simulator')
  return startSimulator({ tls: false })
}

function accessSettings(env: Env) {
  const entra = env.AUTH_MICROSOFT_ENTRA_ID_ID
  return {
    authSecret: env.AUTH_SECRET ?? localSecret(env.HUNTAZE_DATA_DIR, 'auth-secret'),
    entra: entra
      ? {
          clientId: entra,
          clientSecret: env.AUTH_MICROSOFT_ENTRA_ID_SECRET ?? '',
          tenantId: env.AUTH_MICROSOFT_ENTRA_ID_TENANT_ID ?? '',
        }
      : null,
    bootstrapApiKey: env.HUNTAZE_BOOTSTRAP_API_KEY ?? localApiKey(env),
    bootstrapAdminApiKey: env.HUNTAZE_BOOTSTRAP_ADMIN_API_KEY ?? null,
    bootstrapAdmin:
      env.HUNTAZE_BOOTSTRAP_ADMIN_EMAIL && env.HUNTAZE_BOOTSTRAP_ADMIN_PASSWORD
        ? { email: env.HUNTAZE_BOOTSTRAP_ADMIN_EMAIL, password: env.HUNTAZE_BOOTSTRAP_ADMIN_PASSWORD }
        : null,
  }
}

/** Who may read the data directory may call the embedded instance: `npm run demo` needs no set-up. */
function localApiKey(env: Env): string | null {
  return env.DATABASE_URL === undefined ? localSecret(env.HUNTAZE_DATA_DIR, localKeyName) : null
}

function programVersion(): string {
  const manifest: unknown = JSON.parse(readFileSync(join(process.cwd(), 'package.json'), 'utf8'))
  return typeof manifest === 'object' && manifest !== null && 'version' in manifest
    ? String(manifest.version)
    : '0.0.0'
}

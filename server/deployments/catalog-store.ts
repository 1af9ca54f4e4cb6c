import { readFileSync, statSync, unwatchFile, watchFile } from 'node:fs'
import { type BuiltInEndpoints, builtInCatalog } from '#lib/deployments/built-in-catalog'
import type { Catalog } from '#lib/deployments/catalog'
import type { CatalogData } from '#lib/deployments/catalog-schema'
import { type CatalogAdditions, extendCatalog, noAdditions } from '#lib/deployments/extend-catalog'
import { type CatalogResult, parseCatalog } from '#lib/deployments/parse-catalog'
import { StartUpError } from '#server/config/start-up-error'
import { checkEndpoint } from '#server/gateway/providers/endpoint-rules'
import type { Log } from '#server/telemetry/log'

/** The catalog in force. With a file it follows the file; a wrong edit leaves the last good one in force. */
export interface CatalogStore {
  current(): Catalog
  /** As it is written, without what was deployed and placed from here. */
  written(): Catalog
  /** Puts what was deployed and placed from here beside the written catalog, until it is called again. */
  extend(additions: CatalogAdditions): void
  /** What is wrong with the file as it stands now; empty when it is in force. */
  problems(): readonly string[]
  /** Told of every change of the file; of none for the built-in catalog. */
  follow(listener: (reread: CatalogReread) => void): void
  close(): void
}

/** What a changed file led to. */
export type CatalogReread =
  | { ok: true; before: CatalogData; after: CatalogData }
  | { ok: false; problems: readonly string[] }

export interface CatalogStoreOptions {
  /** Path of the catalog file; null for the built-in one. */
  path: string | null
  endpoints: BuiltInEndpoints
  log: Log
  onChange: () => void
}

const pollMs = 1000

/** @throws StartUpError naming every mistake of the file. */
export function openCatalogStore(options: CatalogStoreOptions): CatalogStore {
  const { path, log } = options
  const first = path === null ? parseCatalog(builtInCatalog(options.endpoints)) : readCatalogFile(path)
  if (!first.ok)
    throw new StartUpError(first.problems.map((problem) => `catalog ${path ?? '(built-in)'}: ${problem}`))
  let written = first.catalog
  let additions = noAdditions
  let catalog = written
  let problems: readonly string[] = []
  const apply = () => {
    catalog = extendCatalog(written, additions)
  }
  const store = {
    current: () => catalog,
    written: () => written,
    problems: () => problems,
    extend(given: CatalogAdditions) {
      additions = given
      apply()
    },
  }
  if (path === null) return { ...store, follow: () => undefined, close: () => undefined }

  const listeners: ((reread: CatalogReread) => void)[] = []
  const tell = (reread: CatalogReread) => {
    for (const listener of listeners) listener(reread)
  }

  const reread = () => {
    const next = readCatalogFile(path)
    problems = next.ok ? [] : next.problems
    if (next.ok) {
      const before = written.data
      written = next.catalog
      apply()
      tell({ ok: true, before, after: written.data })
      log.info({ path }, 'catalog file changed and is in force')
    } else {
      tell(next)
      log.error({ path, problems }, 'catalog file has mistakes; the last good catalog stays in force')
    }
    options.onChange()
  }
  watchFile(path, { interval: pollMs, persistent: false }, reread)
  return {
    ...store,
    follow: (listener) => void listeners.push(listener),
    close: () => unwatchFile(path, reread),
  }
}

/** Reads and checks a catalog file, endpoints included. */
export function readCatalogFile(path: string): CatalogResult {
  const text = readText(path)
  if (!text.ok) return { ok: false, problems: [text.problem] }
  let input: unknown
  try {
    input = JSON.parse(text.value)
  } catch (error) {
    return {
      ok: false,
      problems: [`it is not valid JSON: ${error instanceof Error ? error.message : 'unreadable'}`],
    }
  }
  const result = parseCatalog(input)
  if (!result.ok) return result
  const problems = result.catalog.data.regions.flatMap((region) =>
    endpointProblems(region.name, region.endpoint),
  )
  return problems.length === 0 ? result : { ok: false, problems }
}

function readText(path: string): { ok: true; value: string } | { ok: false; problem: string } {
  try {
    if (!statSync(path).isFile()) return { ok: false, problem: 'it is not a file' }
    return { ok: true, value: readFileSync(path, 'utf8') }
  } catch (error) {
    return {
      ok: false,
      problem: `it cannot be read: ${error instanceof Error ? error.message : String(error)}`,
    }
  }
}

function endpointProblems(region: string, endpoint: string): string[] {
  try {
    checkEndpoint(endpoint)
    return []
  } catch (error) {
    return [`regions.${region}.endpoint: ${error instanceof Error ? error.message : String(error)}`]
  }
}

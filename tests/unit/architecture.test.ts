import { readdirSync, readFileSync } from 'node:fs'
import { dirname, join, relative } from 'node:path'
import { describe, expect, it } from 'vitest'

const root = join(import.meta.dirname, '../..')
const layers = ['app', 'components', 'lib', 'server', 'drizzle/schema'] as const
type Layer = (typeof layers)[number]

/** Who may import whom, and which packages the two strict layers may use. */
const allowed: Readonly<Record<Layer, readonly Layer[]>> = {
  app: ['app', 'components', 'server', 'lib'],
  components: ['components', 'lib'],
  lib: ['lib'],
  server: ['server', 'lib', 'drizzle/schema'],
  'drizzle/schema': ['drizzle/schema'],
}
/** Beside zod, two that are pure data and arithmetic: forms of account and telephone numbers of all countries. */
const packagesOf: Partial<Record<Layer, RegExp>> = {
  lib: /^(zod|ibantools|libphonenumber-js\/max)$/,
  'drizzle/schema': /^drizzle-orm(\/.*)?$/,
}
const aliases: Readonly<Record<string, string>> = {
  '#lib/': 'lib/',
  '#server/': 'server/',
  '#schema/': 'drizzle/schema/',
  '#components/': 'components/',
}
/** One word per domain; technical neighbours of `server` stand beside them. */
const domains = [
  'gateway',
  'resilience',
  'deployments',
  'traffic',
  'experiments',
  'models',
  'costs',
  'quotas',
  'agents',
  'prompts',
  'knowledge',
  'memory',
  'persona',
  'content',
  'migration',
  'recovery',
  'audit',
  'privacy',
  'alerts',
  'telemetry',
  'access',
]
const folders: Readonly<Record<string, readonly string[]>> = {
  lib: [...domains, 'contracts', 'simulator'],
  server: [...domains, 'http', 'config', 'db', 'jobs', 'simulator', 'cli'],
  components: [
    ...domains,
    'ui',
    'charts',
    'data',
    'shell',
    'overview',
    'requests',
    'playground',
    'settings',
    'frame',
    'sign-in',
  ],
}

interface Source {
  path: string
  layer: Layer
  text: string
  imports: readonly string[]
}

function sourceFiles(folder: string): string[] {
  return readdirSync(join(root, folder), { recursive: true, encoding: 'utf8' })
    .map((name) => join(folder, name))
    .filter((path) => /\.(ts|tsx)$/.test(path))
}

const importPattern = /(?:from\s+|import\s+|import\()['"]([^'"]+)['"]/g
const sources: Source[] = layers.flatMap((layer) =>
  sourceFiles(layer).map((path) => {
    const text = readFileSync(join(root, path), 'utf8')
    return { path, layer, text, imports: [...text.matchAll(importPattern)].map((match) => match[1] ?? '') }
  }),
)
const byModule = new Map(sources.map((source) => [source.path.replace(/\.tsx?$/, ''), source]))

function resolve(source: Source, specifier: string): string | null {
  const alias = Object.entries(aliases).find(([prefix]) => specifier.startsWith(prefix))
  if (alias) return alias[1] + specifier.slice(alias[0].length)
  if (specifier.startsWith('.')) return relative(root, join(root, dirname(source.path), specifier))
  return null
}

function layerOf(path: string): Layer | undefined {
  return layers.find((layer) => path.startsWith(`${layer}/`))
}

function withoutComments(text: string): string {
  return text.replace(/\/\*[\s\S]*?\*\//g, '').replace(/^\s*\/\/.*$/gm, '')
}

function lineCounts(files: readonly string[]): number[] {
  return files.map((path) => readFileSync(join(root, path), 'utf8').split('\n').length).sort((a, b) => a - b)
}

describe('architecture', () => {
  it('imports only downwards: app → server → lib ← components ← app', () => {
    const wrong = sources.flatMap((source) =>
      source.imports
        .map((specifier) => resolve(source, specifier))
        .filter((target) => target !== null)
        .filter((target) => {
          const layer = layerOf(target)
          return layer !== undefined && !allowed[source.layer].includes(layer)
        })
        .map((target) => `${source.path} imports ${target}`),
    )
    expect(wrong).toEqual([])
  })

  it('keeps lib and the schema free of packages but their own', () => {
    const wrong = sources.flatMap((source) => {
      const packages = packagesOf[source.layer]
      if (!packages) return []
      return source.imports
        .filter((specifier) => resolve(source, specifier) === null && !packages.test(specifier))
        .map((specifier) => `${source.path} imports ${specifier}`)
    })
    expect(wrong).toEqual([])
  })

  it('keeps lib pure: no clock, no chance, no environment, no timers', () => {
    const impure =
      /\bDate\.now\b|\bMath\.random\b|(?<!')\bprocess\.\w|\bsetTimeout\b|\bsetInterval\b|\bperformance\.now\b|\bfetch\(|\bnew Date\(\)/
    expect(
      sources
        .filter(({ layer, text }) => layer === 'lib' && impure.test(withoutComments(text)))
        .map(({ path }) => path),
    ).toEqual([])
  })

  it('lets the pages use only the doors of the server', () => {
    const doors = /^server\/(http|container|.*\/http\/)/
    const pages = sources.filter(({ path }) => path.startsWith('app/') && !path.startsWith('app/api/'))
    const wrong = pages.flatMap((source) =>
      source.imports
        .map((specifier) => resolve(source, specifier))
        .filter((target) => target?.startsWith('server/') && !doors.test(target))
        .map((target) => `${source.path} imports ${target}`),
    )
    expect(wrong).toEqual([])
  })

  it('has no import cycles at run time', () => {
    const state = new Map<string, 'open' | 'done'>()
    const cycles: string[] = []
    const visit = (module: string, trail: readonly string[]) => {
      if (state.get(module) === 'done') return
      if (state.get(module) === 'open') {
        cycles.push([...trail.slice(trail.indexOf(module)), module].join(' → '))
        return
      }
      state.set(module, 'open')
      const source = byModule.get(module)
      for (const target of source ? runtimeImports(source) : []) visit(target, [...trail, module])
      state.set(module, 'done')
    }
    for (const module of byModule.keys()) visit(module, [])
    expect(cycles).toEqual([])
  })

  it('reads the environment in server/config/env.ts alone', () => {
    const readers = sources.filter(
      ({ path, text }) => /process\.env/.test(withoutComments(text)) && path !== 'server/config/env.ts',
    )
    expect(readers.map(({ path }) => path)).toEqual([])
  })

  it('names folders by domain', () => {
    for (const [layer, names] of Object.entries(folders)) {
      const present = readdirSync(join(root, layer), { withFileTypes: true }).filter((entry) =>
        entry.isDirectory(),
      )
      expect(present.map(({ name }) => name).filter((name) => !names.includes(name))).toEqual([])
    }
  })

  it('names files in kebab-case and has no dumps', () => {
    const wrong = sources.filter(({ path }) => {
      const name = path.split('/').at(-1) ?? ''
      return (
        !/^(\[?[.a-z0-9-]+\]?|\[\.\.\.[a-z]+\])(\.module)?\.(ts|tsx|d\.ts)$/.test(name) ||
        /^(utils|helpers|common|misc|index)\./.test(name)
      )
    })
    expect(wrong.map(({ path }) => path)).toEqual([])
  })

  it('keeps routes to declarations of at most 40 lines', () => {
    const routes = sources.filter(({ path }) => path.endsWith('/route.ts'))
    expect(routes.filter(({ text }) => text.split('\n').length > 41).map(({ path }) => path)).toEqual([])
  })

  it('keeps files small: median near 60 lines, p90 ≤ 200, none over 400', () => {
    const counts = lineCounts(sources.map(({ path }) => path))
    const at = (q: number) => counts[Math.min(counts.length - 1, Math.floor(q * counts.length))] ?? 0
    expect(at(0.5)).toBeLessThanOrEqual(75)
    expect(at(0.9)).toBeLessThanOrEqual(200)
    expect(at(1)).toBeLessThanOrEqual(400)
  })

  it('claims no types: no any, no double casts, no silenced compiler', () => {
    const wrong = sources.filter(
      ({ text }) =>
        /:\s*any\b|<any>|\bas any\b|as unknown as|@ts-ignore|@ts-expect-error|@ts-nocheck/.test(
          withoutComments(text),
        ) || /@ts-(ignore|expect-error|nocheck)/.test(text),
    )
    expect(wrong.map(({ path }) => path)).toEqual([])
  })

  it('speaks of itself alone', () => {
    const outside = /\/work\/|issue #?\d+|TODO|FIXME|Claude|claude code|registry\.npmjs/
    const wrong = sources.filter(({ text }) => outside.test(text) && !/claude-(sonnet|opus|haiku)/.test(text))
    expect(wrong.map(({ path }) => path)).toEqual([])
  })
})

function runtimeImports(source: Source): string[] {
  const code = source.text.replace(/import type[\s\S]*?from\s+['"][^'"]+['"]/g, '')
  return [...code.matchAll(/(?:from\s+)['"]([^'"]+)['"]/g)]
    .map((match) => resolve(source, match[1] ?? ''))
    .filter((target) => target !== null && byModule.has(target))
    .map((target) => String(target))
}

import { defineConfig } from 'vitest/config'

/** Vite takes only the first of an import map's alternatives, and components are `.tsx` or `.ts`. */
const components = { find: /^#components\/(.*)$/, replacement: `${import.meta.dirname}/components/$1` }

const project = (name: string, options: { timeoutMs: number; parallel: boolean }) => ({
  resolve: { alias: [components] },
  test: {
    name,
    include: [`tests/${name}/**/*.test.ts`],
    environment: 'node' as const,
    testTimeout: options.timeoutMs,
    hookTimeout: 120_000,
    fileParallelism: options.parallel,
  },
})

export default defineConfig({
  test: {
    projects: [
      project('unit', { timeoutMs: 20_000, parallel: true }),
      project('property', { timeoutMs: 120_000, parallel: true }),
      project('integration', { timeoutMs: 120_000, parallel: true }),
    ],
    maxWorkers: 2,
  },
})

import { defineConfig } from 'vitest/config'

const project = (name: string, options: { timeoutMs: number; parallel: boolean }) => ({
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

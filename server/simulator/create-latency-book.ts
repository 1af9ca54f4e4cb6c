import { type LatencyModel, latencyModelSchema } from '#lib/contracts/simulator'
import { createSeededRandom, type SeededRandom } from '#lib/simulator/create-seeded-random'
import { hashText } from '#lib/simulator/hash-text'

/** Latency model of each deployment, and its own stream of chance. */
export interface LatencyBook {
  /** Throws a ZodError on a malformed model. */
  set(name: string, model: LatencyModel): void
  /** The narrowest model set for these names, else the defaults over `fallback`. */
  modelFor(names: readonly string[], fallback: LatencyModel): LatencyModel
  randomFor(key: string): SeededRandom
}

/** `defaults` override the model families' own latencies; each deployment's jitter is seeded by `seed`. */
export function createLatencyBook({
  seed,
  defaults,
}: {
  seed: number
  defaults: Partial<LatencyModel>
}): LatencyBook {
  const models = new Map<string, LatencyModel>()
  const randoms = new Map<string, SeededRandom>()
  return {
    set: (name, model) => {
      models.set(name, latencyModelSchema.parse(model))
    },
    modelFor: (names, fallback) => {
      const own = names.map((name) => models.get(name)).find((model) => model !== undefined)
      return own ?? { ...fallback, ...defaults }
    },
    randomFor: (key) => {
      const known = randoms.get(key) ?? createSeededRandom(hashText(`${seed} ${key}`))
      randoms.set(key, known)
      return known
    },
  }
}

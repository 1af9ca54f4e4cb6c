import { describe, expect, it } from 'vitest'
import { defaultGuardPolicy, judgeVersion, type VersionCounts } from '#lib/models/judge-version'
import { createSeededRandom, type SeededRandom } from '#lib/simulator/create-seeded-random'
import { latencyBucket, latencyBucketBoundsMs } from '#lib/telemetry/latency-buckets'

interface World {
  errorRate: number
  /** Median of the latency in milliseconds. */
  medianMs: number
}

/** Times are log-normal about their median, as answers' are. */
function draw(random: SeededRandom, { errorRate, medianMs }: World, into: VersionCounts): VersionCounts {
  const isError = random.next() < errorRate
  if (isError) return { ...into, requests: into.requests + 1, errors: into.errors + 1 }
  const spread = Array.from({ length: 12 }, () => random.next()).reduce((sum, value) => sum + value, -6)
  const bucket = latencyBucket(medianMs * Math.exp(0.5 * spread))
  const latencyMs = into.latencyMs.with(bucket, (into.latencyMs[bucket] ?? 0) + 1)
  return { ...into, requests: into.requests + 1, latencyMs }
}

const nothing: VersionCounts = {
  requests: 0,
  errors: 0,
  latencyMs: new Array<number>(latencyBucketBoundsMs.length).fill(0),
  firstTokenMs: [],
}

function run(
  seed: number,
  worlds: { before: World; after: World; baseline: number; requests: number },
): number | null {
  const random = createSeededRandom(seed)
  let baseline = nothing
  for (let index = 0; index < worlds.baseline; index += 1) baseline = draw(random, worlds.before, baseline)
  let candidate = nothing
  for (let index = 1; index <= worlds.requests; index += 1) {
    candidate = draw(random, worlds.after, candidate)
    if (index % 20 !== 0) continue
    if (judgeVersion({ baseline, candidate }, defaultGuardPolicy).status === 'broken') return index
  }
  return null
}

const usual: World = { errorRate: 0.02, medianMs: 800 }

describe('a version under guardrails', () => {
  it('is not rolled back when it is as good as what was before: at most 5 % of 400 worlds, looking all the time', () => {
    const worlds = { before: usual, after: usual, baseline: 1_000, requests: 600 }
    const broken = Array.from({ length: 400 }, (_, seed) => run(seed, worlds)).filter((at) => at !== null)
    expect(broken.length).toBeLessThanOrEqual(20)
  })

  it.each([
    ['fails five times as often', { ...usual, errorRate: 0.12 }],
    ['takes twice as long', { ...usual, medianMs: 1_600 }],
  ])('is rolled back when it %s, in at least 95 % of 60 worlds', (_name, after) => {
    const worlds = { before: usual, after, baseline: 2_000, requests: 1_200 }
    const found = Array.from({ length: 60 }, (_, seed) => run(seed, worlds)).filter((at) => at !== null)
    expect(found.length).toBeGreaterThanOrEqual(57)
  })

  it('is not judged on a few requests, nor rolled back for one error among three', () => {
    const candidate = { ...nothing, requests: 3, errors: 1 }
    const baseline = { ...nothing, requests: 10_000, errors: 10 }
    const verdict = judgeVersion({ baseline, candidate }, defaultGuardPolicy)
    expect(verdict).toMatchObject({ status: 'unknown', reason: null })
  })

  it('goes for errors alone, and many of them, where there is no baseline', () => {
    const judge = (errors: number) =>
      judgeVersion(
        { baseline: nothing, candidate: { ...nothing, requests: 200, errors } },
        defaultGuardPolicy,
      ).status
    expect([judge(40), judge(180)]).toEqual(['good', 'broken'])
  })
})

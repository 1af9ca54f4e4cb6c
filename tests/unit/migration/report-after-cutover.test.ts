import { describe, expect, it } from 'vitest'
import { reportAfterCutover } from '#lib/migration/report-after-cutover'
import { addEnded, type CountsInWork, countsInWork } from '#lib/traffic/rollout-observation'

function side(changes: Partial<CountsInWork>, latencyMs: number): CountsInWork {
  const counts = countsInWork()
  for (let n = 0; n < 10; n += 1)
    addEnded(counts, {
      ...{ cancelled: false, error: false, refused: false, newUnit: false },
      ...{ latencyMs, firstTokenMs: null, costNanoUsd: 2_000_000 },
    })
  return { ...counts, ...changes }
}

const stored = {
  baseline: side({ errors: 1, scores: 4, scoreSum: 3.2 }, 1_000),
  candidate: side({ errors: 2, scores: 4, scoreSum: 2.4 }, 500),
}
const since = { requests: 1_000, errors: 50, costPicoUsd: 500_000_000_000n, priced: 500 }
const rowOf = (rows: ReturnType<typeof reportAfterCutover>, metric: string) =>
  rows.find((row) => row.metric === metric)

describe('the report after a cutover', () => {
  it('holds the candidate at 100 % against the frozen baseline', () => {
    const rows = reportAfterCutover(stored, null)
    expect(rowOf(rows, 'error_rate')).toMatchObject({ before: 0.1, atFull: 0.2, since: null, change: 1 })
    expect(rowOf(rows, 'latency_p95')?.change).toBeCloseTo(-0.5, 1)
    expect(rowOf(rows, 'cost')).toMatchObject({ before: 0.002, atFull: 0.002, change: 0, unit: 'usd' })
    expect(rowOf(rows, 'quality')?.change).toBeCloseTo(-0.25)
    expect(rowOf(rows, 'first_token_p95')).toMatchObject({ before: null, atFull: null, change: null })
  })

  it('takes what came since the rollout ended where roll-ups know it', () => {
    const rows = reportAfterCutover(stored, since)
    expect(rowOf(rows, 'error_rate')).toMatchObject({ atFull: 0.2, since: 0.05, change: -0.5 })
    expect(rowOf(rows, 'cost')).toMatchObject({ since: 0.001, change: -0.5 })
    expect(rowOf(rows, 'latency_p95')).toMatchObject({ since: null })
    expect(rowOf(reportAfterCutover(stored, { ...since, requests: 0, priced: 0 }), 'cost')).toMatchObject({
      since: null,
      change: 0,
    })
  })
})

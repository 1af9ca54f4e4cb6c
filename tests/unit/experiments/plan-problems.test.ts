import { describe, expect, it } from 'vitest'
import { type ExperimentPlanInput, experimentPlan } from '#lib/experiments/experiment-plan'
import { planProblems } from '#lib/experiments/plan-problems'
import { chainOf } from '#tests/support/route-snapshots'

const catalog = chainOf(['a', 'b', 'embed'], { embed: { model: 'text-embedding-ada-002' } })
const even = [
  { name: 'control', weightBps: 5_000 },
  { name: 'b', weightBps: 5_000, overrides: { chain: [['b']] } },
]

function planOf(input: Partial<ExperimentPlanInput> = {}) {
  return experimentPlan.parse({ name: 'try it', primaryMetric: 'feedback', variants: even, ...input })
}

function fieldsOf(
  input: Partial<ExperimentPlanInput>,
  running: readonly Partial<ExperimentPlanInput>[] = [],
) {
  const others = running.map((other, index) => ({ id: `exp_${index}`, plan: planOf(other) }))
  return planProblems({ id: 'exp_new', plan: planOf(input) }, { catalog, running: others }).map(
    ({ field }) => field,
  )
}

describe('an experiment is refused with the field named', () => {
  it('when its weights do not sum to 100 %, or it has a single variant', () => {
    expect(fieldsOf({})).toEqual([])
    expect(
      fieldsOf({ variants: [even[0], { name: 'b', weightBps: 4_999 }].flatMap((one) => one ?? []) }),
    ).toEqual(['variants'])
    expect(fieldsOf({ variants: [{ name: 'only', weightBps: 5_000 }] })).toEqual(['variants', 'variants'])
  })

  it('when it names what the catalog does not have', () => {
    expect(fieldsOf({ target: { tier: 'none' } })).toEqual(['target.tier'])
    const withChain = (chain: string[][]) => [
      { name: 'control', weightBps: 5_000 },
      { name: 'b', weightBps: 5_000, overrides: { chain } },
    ]
    for (const chain of [[['zzz']], [['embed']], [['b'], ['b']]])
      expect(fieldsOf({ variants: withChain(chain) })).toEqual(['variants[1].overrides.chain'])
  })

  it('when its range of an exclusive group overlaps with one that runs', () => {
    const range = (from: number, to: number) => ({ exclusive: { group: 'models', from, to } })
    expect(fieldsOf(range(5_000, 10_000), [range(0, 5_000)])).toEqual([])
    expect(fieldsOf(range(4_999, 10_000), [range(0, 5_000)])).toEqual(['exclusive'])
    expect(fieldsOf(range(6_000, 6_000))).toEqual(['exclusive'])
  })

  it('when its group is shared out by another kind of unit: a request could be in both', () => {
    const range = (from: number, to: number) => ({ exclusive: { group: 'models', from, to } })
    const session = { ...range(5_000, 10_000), unit: 'session' } as const
    expect(fieldsOf(session, [range(0, 5_000)])).toEqual(['unit'])
    expect(fieldsOf(session, [{ ...range(0, 5_000), unit: 'session' }])).toEqual([])
    expect(fieldsOf(session, [{ exclusive: { group: 'other', from: 0, to: 5_000 } }])).toEqual(['exclusive'])
  })

  it('when another runs on the same requests and changes the same thing', () => {
    expect(fieldsOf({}, [{}])).toEqual(['exclusive'])
    expect(fieldsOf({ target: { operation: 'reply' } }, [{ target: { operation: 'sales' } }])).toEqual([])
    const parameters = [
      { name: 'control', weightBps: 5_000 },
      { name: 'b', weightBps: 5_000, overrides: { parameters: { temperature: 0 } } },
    ]
    expect(fieldsOf({ variants: parameters }, [{}])).toEqual([])
    expect(fieldsOf({ variants: parameters }, [{ variants: parameters }])).toEqual(['exclusive'])
  })
})

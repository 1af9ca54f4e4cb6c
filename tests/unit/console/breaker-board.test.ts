import { describe, expect, it } from 'vitest'
import { deploymentDeedWords } from '#components/deployments/deployment-deed-words'
import { describeBoard } from '#components/deployments/describe-board'
import { nextMove } from '#components/deployments/next-move'
import { regionDeedWords } from '#components/deployments/region-deed-words'
import { takeOver } from '#components/deployments/take-over'
import { boardOf, breakerOf, deploymentOf, regionOf } from '#tests/support/deployment-views'

const soon = '2026-11-23T12:00:09.000Z'
const later = '2026-11-23T12:00:40.000Z'
const openPremium = {
  'we-premium': {
    state: 'open' as const,
    stateReason: '4 of 5 calls failed in 30 s (server_error).',
    breakers: [
      breakerOf('health', { phase: 'open', retryAt: later }),
      breakerOf('latency', { phase: 'open', retryAt: soon }),
    ],
  },
}

describe('the sentence over the board', () => {
  it('is calm while all can be asked', () => {
    const calm = describeBoard(boardOf())
    expect(calm).toMatchObject({ tone: 'good', next: null, also: [] })
    expect(calm.sentence).toBe('All 3 chat deployments ready; no request in the last 15 minutes')
    expect(describeBoard(boardOf({ 'we-premium': { requestsPerSecond: 4.2 } })).sentence).toContain(
      '4.2 requests/s',
    )
  })

  it('names the sickest, why, and when it is tried again', () => {
    const verdict = describeBoard(boardOf(openPremium))
    expect(verdict.tone).toBe('bad')
    expect(verdict.sentence).toBe(
      '2 of 3 chat deployments ready; we-premium is open: 4 of 5 calls failed in 30 s (server_error)',
    )
    expect(verdict.next).toMatchObject({ words: 'probe in', until: soon })
  })

  it('puts what is less bad behind it, those in the same state together', () => {
    const verdict = describeBoard(
      boardOf(
        {
          ...openPremium,
          'we-embeddings': { state: 'drained' },
          'ne-embeddings': { state: 'drained' },
        },
        [regionOf('northeurope', { phase: 'recovering', reason: 'probes are good' })],
      ),
    )
    expect(verdict.sentence).toContain('we-premium is open')
    expect(verdict.also).toEqual(['northeurope is recovering', 'we-embeddings and ne-embeddings are drained'])
  })

  it('says first that a tier has nothing left', () => {
    const verdict = describeBoard(boardOf({ 'we-standard': { state: 'isolated' } }))
    expect(verdict.sentence).toMatch(/^Tier standard has no deployment left; 2 of 3 chat deployments ready; /)
    expect(verdict.tone).toBe('bad')
  })

  it('tells of a dark region', () => {
    const dark = regionOf('westeurope', { phase: 'dark', reason: 'every call failed (connect)' })
    expect(describeBoard(boardOf({}, [dark]))).toMatchObject({
      tone: 'bad',
      sentence: 'All 3 chat deployments ready; westeurope is dark: every call failed (connect)',
    })
  })
})

describe('what happens next', () => {
  it('is nothing for what serves, and the end of a hold where it has one', () => {
    expect(nextMove(deploymentOf('a', { state: 'serving' }))).toBeNull()
    const held = (isolatedUntil: string | null) =>
      nextMove(
        deploymentOf('a', {
          state: 'isolated',
          breakers: [breakerOf('health', { phase: 'isolated', isolatedUntil })],
        }),
      )
    expect(held(null)).toMatchObject({ words: 'until released', until: null })
    expect(held(soon)).toMatchObject({ words: 'ends in', until: soon })
  })
})

describe('who takes over', () => {
  it('is the next in each chain that can be asked', () => {
    const view = boardOf({ 'we-premium': { requestsPerSecond: 14 }, 'we-standard': { state: 'open' } })
    expect(takeOver(view, ({ id }) => id === 'we-premium')).toEqual({
      requestsPerSecond: 14,
      ids: ['ne-premium'],
      stranded: [],
    })
  })

  it('says where an isolation leaves nothing', () => {
    const view = boardOf({ 'we-standard': { requestsPerSecond: 3 } })
    const [, deployment] = view.deployments
    if (!deployment) throw new Error('the board has lost its deployments')
    const { effect } = deploymentDeedWords(view, { deployment, spanLabel: '1 hour' }).isolate
    expect(effect).toContain('up to 3.0 requests/s to we-premium')
    expect(effect).toContain('Requests for standard are refused with 503')
  })

  it('says to which region a fail-over sends how much, and what stays', () => {
    const view = boardOf({ 'we-premium': { requestsPerSecond: 14 } })
    const words = regionDeedWords(view, { name: 'westeurope' })['fail-over']
    expect(words.effect).toContain('requests/s to northeurope')
    expect(words.effect).toContain('Requests for standard stay')
    const idle = regionDeedWords(boardOf(), { name: 'northeurope' })['fail-over']
    expect(idle.effect).toContain('It takes no request at the moment; new ones go to westeurope.')
  })
})

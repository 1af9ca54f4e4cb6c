import { describe, expect, it } from 'vitest'
import { planSpanId, requestSpans } from '#lib/telemetry/request-spans'
import { isSampled } from '#lib/telemetry/sample-trace'
import { anAttempt, aRecord } from '#tests/support/ledger-records'

const record = aRecord('req_1', {
  parentSpanId: 'c7ad6b7169203331',
  outcome: 'error',
  errorCode: 'provider_unavailable',
  attempts: [
    anAttempt({
      outcome: 'error',
      failureClass: 'server_error',
      errorMessage: 'it broke',
      costPicoUsd: null,
    }),
    anAttempt({ spanId: 'f067aa0ba902b700', reason: 'fallback', offsetMs: 40, firstTokenMs: 10 }),
  ],
})

describe('the spans of a request', () => {
  it('are a tree in which plan and attempts hang from the request, and it from the caller', () => {
    const [request, ...inner] = requestSpans(record)
    expect(request).toMatchObject({
      kind: 'server',
      parentSpanId: 'c7ad6b7169203331',
      error: 'provider_unavailable',
    })
    expect(inner.map(({ kind, parentSpanId }) => [kind, parentSpanId])).toEqual([
      ['internal', record.spanId],
      ['client', record.spanId],
      ['client', record.spanId],
    ])
    expect(new Set(requestSpans(record).map(({ spanId }) => spanId)).size).toBe(4)
  })

  it('stand where they were in time, and say what failed', () => {
    const [, plan, failed, served] = requestSpans(record)
    expect(plan).toMatchObject({ startedAtMs: record.startedAtMs, durationMs: 0.31, error: null })
    expect(failed).toMatchObject({ error: 'it broke', attributes: { 'error.type': 'server_error' } })
    expect(failed?.attributes).not.toHaveProperty('huntaze.cost_usd')
    expect(served).toMatchObject({ startedAtMs: record.startedAtMs + 40, durationMs: 118, error: null })
    expect(served?.attributes).toMatchObject({ 'huntaze.cost_usd': 0.0025, 'huntaze.attempt.sequence': 2 })
  })

  it('carry neither prompt nor answer', () => {
    const spans = requestSpans({ ...record, promptText: 'a prompt', answerText: 'an answer' })
    expect(JSON.stringify(spans)).not.toMatch(/a prompt|an answer/)
  })

  it('of a record without ids are none', () => {
    expect(requestSpans({ ...record, spanId: null })).toEqual([])
  })

  it('have an id for the plan that is neither the request’s nor nothing', () => {
    expect(planSpanId('b7ad6b7169203331')).toBe('b7ad6b7169203330')
    expect(planSpanId('b7ad6b716920333e')).toBe('b7ad6b716920333f')
  })
})

describe('a trace', () => {
  const begunHere = (tail: string) => ({ traceId: tail.padStart(32, '0'), parentSpanId: null, flags: '01' })

  it('that a caller began is kept as the caller keeps it', () => {
    const called = { ...begunHere('f'.repeat(13)), parentSpanId: 'b7ad6b7169203331' }
    expect(isSampled(called, 0)).toBe(true)
    expect(isSampled({ ...called, flags: '00' }, 1)).toBe(false)
    expect(isSampled({ ...called, flags: '03' }, 0)).toBe(true)
  })

  it('that begins here is kept by its id, at the share that is asked for', () => {
    expect([0, 0.49, 0.51, 1].map((ratio) => isSampled(begunHere('8000000000000'), ratio))).toEqual([
      false,
      false,
      true,
      true,
    ])
    expect(isSampled(begunHere('f'.repeat(13)), 1)).toBe(true)
  })
})

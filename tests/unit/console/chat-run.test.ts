import { describe, expect, it } from 'vitest'
import { applyHeaders, applyPart, freshRun } from '#components/data/chat-run'
import { splitSse } from '#components/data/split-sse'

describe('splitSse', () => {
  it('gives the same events wherever the stream was cut into pieces', () => {
    const stream = ': keep-alive\n\ndata: {"a":1}\r\n\r\nevent: x\ndata: one\ndata: two\n\ndata: [DONE]\n\n'
    for (let cut = 0; cut <= stream.length; cut += 1) {
      const first = splitSse(stream.slice(0, cut))
      const second = splitSse(first.rest + stream.slice(cut))
      expect([...first.events, ...second.events]).toEqual(['{"a":1}', 'one\ntwo', '[DONE]'])
      expect(second.rest).toBe('')
    }
  })
})

describe('applyPart', () => {
  const content = (text: string) => JSON.stringify({ choices: [{ delta: { content: text } }] })

  it('joins the text, takes the first token from the first content, and usage and cost from the usage frame', () => {
    const frames = [
      JSON.stringify({ choices: [], prompt_filter_results: [] }),
      content(''),
      content('Hel'),
      content('lo'),
      JSON.stringify({ choices: [{ delta: {}, finish_reason: 'stop' }] }),
      JSON.stringify({
        choices: [],
        usage: { prompt_tokens: 3, completion_tokens: 2 },
        huntaze: { costUsd: '0.000123', attempts: 2, overheadMs: 0.7 },
      }),
      '[DONE]',
    ]
    const run = frames.reduce((last, frame, index) => applyPart(last, frame, index * 10), freshRun)
    expect(run).toMatchObject({
      state: 'done',
      text: 'Hello',
      firstTokenMs: 20,
      finishReason: 'stop',
      inputTokens: 3,
      outputTokens: 2,
      costUsd: '0.000123',
      attempts: 2,
      overheadMs: 0.7,
    })
    expect(run.frames).toEqual(frames)
  })

  it('fails with the message of an error event, and keeps what came before it', () => {
    const run = applyPart(
      applyPart(freshRun, content('Hi'), 5),
      '{"error":{"message":"The stream was cut"}}',
      9,
    )
    expect(run).toMatchObject({ state: 'failed', error: 'The stream was cut', text: 'Hi' })
  })

  it('fails on an event that is not JSON', () => {
    expect(applyPart(freshRun, '{"choices":[', 1).state).toBe('failed')
  })
})

describe('applyHeaders', () => {
  it('takes cost, attempts and overhead of an answer that does not stream', () => {
    const headers = new Headers({
      'x-huntaze-cost-usd': '0.0015',
      'x-huntaze-attempts': '2',
      'x-huntaze-overhead-ms': '0.6',
    })
    expect(applyHeaders(freshRun, 200, headers)).toMatchObject({
      httpStatus: 200,
      costUsd: '0.0015',
      attempts: 2,
      overheadMs: 0.6,
    })
  })
})

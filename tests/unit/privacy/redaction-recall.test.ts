import { describe, expect, it } from 'vitest'
import { createRedactionScore, parseLabelledLine } from '#lib/privacy/redaction-score'
import { labelledTexts } from '#tests/support/labelled-texts'

describe('redaction on 3,000 labelled lines', () => {
  const score = createRedactionScore({ examples: 40 })
  for (const line of labelledTexts(3_000, 7)) score.add(line)
  const { recall, cleanWordsLost } = score.read()

  it.each(Object.keys(recall))('finds at least 98 %% of %s', (type) => {
    expect(recall[type], score.examples().join('\n')).toBeGreaterThanOrEqual(0.98)
  })

  it('loses less than 0.5 % of clean words', () => {
    expect(cleanWordsLost, score.examples().join('\n')).toBeLessThan(0.005)
  })
})

describe('a labelled line', () => {
  it.each([
    ['{"text":', 'is no JSON'],
    ['{"text":"a"}', 'spans'],
    ['{"text":"a","spans":[{"start":0,"end":2,"type":"X"}]}', 'outside the text'],
    ['{"text":"a","spans":[{"start":-1,"end":1,"type":"X"}]}', 'spans.0.start'],
  ])('%s is refused with what is wrong', (line, message) => {
    expect(parseLabelledLine(line)).toMatchObject({ ok: false, message: expect.stringContaining(message) })
  })
})

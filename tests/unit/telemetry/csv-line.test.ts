import { describe, expect, it } from 'vitest'
import { csvLine } from '#lib/telemetry/csv-line'

describe('csvLine', () => {
  it('quotes what needs quotes', () => {
    expect(csvLine(['a', 'b,c', 'd"e', 'f\ng', null, 1.5, -2, true])).toBe(
      'a,"b,c","d""e","f\ng",,1.5,-2,true\r\n',
    )
  })

  it.each(['=1+1', '+1', '-1', '@SUM(A1)', '\t=1', '\r=1', '＝1'])('disarms %j', (text) => {
    expect(csvLine([text]).replaceAll('"', '')).toBe(`'${text}\r\n`)
  })
})

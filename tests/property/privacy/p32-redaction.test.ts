import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { createRedactionStream } from '#lib/privacy/redact-stream'
import { redactText } from '#lib/privacy/redact-text'
import { verifyRedacted } from '#lib/privacy/verify-redacted'
import { labelledTexts } from '#tests/support/labelled-texts'

/** Values of every listed format, each in a sentence. */
const labelled = fc.tuple(fc.nat(1_000_000), fc.nat(8)).map(([seed, offset]) => {
  const lines = labelledTexts(9, seed).filter(({ spans }) => spans.length > 0)
  const line = lines[offset % lines.length]
  if (!line) throw new RangeError('no line')
  const [span] = line.spans
  return { text: line.text, value: line.text.slice(span?.start, span?.end), type: span?.type ?? '' }
})
/** The letters and digits of a value, without what merely separates them. */
const core = (value: string) => value.toLowerCase().replace(/[^\p{L}\p{N}]/gu, '')

const fullWidth = (text: string) =>
  [...text]
    .map((char) => (char > ' ' && char <= '~' ? String.fromCharCode(char.charCodeAt(0) + 0xfee0) : char))
    .join('')
const escaped = (text: string) =>
  [...text]
    .map((char) => (/[@\d]/.test(char) ? `\\u${char.charCodeAt(0).toString(16).padStart(4, '0')}` : char))
    .join('')
const seeded = (text: string) => text.replace(/(?<=[\d@.])(?=[\d@.])/g, '\u200b')

describe('redaction', () => {
  it('P32 no value of a listed format is left in what goes out, and a second look finds nothing', () => {
    fc.assert(
      fc.property(labelled, ({ text, value }) => {
        const out = redactText(text)
        expect(core(out)).not.toContain(core(value))
        expect(verifyRedacted(out)).toEqual([])
        expect(redactText(out)).toBe(out)
      }),
      { numRuns: 600 },
    )
  })

  it('P32 nor in full-width forms, with invisible characters, or in JSON escapes', () => {
    fc.assert(
      fc.property(
        labelled.filter(({ type }) => ['email', 'phone', 'card', 'iban', 'national_id'].includes(type)),
        fc.constantFrom(fullWidth, escaped, seeded),
        ({ text, value }, form) => {
          fc.pre(/^[\x20-\x7e]*$/.test(value) && !value.includes('\\') && !value.includes('%'))
          const out = redactText(text.replace(value, form(value)))
          expect(out).not.toContain(form(value))
          expect(core(out.normalize('NFKC'))).not.toContain(core(value))
        },
      ),
      { numRuns: 400 },
    )
  })

  it('P32 nor when it comes in pieces, and the pieces say what the whole says', () => {
    fc.assert(
      fc.property(
        fc.array(labelled, { minLength: 5, maxLength: 30 }),
        fc.array(fc.integer({ min: 1, max: 90 }), { minLength: 1, maxLength: 40 }),
        (lines, sizes) => {
          const text = lines.map((line) => line.text).join(' . ')
          const stream = createRedactionStream()
          let out = ''
          for (let from = 0, turn = 0; from < text.length; turn += 1) {
            const size = sizes[turn % sizes.length] ?? 1
            out += stream.push(text.slice(from, from + size))
            from += size
          }
          expect(out + stream.end()).toBe(redactText(text))
        },
      ),
      { numRuns: 60 },
    )
  })

  it('P32 the request’s own names are hidden wherever they stand as words, however they are written', () => {
    fc.assert(
      fc.property(
        fc.constantFrom('Léa Moreau', 'Jürgen', "Sean O'Brien", 'Ana (Nina) López'),
        fc.constantFrom('{} wrote', 'tell {}!', '"{}"', 'hey {}, hi', '({})'),
        fc.boolean(),
        (name, frame, upper) => {
          const written = upper ? name.toUpperCase() : name
          const out = redactText(frame.replace('{}', written), { names: [name] })
          expect(out).not.toContain(written)
          expect(redactText('nothing about anybody', { names: [name] })).toBe('nothing about anybody')
        },
      ),
    )
  })

  it('P32 any text comes out without what was found in it, and clean text unchanged', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary', maxLength: 300 }), (text) => {
        const out = redactText(text)
        expect(verifyRedacted(out)).toEqual([])
      }),
      { numRuns: 2_000 },
    )
  })
})

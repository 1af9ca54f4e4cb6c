/** A text in plain forms, and where each of its code units came from. */
export interface NormalisedText {
  text: string
  /** Start in the original of each code unit of `text`, and one more for the end; null = the same place. */
  starts: readonly number[] | null
}

const unusual = /[^\x20-\x7e\n\r\t]|\\u[0-9a-fA-F]{4}|\\[nrt]|%[0-9a-fA-F]{2}|&(?:#|commat|period|nbsp)/

/**
 * Writes what looks alike alike: full-width and other scripts' digits, exotic spaces, dashes and at-signs, JSON's `\u`
 * escapes, percent and HTML encoding; drops what has no width. Letters stay as they are.
 */
export function normaliseText(original: string): NormalisedText {
  if (!unusual.test(original)) return { text: original, starts: null }
  const parts: string[] = []
  const starts: number[] = []
  for (let index = 0; index < original.length; ) {
    const { plain, length } = readUnit(original, index)
    for (let unit = 0; unit < plain.length; unit += 1) starts.push(index)
    parts.push(plain)
    index += length
  }
  starts.push(original.length)
  return { text: parts.join(''), starts }
}

interface Unit {
  plain: string
  /** Code units of the original that it stands for. */
  length: number
}

function readUnit(text: string, index: number): Unit {
  const char = text.charAt(index)
  if (char === '\\' || char === '%' || char === '&') {
    const encoded = readEncoded(text, index)
    if (encoded) return { plain: plainOf(encoded.plain), length: encoded.length }
  }
  return { plain: plainOf(char), length: 1 }
}

const encodings = [
  { pattern: /\\u([0-9a-fA-F]{4})/y, radix: 16 },
  { pattern: /%([2-7][0-9a-fA-F])/y, radix: 16 },
  { pattern: /&#x([0-9a-fA-F]{1,5});/y, radix: 16 },
  { pattern: /&#(\d{1,6});/y, radix: 10 },
] as const
const named: readonly (readonly [string, string])[] = [
  ['&commat;', '@'],
  ['&period;', '.'],
  ['&nbsp;', ' '],
  ['\\n', '\n '],
  ['\\r', '\n '],
  ['\\t', '\t '],
]

function readEncoded(text: string, index: number): Unit | null {
  for (const [name, plain] of named) {
    if (text.startsWith(name, index)) return { plain: plain.charAt(0), length: name.length }
  }
  for (const { pattern, radix } of encodings) {
    pattern.lastIndex = index
    const match = pattern.exec(text)
    if (match?.[1])
      return { plain: String.fromCharCode(Number.parseInt(match[1], radix)), length: match[0].length }
  }
  return null
}

/** First code points of the ten digits of other scripts. */
const zeros = [
  0x660, 0x6f0, 0x966, 0x9e6, 0xa66, 0xae6, 0xb66, 0xbe6, 0xc66, 0xce6, 0xd66, 0xe50, 0xed0, 0xff10,
]
/** Code points without a width: soft hyphen, joiners, direction marks, variation selectors. */
const invisible: readonly (readonly [number, number])[] = [
  [0xad, 0xad],
  [0x34f, 0x34f],
  [0x61c, 0x61c],
  [0x115f, 0x1160],
  [0x17b4, 0x17b5],
  [0x180b, 0x180e],
  [0x200b, 0x200f],
  [0x202a, 0x202e],
  [0x2060, 0x206f],
  [0xfe00, 0xfe0f],
  [0xfeff, 0xfeff],
]
const spaces = /[\u00a0\u1680\u2000-\u200a\u2028\u2029\u202f\u205f\u3000]/
const dashes = /[\u2010-\u2015\u2212\ufe58\ufe63\uff0d]/
const dots = /[\u2024\u3002\uff0e\uff61]/

function plainOf(char: string): string {
  const code = char.charCodeAt(0)
  if (code < 0x80) return char
  if (code >= 0xff01 && code <= 0xff5e && !dots.test(char)) return String.fromCharCode(code - 0xfee0)
  if (invisible.some(([first, last]) => code >= first && code <= last)) return ''
  if (spaces.test(char)) return ' '
  if (dashes.test(char)) return '-'
  if (dots.test(char)) return '.'
  if (char === '\ufe6b') return '@'
  const zero = zeros.find((first) => code >= first && code <= first + 9)
  return zero === undefined ? char : String.fromCharCode(48 + code - zero)
}

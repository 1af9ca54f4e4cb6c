import type { SeededRandom } from '#lib/simulator/create-seeded-random'

interface Reader {
  source: string
  at: number
  random: SeededRandom
}

const DIGITS = '0123456789'
const LETTERS = 'abcdefghijklmnopqrstuvwxyz'
const CLASSES: Readonly<Record<string, string>> = { d: DIGITS, w: `${LETTERS}${DIGITS}_`, s: ' ' }
const ESCAPES: Readonly<Record<string, string>> = { n: '\n', t: '\t', r: '\r', b: '', B: '', A: '', Z: '' }
const PRINTABLE = `${LETTERS}${LETTERS.toUpperCase()}${DIGITS} _-.`

const peek = (reader: Reader) => reader.source.charAt(reader.at)

function take(reader: Reader): string {
  const character = peek(reader)
  reader.at += 1
  return character
}

/** Characters one escape stands for: a class, a control character, or itself. */
function readEscape(reader: Reader): string {
  const letter = take(reader)
  if (letter === 'u' || letter === 'x') {
    const width = letter === 'u' ? 4 : 2
    const code = Number.parseInt(reader.source.slice(reader.at, reader.at + width), 16)
    reader.at += width
    return String.fromCharCode(code)
  }
  return CLASSES[letter] ?? ESCAPES[letter] ?? letter
}

function readSet(reader: Reader): string {
  const negated = peek(reader) === '^'
  if (negated) reader.at += 1
  let members = ''
  while (reader.at < reader.source.length && peek(reader) !== ']') {
    let next = take(reader)
    if (next === '\\') next = readEscape(reader)
    if (next.length === 1 && peek(reader) === '-' && reader.source.charAt(reader.at + 1) !== ']') {
      reader.at += 1
      let last = take(reader)
      if (last === '\\') last = readEscape(reader)
      for (let code = next.charCodeAt(0); code <= last.charCodeAt(0); code += 1)
        members += String.fromCharCode(code)
    } else members += next
  }
  reader.at += 1
  return negated ? [...PRINTABLE].filter((character) => !members.includes(character)).join('') : members
}

/** How often the piece before is repeated: as few times as allowed, plus at most two. */
function readRepeat(reader: Reader): number {
  const rest = reader.source.slice(reader.at)
  const braces = /^\{(\d+)(,(\d*))?\}/.exec(rest)
  const [mark, low, high] = braces
    ? [
        braces[0],
        Number(braces[1]),
        braces[2] === undefined ? Number(braces[1]) : Number(braces[3] || Number(braces[1]) + 2),
      ]
    : rest.startsWith('?')
      ? ['?', 0, 1]
      : rest.startsWith('*')
        ? ['*', 0, 2]
        : rest.startsWith('+')
          ? ['+', 1, 3]
          : ['', 1, 1]
  reader.at += mark.length
  if (mark !== '' && peek(reader) === '?') reader.at += 1
  return low + reader.random.integer(Math.min(high - low, 2) + 1)
}

/** One piece, as a maker that may be called once per repetition. */
function readPiece(reader: Reader): () => string {
  const character = take(reader)
  const { random } = reader
  if (character === '^' || character === '$') return () => ''
  if (character === '.') return () => random.pick([...LETTERS])
  if (character === '[' || character === '\\') {
    const members = character === '[' ? readSet(reader) : readEscape(reader)
    return () => (members === '' ? '' : random.pick([...members]))
  }
  if (character !== '(') return () => character
  const group = /^\?(:|<[a-zA-Z]\w*>)/.exec(reader.source.slice(reader.at))
  const lookaround = /^\?(=|!|<=|<!)/.test(reader.source.slice(reader.at))
  reader.at += group?.[0].length ?? 0
  const made = readAlternatives(reader)
  reader.at += 1
  return () => (lookaround ? '' : made())
}

function readSequence(reader: Reader): () => string {
  const makers: (() => string)[] = []
  while (reader.at < reader.source.length && !'|)'.includes(peek(reader))) {
    const piece = readPiece(reader)
    const times = readRepeat(reader)
    makers.push(() => Array.from({ length: times }, piece).join(''))
  }
  return () => makers.map((make) => make()).join('')
}

function readAlternatives(reader: Reader): () => string {
  const branches = [readSequence(reader)]
  while (peek(reader) === '|') {
    reader.at += 1
    branches.push(readSequence(reader))
  }
  return () => reader.random.pick(branches)()
}

/**
 * A string that matches the regular expression, or null when the expression needs more than this reads
 * (back references, most look-arounds). The result is checked against the expression before it is returned.
 */
export function matchPattern(pattern: string, random: SeededRandom): string | null {
  const expression = new RegExp(pattern, 'u')
  const made = readAlternatives({ source: pattern, at: 0, random })()
  return expression.test(made) ? made : null
}

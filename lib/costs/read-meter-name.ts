/** What a meter counts. */
export type MeterKind = 'input' | 'cached_input' | 'cache_write' | 'output' | 'units'

/** A meter as it can be held against the ledger. */
export interface Meter {
  /** The model's key, as `modelKey` makes it; empty for provisioned units. */
  model: string
  kind: MeterKind
  batch: boolean
}

/** Words by which Azure's meters say the same thing differently. */
const cached = /\b(?:c+c?hd|cached|cchd|cd)\b/
const written = /\b(?:wr|write)\b/
const output = /\b(?:out|outp|outpt|opt|output)\b/
const input = /\b(?:in|inp|inpt|input)\b/
const batch = /\bbatch\b/
/** Where it is served and how it is counted: not part of the model's name. */
const rest =
  /\b(?:tokens?|1[mk]|glbl|global|gl|regnl|regional|rg|data ?zone|dzone|dz|std|pp|shortco|longco|az|azure|openai|unit)\b/g
const datedVersion = /\b(?:0[1-9]|1[0-2])(?:0[1-9]|[12]\d|3[01])(?:20\d\d)?\b/g

/**
 * Reads a meter's name, such as `gpt-4o-mini-0718-Inp-glbl Tokens`, `gpt 4.1 cached Inp glbl Tokens` or
 * `5.4 mini Opt Gl 1M Tokens`; null when it counts neither tokens nor provisioned units of a language model.
 */
export function readMeterName(name: string): Meter | null {
  const words = name.toLowerCase().replace(/[-_]+/g, ' ')
  if (/provisioned managed/.test(words)) return { model: '', kind: 'units', batch: false }
  const kind = kindOf(words)
  const bare = [cached, written, output, input, batch].reduce((text, word) => text.replace(word, ' '), words)
  const model = modelKey(bare.replace(rest, ' ').replace(datedVersion, ' '))
  return kind === null || model === '' ? null : { model, kind, batch: batch.test(words) }
}

function kindOf(words: string): MeterKind | null {
  if (cached.test(words)) return written.test(words) ? 'cache_write' : 'cached_input'
  if (output.test(words)) return 'output'
  if (input.test(words)) return 'input'
  return /embedding/.test(words) ? 'input' : null
}

/** One spelling of a model for meters and ledger: lower case, no version date, `gpt-` in front of bare numbers. */
export function modelKey(model: string): string {
  const words = model
    .toLowerCase()
    .replace(/-\d{4}-\d{2}-\d{2}$/, '')
    .split(/[\s_-]+/)
    .filter((word) => word !== '')
    .join('-')
    .replace(/^gpt(?=\d)/, 'gpt-')
    .replace(/^gpt-3\.5/, 'gpt-35')
    .replace(/^gpt-4-o(?=-|$)/, 'gpt-4o')
  if (/^(?:text-)?embedding-ada(?:-002)?$/.test(words)) return 'text-embedding-ada-002'
  return /^\d/.test(words) ? `gpt-${words}` : words
}

/** Tokens or hours in one unit of measure (`1K`, `1M Tokens`, `100 Hours`); null when it names no number. */
export function unitSize(unit: string): bigint | null {
  const [, digits, scale = ''] = /^\s*(\d+)\s*([KM]?)(?![a-z])/i.exec(unit) ?? []
  if (digits === undefined) return null
  const factor = { '': 1n, K: 1_000n, M: 1_000_000n }[scale.toUpperCase()] ?? 1n
  return BigInt(digits) * factor
}

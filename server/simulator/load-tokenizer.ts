import type { ModelProfile } from '#lib/simulator/infer-model-profile'

/** Counts and splits text as the real models do. */
export interface Tokenizer {
  encode(text: string): number[]
  decode(tokens: readonly number[]): string
  /** Text of the tokens in order; a character cut by a token border comes whole with its last token. */
  pieces(tokens: readonly number[]): Iterable<string>
}

type Encoding = ModelProfile['encoding']

const ORDINARY_TEXT = { disallowedSpecial: new Set<string>() }
const LONG_RUN = /\S{2000,}/
const SLICE_CHARACTERS = 1_000

const SOURCES = {
  o200k_base: () => import('gpt-tokenizer/encoding/o200k_base'),
  cl100k_base: () => import('gpt-tokenizer/encoding/cl100k_base'),
} as const

const loading = new Map<Encoding, Promise<Tokenizer>>()

async function load(encoding: Encoding): Promise<Tokenizer> {
  const { encode, decode, decodeGenerator } = await SOURCES[encoding]()
  return {
    // Merging is quadratic in the length of a run without spaces, so such text is cut into slices first.
    encode: (text) => {
      if (!LONG_RUN.test(text)) return encode(text, ORDINARY_TEXT)
      const tokens: number[] = []
      for (let at = 0; at < text.length; at += SLICE_CHARACTERS) {
        for (const token of encode(text.slice(at, at + SLICE_CHARACTERS), ORDINARY_TEXT)) tokens.push(token)
      }
      return tokens
    },
    decode: (tokens) => decode(tokens).replace(/\uFFFD+$/u, ''),
    pieces: (tokens) => decodeGenerator(tokens),
  }
}

/** The vocabulary is tens of megabytes, so it is loaded on first use and then kept. */
export function loadTokenizer(encoding: Encoding): Promise<Tokenizer> {
  const known = loading.get(encoding) ?? load(encoding)
  loading.set(encoding, known)
  return known
}

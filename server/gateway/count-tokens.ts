type Encode = (text: string) => number[]

const loaded = new Map<string, Promise<Encode>>()

/** Counts tokens with the model family's own encoding; the tables (megabytes) load at first use. */
export async function countTokens(text: string, model: string): Promise<number> {
  const encoding = /^(gpt-4o|gpt-4\.1|gpt-5|o\d|chatgpt)/.test(model) ? 'o200k_base' : 'cl100k_base'
  let encode = loaded.get(encoding)
  if (!encode) {
    encode = encoding === 'o200k_base' ? loadO200k() : loadCl100k()
    loaded.set(encoding, encode)
  }
  return (await encode)(text).length
}

async function loadO200k(): Promise<Encode> {
  const { encode } = await import('gpt-tokenizer/encoding/o200k_base')
  return (text) => encode(text, { disallowedSpecial: new Set() })
}

async function loadCl100k(): Promise<Encode> {
  const { encode } = await import('gpt-tokenizer/encoding/cl100k_base')
  return (text) => encode(text, { disallowedSpecial: new Set() })
}

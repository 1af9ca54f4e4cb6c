type Redact = (text: string) => string

/** Ids, codes, numbers as text: nothing that a person wrote. */
const plainWord = /^(?:[a-z]{2,4}_[\w-]{1,64}|[a-z][a-z0-9_.-]{0,40}|\d{1,15}|[0-9a-f]{16,64})$/
const deepest = 6

/** An object's texts redacted, its structure kept; what is no plain data (class instances) becomes its text. */
export function redactFields(
  fields: Readonly<Record<string, unknown>>,
  redact: Redact,
): Record<string, unknown> {
  const out: Record<string, unknown> = {}
  for (const name in fields) out[name] = name === 'err' ? fields[name] : redactValue(fields[name], redact)
  return out
}

export function redactValue(value: unknown, redact: Redact, depth = 0): unknown {
  if (typeof value === 'string') return plainWord.test(value) ? value : redact(value)
  if (typeof value !== 'object' || value === null) return value
  if (value instanceof Error) return redactValue({ name: value.name, message: value.message }, redact, depth)
  if (depth >= deepest) return '[deeper]'
  if (Array.isArray(value)) return value.map((one) => redactValue(one, redact, depth + 1))
  return Object.fromEntries(
    Object.entries(value).map(([name, inner]) => [name, redactValue(inner, redact, depth + 1)]),
  )
}

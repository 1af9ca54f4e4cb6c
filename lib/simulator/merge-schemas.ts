/** A JSON Schema object, read defensively: every keyword may be missing or malformed. */
export type SchemaNode = Readonly<Record<string, unknown>>

/** True for a plain JSON object. */
export function isSchemaNode(value: unknown): value is SchemaNode {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

const LARGER = new Set(['minimum', 'exclusiveMinimum', 'minLength', 'minItems', 'minProperties'])
const SMALLER = new Set(['maximum', 'exclusiveMaximum', 'maxLength', 'maxItems', 'maxProperties'])

const listOf = (value: unknown): unknown[] => (Array.isArray(value) ? value : [value])

function intersection(left: unknown, right: unknown): unknown[] {
  const allowed = new Set(listOf(right).map((item) => JSON.stringify(item)))
  return listOf(left).filter((item) => allowed.has(JSON.stringify(item)))
}

function mergeTypes(left: unknown, right: unknown): unknown {
  const narrowed = new Set(intersection(left, right))
  const both = [listOf(left), listOf(right)]
  if (
    both.some((types) => types.includes('integer')) &&
    both.every((types) => types.some((type) => type === 'integer' || type === 'number'))
  ) {
    narrowed.add('integer')
    narrowed.delete('number')
  }
  return [...narrowed]
}

function mergeProperties(left: SchemaNode, right: SchemaNode): SchemaNode {
  const merged: Record<string, unknown> = { ...left }
  for (const [name, schema] of Object.entries(right)) {
    merged[name] = name in left ? { allOf: [left[name], schema] } : schema
  }
  return merged
}

function mergeKeyword(keyword: string, left: unknown, right: unknown): unknown {
  if (typeof left === 'number' && typeof right === 'number') {
    if (LARGER.has(keyword)) return Math.max(left, right)
    if (SMALLER.has(keyword)) return Math.min(left, right)
  }
  if (keyword === 'type') return mergeTypes(left, right)
  if (keyword === 'enum') return intersection(left, right)
  if (keyword === 'required') return [...new Set([...listOf(left), ...listOf(right)])]
  if (keyword === 'allOf') return [...listOf(left), ...listOf(right)]
  if (keyword === 'properties' && isSchemaNode(left) && isSchemaNode(right))
    return mergeProperties(left, right)
  if (keyword === 'items') return { allOf: [left, right] }
  if (keyword === 'anyOf' || keyword === 'oneOf') {
    return listOf(left).flatMap((one) => listOf(right).map((other) => ({ allOf: [one, other] })))
  }
  if (keyword === 'additionalProperties') return left === false || right === false ? false : right
  return right
}

/** A schema whose instances satisfy both (annotations of the right one win). */
export function mergeSchemas(left: SchemaNode, right: SchemaNode): SchemaNode {
  const merged: Record<string, unknown> = { ...left }
  for (const [keyword, value] of Object.entries(right)) {
    merged[keyword] = keyword in left ? mergeKeyword(keyword, left[keyword], value) : value
  }
  return merged
}

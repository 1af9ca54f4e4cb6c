import { alternativesOf, createSchemaHeights, type SchemaHeights } from '#lib/simulator/create-schema-heights'
import { createSchemaResolver, type SchemaResolver } from '#lib/simulator/create-schema-resolver'
import type { SeededRandom } from '#lib/simulator/create-seeded-random'
import { makeNumber } from '#lib/simulator/make-number'
import { makeString } from '#lib/simulator/make-string'
import { isSchemaNode, type SchemaNode } from '#lib/simulator/merge-schemas'

/** Any value JSON can carry. */
export type JsonValue = string | number | boolean | null | JsonValue[] | { [name: string]: JsonValue }

interface Making {
  resolve: SchemaResolver
  heights: SchemaHeights
  random: SeededRandom
  /** Values made so far; past the budget only the shallowest choices are taken. */
  made: number
}

/** Depth below which optional parts and extra items are still added. */
const PLAYFUL_DEPTH = 4
const NODE_BUDGET = 300
const UNIQUE_TRIES = 50
const UNSUPPORTED = ['not', 'if', 'contains', 'dependentRequired', 'dependentSchemas']

const count = (value: unknown, fallback: number) => (typeof value === 'number' ? value : fallback)

const isPlayful = (making: Making, depth: number) => depth < PLAYFUL_DEPTH && making.made < NODE_BUDGET

function makeObject(making: Making, node: SchemaNode, depth: number): JsonValue {
  const properties = isSchemaNode(node.properties) ? node.properties : {}
  const required = new Set(
    Array.isArray(node.required) ? node.required.filter((name) => typeof name === 'string') : [],
  )
  const instance: { [name: string]: JsonValue } = {}
  for (const [name, schema] of Object.entries(properties)) {
    const possible = making.heights.of(schema) !== Number.POSITIVE_INFINITY
    const wanted = possible && isPlayful(making, depth) && making.random.next() < 0.7
    if (required.has(name) || wanted) instance[name] = make(making, schema, depth + 1)
  }
  const others = node.additionalProperties ?? true
  for (const name of required) if (!(name in properties)) instance[name] = make(making, others, depth + 1)
  const fewest = count(node.minProperties, 0)
  for (const [name, schema] of Object.entries(properties)) {
    if (Object.keys(instance).length < fewest && !(name in instance))
      instance[name] = make(making, schema, depth + 1)
  }
  for (let index = 1; Object.keys(instance).length < fewest; index += 1) {
    instance[`extra${index}`] = make(making, others, depth + 1)
  }
  return instance
}

function makeArray(making: Making, node: SchemaNode, depth: number): JsonValue {
  const leading = Array.isArray(node.prefixItems) ? node.prefixItems : []
  const items = node.items ?? true
  const fewest = count(node.minItems, 0)
  const most = Math.min(
    count(node.maxItems, Number.POSITIVE_INFINITY),
    items === false ? leading.length : Number.POSITIVE_INFINITY,
  )
  if (fewest > most) throw new RangeError('minItems is above maxItems')
  const extra =
    isPlayful(making, depth) && making.heights.of(items) !== Number.POSITIVE_INFINITY
      ? 1 + making.random.integer(3)
      : 0
  const wanted = Math.min(most, Math.max(fewest, leading.length, extra))
  const instance: JsonValue[] = []
  const seen = new Set<string>()
  for (let attempt = 0; instance.length < wanted && attempt < wanted + UNIQUE_TRIES; attempt += 1) {
    const item = make(making, leading[instance.length] ?? items, depth + 1)
    const key = JSON.stringify(item)
    if (node.uniqueItems === true && seen.has(key)) continue
    seen.add(key)
    instance.push(item)
  }
  if (instance.length < fewest) throw new RangeError('the schema asks for more unique items than were found')
  return instance
}

function typeOf(node: SchemaNode, random: SeededRandom): unknown {
  if (Array.isArray(node.type)) {
    if (node.type.length === 0) throw new RangeError('no type satisfies every part of the schema')
    const full = node.type.filter((type) => type !== 'null')
    return full.length > 0 && (full.length === node.type.length || random.next() < 0.8)
      ? random.pick(full)
      : 'null'
  }
  if (node.type !== undefined) return node.type
  if ('properties' in node || 'required' in node || 'minProperties' in node) return 'object'
  if ('items' in node || 'prefixItems' in node || 'minItems' in node) return 'array'
  if ('minimum' in node || 'maximum' in node || 'multipleOf' in node || 'exclusiveMinimum' in node)
    return 'number'
  return 'string'
}

function pickAlternative(making: Making, alternatives: readonly SchemaNode[], depth: number): SchemaNode {
  const possible = alternatives
    .map((schema) => ({ schema, height: making.heights.of(schema) }))
    .filter(({ height }) => height !== Number.POSITIVE_INFINITY)
  if (possible.length === 0) throw new RangeError('no alternative of the schema can be satisfied')
  if (isPlayful(making, depth)) return making.random.pick(possible).schema
  const least = Math.min(...possible.map(({ height }) => height))
  return making.random.pick(possible.filter(({ height }) => height === least)).schema
}

function makeTyped(making: Making, node: SchemaNode, depth: number): JsonValue {
  const { random } = making
  const type = typeOf(node, random)
  switch (type) {
    case 'object':
      return makeObject(making, node, depth)
    case 'array':
      return makeArray(making, node, depth)
    case 'string':
      return makeString(node, random)
    case 'integer':
    case 'number':
      return makeNumber(node, { integer: type === 'integer', random })
    case 'boolean':
      return random.next() < 0.5
    case 'null':
      return null
    default:
      throw new RangeError(`the schema names an unknown type: ${String(type)}`)
  }
}

function make(making: Making, schema: unknown, depth: number): JsonValue {
  making.made += 1
  const node = making.resolve(schema)
  if (node === false) throw new RangeError('the schema is false where a value is required')
  const unsupported = UNSUPPORTED.find((keyword) => keyword in node)
  if (unsupported !== undefined) throw new RangeError(`the keyword ${unsupported} is not supported`)
  // The cast-free way back from `unknown` to JSON: constants of a parsed schema are JSON by construction.
  if ('const' in node) return JSON.parse(JSON.stringify(node.const))
  if (Array.isArray(node.enum)) return JSON.parse(JSON.stringify(making.random.pick(node.enum)))
  const alternatives = alternativesOf(node)
  if (alternatives !== null) return make(making, pickAlternative(making, alternatives, depth), depth)
  return makeTyped(making, node, depth)
}

/**
 * A valid instance of a JSON Schema: objects, arrays, enums, const, anyOf/oneOf/allOf, `$ref` with recursion,
 * bounds, formats, patterns. Deterministic for the same schema and random stream; recursion ends as soon as it
 * may. Throws a RangeError that says why when the schema has no finite instance or uses `not`, `if`,
 * `contains` or dependencies.
 */
export function makeInstance(schema: unknown, random: SeededRandom): JsonValue {
  const resolve = createSchemaResolver(schema)
  const heights = createSchemaHeights(resolve)
  if (heights.of(schema) === Number.POSITIVE_INFINITY)
    throw new RangeError('the schema has no finite instance')
  return make({ resolve, heights, random, made: 0 }, schema, 0)
}

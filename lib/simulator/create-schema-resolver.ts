import { isSchemaNode, mergeSchemas, type SchemaNode } from '#lib/simulator/merge-schemas'

/** Turns a schema position into a node without `$ref` and `allOf` (`false` = nothing is valid here). */
export type SchemaResolver = (schema: unknown) => SchemaNode | false

const MOST_REFERENCES = 50

function followPointer(root: unknown, pointer: string): unknown {
  let at: unknown = root
  for (const part of pointer.split('/').slice(1)) {
    const key = decodeURIComponent(part).replaceAll('~1', '/').replaceAll('~0', '~')
    if (Array.isArray(at)) at = at[Number(key)]
    else if (isSchemaNode(at)) at = at[key]
    else return undefined
  }
  return at
}

function flatten(root: unknown, schema: unknown, budget: number): SchemaNode | false {
  if (schema === false) return false
  if (!isSchemaNode(schema)) return {}
  if (budget === 0) throw new RangeError('the schema refers to itself without end')
  const { $ref, allOf, $defs: _defs, definitions: _definitions, ...own } = schema
  const parts: unknown[] = Array.isArray(allOf) ? [...allOf] : []
  if (typeof $ref === 'string') {
    const target = $ref.startsWith('#') ? followPointer(root, $ref.slice(1)) : undefined
    if (target === undefined) throw new RangeError(`the schema has no ${$ref}`)
    parts.push(target)
  }
  let merged: SchemaNode = own
  for (const part of parts) {
    const flat = flatten(root, part, budget - 1)
    if (flat === false) return false
    merged = mergeSchemas(flat, merged)
  }
  return 'allOf' in merged ? flatten(root, merged, budget - 1) : merged
}

/**
 * Resolver for one document: follows `#/…` references (also recursive ones, one step at a time) and folds
 * `allOf`. Throws a RangeError on a reference that leads nowhere or only to itself.
 */
export function createSchemaResolver(root: unknown): SchemaResolver {
  const known = new Map<unknown, SchemaNode | false>()
  return (schema) => {
    const hit = known.get(schema)
    if (hit !== undefined) return hit
    const flat = flatten(root, schema, MOST_REFERENCES)
    if (isSchemaNode(schema)) known.set(schema, flat)
    return flat
  }
}

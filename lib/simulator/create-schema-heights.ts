import type { SchemaResolver } from '#lib/simulator/create-schema-resolver'
import { isSchemaNode, type SchemaNode } from '#lib/simulator/merge-schemas'

/** Deepest nesting an instance may need before the schema counts as endless. */
const DEEPEST = 40

/** Answers how deep the shallowest instance of a schema is. */
export interface SchemaHeights {
  /** Levels below this position that the shallowest instance needs; Infinity when there is none. */
  of(schema: unknown): number
}

/** The alternatives (`anyOf`, else `oneOf`) of a node, each merged with what stands beside them. */
export function alternativesOf(node: SchemaNode): SchemaNode[] | null {
  const { anyOf, oneOf, ...rest } = node
  const listed = Array.isArray(anyOf) ? anyOf : oneOf
  if (!Array.isArray(listed)) return null
  const base = Array.isArray(anyOf) && oneOf !== undefined ? { ...rest, oneOf } : rest
  return listed
    .filter((branch) => branch !== false)
    .map((branch) => ({ allOf: [base, isSchemaNode(branch) ? branch : {}] }))
}

/** Positions every instance of this node must fill. */
function mandatoryChildren(node: SchemaNode): unknown[] {
  const children: unknown[] = []
  const properties = isSchemaNode(node.properties) ? node.properties : {}
  if (Array.isArray(node.required)) {
    for (const name of node.required) if (typeof name === 'string') children.push(properties[name] ?? true)
  }
  const minItems = typeof node.minItems === 'number' ? node.minItems : 0
  const leading = Array.isArray(node.prefixItems) ? node.prefixItems : []
  children.push(...leading.slice(0, minItems))
  if (minItems > leading.length) children.push(node.items ?? true)
  return children
}

/** Measures a document once per position and depth, so recursive schemas cost linear time. */
export function createSchemaHeights(resolve: SchemaResolver): SchemaHeights {
  const fitting = new Map<unknown, boolean[]>()
  const branches = new Map<SchemaNode, SchemaNode[] | null>()

  const fitsUncached = (schema: unknown, depth: number): boolean => {
    const node = resolve(schema)
    if (node === false) return false
    if ('const' in node || Array.isArray(node.enum)) return true
    const known = branches.get(node)
    const alternatives = known === undefined ? alternativesOf(node) : known
    branches.set(node, alternatives)
    if (alternatives !== null) return alternatives.some((branch) => fits(branch, depth - 1))
    return mandatoryChildren(node).every((child) => fits(child, depth - 1))
  }
  const fits = (schema: unknown, depth: number): boolean => {
    if (schema === false || depth < 0) return false
    if (!isSchemaNode(schema)) return true
    const row = fitting.get(schema) ?? []
    fitting.set(schema, row)
    const hit = row[depth]
    if (hit !== undefined) return hit
    const answer = fitsUncached(schema, depth)
    row[depth] = answer
    return answer
  }
  return {
    of: (schema) => {
      for (let depth = 0; depth <= DEEPEST; depth += 1) if (fits(schema, depth)) return depth
      return Number.POSITIVE_INFINITY
    },
  }
}

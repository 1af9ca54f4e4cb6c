import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { z } from 'zod'
import { createSeededRandom } from '#lib/simulator/create-seeded-random'
import { makeInstance } from '#lib/simulator/make-instance'
import { matchPattern } from '#lib/simulator/match-pattern'

type Schema = Record<string, unknown>

/** An independent judge: zod's own reading of the schema. */
function violations(schema: Schema, instance: unknown): unknown {
  const parsed = z.fromJSONSchema(schema).safeParse(instance)
  return parsed.success ? null : parsed.error.issues
}

function make(schema: Schema, seed = 1): unknown {
  return makeInstance(schema, createSeededRandom(seed))
}

const bounds = fc.record({ low: fc.integer({ min: -50, max: 50 }), span: fc.integer({ min: 2, max: 60 }) })

const leaf: fc.Arbitrary<Schema> = fc.oneof(
  fc.constant({ type: 'boolean' }),
  fc.constant({ type: 'null' }),
  fc
    .constantFrom('email', 'uuid', 'date', 'date-time', 'ipv4', 'uri')
    .map((format) => ({ type: 'string', format })),
  bounds.map(({ low, span }) => ({ type: 'integer', minimum: low, maximum: low + span })),
  bounds.map(({ low, span }) => ({ type: 'integer', exclusiveMinimum: low, exclusiveMaximum: low + span })),
  bounds.map(({ low, span }) => ({ type: 'number', minimum: low, exclusiveMaximum: low + span })),
  bounds.map(({ low, span }) => ({ type: 'number', multipleOf: 0.5, minimum: low, maximum: low + span })),
  fc
    .record({ a: fc.nat(30), b: fc.nat(30) })
    .map(({ a, b }) => ({ type: 'string', minLength: Math.min(a, b), maxLength: Math.max(a, b) })),
  fc
    .uniqueArray(fc.oneof(fc.string(), fc.integer(), fc.constant(null)), { minLength: 1, maxLength: 4 })
    .map((values) => ({ enum: values })),
  fc.oneof(fc.string(), fc.integer(), fc.boolean()).map((value) => ({ const: value })),
  fc.constant({ type: ['string', 'null'] }),
)

const { schema: anySchema } = fc.letrec<{ schema: Schema; object: Schema }>((tie) => ({
  schema: fc.oneof(
    { maxDepth: 4, withCrossShrink: true },
    leaf,
    tie('object'),
    fc
      .record({ items: tie('schema'), min: fc.nat(3), extra: fc.nat(3) })
      .map(({ items, min, extra }) => ({ type: 'array', items, minItems: min, maxItems: min + extra })),
    fc.array(tie('schema'), { minLength: 1, maxLength: 3 }).map((anyOf) => ({ anyOf })),
  ),
  object: fc
    .record({
      properties: fc.dictionary(fc.stringMatching(/^[a-z]{1,8}$/), tie('schema'), { maxKeys: 4 }),
      keep: fc.infiniteStream(fc.boolean()),
    })
    .map(({ properties, keep }) => ({
      type: 'object',
      properties,
      required: Object.keys(properties).filter(() => keep.next().value),
      additionalProperties: false,
    })),
}))

const RECURSIVE = {
  type: 'object',
  properties: { root: { $ref: '#/$defs/node' } },
  required: ['root'],
  additionalProperties: false,
  $defs: {
    node: {
      type: 'object',
      properties: {
        label: { type: 'string' },
        children: { type: 'array', items: { $ref: '#/$defs/node' } },
        next: { anyOf: [{ $ref: '#/$defs/node' }, { type: 'null' }] },
      },
      required: ['label', 'children', 'next'],
      additionalProperties: false,
    },
  },
}

describe('makeInstance', () => {
  it('makes valid instances of any schema it is given', () => {
    fc.assert(
      fc.property(anySchema, fc.nat(), (schema, seed) => {
        expect(violations(schema, make(schema, seed))).toBeNull()
      }),
      { numRuns: 400 },
    )
  })

  it('is deterministic in the seed', () => {
    fc.assert(
      fc.property(anySchema, fc.nat(), (schema, seed) => {
        expect(make(schema, seed)).toEqual(make(schema, seed))
      }),
    )
  })

  it('ends recursion through $ref, whatever the seed', () => {
    for (let seed = 0; seed < 200; seed += 1) {
      const instance = make(RECURSIVE, seed)
      expect(violations(RECURSIVE, instance)).toBeNull()
      expect(JSON.stringify(instance).length).toBeLessThan(60_000)
    }
  })

  it('reads a root that refers to itself', () => {
    const schema = {
      type: 'object',
      properties: { up: { anyOf: [{ $ref: '#' }, { type: 'null' }] } },
      required: ['up'],
    }
    for (let seed = 0; seed < 50; seed += 1) expect(violations(schema, make(schema, seed))).toBeNull()
  })

  it('folds allOf', () => {
    const schema = {
      allOf: [
        { type: 'object', properties: { a: { type: 'integer', minimum: 5 } }, required: ['a'] },
        {
          type: 'object',
          properties: { a: { type: 'number', maximum: 6 }, b: { const: 'x' } },
          required: ['b'],
        },
      ],
    }
    const instance = make(schema)
    expect(violations(schema, instance)).toBeNull()
    expect(instance).toHaveProperty('b', 'x')
  })

  it('honours prefixItems, uniqueItems and minProperties', () => {
    expect(make({ type: 'array', prefixItems: [{ const: 1 }, { const: 'two' }], items: false })).toEqual([
      1,
      'two',
    ])
    const unique = make({ type: 'array', items: { enum: [1, 2, 3] }, minItems: 3, uniqueItems: true })
    expect(new Set(Array.isArray(unique) ? unique : [])).toEqual(new Set([1, 2, 3]))
    expect(
      Object.keys(
        Object(make({ type: 'object', minProperties: 2, additionalProperties: { type: 'integer' } })),
      ),
    ).toHaveLength(2)
  })

  it.each([
    ['an endless schema', { type: 'object', properties: { a: { $ref: '#' } }, required: ['a'] }],
    ['a reference that leads nowhere', { $ref: '#/$defs/missing' }],
    ['a reference to itself', { $defs: { a: { $ref: '#/$defs/a' } }, $ref: '#/$defs/a' }],
    ['bounds without room', { type: 'integer', minimum: 5, maximum: 4 }],
    ['an unsupported keyword', { not: { type: 'string' } }],
    ['an unknown type', { type: 'date' }],
    ['too few unique items', { type: 'array', items: { const: 1 }, minItems: 2, uniqueItems: true }],
  ])('refuses %s', (_name, schema) => {
    expect(() => make(schema)).toThrow(RangeError)
  })
})

describe('matchPattern', () => {
  it.each([
    '^[A-Z]{3}-\\d{4}$',
    '^(foo|bar)+\\.baz$',
    '^#[0-9a-fA-F]{6}$',
    '^(?:\\+\\d{1,3} )?\\d{3}-\\d{4}$',
    '^[^0-9]{5}$',
    '^\\w+@\\w+\\.(com|org)$',
  ])('matches %s', (pattern) => {
    for (let seed = 0; seed < 50; seed += 1) {
      expect(matchPattern(pattern, createSeededRandom(seed))).toMatch(new RegExp(pattern, 'u'))
    }
  })

  it('feeds string schemas', () => {
    const schema = { type: 'string', pattern: '^SKU-[0-9]{4}$' }
    expect(violations(schema, make(schema))).toBeNull()
  })
})

'use client'

import { useState } from 'react'
import type { z } from 'zod'

/** Texts of a form by name, and the first mistake of what is made of them. */
export function useFields() {
  const [fields, setFields] = useState<Readonly<Record<string, string>>>({})
  const [problem, setProblem] = useState<Error | null>(null)
  return {
    problem,
    value: (name: string, otherwise = '') => fields[name] ?? otherwise,
    change: (name: string, text: string | null) => setFields({ ...fields, [name]: text ?? '' }),
    reset() {
      setFields({})
      setProblem(null)
    },
    /** What the API would take; null after naming the field that it would not. */
    check<T>(schema: z.ZodType<T>, wanted: unknown): T | null {
      const read = schema.safeParse(wanted)
      const [issue] = read.error?.issues ?? []
      setProblem(issue ? new Error(`${issue.path.join('.')}: ${issue.message}`) : null)
      return read.data ?? null
    },
  }
}

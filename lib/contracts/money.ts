import { z } from 'zod'

/** A cost in pico-USD (10⁻¹²) as decimal digits, since bigint does not survive JSON. */
export const picoUsd = z.string().regex(/^-?\d+$/)

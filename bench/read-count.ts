/** A whole number from 1 to ten million, or an error that names the option. */
export function readCount(text: string, option: string): number {
  const value = Number(text)
  if (!Number.isSafeInteger(value) || value < 1 || value > 10_000_000)
    throw new Error(`${option} takes a whole number from 1 to 10000000, not "${text}"`)
  return value
}

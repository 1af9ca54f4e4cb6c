/** The whole number that a request's text gives as `name=N`; 0 when it gives none. */
export function readNumber(text: string, name: string): number {
  const found = new RegExp(`${name}=(\\d+)`).exec(text)
  return Number(found?.[1] ?? 0)
}

/** `JSON.rawJSON` of the ECMAScript proposal that Node 22 and later ship; not yet in TypeScript's library. */
const rawJson: (text: string) => unknown = Reflect.get(JSON, 'rawJSON')

/** A decimal as a JSON number with exactly these digits, however many a float could hold. */
export function jsonNumber(digits: string): number {
  return rawJson(digits) as number
}

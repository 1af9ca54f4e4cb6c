/**
 * A decimal amount as a whole number of its `places`-th decimal place: USD with 12 places are pico-USD; USD per million
 * tokens with 6 are pico-USD per token. Exact, which floating point would not be.
 * @throws SyntaxError when it is no plain decimal number.
 */
export function parseUsd(text: string, places: number): bigint {
  const [whole = '0', fraction = ''] = text.split('.')
  return BigInt(whole + fraction.padEnd(places, '0'))
}

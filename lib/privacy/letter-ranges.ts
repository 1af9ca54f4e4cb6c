/**
 * Letters as ranges of code points, for use inside `[…]`. Unicode's own `\p{L}` costs tens of milliseconds of
 * compilation a pattern with the `i` flag, in the middle of the first request that needs it; ranges cost next to
 * nothing. Blocks of the scripts in use are taken whole, so that a few signs inside them count as letters.
 */
export const letters =
  'A-Za-zªµºÀ-ÖØ-öø-ˁͰ-ͽͿΆΈ-ҁҊ-Ֆՠ-ֈא-ײؠ-يٮ-ۓ\\u0900-\\u1fff\\u2c00-\\u2dff\\u3040-\\ud7ff'

/** Capitals of the Latin, Greek and Cyrillic scripts, for use inside `[…]`. */
export const capitals = `A-ZÀ-ÖØ-ÞΆΈ-ΏΑ-ΫЀ-Я${capitalsAmong(0x100, 0x24f)}${capitalsAmong(0x460, 0x52f)}${capitalsAmong(0x1e00, 0x1eff)}`

/** In some blocks capitals and small letters take turns: only the case mapping tells them apart. */
function capitalsAmong(first: number, last: number): string {
  const found: string[] = []
  for (let code = first; code <= last; code += 1) {
    const letter = String.fromCharCode(code)
    if (letter.toLowerCase() !== letter) found.push(letter)
  }
  return found.join('')
}

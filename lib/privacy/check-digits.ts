/** The digits of a text as numbers. */
export function digitsOf(text: string): number[] {
  return [...text].filter((char) => char >= '0' && char <= '9').map(Number)
}

/** Luhn's check, as cards have it. Source: ISO/IEC 7812-1, annex B. */
export function passesLuhn(text: string): boolean {
  const digits = digitsOf(text).reverse()
  const sum = digits.reduce((total, digit, index) => {
    const doubled = index % 2 === 1 ? digit * 2 : digit
    return total + (doubled > 9 ? doubled - 9 : doubled)
  }, 0)
  return digits.length > 0 && sum % 10 === 0
}

/** ISO 7064, MOD 11,10: the German tax id. */
export function passesIso7064Mod11(text: string): boolean {
  const digits = digitsOf(text)
  const product = digits.slice(0, -1).reduce((carry, digit) => {
    const sum = (digit + carry) % 10 || 10
    return (sum * 2) % 11
  }, 10)
  return (11 - product) % 10 === digits.at(-1)
}

/** Weighted sum of the digits; weights beyond the digits are left out. */
export function weightedSum(text: string, weights: readonly number[]): number {
  const digits = digitsOf(text)
  return weights.reduce((sum, weight, index) => sum + weight * (digits[index] ?? 0), 0)
}

/** Brazil's CPF: two check digits. */
export function passesCpf(text: string): boolean {
  const digits = digitsOf(text)
  if (digits.length !== 11 || new Set(digits).size === 1) return false
  const check = (count: number) => {
    const sum = digits.slice(0, count).reduce((total, digit, index) => total + digit * (count + 1 - index), 0)
    return ((sum * 10) % 11) % 10
  }
  return check(9) === digits[9] && check(10) === digits[10]
}

/** The letter that ends a Spanish DNI or NIE. */
export function spanishLetter(number: number): string {
  return 'TRWAGMYFPDXBNJZSQVHLCKE'.charAt(number % 23)
}

const verhoeffTable = [
  '0123456789',
  '1234067895',
  '2340178956',
  '3401289567',
  '4012395678',
  '5987604321',
  '6598710432',
  '7659821043',
  '8765932104',
  '9876543210',
]
const verhoeffShift = [
  '0123456789',
  '1576283094',
  '5803796142',
  '8916043527',
  '9453126870',
  '4286573901',
  '2793806415',
  '7046913258',
]

/** India's Aadhaar. Source: Verhoeff, "Error Detecting Decimal Codes", 1969. */
export function passesVerhoeff(text: string): boolean {
  const check = digitsOf(text)
    .reverse()
    .reduce((carry, digit, index) => {
      const shifted = Number(verhoeffShift[index % 8]?.charAt(digit) ?? 0)
      return Number(verhoeffTable[carry]?.charAt(shifted) ?? 0)
    }, 0)
  return check === 0
}

import { type CountryCode, parsePhoneNumberFromString } from 'libphonenumber-js/max'
import { type Detector, matchesOf, type SensitiveSpan } from '#lib/privacy/sensitive-span'

const candidate =
  /(?<![\w.@#$€£/:-]|\d[ .-])(?:\+|00)?\(?\d(?:[ .()\-/]{0,3}\d){6,16}(?:\s?(?:x|ext\.?|extension)\s?\d{1,5})?(?![\w]|[.:/-]\d)/gi
const cue =
  /(?:phone|tel(?:éfono|efono|efoon|efon|efone|\.|\b)|call|mobile|mobil|m[óo]vil|telem[óo]vel|cell|whats ?app|sms|text me|ring|fax|number|numéro|número|numero|nummer|portable|handy|ruf|appel|ll[aá]m|chiam|bel me|ligar?|contact|reach|signal|telegram|imessage)[^\d+]{0,30}$/i
const orderCue =
  /(?:order|invoice|ref(?:erence)?|ticket|tracking|sku|item|product|article|serial|isbn|ean|account|customer|booking|transaction|case|request|build|commit|id|no|nr|#|rechnung|commande|pedido|factura|bestellung|ordine|bestelling|price|total|amount|usd|eur)\s*(?:no\.?|number|nr\.?|#|id|:|=|is)?\s*[:#=]?\s*$/i
const nanp =
  /^(?:\+?1[ .-]?)?(?:\(\d{3}\)[ .-]?|\d{3}[ .-])\d{3}[ .-]\d{4}(?:\s?(?:x|ext\.?|extension)\s?\d{1,5})?$/i
const date = /^(?:\d{4}[-/.]\d{1,2}[-/.]\d{1,2}|\d{1,2}[-/.]\d{1,2}[-/.]\d{2,4})(?:[ T]\d{1,2}.*)?$/
const dottedQuad = /^\d{1,3}(?:\.\d{1,3}){3}$/
const decimals = /^\d{1,3}(?:[., ]\d{3})+(?:[.,]\d+)?$|^\d+\.\d+$/
/** Where a number without a country may come from. */
const countries: readonly CountryCode[] = [
  'US',
  'GB',
  'FR',
  'DE',
  'ES',
  'IT',
  'NL',
  'BE',
  'PT',
  'BR',
  'CH',
  'AT',
  'IE',
  'AU',
  'IN',
  'MX',
  'PL',
  'SE',
]

function isPhone(text: string, { start, end }: SensitiveSpan): boolean {
  const value = text.slice(start, end)
  const digits = value.replace(/\D/g, '')
  if (digits.length < 7 || digits.length > 16 || date.test(value) || dottedQuad.test(value)) return false
  const before = text.slice(Math.max(0, start - 45), start)
  if (/^(?:\+|00)/.test(value)) return digits.length >= 8 && isInternational(value)
  if (nanp.test(value)) return true
  const isCued = cue.test(before)
  if (isCued) return digits.length <= 15 && !(/[.,]/.test(value) && decimals.test(value))
  if (decimals.test(value) || orderCue.test(before)) return false
  return isNational(value, digits)
}

function isInternational(value: string): boolean {
  const plain = value
    .replace(/^00/, '+')
    .replace(/\(0\)/, '')
    .replace(/(?:x|ext\.?|extension)\s?\d+$/i, '')
  return parsePhoneNumberFromString(plain)?.isPossible() ?? false
}

/** Without a cue only what is written as a number is written: in groups, or with the zero that dials out of a town. */
function isNational(value: string, digits: string): boolean {
  const isGrouped = /\d[ .()\-/]+\d/.test(value)
  if (!isGrouped && !digits.startsWith('0')) return false
  if (/^0{2,}/.test(digits) || digits.length < 9) return false
  return countries.some((country) => parsePhoneNumberFromString(value, country)?.isValid() ?? false)
}

export const findPhones: Detector = ({ text, hasDigits }) => {
  if (!hasDigits) return []
  return matchesOf(text, candidate, 'phone')
    .map((span) => trimmed(text, span))
    .filter((span) => isPhone(text, span))
}

/** A closing bracket belongs to its opening one. */
function trimmed(text: string, span: SensitiveSpan): SensitiveSpan {
  const value = text.slice(span.start, span.end)
  const isOpen = value.startsWith('(') && !value.includes(')')
  return isOpen ? { ...span, start: span.start + 1 } : span
}

import { ValidationErrorsIBAN, validateIBAN } from 'ibantools'
import { passesLuhn } from '#lib/privacy/check-digits'
import { type Detector, matchesOf, type SensitiveSpan } from '#lib/privacy/sensitive-span'

const iban = /(?<![A-Za-z0-9])[A-Za-z]{2}\s?\d{2}(?:[ .-]?[A-Za-z0-9]){11,30}(?![A-Za-z0-9])/g

/** Of the right length and form for its country; check digits may be wrong, since people mistype. */
function hasForm(text: string): boolean {
  const { errorCodes } = validateIBAN(text.replace(/[^A-Za-z0-9]/g, '').toUpperCase())
  return errorCodes.every((code) => checksumErrors.has(code))
}

const checksumErrors: ReadonlySet<ValidationErrorsIBAN> = new Set([
  ValidationErrorsIBAN.ChecksumNotNumber,
  ValidationErrorsIBAN.WrongIBANChecksum,
  ValidationErrorsIBAN.WrongAccountBankBranchChecksum,
])

/** The longest number of the right form that a match begins with: words behind it may look like its next group. */
function ibanAt(text: string, span: SensitiveSpan): SensitiveSpan | null {
  for (let end = span.end; end - span.start >= 15; end -= 1) {
    if (/[A-Za-z0-9]/.test(text.charAt(end)) || !/[A-Za-z0-9]/.test(text.charAt(end - 1))) continue
    if (hasForm(text.slice(span.start, end))) return { ...span, end }
  }
  return null
}

const card = /(?<![\w.+-])\d(?:[ .-]?\d){12,18}(?![\w]|[.-]\d)/g
const grouped = /^(?:\d{4}([ .-])\d{4}\1\d{4}\1\d{4}(?:\1\d{1,3})?|3\d{3}([ .-])\d{6}\2\d{5})$/
const cardCue = /card|visa|master|amex|credit|debit|carte|karte|tarjeta|carta|kaart|cart[aã]o|cc\b|pan\b/i

function isCard(text: string, { start, end }: SensitiveSpan): boolean {
  const value = text.slice(start, end)
  if (/^(\d)(?:[ .-]?\1)*$/.test(value)) return false
  if (grouped.test(value)) return true
  const isCued = cardCue.test(text.slice(Math.max(0, start - 40), start))
  if (isCued) return true
  return /^[2-6]/.test(value) && passesLuhn(value) && isGroupedEvenly(value)
}

/** Bare digits, or groups of two to six: not two numbers that stand side by side. */
function isGroupedEvenly(value: string): boolean {
  const groups = value.split(/[ .-]/)
  return groups.length === 1 || groups.every((group) => group.length >= 2 && group.length <= 6)
}

/** Account numbers of countries without IBAN, where the text calls them so. */
const accountNumber =
  /(?:acct\.?|(?:account|routing|sort code|bank account|konto|compte bancaire|cuenta(?: bancaria)?)\s*(?:number|no\.?|nr\.?|num\.?|#)|kontonummer)\s*(?:is|:|=|#)?\s*(?<value>\d(?:[ -]?\d){5,16})(?![\w])/gi

export const findAccounts: Detector = ({ text, hasDigits }) => {
  if (!hasDigits) return []
  const ibans = matchesOf(text, iban, 'iban').flatMap((span) => ibanAt(text, span) ?? [])
  const accounts = /acc|konto|compte|cuenta|routing|sort code/i.test(text)
    ? matchesOf(text, accountNumber, 'iban')
    : []
  return [...ibans, ...accounts, ...matchesOf(text, card, 'card').filter((span) => isCard(text, span))]
}

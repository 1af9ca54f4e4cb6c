import {
  digitsOf,
  passesCpf,
  passesIso7064Mod11,
  passesLuhn,
  passesVerhoeff,
  spanishLetter,
  weightedSum,
} from '#lib/privacy/check-digits'
import { type Detector, matchesOf, type SensitiveSpan } from '#lib/privacy/sensitive-span'

/** One country's number: its form, its check, and whether only a cue before it makes it one. */
interface NationalId {
  pattern: RegExp
  isValid(value: string): boolean
  cue?: RegExp
}

const always = () => true
const sep = '[ .\\-/]?'

const ids: readonly NationalId[] = [
  // India's tax number
  { pattern: /(?<!\w)[A-Z]{5}\d{4}[A-Z](?!\w)/g, isValid: always },
  // US social security and taxpayer number
  {
    pattern: /(?<![\w-])\d{3}([- ])\d{2}\1\d{4}(?![\w]|-\d)/g,
    isValid: (value) => !/^(?:000|666)|^\d{3}.00|0000$/.test(value),
  },
  {
    pattern: /(?<![\w-])\d{9}(?![\w-])/g,
    isValid: always,
    cue: /ssn|social security|itin|tax ?payer|sozialversicherung/i,
  },
  // UK national insurance and NHS numbers
  {
    pattern:
      /(?<!\w)(?!BG|GB|KN|NK|NT|TN|ZZ)[A-CEGHJ-PR-TW-Z][A-CEGHJ-NPR-TW-Z][ -]?\d{2}[ -]?\d{2}[ -]?\d{2}[ -]?[A-D](?!\w)/gi,
    isValid: always,
  },
  { pattern: /(?<!\w)\d{3}[ -]?\d{3}[ -]?\d{4}(?!\w)/g, isValid: always, cue: /\bnhs\b/i },
  // Spain
  {
    pattern: /(?<!\w)\d{8}[ -]?[A-HJ-NP-TV-Z](?!\w)/gi,
    isValid: (value) => value.toUpperCase().endsWith(spanishLetter(Number(value.slice(0, 8)))),
  },
  { pattern: /(?<!\w)[XYZ][ -]?\d{7}[ -]?[A-HJ-NP-TV-Z](?!\w)/gi, isValid: isNie },
  // France
  {
    pattern: /(?<!\w)[12378] ?\d{2} ?(?:0[1-9]|1[0-2]|[2-9]\d) ?(?:\d{2}|2[AB]) ?\d{3} ?\d{3} ?\d{2}(?!\w)/gi,
    isValid: isInsee,
  },
  // Italy
  { pattern: /(?<!\w)[A-Z]{6}\d{2}[A-EHLMPRST]\d{2}[A-Z]\d{3}[A-Z](?!\w)/gi, isValid: always },
  // Germany
  {
    pattern: /(?<!\w)[1-9]\d ?\d{3} ?\d{3} ?\d{3}(?!\w)/g,
    isValid: passesIso7064Mod11,
    cue: /steuer|tax|idnr|tin\b/i,
  },
  { pattern: /(?<!\w)[1-9]\d \d{3} \d{3} \d{3}(?!\w)/g, isValid: passesIso7064Mod11 },
  // The Netherlands, Belgium
  {
    pattern: /(?<!\w)\d{9}(?!\w)/g,
    isValid: (value) => weightedSum(value, [9, 8, 7, 6, 5, 4, 3, 2, -1]) % 11 === 0,
    cue: /bsn|burgerservice|sofi/i,
  },
  { pattern: /(?<!\w)\d{2}\.\d{2}\.\d{2}-\d{3}\.\d{2}(?!\w)/g, isValid: always },
  // Brazil, Portugal
  { pattern: /(?<!\w)\d{3}\.\d{3}\.\d{3}-\d{2}(?!\w)/g, isValid: always },
  { pattern: /(?<!\w)\d{11}(?!\w)/g, isValid: passesCpf, cue: /cpf/i },
  { pattern: /(?<!\w)\d{3} ?\d{3} ?\d{3}(?!\w)/g, isValid: always, cue: /\bnif\b|contribuinte/i },
  // Poland, Sweden, Switzerland, Canada, India
  { pattern: /(?<!\w)\d{11}(?!\w)/g, isValid: always, cue: /pesel/i },
  {
    pattern: /(?<!\w)(?:19|20)?\d{6}[-+]\d{4}(?!\w)/g,
    isValid: (value) => passesLuhn(value.replace(/\D/g, '').slice(-10)),
  },
  { pattern: /(?<!\w)756[. ]?\d{4}[. ]?\d{4}[. ]?\d{2}(?!\w)/g, isValid: always },
  {
    pattern: /(?<!\w)\d{3}[ -]?\d{3}[ -]?\d{3}(?!\w)/g,
    isValid: passesLuhn,
    cue: /\bsin\b|social insurance/i,
  },
  {
    pattern: /(?<!\w)[2-9]\d{3}[ -]?\d{4}[ -]?\d{4}(?!\w)/g,
    isValid: passesVerhoeff,
    cue: /aadhaar|aadhar|uid/i,
  },
  { pattern: /(?<!\w)[2-9]\d{3} \d{4} \d{4}(?!\w| \d)/g, isValid: passesVerhoeff },
]

/** Whatever a cue calls an identity document. */
const documentNumber = new RegExp(
  String.raw`(?:passport|passeport|pasaporte|passaporto|reisepass|paspoort|passaporte|driv(?:er|ing)(?:'?s)?[ -]?licen[cs]e|führerschein|permis de conduire|carnet de conducir|patente|rijbewijs|(?:national|identity|id)[ -]?(?:card|number|no\.?|document|id)|personalausweis|carte d'identité|dni|codice fiscale|tax[ -]?(?:id|number)|steuernummer|steuer-?id|social security (?:number|no\.?)|ssn|health insurance (?:number|no\.?)|medicare)(?:\s*(?:number|no|nr|num(?:éro|ero)?|#|is|:|=|est|es|ist|è|é|lautet|\.)){0,3}\s*(?<value>(?:[A-Z]{1,3}${sep})?[A-Z0-9]*\d[A-Z0-9]*(?:${sep}\d[A-Z0-9]*){0,6})(?![A-Za-z0-9])`,
  'gi',
)

function isNie(value: string): boolean {
  const plain = value.replace(/[ -]/g, '').toUpperCase()
  const number = Number(`${'XYZ'.indexOf(plain.charAt(0))}${plain.slice(1, 8)}`)
  return plain.endsWith(spanishLetter(number))
}

/** 97 minus the number modulo 97; Corsica's letters count as 19 and 18. Source: INSEE, NIR. */
function isInsee(value: string): boolean {
  const plain = value.replace(/ /g, '').toUpperCase().replace('2A', '19').replace('2B', '18')
  return plain.length === 15 && 97 - Number(BigInt(plain.slice(0, 13)) % 97n) === Number(plain.slice(13))
}

const cueBefore = 40

const plainIds = ids.filter(({ cue }) => cue === undefined)
const cuedIds = ids.filter(({ cue }) => cue !== undefined)
const anyCue = new RegExp(cuedIds.map(({ cue }) => cue?.source).join('|'), 'i')
/** Groups of digits, or digits beside letters, enough of them for any of the forms. */
const looksLikeId =
  /\d[ .-]\d{2,}|(?<!\w)[A-Za-z]{1,6}[ -]?\d{2}|(?<!\w)\d{8}[ -]?[A-Za-z]|(?<!\w)\d{13,15}(?!\w)/
const documentCue =
  /pass|licen|permis|carnet|patente|rijbewijs|id\b|id[ -]|identi|ausweis|dni|codice|tax|steuer|ssn|social|insurance|medicare|führer/i

export const findNationalIds: Detector = ({ text, hasDigits }) => {
  if (!hasDigits) return []
  const spans = looksLikeId.test(text) ? plainIds.flatMap((id) => matchesOfId(text, id)) : []
  if (anyCue.test(text)) spans.push(...cuedIds.flatMap((id) => matchesOfId(text, id)))
  if (!documentCue.test(text)) return spans
  const documents = matchesOf(text, documentNumber, 'national_id').filter(
    ({ start, end }) => digitsOf(text.slice(start, end)).length >= 5,
  )
  return [...spans, ...documents]
}

function matchesOfId(text: string, { pattern, isValid, cue }: NationalId): SensitiveSpan[] {
  if (cue && !cue.test(text)) return []
  return matchesOf(text, pattern, 'national_id').filter(
    ({ start, end }) =>
      isValid(text.slice(start, end)) &&
      (!cue || cue.test(text.slice(Math.max(0, start - cueBefore), start))),
  )
}

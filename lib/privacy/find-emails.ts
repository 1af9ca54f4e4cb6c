import { letters } from '#lib/privacy/letter-ranges'
import { type Detector, matchesOf, type SensitiveSpan } from '#lib/privacy/sensitive-span'

const local = new RegExp(String.raw`[${letters}\d._%+'/=!#$&*^{}|~-]`, 'u')
const domain = new RegExp(String.raw`[${letters}\d.-]`, 'u')
const lettersAfterDot = new RegExp(String.raw`\.[${letters}\d-]*[${letters}][${letters}\d-]*$`, 'u')
const longestLocal = 64
const longestDomain = 253

/** At-signs with what stands around them; found from the sign outwards, since patterns from the left are quadratic. */
function findPlain(text: string): SensitiveSpan[] {
  const spans: SensitiveSpan[] = []
  for (let at = text.indexOf('@'); at >= 0; at = text.indexOf('@', at + 1)) {
    let start = at
    while (start > 0 && at - start < longestLocal && local.test(text.charAt(start - 1))) start -= 1
    while (start < at && /['/.{]/.test(text.charAt(start))) start += 1
    let end = at + 1
    while (end < text.length && end - at < longestDomain && domain.test(text.charAt(end))) end += 1
    while (end > at + 1 && /[.-]/.test(text.charAt(end - 1))) end -= 1
    const host = text.slice(at + 1, end)
    const isAddress = start < at && (lettersAfterDot.test(host) || host === 'localhost')
    if (isAddress) spans.push({ start, end, kind: 'email' })
  }
  return spans
}

const dot = String.raw`(?:\s*[\[({<]\s*(?:dot|\.|punto|punkt|point|ponto)\s*[\])}>]\s*|\s+(?:dot|DOT|Dot|punto|punkt|ponto)\s+|\s?\.\s?)`
const name = String.raw`[${letters}\d][${letters}\d_%+-]*`
const tld = `(?:com|net|org|io|co|uk|de|fr|es|it|nl|be|pt|br|eu|ch|at|me|info|biz|edu|gov|app|dev|xyz|us|ca|au|in|jp|pl|se|no|dk|fi|ie|mx|ar|example|test|invalid)`
/** `anna.k [at] example [dot] com`, in any brackets. */
const bracketed = new RegExp(
  String.raw`(?<![${letters}\d])${name}(?:(?:\.|${dot})${name}){0,4}\s*[\[({<]\s*(?:at|@|arroba|chez|bei)\s*[\])}>]\s*${name}(?:${dot}${name}){1,4}`,
  'giu',
)
/** `anna at example dot com`: without brackets the dots must be words, or the host one that everybody knows. */
const spoken = new RegExp(
  String.raw`(?<![${letters}\d])${name}(?:(?:\.|\s+(?:dot|punto|punkt|ponto)\s+)${name}){0,3}\s+(?:at|arroba|chez)\s+${name}(?:\s+(?:dot|punto|punkt|point|ponto)\s+${name}){0,2}\s+(?:dot|punto|punkt|point|ponto)\s+${tld}(?![${letters}\d])`,
  'giu',
)
const hosted = new RegExp(
  String.raw`(?<![${letters}\d])${name}(?:\.${name}){0,3}\s+(?:at|AT|arroba)\s+(?:gmail|googlemail|yahoo|hotmail|outlook|live|icloud|proton|protonmail|gmx|web|aol|msn|mail|orange|wanadoo|free|libero)${dot}${tld}(?![${letters}\d])`,
  'giu',
)
/** `anna @ example . com` */
const spaced = new RegExp(
  String.raw`(?<![${letters}\d])${name}(?:\.${name}){0,3}\s?@\s?${name}(?:\s?\.\s?${name}){0,3}\s?\.\s?${tld}(?![${letters}\d])`,
  'giu',
)

export const findEmails: Detector = ({ text }) => {
  const spans = text.includes('@') ? [...findPlain(text), ...matchesOf(text, spaced, 'email')] : []
  if (!/\b(?:at|arroba|chez|bei)\b/i.test(text)) return spans
  if (/[[({<]\s*(?:at|@|arroba|chez|bei)\s*[\])}>]/i.test(text))
    spans.push(...matchesOf(text, bracketed, 'email'))
  if (/\s(?:dot|punto|punkt|point|ponto)\s/i.test(text)) spans.push(...matchesOf(text, spoken, 'email'))
  return [...spans, ...matchesOf(text, hosted, 'email')]
}

import { type Detector, matchesOf, type SensitiveSpan } from '#lib/privacy/sensitive-span'

const v4 = /(?<![\w.])(?:\d{1,3}\.){3}\d{1,3}(?![\w]|\.\d)/g
const v6 =
  /(?<![\w:.])(?:[0-9a-f]{0,4}:){2,7}(?:(?:\d{1,3}\.){3}\d{1,3}|[0-9a-f]{0,4})(?:%[a-z0-9]+)?(?![\w:])/gi
const mac = /(?<![\w:-])[0-9a-f]{2}([:-])(?:[0-9a-f]{2}\1){4}[0-9a-f]{2}(?![\w:-])/gi
/** Cheap to ask, and true of few texts. */
const looksLikeGroups = /::|[0-9a-f]{1,4}[:-][0-9a-f]{1,4}[:-][0-9a-f]{1,4}[:-]/i
const versionCue = /(?:version|release|build|\bv|firmware|chapter|section)\s*\.?$/i

function isV4(text: string, { start, end }: SensitiveSpan): boolean {
  const octets = text.slice(start, end).split('.')
  return (
    octets.every((octet) => Number(octet) <= 255) &&
    !versionCue.test(text.slice(Math.max(0, start - 12), start))
  )
}

/** Eight groups, or fewer with one `::`; `12:30:45` is a time. */
function isV6(value: string): boolean {
  const plain = value.replace(/%.*$/, '')
  const groups = plain.split(':').filter((group) => group !== '')
  if (/^\d{1,2}:\d{2}(:\d{2})?$/.test(plain)) return false
  const full = plain.includes('.') ? 7 : 8
  return plain.includes('::')
    ? groups.length >= 1 &&
        groups.length < full &&
        plain.split('::').length === 2 &&
        /[0-9a-f]/i.test(plain) &&
        plain.length > 3
    : groups.length === full && !plain.startsWith(':') && !plain.endsWith(':')
}

export const findIps: Detector = ({ text, hasDigits }) => {
  const spans = hasDigits ? matchesOf(text, v4, 'ip').filter((span) => isV4(text, span)) : []
  if (!looksLikeGroups.test(text)) return spans
  const six = matchesOf(text, v6, 'ip').filter(({ start, end }) => isV6(text.slice(start, end)))
  return [...spans, ...six, ...matchesOf(text, mac, 'ip')]
}

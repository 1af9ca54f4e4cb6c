import { findAccounts } from '#lib/privacy/find-accounts'
import { findCredentials } from '#lib/privacy/find-credentials'
import { findEmails } from '#lib/privacy/find-emails'
import { findIps } from '#lib/privacy/find-ip'
import { findNationalIds } from '#lib/privacy/find-national-ids'
import { findKnownNames, findPeople } from '#lib/privacy/find-people'
import { findPhones } from '#lib/privacy/find-phones'
import { findPostalAddresses } from '#lib/privacy/find-postal-addresses'
import { letters } from '#lib/privacy/letter-ranges'
import { normaliseText } from '#lib/privacy/normalise-text'
import { type Detector, type SensitiveSpan, sensitiveKinds } from '#lib/privacy/sensitive-span'

const detectors: readonly Detector[] = [
  findCredentials,
  findEmails,
  findAccounts,
  findNationalIds,
  findIps,
  findPhones,
  findPostalAddresses,
  findPeople,
]

/** Only with one of these can anything be found; most log lines have neither long numbers nor signs nor names. */
const worthLooking = new RegExp(
  String.raw`[@＠]|%40|\\u00|&(?:#|commat)|\d[\d\s().\-/:]{5}|\d ?[A-Z]{2}\b|[0-9a-f]:|(?:\d{1,3}\.){3}|\d+[a-z]?,? (?:[NSEW]\.? )?[${letters}]|[${letters}]\.? ?\d{1,4}\b|(?:name|call me|appelle|llamo|nombre|hei(?:ß|ss)e|chiamo|nome|chamo|heet|naam|Mr|Mrs|Ms|Dr|Prof|Dear|Mme|Herr|Frau|Sra?\b|Señor|Sig\b|Cher|Querid|Liebe|Car[oa]\b|Beste)|\b(?:at|arroba|chez|bei)\b|pass|pwd|secret|token|key|bearer|basic|sk-|htz_|gh[pousr]_|xox|AKIA|AIza|eyJ|BEGIN|:\/\/`,
  'iu',
)

/** Characters of other scripts' digits, without width, or in full-width forms: only their plain forms say what they are. */
const disguised =
  /[\u00ad\u0660-\u0669\u06f0-\u06f9\u0966-\u0ed9\u2000-\u200f\u2024-\u2069\u3002\ufe52-\ufe6b\ufeff-\uff65]/

export interface RedactionOptions {
  /** Names of the people whom the text is known to be about. */
  names?: readonly string[]
}

/**
 * What in a text may identify a person or open a door: in the text's own UTF-16 offsets, in order, none overlapping.
 * Looks through full-width and other scripts' forms, invisible characters, JSON, percent and HTML escapes.
 */
export function findSensitive(original: string, options: RedactionOptions = {}): SensitiveSpan[] {
  const names = options.names ?? []
  if (names.length === 0 && !worthLooking.test(original) && !disguised.test(original)) return []
  const { text, starts } = normaliseText(original)
  const scanned = { text, hasDigits: /\d/.test(text) }
  const found = [...detectors.flatMap((detect) => detect(scanned)), ...findKnownNames(text, names)]
  const spans = withoutOverlaps(found)
  if (!starts) return spans
  return spans.map(({ start, end, kind }) => ({
    start: starts[start] ?? 0,
    end: starts[end] ?? original.length,
    kind,
  }))
}

/** The more specific kind keeps its place, then the longer; what overlaps it on either side is joined to it. */
function withoutOverlaps(found: readonly SensitiveSpan[]): SensitiveSpan[] {
  const ordered = [...found].sort((a, b) => a.start - b.start || b.end - a.end)
  const joined: SensitiveSpan[] = []
  for (const span of ordered) {
    const last = joined.at(-1)
    if (!last || span.start >= last.end) joined.push({ ...span })
    else {
      last.kind = rank(span.kind) < rank(last.kind) ? span.kind : last.kind
      last.end = Math.max(last.end, span.end)
    }
  }
  return joined
}

function rank(kind: SensitiveSpan['kind']): number {
  return sensitiveKinds.indexOf(kind)
}

/**
 * Patterns of what may identify a person or open a door, most specific first. They err towards hiding: a text is kept
 * for understanding an answer, not for its numbers.
 */
const patterns: readonly { kind: string; pattern: RegExp }[] = [
  { kind: 'credential', pattern: /\b(?:htz_|sk-|ghp_|xox[abp]-|AKIA|eyJ)[\w.-]{10,}/g },
  { kind: 'credential', pattern: /\bBearer\s+[\w.~+/=-]{10,}/gi },
  { kind: 'email', pattern: /[\p{L}\p{N}._%+-]+\s?(?:@|\(at\)|\[at\])\s?[\p{L}\p{N}.-]+\.\p{L}{2,}/giu },
  { kind: 'iban', pattern: /\b[A-Z]{2}\d{2}(?:[ -]?[A-Z0-9]{2,4}){3,8}\b/g },
  { kind: 'ip', pattern: /\b(?:\d{1,3}\.){3}\d{1,3}\b/g },
  { kind: 'ip', pattern: /\b(?:[0-9a-f]{1,4}:){3,7}[0-9a-f]{1,4}\b/gi },
  { kind: 'number', pattern: /(?<![\w.])\+?\(?\d(?:[ ()./\\-]{0,3}\d){6,}(?!\w)/g },
]

/** The text with e-mail addresses, credentials, account, card and telephone numbers and IP addresses replaced by `[kind]`. */
export function redactText(text: string): string {
  return patterns.reduce((redacted, { kind, pattern }) => redacted.replace(pattern, `[${kind}]`), text)
}

import { type Detector, matchesOf, type SensitiveSpan } from '#lib/privacy/sensitive-span'

/** Secrets that their issuers made recognisable. */
const marked =
  /(?<![\w-])(?:htz_[\w-]{16,}|sk-[A-Za-z0-9_-]{16,}|(?:sk|pk|rk)_(?:live|test)_[A-Za-z0-9]{10,}|whsec_[A-Za-z0-9]{16,}|gh[pousr]_[A-Za-z0-9]{20,}|github_pat_\w{20,}|glpat-[\w-]{16,}|xox[abeprs]-[\w-]{10,}|(?:AKIA|ASIA|AGPA|AIDA|AROA)[A-Z0-9]{12,20}|AIza[\w-]{30,}|ya29\.[\w-]{20,}|npm_[A-Za-z0-9]{30,}|hf_[A-Za-z0-9]{20,}|SG\.[\w-]{16,}\.[\w-]{16,}|eyJ[\w-]{8,}\.[\w-]{8,}(?:\.[\w-]*)?|AC[0-9a-f]{32}|shp(?:at|ss|ca)_[0-9a-fA-F]{20,}|dop_v1_[0-9a-f]{32,})/g
const bearer = /\b(?:Bearer|Basic|Token)\s+[\w.~+/=-]{10,}/gi
const pem = /-----BEGIN [A-Z ]*PRIVATE KEY-----[\s\S]*?(?:-----END [A-Z ]*PRIVATE KEY-----|$)/g
const inUrl = /\b[a-z][a-z0-9+.-]{1,15}:\/\/[^\s:/@]{0,64}:(?<value>[^\s/@]{1,128})@/gi
/** `password=…`, `"api_key": "…"`, `AccountKey=…;`, `pwd is …` */
const assigned =
  /(?:pass(?:word|wd|phrase|code)?|pwd|api[_-]?key|apikey|access[_-]?key|account[_-]?key|secret(?:[_-]?(?:key|access[_-]?key))?|client[_-]?secret|auth[_-]?token|access[_-]?token|refresh[_-]?token|private[_-]?key|sharedaccesskey|sig|mot de passe|contraseña|passwort|kennwort|wachtwoord|senha)\\?["']?\s*(?:[:=]|\bis\b|\best\b|\bes\b|\bist\b|\bè\b|\bé\b)\s*\\?["']?(?<value>[^\s"'\\,;&<>]{4,})/gi
const keyHeader =
  /\b(?:api-key|x-api-key|ocp-apim-subscription-key|aeg-sas-key)\\?["']?\s*[:=]\s*\\?["']?(?<value>[\w+/=.-]{8,})/gi

/** Words that stand after "password is" without being one. */
const noSecret =
  /^(?:not|wrong|incorrect|required|missing|invalid|too|the|a|an|my|your|null|undefined|true|false|\[[a-z_]+\]|\*+)$/i

export const findCredentials: Detector = ({ text }) => {
  const spans: SensitiveSpan[] = matchesOf(text, marked, 'credential')
  if (/\b(?:bearer|basic|token)\s/i.test(text))
    spans.push(
      ...matchesOf(text, bearer, 'credential').filter((span) =>
        /[\d_.~+/=-]/.test(text.slice(span.start, span.end)),
      ),
    )
  if (text.includes('-----BEGIN')) spans.push(...matchesOf(text, pem, 'credential'))
  if (text.includes('://')) spans.push(...matchesOf(text, inUrl, 'credential'))
  if (/pass|pwd|key|secret|token|sig|mot de|contras|kenn|wacht|senha/i.test(text)) {
    const values = [...matchesOf(text, assigned, 'credential'), ...matchesOf(text, keyHeader, 'credential')]
    spans.push(...values.filter(({ start, end }) => !noSecret.test(text.slice(start, end))))
  }
  return spans
}

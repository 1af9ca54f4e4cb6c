import { capitals, letters } from '#lib/privacy/letter-ranges'
import { type Detector, matchesOf, type SensitiveSpan } from '#lib/privacy/sensitive-span'

const nameWord = `[${capitals}][${letters}'’-]+`
const full = String.raw`(?<value>${nameWord}(?: (?:(?:de|del|della|van|von|der|den|da|dos|la|le|di|bin|al|el|Mc|O')\s)?${nameWord}){0,3})`
const introduced = new RegExp(
  String.raw`(?<![${letters}])(?:[Mm]y (?:full |first |last |real )?name(?:'s| is| was)|[Tt]he name(?:'s| is)|[Cc]all me|I am called|[Jj]e m['’]appelle|[Mm]on nom est|[Mm]e llamo|[Mm]i nombre es|[Mm]ein [Nn]ame ist|[Ii]ch hei(?:ß|ss)e|[Mm]i chiamo|[Ii]l mio nome è|[Mm]eu nome é|[Mm]e chamo|[Ii]k heet|[Mm]ijn naam is)\s+${full}`,
  'gu',
)
const titled = new RegExp(
  String.raw`(?<![${letters}])(?:Mr|Mrs|Ms|Miss|Dr|Prof|Mme|Mlle|Monsieur|Madame|Herrn?|Frau|Sr|Sra|Señora?|Sig|Signora?|Dhr|Mevr|Senhora?)\.? ${full}`,
  'gu',
)
const greeted = new RegExp(
  String.raw`(?<![${letters}])(?:Dear|Cher|Chère|Querid[oa]|Liebe[rs]?|Car[oa]|Beste|Sehr geehrte[r]? (?:Herr|Frau)) ${full}(?=[,!:\n])`,
  'gu',
)
const noName =
  /^(?:All|Sir|Madam|Customer|Team|Friends?|Everyone|Support|Fans?|Creator|User|God|Lord|Both|Client|Damen|Herren|Kunde)\b/

const birthCue = String.raw`(?:date of birth|birth ?date|birthday|d\.?o\.?b\.?|born(?: on)?|née? le|date de naissance|geboren(?: am)?|geburtsdatum|nacid[oa] el|fecha de nacimiento|nat[oa] il|data di nascita|nascid[oa] em|data de nascimento|geboortedatum)`
const month = `(?:jan|feb|mar|apr|may|mai|jun|jul|aug|sep|oct|okt|nov|dec|dez|ene|abr|ago|dic|gen|mag|giu|lug|set|ott|janv|févr|avr|juin|juil|août|déc|mär)[${letters}.]*`
const birth = new RegExp(
  String.raw`${birthCue}\s*(?:is|was|:|=|-|est|es|ist|è|é)?\s*(?<value>\d{1,4}[-/. ]\d{1,2}[-/. ]\d{1,4}|\d{1,2}(?:st|nd|rd|th|\.)? (?:de |of )?${month},?(?: de)? \d{2,4}|${month} \d{1,2}(?:st|nd|rd|th)?,? \d{2,4})`,
  'giu',
)

/** Names that a text itself says are names, and dates it says somebody was born on. */
/** Cheap to ask, and true of few texts: with none of these words there is nothing to find. */
const cues = {
  introduced: /name|all me|called|appelle|nom est|llamo|nombre|hei(?:ß|ss)e|chiamo|nome|chamo|heet|naam/,
  titled:
    /\b(?:M[rs]s?|Miss|Dr|Prof|Mme|Mlle|Monsieur|Madame|Herrn?|Frau|Sra?|Señora?|Sig|Signora?|Dhr|Mevr|Senhora?)\b/,
  greeted: /\b(?:Dear|Cher|Chère|Querid[oa]|Liebe|Car[oa]|Beste|Sehr)\b/,
  birth: /birth|born|d\.?o\.?b|né|geb|nac|nat|nasc/i,
}

export const findPeople: Detector = ({ text, hasDigits }) => {
  const names: SensitiveSpan[] = []
  if (cues.introduced.test(text)) names.push(...matchesOf(text, introduced, 'name'))
  if (cues.titled.test(text)) names.push(...matchesOf(text, titled, 'name'))
  if (cues.greeted.test(text)) names.push(...matchesOf(text, greeted, 'name'))
  const spans = names.filter(({ start, end }) => !noName.test(text.slice(start, end)))
  return hasDigits && cues.birth.test(text) ? [...spans, ...matchesOf(text, birth, 'birth_date')] : spans
}

/** Where any of these names stands as a word of its own; case and accents as written. Names of one letter are not looked for. */
export function findKnownNames(text: string, names: readonly string[]): SensitiveSpan[] {
  const wanted = names.map((name) => name.trim()).filter((name) => name.length > 1)
  if (wanted.length === 0) return []
  const longestFirst = [...new Set(wanted.flatMap((name) => [name, ...partsOf(name)]))].sort(
    (a, b) => b.length - a.length,
  )
  const pattern = longestFirst
    .map((name) => name.replace(/[.*+?^${}()|[\]\\]/g, '\\$&').replace(/\s+/g, '\\s+'))
    .join('|')
  return matchesOf(
    text,
    new RegExp(String.raw`(?<![${letters}\d_])(?:${pattern})(?![${letters}\d_])`, 'giu'),
    'name',
  )
}

/** First and last names on their own, unless they are too short to mean somebody. */
function partsOf(name: string): string[] {
  const parts = name.split(/\s+/)
  return parts.length < 2 ? [] : parts.filter((part) => part.length > 2)
}

import { capitals, letters } from '#lib/privacy/letter-ranges'
import { type Detector, matchesOf } from '#lib/privacy/sensitive-span'

const word = String.raw`[${capitals}\d][${letters}\d'’.-]*`
const name = `[${capitals}][${letters}'’.-]*`
const words = (least: number, most: number) => `${word}(?: ${word}){${least - 1},${most - 1}}`
const city = `[${capitals}][${letters}'’.-]+(?:[ -](?:[${capitals}]|de|la|le|los|am|an der|sur|upon|aan|den|do|da|di)[${letters}'’.-]*){0,3}`
const unit = String.raw`(?:,? (?:Apt|Apartment|Suite|Ste|Unit|Flat|Floor|Room|Bldg|#)\.? ?#?[\w-]{1,6})?`
const usTail = String.raw`(?:,? ${city})?(?:,? [A-Z]{2}\.?,? \d{5}(?:-\d{4})?|,? [A-Z]{1,2}\d[A-Z\d]? ?\d[A-Z]{2})?`
const english = `(?:Street|St|Avenue|Ave|Av|Road|Rd|Boulevard|Blvd|Lane|Ln|Drive|Dr|Court|Ct|Place|Pl|Square|Sq|Terrace|Ter|Way|Close|Crescent|Cres|Highway|Hwy|Parkway|Pkwy|Circle|Cir|Trail|Trl|Row|Mews|Gardens|Grove|Walk|Hill|Green|Quay|Plaza|Alley|Crossing|Loop|Pike|Ridge|Run|Path|View|Park|Port|Ports|Points?|Junction|Landing|Bridge|Forge|Glen|Harbors?|Haven|Heights|Islands?|Key|Knolls?|Lake|Light|Manor|Meadows?|Mill|Mission|Mount|Orchard|Oval|Pass|Pines|Plains|Prairie|Ranch|Rapids?|Rest|River|Route|Shoals?|Shores?|Skyway|Springs?|Spur|Stream|Summit|Track|Tunnel|Turnpike|Union|Valley|Viaduct|Village|Ville|Vista|Wells?)`
const postcodeCity = String.raw`(?:,?\s+(?:[A-Z]{1,2}-)?\d{4,5}(?:[ -]?[A-Z]{2}(?![a-z]))?(?:-\d{3})?,? ${city})?`

const patterns: readonly { cue: RegExp; pattern: RegExp }[] = [
  {
    cue: new RegExp(String.raw`\d[A-Za-z]?,? [${capitals}]`, 'u'),
    pattern: new RegExp(
      String.raw`(?<![\w.,$€£-])\d{1,6}[A-Za-z]?,? (?:[NSEW]\.?[EW]?\.? |North |South |East |West )?${words(1, 4)} ${english}\b\.?${unit}${usTail}`,
      'gu',
    ),
  },
  { cue: /box/i, pattern: new RegExp(String.raw`\bP\.? ?O\.? ?Box \d{1,6}${usTail}`, 'giu') },
  {
    cue: /rue|avenue|boulevard|place|chemin|impasse|all[ée]e|quai|route|cours|square/i,
    pattern: new RegExp(
      String.raw`(?<!\w)\d{1,4}(?: ?(?:bis|ter|[A-D]))?,? (?:[Rr]ue|[Aa]venue|[Aa]v\.|[Bb]oulevard|[Bb]d\.?|[Pp]lace|[Cc]hemin|[Ii]mpasse|[Aa]ll[ée]e|[Qq]uai|[Rr]oute|[Cc]ours|[Ss]quare|[Pp]assage|[Ff]aubourg)(?: (?:de|du|des|la|le|les|aux?)| ${word}| (?:d['’]|l['’])[${letters}-]+){1,6}${postcodeCity}`,
      'gu',
    ),
  },
  {
    cue: /stra(?:ß|ss)e|str\.|weg|platz|allee|gasse|ring|damm|ufer|markt/i,
    pattern: new RegExp(
      String.raw`(?<![${letters}])(?:${word}[ -]){0,2}(?:[${capitals}][${letters}-]*(?:stra(?:ß|ss)e|str\.|weg|platz|allee|gasse|ring|damm|ufer|chaussee|markt|steig)|Stra(?:ß|ss)e|Str\.|Weg|Platz|Allee|Gasse|Ring|Damm|Ufer|Markt)\s?\d{1,4} ?[a-z]?(?![\w])${postcodeCity}`,
      'gu',
    ),
  },
  {
    cue: /calle|c\/|avenida|avda|plaza|paseo|carrer|rua|via|viale|piazza|corso|largo|travessa|praça|camino|ronda/i,
    pattern: new RegExp(
      String.raw`(?<![${letters}])(?:[Cc]alle|[Cc]\/|[Aa]venida|[Aa]v\.|[Aa]vda\.?|[Pp]laza|[Pp]za\.?|[Pp]aseo|[Pp][ºo]|[Cc]arrer|[Cc]amino|[Rr]onda|[Rr]ua|[Rr]\.|[Tt]ravessa|[Pp]raça|[Vv]ia|[Vv]iale|[Vv]\.le|[Pp]iazza|[Pp]\.zza|[Cc]orso|[Cc]\.so|[Ll]argo|[Vv]icolo)(?: (?:de|del|la|el|los|las|do|da|dos|das|di|dei|della|delle)| ${name}){1,6},? ?(?:n[º°.o]?\.? ?)?\d{1,5}(?:,? \d{1,2}[ºª°] ?[A-Za-z]?)?(?![\w.])${postcodeCity}`,
      'gu',
    ),
  },
  {
    cue: /straat|laan|weg|plein|gracht|kade|dijk|singel|hof/i,
    pattern: new RegExp(
      String.raw`(?<![${letters}])(?:${word} ){0,2}[${capitals}][${letters}-]*(?:straat|laan|weg|plein|gracht|kade|dijk|singel|hof|steeg)\s\d{1,4}(?:[- ]?[a-zA-Z](?![\w])|-\d{1,3})?(?!\w)(?:,? \d{4} ?[A-Z]{2})?(?:,? ${city})?`,
      'gu',
    ),
  },
  {
    cue: / ?\d[A-Z]{2}/,
    pattern:
      /(?<!\w)(?:GIR ?0AA|[A-PR-UWYZ](?:\d{1,2}|[A-HK-Y]\d|[A-HK-Y]\d\d|\d[A-HJKSTUW]|[A-HK-Y]\d[ABEHMNPRV-Y])) \d[ABD-HJLNP-UW-Z]{2}(?!\w)/g,
  },
]

export const findPostalAddresses: Detector = ({ text, hasDigits }) =>
  hasDigits
    ? patterns.flatMap(({ cue, pattern }) => (cue.test(text) ? matchesOf(text, pattern, 'address') : []))
    : []

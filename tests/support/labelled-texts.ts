import type { LabelledLine } from '#lib/privacy/redaction-score'
import { createSeededRandom, type SeededRandom } from '#lib/simulator/create-seeded-random'

/** Digits that are drawn, checked, or both. */
function digits(random: SeededRandom, count: number): string {
  return Array.from({ length: count }, () => Math.floor(random.next() * 10)).join('')
}
const pick = <T>(random: SeededRandom, from: readonly T[]): T => {
  const one = from[Math.floor(random.next() * from.length)]
  if (one === undefined) throw new RangeError('nothing to pick from')
  return one
}

const firsts = [
  'Anna',
  'Léa',
  'Jürgen',
  'Sofía',
  'Marco',
  'Femke',
  'João',
  'Priya',
  'Ewa',
  'Sean',
  'Ødegaard',
]
const lasts = [
  'Keller',
  'Moreau',
  'Müller',
  'García',
  'Rossi',
  'de Vries',
  'Silva',
  'Nair',
  'Nowak',
  "O'Brien",
]
const hosts = ['example.com', 'mail.example.org', 'gmx.example', 'post.example.co.uk', 'web-mail.example.net']
const plain = (text: string) =>
  text
    .normalize('NFD')
    .replace(/[^A-Za-z]/g, '')
    .toLowerCase()

function luhn(body: string): string {
  const sum = [...body].reverse().reduce((total, char, index) => {
    const value = Number(char) * (index % 2 === 0 ? 2 : 1)
    return total + (value > 9 ? value - 9 : value)
  }, 0)
  return body + ((10 - (sum % 10)) % 10)
}
function iban(country: string, bban: string): string {
  const numeric = [...`${bban}${country}00`].map((char) => Number.parseInt(char, 36)).join('')
  const check = String(98 - Number(BigInt(numeric) % 97n)).padStart(2, '0')
  return `${country}${check}${bban}`
}
const inFours = (text: string, separator: string) => (text.match(/.{1,4}/g) ?? []).join(separator)

type Make = (random: SeededRandom) => string

const emails: Make = (random) => {
  const [first, last] = [plain(pick(random, firsts)), plain(pick(random, lasts))]
  const host = pick(random, hosts)
  const [name, domain] = [
    pick(random, [`${first}.${last}`, `${first}${digits(random, 2)}`, `${first}_${last}+fan`]),
    host,
  ]
  const spokenHost = host.replace(/\./g, ' dot ')
  return pick(random, [
    `${name}@${domain}`,
    `${name}@${domain}`,
    `${name.toUpperCase()}@${domain.toUpperCase()}`,
    `${first} (at) ${host.replace(/\./g, ' (dot) ')}`,
    `${first}[at]${host}`,
    `${first} at ${spokenHost.replace('example', 'example')}`,
    `${first}${digits(random, 2)} at gmail.com`,
    `${name} @ ${domain}`,
    `${name}＠${domain}`,
    `${name}\\u0040${domain}`,
    `${name}%40${domain}`,
    `${name}\u200b@\u200b${domain}`,
  ])
}

/** Formats of real numbering plans; x = any digit. */
const phoneForms = [
  '+1 212 55x xxxx',
  '+1 (415) 55x-xxxx',
  '(312) 55x-xxxx',
  '646-55x-xxxx',
  '202.55x.xxxx',
  '+44 7700 900xxx',
  '+44 20 7946 0xxx',
  '07700 900xxx',
  '020 7946 0xxx',
  '+44 (0)7700 900xxx',
  '+49 151 2xxxxxxx',
  '+49 30 901820xx',
  '0151 2xxxxxxx',
  '+49 (0)89 4x xx xx xx',
  '0049 151 2xxxxxxx',
  '+33 6 12 xx xx xx',
  '06 12 xx xx xx',
  '+33612xxxxxx',
  '06.12.xx.xx.xx',
  '0612xxxxxx',
  '+34 612 xxx xxx',
  '612 34 xx xx',
  '+39 347 xxx xxxx',
  '347 123 xxxx',
  '+31 6 12xxxxxx',
  '06-12xxxxxx',
  '+351 912 xxx xxx',
  '912 345 xxx',
  '+55 11 9xxxx-xxxx',
  '(11) 9xxxx-xxxx',
  '+41 79 xxx xx xx',
  '079 123 xx xx',
  '+91 98765 xxxxx',
  '+81 90-1234-xxxx',
  '+86 139 1234 xxxx',
  '+61 412 xxx xxx',
  '0412 345 xxx',
]
const phones: Make = (random) => pick(random, phoneForms).replace(/x/g, () => digits(random, 1))

const cards: Make = (random) => {
  const number = luhn(
    pick(random, ['4', '51', '55', '2221', '6011'])
      .padEnd(15, '0')
      .replace(/0/g, () => digits(random, 1)),
  )
  const amex = luhn(`37${digits(random, 12)}`)
  return pick(random, [
    number,
    inFours(number, ' '),
    inFours(number, '-'),
    inFours(number, '.'),
    `${amex.slice(0, 4)} ${amex.slice(4, 10)} ${amex.slice(10)}`,
    amex,
  ])
}
const ibans: Make = (random) => {
  const value = pick(random, [
    () => iban('DE', digits(random, 18)),
    () => iban('FR', `${digits(random, 10)}${digits(random, 11)}${digits(random, 2)}`),
    () => iban('GB', `NWBK${digits(random, 14)}`),
    () => iban('ES', digits(random, 20)),
    () => iban('NL', `ABNA${digits(random, 10)}`),
    () => iban('IT', `X${digits(random, 22)}`),
    () => iban('CH', digits(random, 17)),
    () => iban('BE', digits(random, 12)),
  ])()
  return pick(random, [value, inFours(value, ' '), inFours(value, '-'), inFours(value, ' ').toLowerCase()])
}
const nationalIds: Make = (random) =>
  pick(random, [
    () =>
      `${pick(random, ['1', '2', '4', '7'])}${digits(random, 2)}-${pick(random, ['12', '45', '78'])}-${pick(random, ['1', '5'])}${digits(random, 3)}`,
    () => `AB ${digits(random, 2)} ${digits(random, 2)} ${digits(random, 2)} C`,
    () => `QQ${digits(random, 6)}A`.replace('QQ', 'JK'),
    () => {
      const number = digits(random, 8)
      return number + 'TRWAGMYFPDXBNJZSQVHLCKE'.charAt(Number(number) % 23)
    },
    () => {
      const body = `2${pick(random, ['85', '91', '99'])}0${pick(random, ['1', '7'])}75${digits(random, 6)}`
      return `${body}${String(97 - Number(BigInt(body) % 97n)).padStart(2, '0')}`
    },
    () => `RSSMRA${pick(random, ['80', '91'])}A01H501${pick(random, ['U', 'Z'])}`,
    () => `123.456.${digits(random, 3)}-${digits(random, 2)}`,
    () => `756.${digits(random, 4)}.${digits(random, 4)}.${digits(random, 2)}`,
    () => `85.07.30-${digits(random, 3)}.${digits(random, 2)}`,
  ])()
const ips: Make = (random) =>
  pick(random, [
    () =>
      `${pick(random, ['10', '172', '192', '84', '203'])}.${digits(random, 2)}.${digits(random, 1)}.${digits(random, 2)}`.replace(
        /\b0+(\d)/g,
        '$1',
      ),
    () => `2001:db8:${digits(random, 4)}::8a2e:370:${digits(random, 4)}`,
    () => `fe80::${digits(random, 1)}ff:fe23:4567:890a`,
    () => '2001:0db8:85a3:0000:0000:8a2e:0370:7334',
    () => `::ffff:192.0.2.${digits(random, 2)}`.replace(/\.0(\d)/, '.$1'),
  ])()
const addresses: Make = (random) =>
  pick(random, [
    () =>
      `${pick(random, ['12', '742', '1600'])} ${pick(random, ['Evergreen', 'Maple', 'North Oak'])} ${pick(random, ['Street', 'Avenue', 'Rd', 'Lane'])}, Springfield, IL 62704`,
    () => `${pick(random, ['10', '221'])} ${pick(random, ['Baker', 'Downing'])} Street, London NW1 6XE`,
    () => `${pick(random, ['5', '18 bis'])} rue de la ${pick(random, ['Paix', 'République'])}, 75002 Paris`,
    () =>
      `${pick(random, ['Hauptstraße', 'Lindenweg', 'Schillerplatz'])} ${pick(random, ['7', '23a'])}, 10115 Berlin`,
    () => `Calle ${pick(random, ['Mayor', 'de Alcalá'])} ${pick(random, ['15', '48'])}, 28013 Madrid`,
    () => `Via ${pick(random, ['Garibaldi', 'Roma'])} ${pick(random, ['3', '27'])}, 00184 Roma`,
    () =>
      `${pick(random, ['Keizersgracht', 'Dorpsstraat'])} ${pick(random, ['174', '9'])}, 1016 DW Amsterdam`,
  ])()
const credentials: Make = (random) =>
  pick(random, [
    () => `sk-${inFours(digits(random, 24), 'aB')}`,
    () => `ghp_${digits(random, 12)}abcdefghijklmnopqrstuvwx`,
    () => `AKIA${digits(random, 4)}ABCDEFGHIJKL`,
    () => `xoxb-${digits(random, 10)}-abcdefghij`,
    () => `eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiI${digits(random, 6)}.c2lnbmF0dXJl${digits(random, 4)}`,
    () => `htz_${digits(random, 8)}abcdefghijklmnop`,
  ])()
const names: Make = (random) => `${pick(random, firsts)} ${pick(random, lasts)}`

const sentences: Readonly<Record<string, { make: Make; frames: readonly string[] }>> = {
  email: {
    make: emails,
    frames: [
      'Write to {} please',
      'schreib mir an {} bitte',
      'mon adresse est {} merci',
      '{"to":"{}","n":1}',
      'mail: {}, thanks',
      'my email {} !',
      'contact={}&x=1',
      'escríbeme a {} hoy',
    ],
  },
  phone: {
    make: phones,
    frames: [
      'call me on {} tonight',
      'Mein Handy ist {} okay?',
      'mon numéro: {} bisous',
      'llámame al {} luego',
      'WhatsApp {} please',
      'tel. {}',
      'chiamami al {} dai',
      'bel me op {} vanavond',
      'phone={};',
    ],
  },
  card: {
    make: cards,
    frames: ['my card is {} ok', 'Karte {} bitte', 'pay with {} now', '{"pan":"{}"}', 'use {}, it is mine'],
  },
  iban: {
    make: ibans,
    frames: [
      'IBAN {} bitte',
      'send it to {} today',
      'mon compte {} merci',
      '{"iban":"{}"}',
      'überweise auf {}, danke',
    ],
  },
  national_id: {
    make: nationalIds,
    frames: ['my id is {} ok', 'SSN/ID: {}', 'numéro {} svp', 'documento {} gracias', 'it says {} there'],
  },
  ip: {
    make: ips,
    frames: ['from {} today', 'my address is {} now', 'client={} port=1', 'blocked {}, again'],
  },
  address: {
    make: addresses,
    frames: [
      'send it to {} please',
      'I live at {}.',
      'meine Adresse: {}',
      'livrez au {} merci',
      'vivo en {} ahora',
    ],
  },
  credential: {
    make: credentials,
    frames: ['the key is {} here', 'export KEY={}', '{"k":"{}"}', 'use {} for it'],
  },
  name: {
    make: names,
    frames: [
      'hi, my name is {} and I love it',
      'bonjour, je m’appelle {} !',
      'hola, me llamo {} y tú',
      'Hallo, ich heiße {} übrigens',
      'ciao, mi chiamo {} piacere',
      'Dear {}, thank you',
      'Mrs. {} called',
    ],
  },
}

/** Sentences with nothing to hide, full of what looks like it. */
const traps: readonly Make[] = [
  (random) =>
    `order no. ${digits(random, 8)} shipped on 2026-0${1 + Math.floor(random.next() * 8)}-1${digits(random, 1)}`,
  (random) =>
    `it costs $1,2${digits(random, 2)}.50 or 12.${digits(random, 3)},99 € for ${digits(random, 1)} months`,
  (random) =>
    `version 1.${digits(random, 1)}.${digits(random, 2)} of chapter ${digits(random, 2)}, page ${digits(random, 3)}`,
  (random) =>
    `request req_${digits(random, 8)}4c1b2a9f${digits(random, 4)} took ${digits(random, 4)} ms at 12:4${digits(random, 1)}:0${digits(random, 1)}`,
  (random) =>
    `uuid 3f2504e0-4f89-11d3-9a0c-0305e82c${digits(random, 4)} and sha ${digits(random, 7)}abcdef${digits(random, 7)}`,
  (random) =>
    `timestamp 17${digits(random, 8)} or 17${digits(random, 11)} is fine, so is 2026-11-2${digits(random, 1)}T10:15:00.${digits(random, 3)}Z`,
  (random) =>
    `see you at ${10 + Math.floor(random.next() * 9)}:15 on 3 May, I am so happy and excited about it`,
  (random) =>
    `tokens: input ${digits(random, 4)}, output ${digits(random, 3)}, cost 0.00${digits(random, 6)} USD`,
  (random) =>
    `latitude 52.${digits(random, 4)}, longitude 13.${digits(random, 4)} with zoom ${digits(random, 1)}`,
  (random) =>
    `invoice #${digits(random, 9)} and ticket ${digits(random, 6)}; ${digits(random, 3)} of ${digits(random, 4)} done`,
  () => 'password is required, and the token is invalid; meet me at the beach, call me later my love',
  () => 'Ich bin heute Abend am Markt, dann gehen wir in die Stadt und essen etwas Gutes zusammen',
  () => 'je suis à la place habituelle, on se voit sur le quai ce soir, tu me manques tellement',
  () => 'the ratio was 3:1, then 10:2, in 192 of 168 cases; it rose by 12.5 % since 2019-2020',
  () => 'Dear all, dear team: thanks for 100 likes and 2,000 follows, the new video is 4K at 60 fps',
  (random) =>
    `GET /v1/items/${digits(random, 5)}?page=2&limit=50 -> 200 in 12.${digits(random, 2)} ms, 4,${digits(random, 3)} bytes`,
  (random) => `ISBN 978-3-16-148410-${digits(random, 1)}, article 4006381333931, size 40 x 60 x 120 cm`,
  (random) =>
    `gpt-4-turbo-2024-04-09 answered ${digits(random, 3)} of 1,0${digits(random, 2)} in deployment we-premium`,
]

/** A labelled set made from a seed: the same in every run, a third of it clean. */
export function labelledTexts(count: number, seed: number): LabelledLine[] {
  const random = createSeededRandom(seed)
  const kinds = Object.entries(sentences)
  return Array.from({ length: count }, (_, index) => {
    if (index % 3 === 2) return { text: pick(random, traps)(random), spans: [] }
    const [type, { make, frames }] = kinds[index % kinds.length] ?? pick(random, kinds)
    const frame = pick(random, frames)
    const value = make(random)
    const start = frame.lastIndexOf('{}')
    const text = `${frame.slice(0, start)}${value}${frame.slice(start + 2)}`
    return { text, spans: [{ start, end: start + value.length, type }] }
  })
}

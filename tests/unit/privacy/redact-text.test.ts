import { describe, expect, it } from 'vitest'
import { redactText } from '#lib/privacy/redact-text'

describe('redactText', () => {
  it.each([
    ['write to anna.k+fan@example.co.uk please', 'write to [email] please'],
    ['jose (at) example.com', '[email]'],
    ['call +49 (0)170 123 45 67 now', 'call [phone] now'],
    ['or 555-867-5309', 'or [phone]'],
    ['card 4111 1111 1111 1111, thanks', 'card [card], thanks'],
    ['IBAN DE89 3704 0044 0532 0130 00 today', 'IBAN [iban] today'],
    ['from 192.168.10.4 to 2001:db8:85a3:0:0:8a2e:370:7334', 'from [ip] to [ip]'],
    ['key sk-abcdefghijklmnop1234 here', 'key [credential] here'],
    ['Authorization: Bearer abc.def.ghi-jkl', 'Authorization: [credential]'],
    [
      JSON.stringify([{ role: 'user', content: 'me: a@b.example, 0170 1234567' }]),
      '[{"role":"user","content":"me: [email], [phone]"}]',
    ],
  ])('%s', (text, redacted) => expect(redactText(text)).toBe(redacted))

  it.each(['see you at 20:15 on 3 May', 'it costs $12.50, or 1,284 for 3', 'version 1.2.3 of chapter 12'])(
    'leaves "%s" alone',
    (text) => expect(redactText(text)).toBe(text),
  )
})

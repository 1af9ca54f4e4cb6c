import { describe, expect, it } from 'vitest'
import { safeNextPath } from '#components/data/leave-for-sign-in'
import { parseFilters, requestParameters } from '#components/data/request-filters'
import { parseRange, rangeBounds } from '#components/data/time-range'
import {
  conversationBody,
  conversationFromPrompt,
  freshConversation,
} from '#components/playground/conversation'
import { passwordStrength } from '#components/sign-in/password-strength'

const from = (text: string) => {
  const params = new URLSearchParams(text)
  return (name: string) => params.get(name)
}
const noonMs = Date.UTC(2026, 10, 23, 12)

describe('time range in the address', () => {
  it('falls back to 15 minutes for what makes no sense', () => {
    expect(parseRange(from('range=9y'))).toEqual({ range: '15m' })
    expect(parseRange(from('range=custom&from=2026-11-02&to=2026-11-01'))).toEqual({ range: '15m' })
    expect(parseRange(from('range=custom&from=x'))).toEqual({ range: '15m' })
  })

  it('opens months at their first moment in UTC, as the ledger does', () => {
    expect(rangeBounds({ range: 'month' }, noonMs)).toEqual({ from: '2026-11-01T00:00:00.000Z' })
    expect(rangeBounds({ range: '1h' }, noonMs)).toEqual({ from: '2026-11-23T11:00:00.000Z' })
  })
})

describe('request filters', () => {
  it('sends list and export exactly what the address says', () => {
    const filters = parseFilters(from('outcome=error&creatorId=cr_1&unknown=1&tier='))
    expect(filters).toEqual({ outcome: 'error', creatorId: 'cr_1' })
    const text = requestParameters({ filters, range: { range: '15m' }, nowMs: noonMs }).toString()
    expect(text).toBe('from=2026-11-23T11%3A45%3A00.000Z&outcome=error&creatorId=cr_1')
  })
})

describe('safeNextPath', () => {
  it.each([
    ['/requests?outcome=error', '/requests?outcome=error'],
    ['https://evil.example', '/'],
    ['//evil.example', '/'],
    ['/\\evil.example', '/'],
    [null, '/'],
  ])('takes %s to %s', (next, path) => expect(safeNextPath(next)).toBe(path))
})

describe('conversation', () => {
  it('takes a stored prompt over, whether it is messages or plain text', () => {
    const stored = JSON.stringify([
      { role: 'system', content: 'Be kind' },
      { role: 'user', content: 'Hi' },
    ])
    expect(conversationFromPrompt(stored)).toMatchObject({
      system: 'Be kind',
      messages: [{ role: 'user', content: 'Hi' }],
    })
    expect(conversationFromPrompt('just text')).toMatchObject({
      system: '',
      messages: [{ content: 'just text' }],
    })
  })

  it('sends no empty message, and asks for usage only where the answer streams', () => {
    const body = conversationBody({ ...freshConversation, stream: false, jsonMode: true })
    expect(body).toEqual({
      messages: [],
      temperature: 0.7,
      max_tokens: 512,
      stream: false,
      response_format: { type: 'json_object' },
    })
  })
})

describe('passwordStrength', () => {
  it('refuses what the server refuses and says how much is missing', () => {
    expect(passwordStrength('elevenchars')).toEqual({ level: 0, hint: '1 more character to go.' })
    expect(passwordStrength('aaaaaaaaaaaa').level).toBe(1)
    expect(passwordStrength('a long sentence is strong').level).toBe(3)
  })
})

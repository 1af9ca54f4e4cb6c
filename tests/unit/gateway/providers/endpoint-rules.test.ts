import { describe, expect, it } from 'vitest'
import { checkEndpoint, checkTarget } from '#server/gateway/providers/endpoint-rules'
import { ProviderError } from '#server/gateway/providers/provider'

describe('checkEndpoint', () => {
  it.each([
    ['https://r.openai.azure.com', 'https://r.openai.azure.com', ''],
    ['https://r.openai.azure.com/', 'https://r.openai.azure.com', ''],
    ['https://API.openai.com:443/v1//', 'https://api.openai.com', '/v1'],
    ['https://127.0.0.1:8443/regions/westeurope', 'https://127.0.0.1:8443', '/regions/westeurope'],
    ['http://127.0.0.1:3000/v1', 'http://127.0.0.1:3000', '/v1'],
    ['http://127.8.9.10', 'http://127.8.9.10', ''],
    ['http://2130706433', 'http://127.0.0.1', ''],
    ['http://localhost:80', 'http://localhost', ''],
    ['http://[::1]:9000', 'http://[::1]:9000', ''],
  ])('takes %s', (address, origin, basePath) => {
    expect(checkEndpoint(address)).toEqual({ base: origin + basePath, origin, basePath })
  })

  it.each([
    ['http://example.com', 'https'],
    ['http://10.0.0.1', 'loopback only'],
    ['http://127.0.0.1.example.com', 'loopback only'],
    ['http://localhost.example.com', 'loopback only'],
    ['http://[::2]', 'loopback only'],
    ['http://0.0.0.0', 'loopback only'],
    ['ftp://127.0.0.1', 'must use https'],
    ['file:///etc/passwd', 'must use https'],
    ['javascript:alert(1)', 'must use https'],
    ['https://name:pa55@example.com', 'user name or password'],
    ['https://name@example.com', 'user name or password'],
    ['https://example.com?key=hidden', 'query'],
    ['https://example.com/#part', 'fragment'],
    ['example.com', 'absolute https address'],
    ['', 'absolute https address'],
  ])('refuses %s and says why', (address, reason) => {
    expect(() => checkEndpoint(address)).toThrow(reason)
    expect(() => checkEndpoint(address)).not.toThrow(/pa55|hidden/)
  })
})

describe('checkTarget', () => {
  it('remembers what it checked and refuses as an adapter does', () => {
    expect(checkTarget('https://a.example.com')).toBe(checkTarget('https://a.example.com'))
    try {
      checkTarget('http://a.example.com')
      expect.unreachable()
    } catch (error) {
      expect(ProviderError.is(error) && error.evidence.kind).toBe('refused')
    }
  })
})

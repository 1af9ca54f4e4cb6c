import { expect, test } from 'vitest'
import { ownOrigins } from '#lib/access/own-origins'
import { isOwnOrigin } from '#lib/access/same-origin'

const origins = ['https://console.example.com']

test.each([
  ['GET', null, null, true],
  ['GET', 'https://evil.example', 'cross-site', true],
  ['POST', 'https://console.example.com', null, true],
  ['POST', 'https://console.example.com.evil.example', 'same-origin', false],
  ['POST', 'http://console.example.com', null, false],
  ['POST', 'null', 'same-origin', false],
  ['PATCH', null, 'same-origin', true],
  ['DELETE', null, 'same-site', false],
  ['POST', null, 'cross-site', false],
  ['POST', null, null, false],
])('%s with Origin %s and Sec-Fetch-Site %s: %s', (method, origin, fetchSite, allowed) => {
  expect(isOwnOrigin({ method, origin, fetchSite }, origins)).toBe(allowed)
})

test('this machine is known by all its names, at the same port only', () => {
  expect(ownOrigins('http://127.0.0.1:3000')).toEqual([
    'http://127.0.0.1:3000',
    'http://localhost:3000',
    'http://[::1]:3000',
  ])
  expect(ownOrigins('https://console.example.com/')).toEqual(['https://console.example.com'])
})

import { describe, expect, it } from 'vitest'
import { effectiveRegion, type RegionWish, readRegionHeaders } from '#lib/gateway/region-wish'

const read = (headers: Record<string, string>) => readRegionHeaders((name) => headers[name] ?? null)
const wish = (by: RegionWish['by'], mode: RegionWish['mode'], region: string): RegionWish => ({
  by,
  mode,
  region,
})

describe('the headers', () => {
  it.each([
    [{}, null],
    [{ 'x-huntaze-region': '' }, null],
    [{ 'x-huntaze-region-mode': 'prefer' }, null],
    [{ 'x-huntaze-region': 'north' }, wish('request', 'prefer', 'north')],
    [{ 'x-huntaze-region': ' north ', 'x-huntaze-region-mode': '' }, wish('request', 'prefer', 'north')],
    [
      { 'x-huntaze-region': 'north', 'x-huntaze-region-mode': 'Require' },
      wish('request', 'require', 'north'),
    ],
  ])('%j say %j', (headers, expected) => {
    expect(read(headers as Record<string, string>)).toEqual({ ok: true, wish: expected })
  })

  it.each([
    [{ 'x-huntaze-region': 'north', 'x-huntaze-region-mode': 'maybe' }, 'x-huntaze-region-mode'],
    [{ 'x-huntaze-region-mode': 'maybe' }, 'x-huntaze-region-mode'],
    [{ 'x-huntaze-region-mode': 'require' }, 'x-huntaze-region'],
    [{ 'x-huntaze-region': ' ', 'x-huntaze-region-mode': 'require' }, 'x-huntaze-region'],
  ])('%j are refused in %s', (headers, param) => {
    expect(read(headers as Record<string, string>)).toMatchObject({ ok: false, param })
  })
})

describe('of several wishes', () => {
  const asked = wish('request', 'prefer', 'a')
  const required = wish('request', 'require', 'a')
  const key = wish('key', 'prefer', 'b')
  const account = wish('account', 'require', 'c')

  it.each([
    ['none', null, [], null],
    ['the request’s', asked, [key], asked],
    ['the key’s where the request says nothing', null, [key, wish('account', 'prefer', 'd')], key],
    [
      'the account’s where neither does',
      null,
      [wish('account', 'prefer', 'd')],
      wish('account', 'prefer', 'd'),
    ],
    ['the request’s requirement before the key’s preference', required, [key], required],
    ['the account’s requirement before every preference', asked, [key, account], account],
    [
      'the key’s requirement beside the account’s preference',
      asked,
      [wish('key', 'require', 'b'), key],
      wish('key', 'require', 'b'),
    ],
    [
      'the narrowest of requirements that agree',
      wish('request', 'require', 'c'),
      [account],
      wish('request', 'require', 'c'),
    ],
  ] as const)('%s holds', (_name, request, standing, expected) => {
    expect(effectiveRegion(request, standing)).toEqual({ ok: true, wish: expected })
  })

  it('requirements that exclude each other are refused, since one of them would be left', () => {
    expect(effectiveRegion(required, [account])).toEqual({
      ok: false,
      message:
        'The request requires region a, but its account requires region c, so it can be served nowhere. Leave the header x-huntaze-region out, or name c.',
      param: 'x-huntaze-region',
    })
    expect(effectiveRegion(asked, [wish('key', 'require', 'b'), account])).toMatchObject({
      ok: false,
      message: expect.stringContaining('The key requires region b, but its account requires region c'),
      param: null,
    })
  })
})

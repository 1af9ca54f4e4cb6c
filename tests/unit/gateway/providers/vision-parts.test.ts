import { describe, expect, it } from 'vitest'
import { estimateImageTokens } from '#lib/gateway/estimate-image-tokens'
import { readImageSize } from '#lib/gateway/image-dimensions'
import { checkImageUrl, estimateVisionTokens, findBadImage } from '#lib/gateway/vision-parts'

const header = {
  png: (width: number, height: number) => {
    const bytes = Buffer.from(`89504e470d0a1a0a0000000d49484452${'00'.repeat(17)}`, 'hex')
    bytes.writeUInt32BE(width, 16)
    bytes.writeUInt32BE(height, 20)
    return bytes
  },
  gif: (width: number, height: number) => {
    const bytes = Buffer.from(`GIF89a${'\0'.repeat(7)}`)
    bytes.writeUInt16LE(width, 6)
    bytes.writeUInt16LE(height, 8)
    return bytes
  },
  /** Behind a long EXIF segment with a thumbnail's frame header in it, and fill bytes. */
  jpeg: (width: number, height: number) => {
    const exif = Buffer.alloc(60_000, 0xff)
    exif.writeUInt16BE(0xffe1, 0)
    exif.writeUInt16BE(60_000 - 2, 2)
    const frame = Buffer.from('ffc20011080000000003012200021101031101', 'hex')
    frame.writeUInt16BE(height, 5)
    frame.writeUInt16BE(width, 7)
    return Buffer.concat([Buffer.from('ffd8', 'hex'), exif, Buffer.from('ffff', 'hex'), frame.subarray(1)])
  },
  vp8: (width: number, height: number) => {
    const bytes = Buffer.alloc(32)
    bytes.write('RIFF', 0)
    bytes.write('WEBPVP8 ', 8)
    bytes.writeUInt16LE(width, 26)
    bytes.writeUInt16LE(height | 0x4000, 28)
    return bytes
  },
  vp8x: (width: number, height: number) => {
    const bytes = Buffer.alloc(32)
    bytes.write('RIFF', 0)
    bytes.write('WEBPVP8X', 8)
    bytes.writeUIntLE(width - 1, 24, 3)
    bytes.writeUIntLE(height - 1, 27, 3)
    return bytes
  },
  vp8l: (width: number, height: number) => {
    const bytes = Buffer.alloc(32)
    bytes.write('RIFF', 0)
    bytes.write('WEBPVP8L', 8)
    bytes[20] = 0x2f
    bytes.writeUInt32LE(((width - 1) | ((height - 1) << 14)) >>> 0, 21)
    return bytes
  },
}

describe('readImageSize', () => {
  it.each(Object.entries(header))('reads %s', (_kind, make) => {
    expect(readImageSize(make(1920, 1081).toString('base64'))).toEqual({ width: 1920, height: 1081 })
  })

  it.each([
    ['nothing', ''],
    ['text', Buffer.from('hello').toString('base64')],
    ['half a header', header.png(5, 5).subarray(0, 18).toString('base64')],
    ['no pixels', header.png(0, 5).toString('base64')],
    ['a JPEG without frame header', Buffer.from('ffd8ffe00004abcdffd9', 'hex').toString('base64')],
    ['a JPEG segment of no length', Buffer.from('ffd8ffe00000ffc0', 'hex').toString('base64')],
  ])('finds none in %s', (_what, base64) => {
    expect(readImageSize(base64)).toBeNull()
  })
})

describe('checkImageUrl', () => {
  it('takes https addresses and inline images', () => {
    expect(checkImageUrl('https://cdn.example.com/a.png?x=1')).toEqual({ kind: 'remote' })
    expect(checkImageUrl('https://8.8.8.8/a.png')).toEqual({ kind: 'remote' })
    expect(checkImageUrl('https://[2606:4700::1]/a.png')).toEqual({ kind: 'remote' })
    expect(checkImageUrl('data:image/png;base64,aGk=')).toEqual({
      kind: 'inline',
      mediaType: 'image/png',
      base64: 'aGk=',
      bytes: 2,
    })
  })

  it.each([
    'http://cdn.example.com/a.png',
    'ftp://cdn.example.com/a.png',
    'file:///etc/passwd',
    'javascript:alert(1)',
    'nonsense',
    'https://u:p@example.com/a.png',
    'https://localhost/a.png',
    'https://a.localhost/a.png',
    'https://printer.local/a.png',
    'https://metadata.google.internal/a',
    'https://intranet/a.png',
    'https://127.0.0.1/a.png',
    'https://127.1/a.png',
    'https://2130706433/a.png',
    'https://0x7f.0.0.1/a.png',
    'https://10.1.2.3/a.png',
    'https://172.16.0.1/a.png',
    'https://192.168.1.1/a.png',
    'https://169.254.169.254/latest/meta-data',
    'https://100.64.0.1/a.png',
    'https://0.0.0.0/a.png',
    'https://224.0.0.1/a.png',
    'https://[::1]/a.png',
    'https://[::]/a.png',
    'https://[fe80::1]/a.png',
    'https://[fd00::1]/a.png',
    'https://[::ffff:10.0.0.1]/a.png',
    'https://[2002:7f00:1::]/a.png',
    'https://[64:ff9b::7f00:1]/a.png',
    'data:image/png,hello',
    'data:image/svg+xml;base64,aGk=',
    'data:text/html;base64,aGk=',
    'data:image/png;base64,',
    'data:image/png;base64,a',
    'data:image/png;base64,aG k',
    'data:image/png;base64,aGk=aGk=',
    'data:image/png;base64,-_-_',
  ])('refuses %s', (url) => {
    expect(checkImageUrl(url).kind).toBe('refused')
  })

  it('refuses more than 20 MiB', () => {
    const limit = 20 * 1024 * 1024
    const atLimit = `data:image/png;base64,${Buffer.alloc(limit).toString('base64')}`
    expect(checkImageUrl(atLimit)).toMatchObject({ kind: 'inline', bytes: limit })
    expect(checkImageUrl(`data:image/png;base64,${Buffer.alloc(limit + 1).toString('base64')}`).kind).toBe(
      'refused',
    )
  })
})

describe('estimateImageTokens', () => {
  it.each([
    ['gpt-4o', 1024, 1024, 'high', 765],
    ['gpt-4o', 2048, 4096, 'high', 1105],
    ['gpt-4o', 4096, 8192, 'low', 85],
    ['gpt-4-turbo', 1024, 1024, 'auto', 765],
    ['gpt-4.1', 512, 512, 'high', 255],
    ['gpt-4o', 1, 1, 'high', 255],
    ['gpt-4o-mini', 1024, 1024, 'high', 2833 + 4 * 5667],
    ['gpt-5', 1024, 1024, 'high', 70 + 4 * 140],
    ['gpt-5.1', 512, 512, 'low', 70],
    ['o3', 1024, 1024, 'high', 75 + 4 * 150],
    ['gpt-4.1-mini', 1024, 1024, 'auto', Math.ceil(1024 * 1.62)],
    ['gpt-4.1-mini', 1800, 2400, 'high', Math.ceil(1452 * 1.62)],
    ['gpt-4.1-nano', 1024, 1024, 'high', Math.ceil(1024 * 2.46)],
    ['o4-mini', 1024, 1024, 'high', Math.ceil(1024 * 1.72)],
    ['gpt-5.2', 1024, 1024, 'high', 1229],
    ['gpt-5.5', 1920, 1080, 'auto', 2448],
    ['claude-sonnet-5', 750, 750, 'auto', 750],
    ['no-such-model', 1024, 1024, 'high', 765],
  ] as const)('%s, %i × %i, %s: %i', (model, width, height, detail, tokens) => {
    expect(estimateImageTokens({ model, width, height, detail })).toBe(tokens)
  })

  it.each(['gpt-4o', 'gpt-4.1-mini', 'gpt-5.5', 'claude-x'])('stays sane for odd sizes of %s', (model) => {
    for (const [width, height] of [
      [1, 1],
      [1, 100_000],
      [100_000, 1],
      [100_000, 100_000],
      [33, 31],
    ] as const) {
      const tokens = estimateImageTokens({ model, width, height, detail: 'auto' })
      expect(Number.isInteger(tokens) && tokens > 0 && tokens <= 12_000).toBe(true)
    }
  })
})

describe('requests with images', () => {
  const messages = [
    { role: 'user' as const, content: 'no parts' },
    {
      role: 'user' as const,
      content: [
        { type: 'text' as const, text: 'look' },
        { type: 'image_url' as const, image_url: { url: 'https://cdn.example.com/a.png' } },
        {
          type: 'image_url' as const,
          image_url: { url: 'https://cdn.example.com/a.png', detail: 'low' as const },
        },
        {
          type: 'image_url' as const,
          image_url: { url: `data:image/png;base64,${header.png(512, 512).toString('base64')}` },
        },
      ],
    },
  ]

  it('are estimated image by image, those of unknown size as 1024 × 1024', () => {
    expect(estimateVisionTokens(messages, 'gpt-4o')).toBe(765 + 85 + 255)
    expect(estimateVisionTokens([{ role: 'user', content: 'x' }], 'gpt-4o')).toBe(0)
  })

  it('name the first image that may not be sent', () => {
    expect(findBadImage(messages)).toBeNull()
    const bad = {
      role: 'user' as const,
      content: [{ type: 'image_url' as const, image_url: { url: 'http://a.example.com' } }],
    }
    expect(findBadImage([...messages, bad])).toEqual({
      message: 'image_url.url must use https.',
      param: 'messages[2].content[0].image_url.url',
    })
  })
})

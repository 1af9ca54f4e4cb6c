export interface ImageSize {
  width: number
  height: number
}

/** The byte at a position; `NaN` behind the end, so that comparisons fail. */
type ByteAt = (position: number) => number

const alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/'
const sextets = new Map([...alphabet].map((character, value) => [character, value]))

/**
 * Reads width and height out of the header of a PNG, JPEG, GIF or WebP image in base64; `null` when the bytes are
 * none of these or end too early. Only the bytes needed are decoded, however large the image.
 */
export function readImageSize(base64: string): ImageSize | null {
  const at = byteReader(base64)
  const size = readPng(at) ?? readGif(at) ?? readWebp(at) ?? readJpeg(at)
  return size !== null && size.width > 0 && size.height > 0 ? size : null
}

function byteReader(base64: string): ByteAt {
  return (position) => {
    const from = Math.floor(position / 3) * 4
    const sextet = (offset: number) => sextets.get(base64.charAt(from + offset)) ?? Number.NaN
    const within = position % 3
    const [high, low] = [sextet(within), sextet(within + 1)]
    if (Number.isNaN(high) || Number.isNaN(low)) return Number.NaN
    return ((high << (2 + 2 * within)) | (low >> (4 - 2 * within))) & 255
  }
}

function startsWith(at: ByteAt, text: string, from = 0): boolean {
  return [...text].every((character, index) => at(from + index) === character.charCodeAt(0))
}

function big16(at: ByteAt, from: number): number {
  return at(from) * 256 + at(from + 1)
}

function little16(at: ByteAt, from: number): number {
  return at(from) + at(from + 1) * 256
}

function sized(width: number, height: number): ImageSize | null {
  return Number.isNaN(width + height) ? null : { width, height }
}

function readPng(at: ByteAt): ImageSize | null {
  if (!startsWith(at, '\x89PNG\r\n\x1a\n') || !startsWith(at, 'IHDR', 12)) return null
  return sized(big16(at, 16) * 65_536 + big16(at, 18), big16(at, 20) * 65_536 + big16(at, 22))
}

function readGif(at: ByteAt): ImageSize | null {
  if (!startsWith(at, 'GIF8')) return null
  return sized(little16(at, 6), little16(at, 8))
}

function readWebp(at: ByteAt): ImageSize | null {
  if (!startsWith(at, 'RIFF') || !startsWith(at, 'WEBP', 8)) return null
  if (startsWith(at, 'VP8 ', 12)) return sized(little16(at, 26) & 0x3fff, little16(at, 28) & 0x3fff)
  if (startsWith(at, 'VP8X', 12)) {
    return sized(1 + little16(at, 24) + at(26) * 65_536, 1 + little16(at, 27) + at(29) * 65_536)
  }
  if (!startsWith(at, 'VP8L', 12)) return null
  const bits = little16(at, 21) + little16(at, 23) * 65_536
  return sized(1 + (bits % 16_384), 1 + (Math.floor(bits / 16_384) % 16_384))
}

/** Walks over the segments to the frame header (SOF0–SOF15 without DHT, JPG and DAC). */
function readJpeg(at: ByteAt): ImageSize | null {
  if (at(0) !== 0xff || at(1) !== 0xd8) return null
  for (let position = 2; at(position) === 0xff; ) {
    const marker = at(position + 1)
    if (marker === 0xff) {
      position += 1
      continue
    }
    if (marker >= 0xc0 && marker <= 0xcf && marker !== 0xc4 && marker !== 0xc8 && marker !== 0xcc) {
      return sized(big16(at, position + 7), big16(at, position + 5))
    }
    const length = big16(at, position + 2)
    if (!(length >= 2) || marker === 0xda || marker === 0xd9) return null
    position += 2 + length
  }
  return null
}

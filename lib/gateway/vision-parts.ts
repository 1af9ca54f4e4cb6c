import type { ChatMessage } from '#lib/contracts/openai'
import { estimateImageTokens, type ImageDetail } from '#lib/gateway/estimate-image-tokens'
import { type ImageSize, readImageSize } from '#lib/gateway/image-dimensions'
import { isPrivateHost } from '#lib/gateway/private-host'

export type ImageUrlCheck =
  | { kind: 'remote' }
  | { kind: 'inline'; mediaType: string; base64: string; bytes: number }
  | { kind: 'refused'; message: string }

const largestImageBytes = 20 * 1024 * 1024
const inlineForm = /^data:image\/(png|jpeg|gif|webp);base64,/i

/**
 * Checks the address of an image part: `https` to a public host (the provider fetches it, not we), or a data URL
 * with a PNG, JPEG, GIF or WebP image of at most 20 MiB in valid base64.
 */
export function checkImageUrl(url: string): ImageUrlCheck {
  if (/^data:/i.test(url)) return checkInline(url)
  if (!URL.canParse(url)) return refused('image_url.url must be an https address or a data URL.')
  const { protocol, hostname, username, password } = new URL(url)
  if (protocol !== 'https:') return refused('image_url.url must use https.')
  if (username !== '' || password !== '')
    return refused('image_url.url must not hold a user name or password.')
  if (isPrivateHost(hostname)) return refused('image_url.url must name a public host.')
  return { kind: 'remote' }
}

function checkInline(url: string): ImageUrlCheck {
  const head = inlineForm.exec(url)
  if (head?.[1] === undefined) return refused('Inline images must be base64 of image/png, jpeg, gif or webp.')
  const base64 = url.slice(head[0].length)
  if (base64 === '' || base64.length % 4 !== 0 || !/^[A-Za-z0-9+/]*={0,2}$/.test(base64)) {
    return refused('The inline image is not valid base64.')
  }
  const padding = base64.endsWith('==') ? 2 : base64.endsWith('=') ? 1 : 0
  const bytes = (base64.length / 4) * 3 - padding
  if (bytes > largestImageBytes) return refused('The inline image is larger than 20 MiB.')
  return { kind: 'inline', mediaType: `image/${head[1].toLowerCase()}`, base64, bytes }
}

function refused(message: string): ImageUrlCheck {
  return { kind: 'refused', message }
}

/** The first image part that may not be sent, with its place in the request; `null` when all may. */
export function findBadImage(messages: readonly ChatMessage[]): { message: string; param: string } | null {
  for (const { url, param } of imageParts(messages)) {
    const check = checkImageUrl(url)
    if (check.kind === 'refused') return { message: check.message, param }
  }
  return null
}

/** Assumed for images whose size their header does not tell, which includes all that are fetched by the provider. */
const assumedSize: ImageSize = { width: 1024, height: 1024 }

/** Estimated input tokens of all images of a request; 0 without images. `model` as in the price book. */
export function estimateVisionTokens(messages: readonly ChatMessage[], model: string): number {
  let tokens = 0
  for (const { url, detail } of imageParts(messages)) {
    const head = inlineForm.exec(url)
    const size = (head === null ? null : readImageSize(url.slice(head[0].length))) ?? assumedSize
    tokens += estimateImageTokens({ model, ...size, detail })
  }
  return tokens
}

interface ImagePart {
  url: string
  detail: ImageDetail
  param: string
}

function* imageParts(messages: readonly ChatMessage[]): Generator<ImagePart, void, void> {
  for (const [messageIndex, { content }] of messages.entries()) {
    if (!Array.isArray(content)) continue
    for (const [partIndex, part] of content.entries()) {
      if (part.type !== 'image_url') continue
      const { url, detail = 'auto' } = part.image_url
      yield { url, detail, param: `messages[${messageIndex}].content[${partIndex}].image_url.url` }
    }
  }
}

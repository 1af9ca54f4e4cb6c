/**
 * Does a host name, as `URL.hostname` normalises it, name this machine or a private network: loopback, link-local,
 * private, carrier-grade, reserved and multicast addresses, `localhost`, `*.localhost`, `*.local`, `*.internal`?
 * Only literals are judged; nothing is resolved.
 */
export function isPrivateHost(hostname: string): boolean {
  const host = hostname.toLowerCase().replace(/\.$/, '')
  if (host.startsWith('[')) return isPrivateIPv6(host.slice(1, -1))
  const octets = readIPv4(host)
  if (octets !== null) return isPrivateIPv4(octets)
  return !host.includes('.') || /(^|\.)(localhost|local|internal|home\.arpa)$/.test(host)
}

type Octets = readonly [number, number, number, number]

function readIPv4(host: string): Octets | null {
  const match = /^(\d{1,3})\.(\d{1,3})\.(\d{1,3})\.(\d{1,3})$/.exec(host)
  return match === null ? null : [Number(match[1]), Number(match[2]), Number(match[3]), Number(match[4])]
}

/** Source: IANA IPv4 Special-Purpose Address Registry. */
function isPrivateIPv4([a, b, c]: Octets): boolean {
  if (a === 0 || a === 10 || a === 127 || a >= 224) return true
  if (a === 100) return b >= 64 && b <= 127
  if (a === 169) return b === 254
  if (a === 172) return b >= 16 && b <= 31
  if (a === 192) return b === 168 || (b === 0 && c === 0)
  return a === 198 && (b === 18 || b === 19)
}

/** Everything outside the global unicast block 2000::/3 is special; so are addresses that carry a private IPv4. */
function isPrivateIPv6(address: string): boolean {
  const first = Number.parseInt(address.split(':')[0] || '0', 16)
  if (first < 0x2000 || first > 0x3fff) return true
  if (first !== 0x2002) return false
  const [, high = '0', low = '0'] = address.split(':')
  const [h, l] = [Number.parseInt(high || '0', 16), Number.parseInt(low || '0', 16)]
  return isPrivateIPv4([h >> 8, h & 255, l >> 8, l & 255])
}

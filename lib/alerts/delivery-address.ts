import { isPrivateHost } from '#lib/gateway/private-host'

/** Which addresses inside the network alerts may be sent to: none, this machine's own, or all. */
export type PrivateHostPolicy = 'refuse' | 'loopback' | 'allow'

/** Why alerts must not be sent to the address (as `URL` or a resolver writes it, IPv6 without brackets); null = they may. */
export function addressRefusal(address: string, policy: PrivateHostPolicy): string | null {
  const host = address.includes(':') && !address.startsWith('[') ? `[${address}]` : address
  if (policy === 'allow' || !isPrivateHost(host)) return null
  if (policy === 'loopback' && isLoopbackAddress(address)) return null
  return 'is an address inside the network; HUNTAZE_ALERT_PRIVATE_HOSTS decides whether alerts may be sent there'
}

/** Why alerts must not be sent to the URL, as far as can be told without asking the resolver; null = they may. */
export function urlRefusal(text: string, policy: PrivateHostPolicy): string | null {
  if (!URL.canParse(text)) return 'must be a URL, such as https://alerts.example.com/hook'
  const { protocol, username, password, hostname } = new URL(text)
  if (username || password) return 'must not hold a user name or password'
  const loopback = isLoopbackAddress(hostname)
  if (protocol !== 'https:' && !(protocol === 'http:' && loopback))
    return 'must begin with https:// (http:// is accepted for loopback only)'
  return addressRefusal(hostname, policy)
}

/** Is it this machine: 127.0.0.0/8, ::1, localhost? */
export function isLoopbackAddress(host: string): boolean {
  return /^(localhost|\[?::1\]?|127(\.\d{1,3}){3})$/.test(host)
}

import { isIPv6 } from 'node:net'

/**
 * The network of an address, because one client has all of it: the first half of an IPv6 address (/64), the loopback network, else the
 * address itself.
 */
export function networkOf(address: string): string {
  const ipv4 = /^(?:::ffff:)?(\d+\.\d+\.\d+\.\d+)$/i.exec(address)?.[1]
  if (ipv4 !== undefined) return ipv4.startsWith('127.') ? '127.0.0.0/8' : ipv4
  const [ipv6 = ''] = address.split('%', 1)
  return isIPv6(ipv6) ? `${firstHalf(ipv6)}::/64` : address
}

function firstHalf(ipv6: string): string {
  const [start = '', end] = ipv6.split('::')
  const groups = start === '' ? [] : start.split(':')
  const last = end ? end.split(':') : []
  const filled =
    end === undefined ? groups : [...groups, ...Array(Math.max(0, 8 - groups.length - last.length)).fill('0'), ...last]
  return filled
    .slice(0, 4)
    .map((group) => Number.parseInt(group, 16).toString(16))
    .join(':')
}

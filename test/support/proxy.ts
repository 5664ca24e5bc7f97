// A TCP proxy that spoils connections on order: what networks, firewalls and dying servers do to bytes. It listens on
// 127.0.0.1 alone and keeps its port while what stands behind it dies and comes back.

import { connect, createServer, type AddressInfo, type Socket } from 'node:net'
import { once } from 'node:events'

/** `up`: from the client to the server; `down`: back. */
export type Direction = 'up' | 'down'

export type ProxyFault =
  /** Accepted and closed at once with a reset: nobody serves there. */
  | { readonly kind: 'refuse' }
  /** Every chunk waits this long. */
  | { readonly kind: 'delay'; readonly ms: number }
  /** A reset on both sides after so many bytes in one direction. */
  | { readonly kind: 'reset'; readonly direction: Direction; readonly afterBytes: number }
  /** An orderly end on both sides after so many bytes in one direction: an answer cut short. */
  | { readonly kind: 'truncate'; readonly direction: Direction; readonly afterBytes: number }
  /** From here on bytes of one or both directions vanish, and nobody is told: a firewall that forgot the connection. */
  | { readonly kind: 'black-hole'; readonly direction: Direction | 'both' }
  /** The server's side is closed, the client's stays open and silent: the server's machine lost its power. */
  | { readonly kind: 'half-open' }
  /**
   * When the client sends a chunk that holds the text: `request` loses it and resets, `answer` forwards it, loses what
   * comes back and resets. The client cannot tell the two apart.
   */
  | { readonly kind: 'cut-at'; readonly text: string; readonly lose: 'request' | 'answer' }

export type FaultScope = {
  /** Also connections that are open already, not only those to come. */
  readonly open: boolean
  /** How many connections it spoils; null = until healed. */
  readonly times: number | null
}

export type Proxy = {
  readonly port: number
  /** One fault at a time: a new order replaces the one before. */
  order(fault: ProxyFault, scope: FaultScope): void
  /** New connections pass again. Spoiled ones stay spoiled, or are cut. */
  heal(): void
  /** Resets every open connection. */
  resetAll(): void
  /** Connections that a fault has spoiled since the start. */
  spoiled(): number
  open(): number
  close(): Promise<void>
}

type Link = {
  readonly client: Socket
  readonly server: Socket
  fault: ProxyFault | null
  isCounted: boolean
  readonly bytes: { up: number; down: number }
  isLosingAnswer: boolean
}

export async function startProxy(targetPort: number): Promise<Proxy> {
  const links = new Set<Link>()
  let current: { readonly fault: ProxyFault; remaining: number | null } | null = null
  let spoiledCount = 0

  const server = createServer({ allowHalfOpen: true }, client => {
    const fault = take()
    if (fault?.kind === 'refuse') {
      spoiledCount++
      client.on('error', () => undefined)
      client.resetAndDestroy()
      return
    }
    const upstream = connect({ host: '127.0.0.1', port: targetPort, allowHalfOpen: true })
    const link: Link = {
      client,
      server: upstream,
      fault,
      isCounted: false,
      bytes: { up: 0, down: 0 },
      isLosingAnswer: false,
    }
    links.add(link)
    pump(link, 'up')
    pump(link, 'down')
    for (const [from, to] of [
      [client, upstream],
      [upstream, client],
    ] as const) {
      from.on('error', () => tear(link, from === upstream))
      from.on('close', () => {
        if (silenced(link)) return
        to.destroy()
        links.delete(link)
      })
    }
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')

  function take(): ProxyFault | null {
    if (current === null) return null
    const { fault, remaining } = current
    if (remaining !== null) {
      if (remaining <= 1) current = null
      else current.remaining = remaining - 1
    }
    return fault
  }

  function count(link: Link): void {
    if (!link.isCounted) spoiledCount++
    link.isCounted = true
  }

  function pump(link: Link, direction: Direction): void {
    const from = direction === 'up' ? link.client : link.server
    const to = direction === 'up' ? link.server : link.client
    from.on('data', (chunk: Buffer) => carry(link, direction, to, chunk))
    from.on('end', () => {
      if (!silenced(link)) later(link, () => to.end())
    })
  }

  function carry(link: Link, direction: Direction, to: Socket, chunk: Buffer): void {
    const { fault } = link
    if (fault === null) return void to.write(chunk)
    switch (fault.kind) {
      case 'delay':
        count(link)
        return later(link, () => void to.write(chunk))
      case 'half-open':
        return count(link)
      case 'black-hole':
        if (fault.direction === direction || fault.direction === 'both') return count(link)
        return void to.write(chunk)
      case 'cut-at':
        return cutAt(link, fault, direction, to, chunk)
      case 'reset':
      case 'truncate': {
        if (fault.direction !== direction) return void to.write(chunk)
        const left = fault.afterBytes - link.bytes[direction]
        link.bytes[direction] += chunk.length
        if (chunk.length < left) return void to.write(chunk)
        count(link)
        // What is allowed through must arrive before the end of the connection does.
        to.write(chunk.subarray(0, Math.max(0, left)), () => (fault.kind === 'reset' ? tear(link, true) : finish(link)))
        return
      }
      case 'refuse':
        return tear(link, true)
      default:
        return fault satisfies never
    }
  }

  function cutAt(
    link: Link,
    fault: Extract<ProxyFault, { kind: 'cut-at' }>,
    direction: Direction,
    to: Socket,
    chunk: Buffer,
  ): void {
    if (direction === 'down') {
      if (!link.isLosingAnswer) return void to.write(chunk)
      count(link)
      // The server has answered: what it was told is done.
      return tear(link, true)
    }
    if (!chunk.includes(fault.text)) return void to.write(chunk)
    if (fault.lose === 'answer') {
      link.isLosingAnswer = true
      return void to.write(chunk)
    }
    count(link)
    tear(link, true)
  }

  /** Delayed bytes stay in order: every one of them waits equally long. */
  function later(link: Link, work: () => void): void {
    if (link.fault?.kind !== 'delay') return work()
    const timer = setTimeout(work, link.fault.ms)
    link.client.once('close', () => clearTimeout(timer))
  }

  function tear(link: Link, isReset: boolean): void {
    if (silenced(link)) return
    links.delete(link)
    for (const socket of [link.client, link.server]) {
      if (socket.destroyed) continue
      if (isReset && !socket.connecting) socket.resetAndDestroy()
      else socket.destroy()
    }
  }

  function finish(link: Link): void {
    links.delete(link)
    link.client.end(() => link.client.destroy())
    link.server.end(() => link.server.destroy())
  }

  return {
    port: (server.address() as AddressInfo).port,
    order(fault, scope) {
      current = { fault, remaining: scope.times }
      if (!scope.open) return
      for (const link of [...links].slice(0, scope.times ?? links.size)) {
        link.fault = fault
        if (fault.kind === 'refuse') tear(link, true)
        if (fault.kind === 'half-open') link.server.destroy()
      }
    },
    heal() {
      current = null
      for (const link of links) if (link.fault?.kind === 'delay' || link.fault?.kind === 'cut-at') link.fault = null
    },
    resetAll() {
      for (const link of links) {
        link.fault = null
        tear(link, true)
      }
    },
    spoiled: () => spoiledCount,
    open: () => links.size,
    async close() {
      for (const link of links) {
        link.client.destroy()
        link.server.destroy()
      }
      links.clear()
      server.close()
      await once(server, 'close')
    },
  }
}

/** The other side must not learn that this one is gone. */
function silenced(link: Link): boolean {
  return link.fault?.kind === 'half-open' || link.fault?.kind === 'black-hole'
}

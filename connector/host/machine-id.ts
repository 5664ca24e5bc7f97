// What the operating system calls this machine, where it says so and where it means something. In a container it means
// nothing: the image carries it, or it is made anew with every container.

import { execFile } from 'node:child_process'
import { createHash } from 'node:crypto'
import { existsSync, readFileSync } from 'node:fs'

/** SHA-256 of the machine's id, or '' where it cannot be had: what is not known is not compared. */
export async function machineId(): Promise<string> {
  const id = await rawId()
  return id === '' ? '' : createHash('sha256').update(`yinqi ${id}`).digest('hex').slice(0, 32)
}

async function rawId(): Promise<string> {
  if (process.platform === 'win32') {
    const said = await output('reg', ['query', 'HKLM\\SOFTWARE\\Microsoft\\Cryptography', '/v', 'MachineGuid'])
    return /MachineGuid\s+REG_SZ\s+(\S+)/.exec(said)?.[1] ?? ''
  }
  if (process.platform === 'darwin') {
    const said = await output('ioreg', ['-rd1', '-c', 'IOPlatformExpertDevice'])
    return /"IOPlatformUUID" = "([^"]+)"/.exec(said)?.[1] ?? ''
  }
  if (isContainer()) return ''
  // systemd's file, and the one that D-Bus keeps where there is no systemd.
  for (const file of ['/etc/machine-id', '/var/lib/dbus/machine-id']) {
    const id = textOf(file)
    if (/^[0-9a-f]{32}$/.test(id)) return id
  }
  return ''
}

function isContainer(): boolean {
  // Docker's and Podman's own marks, Kubernetes' environment, and what systemd-nspawn and LXC set.
  return (
    existsSync('/.dockerenv') ||
    existsSync('/run/.containerenv') ||
    process.env['KUBERNETES_SERVICE_HOST'] !== undefined ||
    process.env['container'] !== undefined
  )
}

function textOf(file: string): string {
  try {
    return readFileSync(file, 'utf8').trim()
  } catch {
    return ''
  }
}

/** A tool that does not answer within this says nothing. */
const TOOL_MS = 5_000

function output(tool: string, args: readonly string[]): Promise<string> {
  return new Promise(resolve => {
    execFile(tool, [...args], { timeout: TOOL_MS, windowsHide: true }, (error, stdout) => resolve(error ? '' : stdout))
  })
}

// The bank simulators alone, for rehearsals against a real ERP's test account set.

import { readFileSync } from 'node:fs'
import YAML from 'yaml'
import { EXIT, type Output } from './output'

type Running = { readonly urls: Readonly<Record<string, string>>; close(): Promise<void> }

export async function bankSim(
  file: string,
  startSimulator: (options: Record<string, unknown>) => Promise<Running>,
  output: Output,
): Promise<number> {
  const simulator = await startSimulator(YAML.parse(readFileSync(file, 'utf8')) as Record<string, unknown>)
  for (const [name, url] of Object.entries(simulator.urls)) output.say(`${name}  ${url}`, `${name}  ${url}`)
  output.json(simulator.urls)
  await new Promise<void>(resolve => {
    process.once('SIGTERM', () => resolve())
    process.once('SIGINT', () => resolve())
  })
  await simulator.close()
  return EXIT.ok
}

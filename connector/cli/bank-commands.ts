// The commands of banks: wiring only, apart from main.ts because of its length.

import { Option, type Command } from 'commander'
import type { PauseScope } from '../store/store'
import { listBanks, pauseBank, resumeBank } from './bank'
import type { Output } from './output'
import type { Site } from './site'

/** Runs on the site of the configuration, and closes it again. */
export type WithSite = (work: (site: Site) => Promise<number>) => Promise<void>

export function addBank(program: Command, withSite: WithSite, output: () => Output): void {
  const bank = program.command('bank').description('银行连接的状况，暂停与恢复 / how banks are, pause and resume them')
  bank
    .command('list')
    .description('各银行能否发送、为何不能、连接状况 / may payments be sent, why not, how is the connection')
    .action(() => withSite(site => listBanks(site, output())))
  bank
    .command('pause <bank>')
    .description('暂停该银行，所有守护进程生效，重启后仍有效 / every daemon of the store obeys, also after a restart')
    .requiredOption('--as <person>', '操作人姓名 / who')
    .requiredOption('--reason <text>', '原因 / why')
    .addOption(
      new Option('--scope <scope>', 'sends：只停付款，查询照常；all：全部停止 / sends only, or everything')
        .choices(['sends', 'all'])
        .default('sends'),
    )
    .action((name: string, { as: person, reason, scope }: { as: string; reason: string; scope: PauseScope }) =>
      withSite(site => pauseBank(site, name, { scope, person, reason }, output())),
    )
  bank
    .command('resume <bank>')
    .description('恢复该银行 / payments may be sent again')
    .requiredOption('--as <person>', '操作人姓名 / who')
    .requiredOption('--reason <text>', '原因 / why')
    .action((name: string, { as: person, reason }: { as: string; reason: string }) =>
      withSite(site => resumeBank(site, name, { person, reason }, output())),
    )
}

// The simulated banks. A new bank is a folder with one BankProgram and a line in each of the places below.

import { z } from 'zod'
import { abc } from './abc/program'
import { abcOptions } from './abc/settings'
import { bcm } from './bcm/program'
import { bcmOptions } from './bcm/settings'
import { boc } from './boc/program'
import { bocOptions } from './boc/settings'
import { ccb } from './ccb/program'
import { ccbOptions } from './ccb/settings'
import { ceb } from './ceb/program'
import { cebOptions } from './ceb/settings'
import { cgb } from './cgb/program'
import { cgbOptions } from './cgb/settings'
import { cmb } from './cmb/program'
import { cmbOptions } from './cmb/settings'
import { cmbFrontend } from './cmb-frontend/program'
import { cmbFrontendOptions } from './cmb-frontend/settings'
import { cmbc } from './cmbc/program'
import { cmbcOptions } from './cmbc/settings'
import { cib } from './cib/program'
import { cibOptions } from './cib/settings'
import { citic } from './citic/program'
import { citicOptions } from './citic/settings'
import type { BankContext } from './engine/exchange'
import type { Handler } from './engine/listener'
import type { BankProgram } from './engine/program'
import type { Processing } from './engine/settings'
import type { SftpWire } from './engine/sftp-listener'
import type { TcpWire } from './engine/tcp-listener'
import { file } from './file/program'
import { fileOptions } from './file/settings'
import { icbc } from './icbc/program'
import { icbcOptions } from './icbc/settings'
import { iso20022 } from './iso20022/program'
import { iso20022Options } from './iso20022/settings'
import { pab } from './pab/program'
import { pabOptions } from './pab/settings'
import { spdb } from './spdb/program'
import { spdbOptions } from './spdb/settings'

export const banksSchema = z.strictObject({
  icbc: icbcOptions.prefault({}),
  boc: bocOptions.prefault({}),
  ccb: ccbOptions.prefault({}),
  abc: abcOptions.prefault({}),
  bcm: bcmOptions.prefault({}),
  cmb: cmbOptions.prefault({}),
  'cmb-frontend': cmbFrontendOptions.prefault({}),
  citic: citicOptions.prefault({}),
  cib: cibOptions.prefault({}),
  pab: pabOptions.prefault({}),
  spdb: spdbOptions.prefault({}),
  cmbc: cmbcOptions.prefault({}),
  ceb: cebOptions.prefault({}),
  cgb: cgbOptions.prefault({}),
  file: fileOptions.prefault({}),
  iso20022: iso20022Options.prefault({}),
})
export type BanksOptions = z.output<typeof banksSchema>

/** A bank with its options bound, the same shape for all. */
export type OpenableBank = {
  readonly program: Omit<BankProgram<never>, 'open' | 'tcp' | 'sftp'>
  readonly processing: Processing
  readonly ports: Readonly<Record<string, number>>
  readonly tcp: Readonly<Record<string, TcpWire>>
  readonly sftp: Readonly<Record<string, SftpWire>>
  readonly open: (context: BankContext) => Readonly<Record<string, Handler>>
}

export function banksOf(options: BanksOptions): readonly OpenableBank[] {
  return [
    bound(icbc, options.icbc),
    bound(boc, options.boc),
    bound(ccb, options.ccb),
    bound(abc, options.abc),
    bound(bcm, options.bcm),
    bound(cmb, options.cmb),
    bound(cmbFrontend, options['cmb-frontend']),
    bound(citic, options.citic),
    bound(cib, options.cib),
    bound(pab, options.pab),
    bound(spdb, options.spdb),
    bound(cmbc, options.cmbc),
    bound(ceb, options.ceb),
    bound(cgb, options.cgb),
    bound(file, options.file),
    bound(iso20022, options.iso20022),
  ]
}

export const BANK_NAMES: readonly string[] = Object.keys(banksSchema.shape)

type Common = { readonly processing: Processing; readonly ports: Readonly<Record<string, number>> }

function bound<Options extends Common>(program: BankProgram<Options>, options: Options): OpenableBank {
  const { processing, ports } = options
  const tcp = program.tcp?.(options) ?? {}
  const sftp = program.sftp?.(options) ?? {}
  return { program, processing, ports, tcp, sftp, open: context => program.open(context, options) }
}

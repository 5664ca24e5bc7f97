// Every bank of the gateway contract, one line each. A gateway of the registry that is not here fails the suite.

import type { Party } from '../../connector/ports'
import { ABC } from './gateway-banks/abc'
import { BCM } from './gateway-banks/bcm'
import { BOC } from './gateway-banks/boc'
import { CCB } from './gateway-banks/ccb'
import { CEB } from './gateway-banks/ceb'
import { CGB } from './gateway-banks/cgb'
import { CMB } from './gateway-banks/cmb'
import { CMB_FRONTEND } from './gateway-banks/cmb-frontend'
import { CMBC } from './gateway-banks/cmbc'
import { CIB } from './gateway-banks/cib'
import { CITIC } from './gateway-banks/citic'
import { ICBC } from './gateway-banks/icbc'
import { ISO20022 } from './gateway-banks/iso20022'
import { PAB } from './gateway-banks/pab'
import { SPDB } from './gateway-banks/spdb'
import type { BankSetup } from './gateway-banks/setup'

export { canShow, codeOf, warmedUp } from './gateway-banks/setup'
export type { BankSetup, PartOfGateway, Waits } from './gateway-banks/setup'

export const BANKS: readonly BankSetup[] = [
  ...ICBC,
  ...BOC,
  ...CCB,
  ...ABC,
  ...BCM,
  ...CMB,
  ...CMB_FRONTEND,
  ...CITIC,
  ...CIB,
  ...PAB,
  ...SPDB,
  ...CMBC,
  ...CEB,
  ...CGB,
  ...ISO20022,
]

export const OUTSIDE: Party = {
  account: '1100000000000000',
  name: '戊公司',
  bankName: '某银行上海分行',
  bankCode: '313290003000',
  kind: 'C',
  province: '上海',
  city: '上海',
}

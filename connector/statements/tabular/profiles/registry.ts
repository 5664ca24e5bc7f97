// The profiles, one line each. A new bank is a new line here and a file beside it.

import type { Profile } from '../profile'
import { ABC } from './abc'
import { ALIPAY, ALIPAY_TRADES } from './alipay'
import { BCM, BCM_CARD } from './bcm'
import { BOC } from './boc'
import { CCB } from './ccb'
import { CEB } from './ceb'
import { CGB, CGB_CARD } from './cgb'
import { CIB } from './cib'
import { CITIC } from './citic'
import { CMB, CMB_CARD } from './cmb'
import { CMBC } from './cmbc'
import { HXB } from './hxb'
import { ICBC } from './icbc'
import { PAB } from './pab'
import { PSBC } from './psbc'
import { SPDB } from './spdb'
import { WECHAT, WECHAT_FUNDS, WECHAT_TRADES } from './wechat'

export const PROFILES: readonly Profile[] = [
  ...[ICBC, ABC, BOC, CCB, BCM, BCM_CARD, CMB, CMB_CARD, CITIC, CIB, SPDB, CMBC, CEB, PAB, CGB, CGB_CARD, PSBC, HXB],
  ...[ALIPAY, ALIPAY_TRADES, WECHAT, WECHAT_FUNDS, WECHAT_TRADES],
]

// An instance of a receipt, for the tests that write it anew.

import { readInstance, type Instance } from '../../connector/evoucher/xbrl'

export { bker } from './support'

export function requireReceipt(xml: string): Instance {
  const instance = readInstance(Buffer.from(xml), '.')
  if (instance === null) throw new Error('the sample is an instance')
  return instance
}

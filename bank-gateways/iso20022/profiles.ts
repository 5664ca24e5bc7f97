// How a bank wants its pain.001 filled, as data: which elements, how long, which characters, how banks and accounts are named. A
// profile is chosen by name and every value of it can be set by the site: no two banks read the standard alike.

import { z } from 'zod'

/** Lengths are characters, as in the schemas; a site may only narrow what the schema of the message allows. */
export const profileSchema = z.strictObject({
  /** Characters that texts may hold. `latin`: the set that every SEPA bank takes (EPC217-08). */
  characters: z.enum(['unicode', 'latin']),
  names: z.int().min(1).max(140),
  remittance: z.int().min(1).max(140),
  /** How accounts are written: IBAN only, the bank's own number only, or IBAN where it is one. */
  accounts: z.enum(['iban', 'other', 'either']),
  /** How the payee's bank is named: CNAPS number as a clearing member, BIC, whichever `bankCode` is, or not at all. */
  payeeAgent: z.enum(['cnaps', 'bic', 'either', 'none']),
  /** The payee's bank in words beside its code. */
  payeeAgentName: z.boolean(),
  /** ClrSysId of a CNAPS number, or empty to leave it out. */
  clearingSystem: z.string().regex(/^[A-Z]{0,5}$/),
  /** Where company and person are told apart (对公/对私), and by which words; none: the bank does not want to know. */
  payeeKind: z.strictObject({
    where: z.enum(['none', 'account-type', 'category-purpose', 'local-instrument']),
    company: z.string().max(35),
    person: z.string().max(35),
  }),
  /** Where 用途 stands: before the postscript in the remittance information, or in Purp/Prtry. */
  purpose: z.enum(['remittance', 'purpose-proprietary']),
  /** SvcLvl/Cd of ordinary and urgent payments; empty leaves it out. An urgent one without a word of its own is not sent. */
  serviceLevel: z.strictObject({ ordinary: z.string().max(4), urgent: z.string().max(4).nullable() }),
  /** Where PmtTpInf stands: once for the file, or with each payment. */
  paymentType: z.enum(['group', 'transaction']),
  /** InstrPrty NORM and HIGH. */
  priority: z.boolean(),
  /** ChrgBr of the file; empty leaves it out. */
  chargeBearer: z.enum(['', 'DEBT', 'CRED', 'SHAR', 'SLEV']),
  /** CtgyPurp/Cd by the ERP's business type; one that is not here has none. */
  categoryPurposes: z.record(z.string(), z.string().regex(/^[A-Z0-9]{1,4}$/)),
  /** Country of the payee's address, from the site; empty: no address. */
  payeeCountry: z.string().regex(/^([A-Z]{2})?$/),
  currencies: z.array(z.string().regex(/^[A-Z]{3}$/)).min(1),
})

export type Profile = z.output<typeof profileSchema>

const NO_KIND = { where: 'none', company: '', person: '' } as const
const COMMON_PURPOSES = { supplier: 'SUPP', payroll: 'SALA', tax: 'TAXS' }

export const PROFILES = {
  /** CGI-MP, the common ground of corporate banks: everything the standard can say, nothing a bank must guess. */
  'cgi-mp': {
    characters: 'unicode',
    names: 140,
    remittance: 140,
    accounts: 'either',
    payeeAgent: 'either',
    payeeAgentName: true,
    clearingSystem: 'CNAPS',
    payeeKind: NO_KIND,
    purpose: 'remittance',
    serviceLevel: { ordinary: 'NURG', urgent: 'URGP' },
    paymentType: 'transaction',
    priority: false,
    chargeBearer: 'SHAR',
    categoryPurposes: COMMON_PURPOSES,
    payeeCountry: '',
    currencies: ['CNY', 'USD', 'EUR', 'HKD', 'GBP', 'JPY'],
  },
  /** Banks in China: 12-digit CNAPS numbers, 对公/对私, 用途. Which word says company or person is every bank's own. */
  china: {
    characters: 'unicode',
    names: 60,
    remittance: 60,
    accounts: 'other',
    payeeAgent: 'cnaps',
    payeeAgentName: true,
    clearingSystem: 'CNAPS',
    payeeKind: { where: 'account-type', company: 'C', person: 'P' },
    purpose: 'remittance',
    serviceLevel: { ordinary: 'NURG', urgent: 'URGP' },
    paymentType: 'transaction',
    priority: false,
    chargeBearer: '',
    categoryPurposes: COMMON_PURPOSES,
    payeeCountry: 'CN',
    currencies: ['CNY'],
  },
  /** SEPA Credit Transfer (EPC132-08): IBAN, EUR, 70 characters of a name, the Latin set, no urgency. */
  sepa: {
    characters: 'latin',
    names: 70,
    remittance: 140,
    accounts: 'iban',
    payeeAgent: 'none',
    payeeAgentName: false,
    clearingSystem: '',
    payeeKind: NO_KIND,
    purpose: 'remittance',
    serviceLevel: { ordinary: 'SEPA', urgent: null },
    paymentType: 'group',
    priority: false,
    chargeBearer: 'SLEV',
    categoryPurposes: {},
    payeeCountry: '',
    currencies: ['EUR'],
  },
} as const satisfies Readonly<Record<string, Profile>>

export type ProfileName = keyof typeof PROFILES
export const PROFILE_NAMES = ['cgi-mp', 'china', 'sepa'] as const satisfies readonly ProfileName[]

/** What the profile's character set lacks. */
export const NOT_LATIN = /[^a-zA-Z0-9/\-?:().,'+ ]/gu

/** ISO 13616: the shape and the check digits. Blanks are for paper: an IBAN in a message has none. */
export function isIban(account: string): boolean {
  if (!/^[A-Z]{2}\d{2}[A-Z0-9]{11,30}$/.test(account)) return false
  const digits = (account.slice(4) + account.slice(0, 4)).replace(/[A-Z]/g, letter => String(letter.charCodeAt(0) - 55))
  return BigInt(digits) % 97n === 1n
}

export const BIC = /^[A-Z]{6}[A-Z2-9][A-NP-Z0-9]([A-Z0-9]{3})?$/

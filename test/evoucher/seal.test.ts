// The digest list of an OFD's seal, against digests of the platform's own SM3.

import { extract } from '../../connector/evoucher/extract'
import { ATTACHMENT, bker, ofd, type OfdOptions } from './support'

const CONTENT = 'Doc_0/Pages/Page_0/Content.xml'
const LIST = 'Doc_0/Attachs/Attachments.xml'

function sealOf(options: OfdOptions) {
  const { seal, problems } = extract(ofd({ [ATTACHMENT]: bker() }, options))
  return { seal, codes: problems.map(problem => problem.code), texts: problems.map(problem => problem.text).join('\n') }
}

test('a whole seal says what it protects, what not, and that its certificates were not looked at', () => {
  const { seal, codes } = sealOf({})
  expect(seal).toMatchObject({
    state: 'intact',
    certificateChain: 'not-verified',
    unlisted: ['OFD.xml'],
    unlistedAttachments: [],
    seals: [
      {
        path: 'Doc_0/Signs/Sign_0/Signature.xml',
        provider: 'seal-maker 1.0',
        signatureMethod: '1.2.156.10197.1.501',
        checkMethod: '1.2.156.10197.1.401',
        signedAt: '20261013081500Z',
      },
    ],
  })
  expect(seal?.seals[0]?.references.map(({ path, state }) => [path, state])).toEqual([
    ['Doc_0/Document.xml', 'same'],
    [CONTENT, 'same'],
    [LIST, 'same'],
    [ATTACHMENT, 'same'],
  ])
  expect(codes).toEqual(['EVOUCHER_SEAL_PART_UNLISTED'])
})

test('a part that was altered, or taken away, after it was sealed is named', () => {
  const { seal, codes, texts } = sealOf({ altered: { [CONTENT]: '<other/>', 'Doc_0/Document.xml': null } })
  expect(seal?.state).toBe('broken')
  expect(codes.filter(code => code === 'EVOUCHER_SEAL_BROKEN')).toHaveLength(2)
  expect(texts).toContain(CONTENT)
  expect(texts).toContain('Doc_0/Document.xml: 已不在文件中')
})

test('one bit of the attachment is enough', () => {
  const altered = { [ATTACHMENT]: bker({ TransactionAmountInFigures: '15177.34' }) }
  expect(sealOf({ altered }).seal?.state).toBe('broken')
})

test('an attachment that is not in the list is an error, for it could be replaced unseen', () => {
  const { seal, codes } = sealOf({ sealed: ['Doc_0/Document.xml', CONTENT, LIST] })
  expect(seal).toMatchObject({ state: 'intact', unlistedAttachments: [ATTACHMENT] })
  expect(codes).toContain('EVOUCHER_SEAL_ATTACHMENT_UNLISTED')
})

test('an attachment that was added after the seal is reported as unlisted', () => {
  const { seal } = sealOf({ altered: { 'Doc_0/Attachs/new.xml': bker({ Usage: 'x' }) } })
  expect(seal?.unlistedAttachments).toEqual(['Doc_0/Attachs/new.xml'])
})

test('another digest than SM3, an empty list and a list that cannot be read decide nothing', () => {
  expect(sealOf({ checkMethod: '1.3.14.3.2.26' }).seal).toMatchObject({ state: 'undecided' })
  expect(sealOf({ sealed: [] }).seal).toMatchObject({ state: 'undecided' })
  const cut = sealOf({ altered: { 'Doc_0/Signs/Sign_0/Signature.xml': '<ofd:Signature' } })
  expect([cut.seal?.state, cut.codes.includes('EVOUCHER_SEAL_UNDECIDED')]).toEqual(['undecided', true])
})

test('no seal is said to be none', () => {
  expect(sealOf({ sealed: null })).toMatchObject({
    seal: { state: 'none', seals: [] },
    codes: ['EVOUCHER_SEAL_ABSENT'],
  })
})

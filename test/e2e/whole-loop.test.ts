// Payment document → paid → statement line → receipt → voucher → matched, once through, with U8's account set and the middle
// tables on PostgreSQL, the store on PostgreSQL, and three daemons that share the work.

import { DEMO } from '../../connector/cli/demo-site'
import { intOf, textOf } from '../../erp-bridges/shared/row'
import { compare, type Comparison } from './harness/compare'
import { erpUser } from './harness/erp-user'
import { until } from './harness/processes'
import { openSite } from './harness/site'

test('every document of U8 and of the middle tables is paid, stated, receipted, booked and matched, once', async () => {
  const site = await openSite({ store: 'postgres', erp: 'postgres', daemons: 3, finality: 'bank' })
  try {
    const user = erpUser(site.erp)
    for (const daemon of site.daemons) daemon.start()
    for (let index = 0; index < 4; index++) await user.approveDocument()
    for (const outcome of ['100', '101', '200', '601']) await user.ask(outcome)
    for (const own of [DEMO.icbc, DEMO.boc]) {
      const bank = own === DEMO.icbc ? 'icbc' : 'boc'
      const body = { bank, account: own.account }
      // Identical twins are two lines, two receipts, two vouchers.
      for (let twin = 0; twin < 2; twin++)
        await site.books('/deposits', {
          ...body,
          amount: '88.00',
          fromName: '客户甲',
          fromAccount: '6222',
          text: '货款',
        })
      await site.books('/fees', { ...body, amount: '0.50', text: '手续费' })
      await site.books('/interest', { ...body, amount: '1.23', text: '利息' })
    }
    let last: Comparison | null = null
    const done = await until(40_000, async () => {
      await user.importJournal()
      last = await compare(site, user)
      return last.open.length === 0 ? last : null
    })
    expect(done ?? last).toMatchObject({ violations: [], open: [] })
    // Four documents and four rows, of which one was refused and one came back; and four lines of each bank's own.
    expect(done?.counts).toMatchObject({ payments: 8, debits: 7, 'bank lines': 16, receipts: 16, 'matched lines': 16 })
    const states = await site.erp.query(
      'SELECT doc_type, status, COUNT(*) AS n FROM yq_payment GROUP BY doc_type, status',
    )
    const counts = states.map(row => `${textOf(row, 'doc_type')} ${textOf(row, 'status')} ${intOf(row, 'n')}`)
    expect(counts.toSorted()).toEqual(['AP49 settled 4', 'PAY failed 1', 'PAY returned 1', 'PAY settled 2'])
    // U8's own documents are booked as their module books them, with the number that the voucher has.
    const documents = await site.erp.query(
      `SELECT coutid, COUNT(DISTINCT ino_id) AS vouchers FROM GL_accvouch WHERE coutsysname = 'AP' GROUP BY coutid`,
    )
    expect(documents.map(row => intOf(row, 'vouchers'))).toEqual(documents.map(() => 1))
    expect(documents).toHaveLength(2)
    const beats = await site.erp.query('SELECT DISTINCT instance FROM yq_heartbeat ORDER BY instance')
    expect(beats.map(row => textOf(row, 'instance'))).toEqual(['d1', 'd2', 'd3'])
    for (const daemon of site.daemons) expect(await daemon.kill('SIGTERM')).toBe(0)
  } finally {
    await site.close()
  }
}, 90_000)

// The host's half of the fence on a real disk: what a copy of the folder does not carry, and what a crash leaves.

import { cpSync, mkdtempSync, readdirSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { openFenceFile } from '../../connector/host/fence-file'

let folder: string
beforeEach(() => {
  folder = mkdtempSync(path.join(tmpdir(), 'yinqi-fence-file-'))
})
afterEach(() => rmSync(folder, { recursive: true, force: true }))

const RECORD = { storeId: 's', token: 't', epoch: 'e', sends: 3, identity: { machine: 'm', folder: 'f' } }

test('gives back what was written, replaces it whole, and leaves nothing beside it', async () => {
  const file = openFenceFile(path.join(folder, 'made', 'here'), 'd1')
  await file.identity()
  expect(await file.read()).toBeNull()
  await file.write(RECORD)
  await file.write({ ...RECORD, sends: 4 })
  expect(await openFenceFile(path.join(folder, 'made', 'here'), 'd1').read()).toEqual({ ...RECORD, sends: 4 })
  expect(readdirSync(path.join(folder, 'made', 'here')).toSorted()).toEqual(['fence-d1.json', 'fence.anchor'])
})

test('two daemons that share a folder have a file each, and one place', async () => {
  await openFenceFile(folder, 'd1').write(RECORD)
  expect(await openFenceFile(folder, 'd2').read()).toBeNull()
  expect(await openFenceFile(folder, 'd2').identity()).toEqual(await openFenceFile(folder, 'd1').identity())
})

test('the place is the same after a restart and after a move, and another one for a copy', async () => {
  const here = path.join(folder, 'a')
  const identity = await openFenceFile(here, 'd1').identity()
  await openFenceFile(here, 'd1').write(RECORD)
  expect(await openFenceFile(here, 'd1').identity()).toEqual(identity)
  cpSync(here, path.join(folder, 'b'), { recursive: true, preserveTimestamps: true })
  expect((await openFenceFile(path.join(folder, 'b'), 'd1').identity()).folder).not.toBe(identity.folder)
  renameSync(here, path.join(folder, 'c'))
  expect(await openFenceFile(path.join(folder, 'c'), 'd1').identity()).toEqual(identity)
})

test.each(['', '{', '{"version":2}', '[]', JSON.stringify({ version: 1, ...RECORD, sends: -1 })])(
  'content that is not ours is damage, not absence: %s',
  async text => {
    writeFileSync(path.join(folder, 'fence-d1.json'), text)
    await expect(openFenceFile(folder, 'd1').read()).rejects.toMatchObject({ code: 'FENCE_FILE_DAMAGED' })
  },
)

test('a folder that cannot be written is told as that', async () => {
  writeFileSync(path.join(folder, 'file'), '')
  const file = openFenceFile(path.join(folder, 'file', 'below'), 'd1')
  await expect(file.identity()).rejects.toMatchObject({ code: 'FENCE_FILE_UNWRITABLE' })
  await expect(file.write(RECORD)).rejects.toMatchObject({ code: 'FENCE_FILE_UNWRITABLE' })
})

// `npm run new-gateway NAME -- --zh 某某银行 --en "Some Bank"`: the folder of a new gateway, its simulator, its setup in the
// contract suites and every line by which the rest knows it. What it makes compiles and fails: red, until it is written.

import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { Command } from 'commander'

export type NewGateway = { readonly name: string; readonly zh: string; readonly en: string; readonly cnaps: string }

/** Where each template goes. */
const FILES: readonly (readonly [template: string, target: string])[] = [
  ['config.ts', 'bank-gateways/__name__/config.ts'],
  ['codes.ts', 'bank-gateways/__name__/codes.ts'],
  ['codec.ts', 'bank-gateways/__name__/codec.ts'],
  ['gateway.ts', 'bank-gateways/__name__/gateway.ts'],
  ['README.md', 'bank-gateways/__name__/README.md'],
  ['simulator-program.ts', 'bank-gateways/simulator/__name__/program.ts'],
  ['simulator-settings.ts', 'bank-gateways/simulator/__name__/settings.ts'],
  ['simulator-front-end.ts', 'bank-gateways/simulator/__name__/front-end.ts'],
  ['setup.ts', 'test/support/gateway-banks/__name__.ts'],
  ['goldens.test.ts', 'test/bank-gateways/__name__-goldens.test.ts'],
]

type Insertion = { readonly file: string; readonly before: RegExp; readonly lines: string }

/** A line before the first match: after the last of its kind. */
const INSERTIONS: readonly Insertion[] = [
  {
    file: 'bank-gateways/registry.ts',
    before: /^\nexport type GatewayDeps/m,
    lines: `import { __camel__Config } from './__name__/config'\nimport { create__Pascal__Gateway } from './__name__/gateway'\n`,
  },
  {
    file: 'bank-gateways/registry.ts',
    before: /^\}\n\nfunction kind/m,
    lines: `  __key__: kind('__zh__', '__en__', __camel__Config, create__Pascal__Gateway),\n`,
  },
  {
    file: 'bank-gateways/simulator/registry.ts',
    before: /^\nexport const banksSchema/m,
    lines: `import { __camel__ } from './__name__/program'\nimport { __camel__Options } from './__name__/settings'\n`,
  },
  {
    file: 'bank-gateways/simulator/registry.ts',
    before: /^\}\)\nexport type BanksOptions/m,
    lines: `  __key__: __camel__Options.prefault({}),\n`,
  },
  {
    file: 'bank-gateways/simulator/registry.ts',
    before: /^ {2}\]\n\}\n\nexport const BANK_NAMES/m,
    lines: `    bound(__camel__, options__access__),\n`,
  },
  {
    file: 'test/support/gateway-banks.ts',
    before: /^import type \{ BankSetup \}/m,
    lines: `import { __CONST__ } from './gateway-banks/__name__'\n`,
  },
  { file: 'test/support/gateway-banks.ts', before: /^\]\n\nexport const OUTSIDE/m, lines: '  ...__CONST__,\n' },
  {
    file: 'examples/yinqi.yaml',
    before: /^\naccounts:/m,
    lines: `  __name__:
    gateway: __name__
    endpoint: http://127.0.0.1:8080/
    customer: DEMO01
    apiSecret: { env: YINQI___ENV___SECRET }
    accounts:
      '8800000000000001': { currency: CNY }
`,
  },
  {
    file: 'docs/errors.md',
    before: /(?<=\| Family \| Meaning and consequence \| 含义与后果 \|\n\|---\|---\|---\|\n)/,
    lines:
      '| `__name__.…` | not written yet: see `bank-gateways/__name__/codes.ts` | 尚未编写，见 `bank-gateways/__name__/codes.ts` |\n',
  },
  {
    file: 'scripts/readme-tables.ts',
    before: /^\}\n\nconst ERPS/m,
    lines: `  __key__: {
    hasNoReceipts: true,
    sure: { en: 'unverified: everything', zh: '未证实：全部' },
    tested: { en: 'nothing yet; never the bank', zh: '尚未测试；从未连接银行' },
  },
`,
  },
]

/** @throws Error when the name is taken or cannot be one, or a file is not as it was when this was written */
export function newGateway(root: string, given: NewGateway): readonly string[] {
  const { name, cnaps } = given
  if (!/^[a-z][a-z0-9]*(-[a-z0-9]+)*$/.test(name))
    throw new Error(`${name}: 小写字母、数字、连字符 / lower case, digits, hyphens`)
  if (!/^\d{3}$/.test(cnaps))
    throw new Error(`${cnaps}: 联行号前三位 / the first three digits of the bank's CNAPS numbers`)
  const fill = filler(given)
  const targets = FILES.map(([template, target]) => [template, fill(target)] as const)
  const taken = targets.find(([, target]) => existsSync(path.join(root, target)))
  if (taken) throw new Error(`${taken[1]} 已存在 / is there already`)
  const changed = new Map<string, string>()
  for (const { file, before, lines } of INSERTIONS) {
    const text = changed.get(file) ?? readFileSync(path.join(root, file), 'utf8')
    const match = before.exec(text)
    if (!match) throw new Error(`${file}: ${before.source} 不在其中 / is not in it`)
    changed.set(file, text.slice(0, match.index) + fill(lines) + text.slice(match.index))
  }
  for (const [template, target] of targets) {
    const text = readFileSync(path.join(root, 'scripts/new-gateway', `${template}.txt`), 'utf8')
    write(root, target, fill(text))
  }
  write(root, `bank-gateways/${name}/golden/.gitkeep`, '')
  for (const [file, text] of changed) write(root, file, text)
  return [...targets.map(([, target]) => target), ...changed.keys()]
}

function filler({ name, zh, en, cnaps }: NewGateway): (text: string) => string {
  const Pascal = name
    .split('-')
    .map(part => part.slice(0, 1).toUpperCase() + part.slice(1))
    .join('')
  const isWord = !name.includes('-')
  const words: Readonly<Record<string, string>> = {
    ...{ name, zh, en, cnaps, Pascal },
    camel: Pascal.slice(0, 1).toLowerCase() + Pascal.slice(1),
    CONST: name.toUpperCase().replaceAll('-', '_'),
    ENV: name.toUpperCase().replaceAll('-', '_'),
    key: isWord ? name : `'${name}'`,
    access: isWord ? `.${name}` : `['${name}']`,
  }
  return text => text.replace(/__([A-Za-z]+?)__/g, (all, word: string) => words[word] ?? all)
}

function write(root: string, target: string, text: string): void {
  mkdirSync(path.dirname(path.join(root, target)), { recursive: true })
  writeFileSync(path.join(root, target), text)
}

const NEXT = `
下一步 / Next: bank-gateways/README.md
  npm run tables && npm run format && npm run check
  npx jest dist/test/contracts -t '^NAME '   # 现在是红的，写到变绿 / red now, write until it is green
`

function main(): void {
  const program = new Command('new-gateway')
    .argument('<name>', '小写名称，即目录名 / the folder’s name')
    .requiredOption('--zh <name>', '银行中文名 / its Chinese name')
    .requiredOption('--en <name>', '英文名 / its English name')
    .requiredOption('--cnaps <digits>', '联行号前三位 / the first three digits of its CNAPS numbers')
    .action((name: string, words: Omit<NewGateway, 'name'>) => {
      for (const file of newGateway(path.resolve(__dirname, '../..'), { name, ...words }))
        process.stdout.write(`${file}\n`)
      process.stdout.write(NEXT.replace('NAME', name))
    })
  program.parse()
}

if (require.main === module) main()

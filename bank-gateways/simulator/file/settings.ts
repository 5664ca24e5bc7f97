// The settings of the cashier: a person at the website of a bank without a direct connection. The website is invented; no bank's is meant.

import { z } from 'zod'
import { processingSchema } from '../engine/settings'

const word = (value: string, text: string) => z.string().min(1).max(20).default(value).describe(text)

const protocolSchema = z
  .strictObject({
    out: z.string().default('').describe('Folder that the payment files are taken from. 付款文件目录。'),
    in: z.string().default('').describe('Folder that the result files are put into. 结果文件目录。'),
    afterUpload: z
      .enum(['leave', 'move'])
      .default('move')
      .describe(
        'What the cashier does with a file that was uploaded: leaves it, or moves it away. 上传后:留在原处或移走。',
      ),
    uploadsAgain: z
      .boolean()
      .default(false)
      .describe('A file that was left is uploaded again in the next round: the website books it again. 是否重复上传。'),
    results: z
      .enum(['latest', 'each'])
      .default('each')
      .describe('One result file that is replaced, or a new one each round. 结果文件:一个并替换,或每次一个。'),
    words: z
      .strictObject({
        success: word('成功', 'The website’s word for paid. 成功。'),
        failed: word('失败', 'Refused, at once or later. 失败。'),
        processing: word('处理中', 'Everything that is under way. 处理中。'),
        returned: word('退票', 'Paid, and come back. 退票。'),
        unlisted: word('待核实', 'What "unknown status" shows. 不在表内的状态。'),
      })
      .prefault({}),
  })
  .prefault({})

const port = z.number().int().min(0).max(65_535).default(0)

export const fileOptions = z.strictObject({
  ports: z.strictObject({ cashier: port }).prefault({}),
  processing: processingSchema.prefault({}),
  protocol: protocolSchema,
})
export type FileOptions = z.output<typeof fileOptions>
export type FileProtocol = FileOptions['protocol']

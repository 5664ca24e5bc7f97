// How a directory and a file of a simulated SFTP server are told between the listener and the bank's program.

import { z } from 'zod'

export const fileSchema = z.strictObject({ name: z.string(), size: z.number(), modifiedAt: z.number() })
export type RemoteFileView = z.output<typeof fileSchema>

export const listingSchema = z.array(fileSchema)

// How a transaction that was decided on something that has changed since is undone as a whole, and the caller told.

/** Undoes the transaction; the caller is told with false. */
export class Changed extends Error {
  override readonly name = 'Changed'
}

export async function whole(work: () => Promise<boolean>): Promise<boolean> {
  try {
    return await work()
  } catch (error) {
    if (error instanceof Changed) return false
    throw error
  }
}

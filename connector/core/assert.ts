// A failed assumption of our own stops the process: leases make that safe, going on would not be.

export class Bug extends Error {
  override readonly name = 'Bug'
}

export function assert(claim: boolean, message: string): asserts claim {
  if (!claim) throw new Bug(message)
}

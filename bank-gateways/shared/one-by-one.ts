// Calls whose instructions travel in messages of their own. When the line has failed, those behind are not tried into the
// same failure: that nothing of them was sent is certain, and the caller hears it at once.

export type Asked<Outcome> = { readonly outcome: Outcome; readonly isLineDown: boolean }

/** One outcome an item, in order: `ask`ed one after the other, `notAsked` behind the first failure of the line. */
export async function oneByOne<Item, Outcome>(
  items: readonly Item[],
  ask: (item: Item) => Promise<Asked<Outcome>>,
  notAsked: (item: Item) => Outcome,
): Promise<readonly Outcome[]> {
  const outcomes: Outcome[] = []
  let isLineDown = false
  for (const item of items) {
    if (isLineDown) {
      outcomes.push(notAsked(item))
      continue
    }
    const asked = await ask(item)
    outcomes.push(asked.outcome)
    isLineDown = asked.isLineDown
  }
  return outcomes
}

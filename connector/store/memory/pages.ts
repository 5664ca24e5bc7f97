// Pages by day and number in memory. For the simulation only.

import type { After, OpenPage } from '../store'

type Place = { readonly day: string; readonly no: string }

export function pageOf<T>(
  items: readonly T[],
  { from, to }: { readonly from: string; readonly to: string },
  after: After,
  limit: number,
  placeOf: (item: T, index: number) => Place,
): OpenPage<T> {
  const placed = items
    .map((item, index) => ({ item, place: placeOf(item, index) }))
    .filter(({ place }) => place.day >= from && place.day <= to)
    .toSorted((a, b) => order(a.place, b.place))
    .filter(({ place }) => after === null || order(place, after) > 0)
  const page = placed.slice(0, limit)
  return { items: page.map(({ item }) => item), next: placed.length > limit ? (page.at(-1)?.place ?? null) : null }
}

function order(a: Place, b: Place): number {
  if (a.day !== b.day) return a.day < b.day ? -1 : 1
  return Number(a.no) - Number(b.no)
}

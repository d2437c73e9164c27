export type Outcome = {readonly value: unknown} | {readonly error: unknown}

/** Acts on the items, at most `atOnce` at the same time, and yields what came of each in their order. */
export async function* outcomes<T>(
  items: readonly T[],
  atOnce: number,
  act: (item: T) => Promise<unknown>,
): AsyncGenerator<Outcome> {
  const started: Promise<Outcome>[] = []
  for (let next = 0; next < items.length; next++) {
    while (started.length < Math.min(items.length, next + atOnce)) started.push(settle(items[started.length] as T, act))
    yield await (started[next] as Promise<Outcome>)
  }
}

async function settle<T>(item: T, act: (item: T) => Promise<unknown>): Promise<Outcome> {
  try {
    return {value: await act(item)}
  } catch (error) {
    return {error}
  }
}

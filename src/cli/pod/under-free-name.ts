import {hasCode} from '../../errors/index.ts'

/** Creates a pod under the name that was given; without one, under made-up names until nobody else was quicker. */
export async function underFreeName<T>(
  given: string | undefined,
  makeUp: () => string,
  create: (name: string) => Promise<T>,
): Promise<T> {
  if (given !== undefined) return create(given)
  for (;;)
    try {
      return await create(makeUp())
    } catch (error) {
      if (!hasCode(error, 'ERR_POD_EXISTS')) throw error
    }
}

/** How the texts in a pack name the modules they require; the same in `src/host/cold-modules.ts`. */
export const hotName = (index: number) => `hot:${index}`
export const coldName = (index: number) => `cold:${index}`

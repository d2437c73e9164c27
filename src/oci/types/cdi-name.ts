const KIND = '[A-Za-z][\\w.-]*\\/[A-Za-z][\\w.-]*'
const DEVICE = '[A-Za-z0-9]([\\w.:-]*[A-Za-z0-9])?'

/** `vendor.com/class`, as the Container Device Interface has it. */
export const isCdiKind = (text: unknown): text is string => fits(KIND, text)

/** A device's name in its kind. */
export const isCdiDevice = (text: unknown): text is string => fits(DEVICE, text)

/** `vendor.com/class=device`, by which a container asks for it. */
export const isCdiName = (text: string): boolean => fits(`${KIND}=${DEVICE}`, text)

function fits(pattern: string, text: unknown): text is string {
  return typeof text === 'string' && new RegExp(`^${pattern}$`).test(text)
}

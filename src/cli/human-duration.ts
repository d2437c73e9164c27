const SECOND = 1000
const MINUTE = 60 * SECOND
const HOUR = 60 * MINUTE
const DAY = 24 * HOUR

/** Steps of a span: below `limitMs` it reads as `text` says. Rounding and words as docker/go-units' HumanDuration. */
const steps: readonly {readonly limitMs: number; readonly text: (milliseconds: number) => string}[] = [
  {limitMs: SECOND, text: () => 'Less than a second'},
  {limitMs: 2 * SECOND, text: () => '1 second'},
  {limitMs: MINUTE, text: (ms) => `${Math.floor(ms / SECOND)} seconds`},
  {limitMs: 2 * MINUTE, text: () => 'About a minute'},
  {limitMs: HOUR, text: (ms) => `${Math.floor(ms / MINUTE)} minutes`},
  {limitMs: 1.5 * HOUR, text: () => 'About an hour'},
  {limitMs: 48 * HOUR, text: (ms) => `${Math.round(ms / HOUR)} hours`},
  {limitMs: 14 * DAY, text: (ms) => `${Math.floor(ms / DAY)} days`},
  {limitMs: 60 * DAY, text: (ms) => `${Math.floor(ms / DAY / 7)} weeks`},
  {limitMs: 730 * DAY, text: (ms) => `${Math.floor(ms / DAY / 30)} months`},
]

/** A span in words: `3 minutes`, `About an hour`. */
export function humanDuration(milliseconds: number): string {
  const step = steps.find(({limitMs}) => milliseconds < limitMs)
  return step ? step.text(milliseconds) : `${Math.floor(milliseconds / DAY / 365)} years`
}

/** How long ago an RFC 3339 moment was: `3 minutes ago`. */
export function humanAge(moment: string, now: number = Date.now()): string {
  return `${humanDuration(now - Date.parse(moment))} ago`
}

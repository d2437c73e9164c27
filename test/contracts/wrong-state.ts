/** Exit code, words (`ID` is the container's), what stderr or stdout matches: what runc answers in a state that a call is not for. */
type Call = readonly [exitCode: number, words: readonly string[], message: RegExp]

const nothing = /^$/
const exists: Call = [1, ['create', '--bundle', 'BUNDLE', 'ID'], /container with given ID already exists/]

/** In the order in which one container goes through them; none of these calls leads to another state. */
export const callsInState: Readonly<Record<'created' | 'running' | 'paused' | 'stopped', readonly Call[]>> = {
  created: [
    exists,
    [1, ['resume', 'ID'], /container not paused/],
    [0, ['ps', '--format', 'json', 'ID'], /^\[\d+\]$/],
    [0, ['events', '--stats', 'ID'], /^\{"type":"stats"/],
    [0, ['update', '--pids-limit', '60', 'ID'], nothing],
    [0, ['kill', 'ID', '0'], nothing],
  ],
  running: [
    exists,
    [1, ['start', 'ID'], /cannot start an already running container/],
    [1, ['resume', 'ID'], /container not paused/],
    [1, ['delete', 'ID'], /cannot delete container .* that is not stopped: running/],
    [0, ['kill', 'ID', '0'], nothing],
  ],
  paused: [
    exists,
    [1, ['start', 'ID'], /cannot start a container in the paused state/],
    [255, ['exec', 'ID', 'true'], /cannot exec in a paused container/],
    [1, ['pause', 'ID'], /container not running/],
    [1, ['delete', 'ID'], /cannot delete container .* that is not stopped: paused/],
    [0, ['ps', '--format', 'json', 'ID'], /^\[\d+\]$/],
    [0, ['events', '--stats', 'ID'], /^\{"type":"stats"/],
    [0, ['update', '--pids-limit', '70', '--memory', '67108864', 'ID'], nothing],
    [0, ['kill', 'ID', '0'], nothing],
    [0, ['kill', 'ID', 'USR2'], nothing],
  ],
  stopped: [
    exists,
    [1, ['start', 'ID'], /cannot start a container that has stopped/],
    [255, ['exec', 'ID', 'true'], /cannot exec in a stopped container/],
    [255, ['exec', '--ignore-paused', 'ID', 'true'], /cannot exec in a stopped container/],
    [1, ['pause', 'ID'], /container not running/],
    [1, ['resume', 'ID'], /container not paused/],
    [1, ['events', '--stats', 'ID'], /container with id .* is not running/],
    [1, ['update', '--pids-limit', '60', 'ID'], /container not running/],
    [0, ['ps', '--format', 'json', 'ID'], /^null$/],
    [0, ['ps', 'ID'], /^UID .*\bPID\b.*CMD *$/],
    [1, ['kill', 'ID', '0'], /container not running/],
    [1, ['kill', 'ID', 'KILL'], /container not running/],
    [0, ['kill', '--all', 'ID', 'TERM'], nothing],
  ],
}

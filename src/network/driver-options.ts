import {parseGoBool} from '../config/go-bool.ts'
import {EngineError} from '../errors/index.ts'
import type {NetworkRecord} from './network-record.ts'

type Driver = NetworkRecord['driver']
type Check = (value: string) => string

/** Docker's names of options. */
const OTHER_NAMES: Readonly<Record<string, string>> = {'com.docker.network.driver.mtu': 'mtu'}
const BRIDGE_NAME = 'com.docker.network.bridge.name'

const checks: Readonly<Record<Driver, Readonly<Record<string, Check>>>> = {
  bridge: {
    isolate: (value) => (value === 'strict' ? value : value === '' ? 'false' : bool(value)),
    metric: unsigned,
    mode: oneOf('bridge mode', ['managed', 'unmanaged']),
    mtu: atLeastZero('mtu'),
    no_default_route: bool,
    vlan: orNothing(vlanID),
    vrf: (value) => value || refuse('invalid vrf name'),
  },
  macvlan: {
    bclim: integer,
    metric: unsigned,
    mode: oneOf('macvlan mode', ['bridge', 'private', 'vepa', 'passthru']),
    mtu: atLeastZero('mtu'),
    no_default_route: bool,
  },
  ipvlan: {
    metric: unsigned,
    mode: oneOf('ipvlan mode', ['l2', 'l3', 'l3s']),
    mtu: atLeastZero('mtu'),
    no_default_route: bool,
  },
}

export interface DriverOptions {
  /** As netavark reads them. */
  readonly options: Readonly<Record<string, string>>
  /** The bridge, or the parent, when an option names it. */
  readonly device?: string
}

/** `--opt` of `network create`, checked and in netavark's words. @throws ERR_REFUSED in podman's words */
export function driverOptions(given: Readonly<Record<string, string>>, driver: Driver): DriverOptions {
  const options: Record<string, string> = {}
  let device: string | undefined
  for (const [key, value] of Object.entries(given)) {
    const name = (driver === 'bridge' && OTHER_NAMES[key]) || key
    const check = checks[driver][name]
    if (name === (driver === 'bridge' ? BRIDGE_NAME : 'parent')) device = value
    else if (check) Object.assign(options, worth(name, check(value)))
    else refuse(`unsupported ${driver} network option ${key}`)
  }
  return {options, ...(device !== undefined && {device})}
}

/** Go's words for truth, in Rust's. */
function bool(value: string): string {
  const truth = parseGoBool(value)
  return truth === undefined ? refuse(`strconv.ParseBool: parsing "${value}": invalid syntax`) : String(truth)
}

function integer(value: string): string {
  return /^[-+]?\d+$/.test(value) ? value : refuse(`strconv.Atoi: parsing "${value}": invalid syntax`)
}

function unsigned(value: string): string {
  return /^\d+$/.test(value) ? value : refuse(`strconv.ParseUint: parsing "${value}": invalid syntax`)
}

function atLeastZero(name: string): Check {
  return orNothing((value) => (Number(integer(value)) < 0 ? refuse(`${name} ${value} is less than zero`) : value))
}

/** An option without a value is as good as not given, and netavark would stumble over it. */
function worth(name: string, value: string): Readonly<Record<string, string>> {
  return value === '' ? {} : {[name]: value}
}

function orNothing(check: Check): Check {
  return (value) => (value === '' ? value : check(value))
}

function vlanID(value: string): string {
  const number = Number(integer(value))
  return number < 0 || number > 4094 ? refuse(`vlan ID ${number} must be between 0 and 4094`) : value
}

function oneOf(what: string, values: readonly string[]): Check {
  return (value) => (values.includes(value) ? value : refuse(`unknown ${what} "${value}"`))
}

function refuse(detail: string): never {
  throw new EngineError('ERR_REFUSED', detail)
}

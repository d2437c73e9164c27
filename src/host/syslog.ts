import {sendNotification} from './notify-socket.ts'

/** @see syslog(3) */
export const severities = {error: 3, warning: 4} as const
const FACILITY_USER = 1 << 3

/** Hands one message to the host's log. @throws a system error where nobody takes messages */
export function writeSyslog(severity: keyof typeof severities, program: string, message: string): void {
  sendNotification('/dev/log', `<${FACILITY_USER | severities[severity]}>${program}[${process.pid}]: ${message}`)
}

/**
 * The OCI runtime of every test that does not name one: plain processes, which start in no time. `BERTH_TEST_RUNTIME=berth-vm`
 * runs the same tests in virtual machines.
 */
export const testRuntime = process.env.BERTH_TEST_RUNTIME || 'runc'

/** Whether a container's processes, namespaces and limits are there to be looked at on the host: a machine has its own. */
export const visibleOnHost = !testRuntime.endsWith('berth-vm')

/**
 * The OCI runtime of every test that does not name one: plain processes, which start in no time. `BERTH_TEST_RUNTIME=berth-vm`
 * runs the same tests in virtual machines.
 */
export const testRuntime = process.env.BERTH_TEST_RUNTIME || 'runc'

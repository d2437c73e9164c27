import {defineConfig} from 'vitest/config'

const shared = {disableConsoleIntercept: true, restoreMocks: true} as const

export default defineConfig({
  test: {
    coverage: {provider: 'v8', include: ['commands/**', 'src/**', 'storage/**'], reporter: ['text-summary', 'html']},
    projects: [
      {
        test: {
          ...shared,
          name: 'unit',
          include: ['test/**/*.test.ts'],
          exclude: ['test/**/*.integration.test.ts'],
          testTimeout: 10_000,
        },
      },
      {
        test: {
          ...shared,
          name: 'integration',
          // Emulated machines, random kills, a host that others use as well: CI looks twice before it says no, a developer once.
          retry: process.env.CI ? 1 : 0,
          include: ['test/**/*.integration.test.ts'],
          testTimeout: 180_000,
          hookTimeout: 300_000,
          pool: 'forks',
          maxWorkers: 2,
        },
      },
    ],
  },
})

// Tests run on the compiler's own output: type errors stop the build, source maps give TypeScript stack traces, and
// there is no second compiler to configure.
const { cpus } = require('node:os')

module.exports = {
  rootDir: __dirname,
  roots: ['<rootDir>/dist/test'],
  testMatch: ['**/*.test.js'],
  testEnvironment: 'node',
  transform: {},
  testTimeout: 30_000,
  // By itself Jest leaves a core to a watcher, and a third of the time here is waiting for what never answers.
  maxWorkers: Math.ceil(cpus().length * 1.5),
  setupFiles: ['<rootDir>/scripts/jest-sqlite.js'],
  reporters: ['default', '<rootDir>/scripts/jest-count.js'],
}

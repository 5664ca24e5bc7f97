// Tests run on the compiler's own output: type errors stop the build, source maps give TypeScript stack traces, and
// there is no second compiler to configure.
module.exports = {
  rootDir: __dirname,
  roots: ['<rootDir>/dist/test'],
  testMatch: ['**/*.test.js'],
  testEnvironment: 'node',
  transform: {},
  testTimeout: 30_000,
  // Jest would leave one core to a watcher; on two cores that is half of them.
  maxWorkers: '100%',
  setupFiles: ['<rootDir>/scripts/jest-sqlite.js'],
  reporters: ['default', '<rootDir>/scripts/jest-count.js'],
}

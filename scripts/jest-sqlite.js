// A native addon is loaded once a process, a test file is a world of its own: give the addon this world's error class,
// or the errors it throws are not instances of this world's Error.
const { SqliteError } = require('better-sqlite3')
require('better-sqlite3/build/Release/better_sqlite3.node').setErrorConstructor(SqliteError)

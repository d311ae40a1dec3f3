//go:build !cgo_sqlite

package db

import (
	"errors"

	"modernc.org/sqlite"
	sqlite3 "modernc.org/sqlite/lib"
)

const sqliteDriver = "sqlite"

// sqliteDSN sets busy_timeout first, so that the pragmas after it wait for a lock rather than fail. Caches are small:
// measured, larger ones bought memory use and no speed.
func sqliteDSN(path string, readOnly bool) string {
	dsn := "file:" + path + "?_pragma=busy_timeout(5000)&_pragma=journal_mode(WAL)&_pragma=synchronous(FULL)" +
		"&_pragma=foreign_keys(1)&_pragma=temp_store(2)"
	if readOnly {
		return dsn + "&_pragma=query_only(1)&_pragma=cache_size(-2048)"
	}
	return dsn + "&_txlock=immediate&_pragma=cache_size(-4096)"
}

// sqliteCode returns SQLite's extended result code, or 0 when err is not SQLite's.
func sqliteCode(err error) int {
	if e, ok := errors.AsType[*sqlite.Error](err); ok {
		return e.Code()
	}
	return 0
}

const (
	codeUnique     = sqlite3.SQLITE_CONSTRAINT_UNIQUE
	codePrimaryKey = sqlite3.SQLITE_CONSTRAINT_PRIMARYKEY
	codeForeignKey = sqlite3.SQLITE_CONSTRAINT_FOREIGNKEY
	codeCheck      = sqlite3.SQLITE_CONSTRAINT_CHECK
	codeNotNull    = sqlite3.SQLITE_CONSTRAINT_NOTNULL
	codeFull       = sqlite3.SQLITE_FULL
)

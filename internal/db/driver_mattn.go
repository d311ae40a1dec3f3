//go:build cgo_sqlite

package db

import (
	"errors"

	"github.com/mattn/go-sqlite3"
)

// With the build tag cgo_sqlite the C driver takes the place of the pure Go one. It exists for tests under the race
// detector, where translated C runs some twenty times slower, and as a second driver under the same SQL. It needs
// "-tags cgo_sqlite,sqlite_fts5".
const sqliteDriver = "sqlite3"

func sqliteDSN(path string, readOnly bool) string {
	dsn := "file:" + path + "?_busy_timeout=5000&_journal_mode=WAL&_synchronous=FULL&_foreign_keys=1"
	if readOnly {
		return dsn + "&_query_only=1&_cache_size=-2048"
	}
	return dsn + "&_txlock=immediate&_cache_size=-4096"
}

// sqliteCode returns SQLite's extended result code, or 0 when err is not SQLite's.
func sqliteCode(err error) int {
	var e sqlite3.Error
	if errors.As(err, &e) {
		if e.ExtendedCode != 0 {
			return int(e.ExtendedCode)
		}
		return int(e.Code)
	}
	return 0
}

// SQLite's numbers, which never change; the driver has them as variables.
const (
	codeUnique     = 2067
	codePrimaryKey = 1555
	codeForeignKey = 787
	codeCheck      = 275
	codeNotNull    = 1299
	codeFull       = 13
)

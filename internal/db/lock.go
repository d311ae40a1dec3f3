package db

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
)

// ErrLocked says that another process serves this data folder.
var ErrLocked = errors.New("another Kith is already running on this data folder")

// Lock is held on a data folder by the one process that may write in it. It ends with the process, however it ends.
type Lock struct{ file *os.File }

// LockFolder takes the folder, making it if need be, or returns ErrLocked.
func LockFolder(dir string) (*Lock, error) {
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return nil, unwritable(dir, err)
	}
	f, err := os.OpenFile(filepath.Join(dir, "kith.lock"), os.O_RDWR|os.O_CREATE, 0o600)
	if err != nil {
		return nil, unwritable(dir, err)
	}
	ok, err := tryLock(f)
	if err != nil || !ok {
		_ = f.Close()
		if err != nil {
			return nil, fmt.Errorf("lock the data folder: %w", err)
		}
		return nil, ErrLocked
	}
	return &Lock{f}, nil
}

// Unlock gives the folder back.
func (l *Lock) Unlock() error { return l.file.Close() }

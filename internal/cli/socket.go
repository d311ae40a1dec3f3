package cli

import (
	"errors"
	"fmt"
	"io/fs"
	"net"
	"os"
	"path/filepath"
)

// socketName is the local operator's way in to the server that holds a data folder. Whoever can open the folder can use
// it, and is believed to be the operator.
const socketName = "kith.sock"

// maxSocketPath is what fits into a socket address everywhere (104 bytes on some systems, with the closing zero).
const maxSocketPath = 100

// listenLocal opens the folder's socket. The caller holds the folder's lock, so a socket that is there already was left
// by a process that died. It is made in a folder of its own and moved into place once its mode is 0600, so that there is
// no instant at which others could connect. A path too long for a socket address becomes a link to a short one.
func listenLocal(folder string) (l net.Listener, remove func(), err error) {
	place := filepath.Join(folder, socketName)
	removeSocket(place)
	long := len(filepath.Join(folder, ".sock-1234567890", "s")) > maxSocketPath
	parent := folder
	if long {
		parent = ""
	}
	dir, err := os.MkdirTemp(parent, ".sock-")
	if err != nil {
		return nil, nil, fmt.Errorf("make the local socket: %w", err)
	}
	path := filepath.Join(dir, "s")
	fail := func(err error) (net.Listener, func(), error) {
		_ = os.RemoveAll(dir)
		return nil, nil, fmt.Errorf("make the local socket: %w", err)
	}
	u, err := net.ListenUnix("unix", &net.UnixAddr{Name: path, Net: "unix"})
	if err != nil {
		return fail(err)
	}
	u.SetUnlinkOnClose(false)
	if err := os.Chmod(path, 0o600); err != nil {
		_ = u.Close()
		return fail(err)
	}
	if long {
		err = os.Symlink(path, place)
	} else {
		err = errors.Join(os.Rename(path, place), os.Remove(dir))
	}
	if err != nil {
		_ = u.Close()
		return fail(err)
	}
	return u, func() { removeSocket(place) }, nil
}

func removeSocket(place string) {
	if target, err := os.Readlink(place); err == nil {
		_ = os.RemoveAll(filepath.Dir(target))
	}
	_ = os.Remove(place)
}

// localSocket is the path to connect to, or an error when the folder has none.
func localSocket(folder string) (string, error) {
	place := filepath.Join(folder, socketName)
	if target, err := os.Readlink(place); err == nil {
		return target, nil
	}
	info, err := os.Stat(place)
	if err != nil {
		return "", err
	}
	if info.Mode()&fs.ModeSocket == 0 {
		return "", fmt.Errorf("%s is not a socket", place)
	}
	return place, nil
}

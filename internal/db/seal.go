package db

import (
	"crypto/aes"
	"crypto/cipher"
	"crypto/rand"
	"encoding/base64"
	"encoding/hex"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
)

// Keys are the keys that seal columns: words that must not be readable in a stolen database or backup. They live in a
// file outside the database, one key a line, "id base64"; the first seals, all of them open. A line "id lost" says that a
// key is gone for good.
type Keys struct {
	list []key
	lost []string
}

// lostWords stand where words were sealed with a key that is lost.
const lostWords = "\u2026"

type key struct {
	id   string
	aead cipher.AEAD
}

// ErrSealed is returned when a sealed value cannot be opened: its key is missing, or the bytes were changed or moved.
var ErrSealed = errors.New("a sealed value cannot be opened: its key is not in the key file, or it was damaged")

// errKeyLost is ErrSealed of a value whose key is said to be lost.
var errKeyLost = fmt.Errorf("its key is lost: %w", ErrSealed)

// LoadKeys reads the key file. Its error is fs.ErrNotExist where there is none.
func LoadKeys(path string) (*Keys, error) {
	b, err := os.ReadFile(path)
	if err != nil {
		return nil, fmt.Errorf("read the key file: %w", err)
	}
	return parseKeys(path, b)
}

// MakeKeys writes a key file with one fresh key, readable by its owner alone, unless somebody else has just made one; what
// is there then is read.
func MakeKeys(path string) (*Keys, error) {
	if err := writeKeys(path, freshKey(), keepFile); err != nil && !errors.Is(err, fs.ErrExist) {
		return nil, err
	}
	return LoadKeys(path)
}

// RotateKeys puts a fresh key in front: what is sealed from now on uses it, what was sealed before still opens.
func RotateKeys(path string) (*Keys, error) {
	b, err := os.ReadFile(path)
	if err != nil {
		return nil, fmt.Errorf("read the key file: %w", err)
	}
	if _, err := parseKeys(path, b); err != nil {
		return nil, err
	}
	if err := writeKeys(path, freshKey()+string(b), replaceFile); err != nil {
		return nil, err
	}
	return LoadKeys(path)
}

// freshKey is the line of a new key.
func freshKey() string {
	secret := make([]byte, 32)
	id := make([]byte, 4)
	_, _ = rand.Read(secret) // never fails, see crypto/rand
	_, _ = rand.Read(id)
	return hex.EncodeToString(id) + " " + base64.StdEncoding.EncodeToString(secret) + "\n"
}

// keepFile and replaceFile give a written file its name: only if it is free, or in any case.
func keepFile(from, to string) error {
	err := os.Link(from, to)
	if err == nil || errors.Is(err, fs.ErrExist) {
		return err
	}
	return os.Rename(from, to) // a disk without links
}

func replaceFile(from, to string) error { return os.Rename(from, to) }

func writeKeys(path, text string, name func(from, to string) error) error {
	// Written beside and named when it is whole, so that a crash leaves the old file or the new one, never half a key.
	f, err := os.CreateTemp(filepath.Dir(path), ".keys-*")
	if err != nil {
		return fmt.Errorf("write the key file: %w", err)
	}
	defer func() { _ = os.Remove(f.Name()) }()
	_, err = f.WriteString(text)
	err = errors.Join(err, f.Sync(), f.Close())
	if err == nil {
		err = name(f.Name(), path)
	}
	if err != nil {
		return fmt.Errorf("write the key file: %w", err)
	}
	return nil
}

func parseKeys(path string, b []byte) (*Keys, error) {
	k := &Keys{}
	for line := range strings.Lines(string(b)) {
		line = strings.TrimSpace(line)
		if line == "" || strings.HasPrefix(line, "#") {
			continue
		}
		id, text, _ := strings.Cut(line, " ")
		if text == lostMark {
			k.lost = append(k.lost, id)
			continue
		}
		secret, err := base64.StdEncoding.DecodeString(text)
		if err != nil || len(secret) != 32 || id == "" {
			return nil, fmt.Errorf("the key file %s is damaged: each line is an id, a space and 32 bytes in base64; restore it from your backup", path)
		}
		block, err := aes.NewCipher(secret)
		if err != nil {
			return nil, err
		}
		aead, err := cipher.NewGCM(block)
		if err != nil {
			return nil, err
		}
		k.list = append(k.list, key{id, aead})
	}
	if len(k.list) == 0 {
		return nil, fmt.Errorf("the key file %s holds no key; restore it from your backup, or remove it if nothing was ever sealed", path)
	}
	return k, nil
}

// Column is the codec of one sealed column. Its name and the row's owner are bound into the seal, so that a value copied
// to another column or row does not open.
type Column struct {
	keys *Keys
	name string
}

// Column returns the codec of the column "table.column".
func (k *Keys) Column(name string) Column { return Column{k, name} }

// sealMark begins a sealed value; anything else was stored in the open.
const sealMark = "sealed:1:"

// Seal returns plain under the newest key, as text for a TEXT column. The empty string stays empty. The cipher is
// AES-256-GCM (NIST SP 800-38D) with a random 96-bit nonce.
func (c Column) Seal(userID, rowID, plain string) string {
	if plain == "" {
		return ""
	}
	k := c.keys.list[0]
	nonce := make([]byte, k.aead.NonceSize())
	_, _ = rand.Read(nonce) // never fails, see crypto/rand
	box := k.aead.Seal(nonce, nonce, []byte(plain), c.bound(userID, rowID))
	return sealMark + k.id + ":" + base64.RawStdEncoding.EncodeToString(box)
}

// Open returns what Seal was given. A value stored before sealing was switched on comes back as it is; one whose key is
// said to be lost comes back as lostWords.
func (c Column) Open(userID, rowID, stored string) (string, error) {
	if !strings.HasPrefix(stored, sealMark) {
		return stored, nil
	}
	plain, err := c.OpenSealed(userID, rowID, stored)
	if errors.Is(err, errKeyLost) {
		return lostWords, nil
	}
	return plain, err
}

// OpenSealed returns what Seal was given, and ErrSealed for anything else: it is for what comes from outside.
func (c Column) OpenSealed(userID, rowID, stored string) (string, error) {
	rest, ok := strings.CutPrefix(stored, sealMark)
	if !ok {
		return "", ErrSealed
	}
	id, text, _ := strings.Cut(rest, ":")
	box, err := base64.RawStdEncoding.DecodeString(text)
	if err != nil {
		return "", ErrSealed
	}
	for _, k := range c.keys.list {
		if k.id != id || len(box) < k.aead.NonceSize() {
			continue
		}
		n := k.aead.NonceSize()
		plain, err := k.aead.Open(nil, box[:n], box[n:], c.bound(userID, rowID))
		if err != nil {
			return "", ErrSealed
		}
		return string(plain), nil
	}
	if slices.Contains(c.keys.lost, id) {
		return "", errKeyLost
	}
	return "", ErrSealed
}

func (c Column) bound(userID, rowID string) []byte {
	return []byte(c.name + "\x00" + userID + "\x00" + rowID)
}

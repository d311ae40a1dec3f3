// Command languages writes internal/i18n/spoken: for every language one compressed file with all its messages and, where
// there is one, its list of words for reading lines; and languages.json with their names. The sources are the folders
// locales and words beside it.
package main

import (
	"bytes"
	"compress/gzip"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"slices"
)

const root = "../internal/i18n"

func main() {
	if err := run(); err != nil {
		fmt.Fprintln(os.Stderr, "languages:", err)
		os.Exit(1)
	}
}

func run() error {
	folders, err := filepath.Glob(filepath.Join(root, "locales", "*"))
	if err != nil {
		return err
	}
	if err := os.MkdirAll(filepath.Join(root, "spoken"), 0o755); err != nil {
		return err
	}
	old, err := filepath.Glob(filepath.Join(root, "spoken", "*.json.gz"))
	if err != nil {
		return err
	}
	for _, name := range old {
		if err := os.Remove(name); err != nil {
			return err
		}
	}
	type language struct {
		Tag  string `json:"tag"`
		Name string `json:"name"`
	}
	list := make([]language, 0, len(folders))
	slices.Sort(folders)
	for _, folder := range folders {
		tag := filepath.Base(folder)
		name, err := write(folder, tag)
		if err != nil {
			return fmt.Errorf("%s: %w", tag, err)
		}
		list = append(list, language{tag, name})
	}
	index, err := json.MarshalIndent(list, "", "  ")
	if err != nil {
		return err
	}
	return os.WriteFile(filepath.Join(root, "spoken", "languages.json"), append(index, '\n'), 0o644)
}

// write makes the file of one language and returns how its speakers call it.
func write(folder, tag string) (string, error) {
	var all struct {
		Messages map[string]json.RawMessage `json:"messages"`
		Words    json.RawMessage            `json:"words,omitempty"`
	}
	all.Messages = map[string]json.RawMessage{}
	files, err := filepath.Glob(filepath.Join(folder, "*.json"))
	if err != nil {
		return "", err
	}
	for _, file := range files {
		b, err := os.ReadFile(file)
		if err != nil {
			return "", err
		}
		var messages map[string]json.RawMessage
		if err := json.Unmarshal(b, &messages); err != nil {
			return "", fmt.Errorf("%s: %w", file, err)
		}
		for key, value := range messages {
			if _, double := all.Messages[key]; double {
				return "", fmt.Errorf("%s: %q is in two files", file, key)
			}
			all.Messages[key] = value
		}
	}
	words, err := os.ReadFile(filepath.Join(root, "words", tag+".json"))
	if err != nil && !os.IsNotExist(err) {
		return "", err
	}
	all.Words = words
	var name string
	if err := json.Unmarshal(all.Messages["locale.name"], &name); err != nil {
		return "", fmt.Errorf("locale.name: %w", err)
	}
	var plain, packed bytes.Buffer
	e := json.NewEncoder(&plain)
	e.SetEscapeHTML(false)
	if err := e.Encode(all); err != nil {
		return "", err
	}
	z, err := gzip.NewWriterLevel(&packed, gzip.BestCompression)
	if err != nil {
		return "", err
	}
	if _, err := z.Write(plain.Bytes()); err != nil {
		return "", err
	}
	if err := z.Close(); err != nil {
		return "", err
	}
	return name, os.WriteFile(filepath.Join(root, "spoken", tag+".json.gz"), packed.Bytes(), 0o644)
}

// Command licenses writes internal/licenses/licenses.txt.gz: the licence of every module that ends up in the program on
// any system, of Go itself, and of every third-party file kept in internal beside a LICENSE of its own.
//
// With -check it changes nothing and fails when the file is not what it would write. A module without a licence, or
// with one that is not in the list of kinds below, is an error.
package main

import (
	"bytes"
	"compress/gzip"
	"crypto/sha256"
	"flag"
	"fmt"
	"io"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
)

// A part is something others wrote, and the folder that holds its licence.
type part struct{ name, dir string }

// kinds are the licences Kith may be shipped with, each known by a phrase of its text.
var kinds = []struct{ name, phrase string }{
	{"Apache-2.0", "Apache License Version 2.0"},
	{"MPL-2.0", "Mozilla Public License Version 2.0"},
	{"MPL-2.0", "Mozilla Public License, version 2.0"},
	{"OFL-1.1", "SIL OPEN FONT LICENSE Version 1.1"},
	{"BSD", "Redistribution and use in source and binary forms"},
	{"ISC", "Permission to use, copy, modify, and/or distribute this software for any purpose"},
	{"ISC", "Permission to use, copy, modify, and distribute this software for any purpose"},
	{"MIT", "Permission is hereby granted, free of charge"},
	{"CC0-1.0", "CC0 1.0 Universal"},
	{"Unlicense", "This is free and unencumbered software released into the public domain"},
	{"public domain", "disclaims copyright to this source code"},
}

var licenceFile = regexp.MustCompile(`(?i)^(un)?(licen[cs]e|copying|notice|patents)([-._].*)?$|(?i)^[a-z0-9]+-licen[cs]e(\.(txt|md))?$`)

func main() {
	check := flag.Bool("check", false, "only compare")
	root := flag.String("root", "..", "the root of the project")
	main := flag.String("main", ".", "the package that is shipped")
	flag.Parse()
	if err := run(*root, *main, *check); err != nil {
		fmt.Fprintln(os.Stderr, "licenses:", err)
		os.Exit(1)
	}
}

func run(root, pkg string, check bool) error {
	parts, err := modules(root, pkg)
	if err != nil {
		return err
	}
	kept, err := keptFiles(root)
	if err != nil {
		return err
	}
	text, err := write(append(parts, kept...))
	if err != nil {
		return err
	}
	path := filepath.Join(root, "internal", "licenses", "licenses.txt.gz")
	old, err := read(path)
	if check && (err != nil || old != string(text)) {
		return fmt.Errorf("%s is stale: run make generate and commit it", filepath.Base(path))
	}
	if !check && (err != nil || old != string(text)) {
		// Only a changed text is packed again: another version of Go may pack the same text into other bytes.
		return os.WriteFile(path, pack(text), 0o644)
	}
	fmt.Printf("%d modules and files, all with a licence that lets Kith be shipped\n", len(parts)+len(kept))
	return nil
}

func read(path string) (string, error) {
	packed, err := os.ReadFile(path)
	if err != nil {
		return "", err
	}
	z, err := gzip.NewReader(bytes.NewReader(packed))
	if err != nil {
		return "", err
	}
	text, err := io.ReadAll(z)
	return string(text), err
}

func pack(text []byte) []byte {
	var out bytes.Buffer
	z, _ := gzip.NewWriterLevel(&out, gzip.BestCompression) // the level is a valid one
	_, _ = z.Write(text)                                    // a buffer takes everything
	_ = z.Close()
	return out.Bytes()
}

// modules lists what the program is linked from, over the systems it is built for, and Go.
func modules(root, pkg string) ([]part, error) {
	const format = `{{with .Module}}{{if not .Main}}{{.Path}} {{.Version}}` + "\t" + `{{.Dir}}{{end}}{{end}}`
	dirs := map[string]string{}
	for _, system := range []string{"linux", "darwin", "windows", "freebsd"} {
		cmd := exec.Command("go", "list", "-deps", "-f", format, pkg)
		cmd.Dir = root
		cmd.Env = append(os.Environ(), "GOOS="+system, "GOARCH=amd64", "CGO_ENABLED=0")
		cmd.Stderr = os.Stderr
		out, err := cmd.Output()
		if err != nil {
			return nil, fmt.Errorf("go list for %s: %w", system, err)
		}
		for line := range strings.Lines(string(out)) {
			if name, dir, ok := strings.Cut(strings.TrimSpace(line), "\t"); ok {
				dirs[name] = dir
			}
		}
	}
	var parts []part
	for name, dir := range dirs {
		parts = append(parts, part{name, dir})
	}
	out, err := exec.Command("go", "env", "GOROOT").Output()
	if err != nil {
		return nil, fmt.Errorf("go env GOROOT: %w", err)
	}
	return append(parts, part{"Go, its runtime and standard library", strings.TrimSpace(string(out))}), nil
}

// keptFiles lists the folders of the project in which files of others lie beside their licence.
func keptFiles(root string) ([]part, error) {
	var parts []part
	err := filepath.WalkDir(filepath.Join(root, "internal"), func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() || !licenceFile.MatchString(d.Name()) || strings.HasPrefix(d.Name(), "licenses.") {
			return err
		}
		dir := filepath.Dir(path)
		name, err := filepath.Rel(root, dir)
		if err == nil && !slices.Contains(parts, part{filepath.ToSlash(name), dir}) {
			parts = append(parts, part{filepath.ToSlash(name), dir})
		}
		return err
	})
	return parts, err
}

// write puts the parts that share a text under it, in an order that depends on nothing but their names.
func write(parts []part) ([]byte, error) {
	type group struct {
		kind, text string
		names      []string
	}
	groups := map[[32]byte]*group{}
	for _, p := range parts {
		text, kind, err := licence(p)
		if err != nil {
			return nil, err
		}
		key := sha256.Sum256([]byte(text))
		if groups[key] == nil {
			groups[key] = &group{kind: kind, text: text}
		}
		groups[key].names = append(groups[key].names, p.name)
	}
	var sorted []*group
	for _, g := range groups {
		slices.Sort(g.names)
		sorted = append(sorted, g)
	}
	// By kind, so that texts which are nearly the same lie within the packer's window.
	slices.SortFunc(sorted, func(a, b *group) int {
		return strings.Compare(a.kind+"\x00"+a.names[0], b.kind+"\x00"+b.names[0])
	})
	var out bytes.Buffer
	fmt.Fprintln(&out, "Kith contains what follows, written by others, each under its own licence.")
	for _, g := range sorted {
		fmt.Fprintf(&out, "\n%s\n", strings.Repeat("=", 80))
		for _, n := range g.names {
			fmt.Fprintln(&out, n)
		}
		fmt.Fprintf(&out, "Licence: %s\n%s\n\n%s\n", g.kind, strings.Repeat("-", 80), g.text)
	}
	return out.Bytes(), nil
}

// licence reads every licence and notice of a part and says of which kind they are.
func licence(p part) (text, kind string, err error) {
	entries, err := os.ReadDir(p.dir)
	if err != nil {
		return "", "", err
	}
	var texts, found []string
	for _, e := range entries {
		if e.IsDir() || !licenceFile.MatchString(e.Name()) {
			continue
		}
		b, err := os.ReadFile(filepath.Join(p.dir, e.Name()))
		if err != nil {
			return "", "", err
		}
		t := strings.TrimSpace(strings.ReplaceAll(string(b), "\r\n", "\n"))
		texts = append(texts, t)
		words := strings.ToLower(strings.Join(strings.Fields(t), " "))
		for _, k := range kinds {
			if strings.Contains(words, strings.ToLower(k.phrase)) && !slices.Contains(found, k.name) {
				found = append(found, k.name)
			}
		}
	}
	if len(found) == 0 {
		return "", "", fmt.Errorf("%s: no licence that Kith may be shipped with was found in its root", p.name)
	}
	return strings.Join(texts, "\n\n"), strings.Join(found, ", "), nil
}

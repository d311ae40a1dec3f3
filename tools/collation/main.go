// Command collation writes internal/collation/tables.bin.gz: what golang.org/x/text/collate knows about the order of
// characters, in the root order and in the languages below, without what the program has no use for.
//
// The weights of a character are read from the key that collate makes of it. Which sequences are weighed as one
// (contractions) no exported name tells, so they are read from the fields of its table by reflection.
package main

import (
	"bytes"
	"compress/gzip"
	"encoding/binary"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"reflect"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/collate"
	"golang.org/x/text/language"
	"golang.org/x/text/unicode/norm"
)

// languages have rules of their own, or may get some. Chinese, Japanese and Korean are left out: an order for every
// single ideograph would be several times as large as all the rest.
var languages = strings.Fields("ar az be bg bs cs cy da eo es et fa fi fo he hr hu is lt lv mk pl ro ru sk sl sq sr sv th tr uk vi")

const file = "../internal/collation/tables.bin.gz"

func main() {
	if err := run(); err != nil {
		fmt.Fprintln(os.Stderr, "collation:", err)
		os.Exit(1)
	}
}

// weights are those of one text on the three levels.
type weights struct{ p, s, t []int }

func (w weights) equal(v weights) bool {
	return slices.Equal(w.p, v.p) && slices.Equal(w.s, v.s) && slices.Equal(w.t, v.t)
}

func (w weights) plus(v weights) weights {
	return weights{slices.Concat(w.p, v.p), slices.Concat(w.s, v.s), slices.Concat(w.t, v.t)}
}

// A table holds the weights of single characters and of contractions, all in NFD.
type table map[string]weights

func run() error {
	root, err := build(language.Und, nil)
	if err != nil {
		return err
	}
	out := binary.AppendUvarint(nil, uint64(len(languages)+1))
	out = root.append(out, "")
	for _, lang := range languages {
		own, err := build(language.Make(lang), root)
		if err != nil {
			return fmt.Errorf("%s: %w", lang, err)
		}
		out = own.append(out, lang)
	}
	if old, err := read(file); err == nil && bytes.Equal(old, out) {
		return nil // another version of Go may pack the same bytes into other ones
	}
	var b bytes.Buffer
	z, _ := gzip.NewWriterLevel(&b, gzip.BestCompression)
	if _, err := z.Write(out); err != nil {
		return err
	}
	if err := z.Close(); err != nil {
		return err
	}
	fmt.Printf("collation: %d characters and contractions, %d bytes\n", len(root), b.Len())
	return os.WriteFile(filepath.FromSlash(file), b.Bytes(), 0o644)
}

func read(path string) ([]byte, error) {
	f, err := os.Open(filepath.FromSlash(path))
	if err != nil {
		return nil, err
	}
	defer f.Close()
	z, err := gzip.NewReader(f)
	if err != nil {
		return nil, err
	}
	return io.ReadAll(z)
}

// build returns the whole table of a language, or only what differs from root.
func build(tag language.Tag, root table) (table, error) {
	c := collate.New(tag)
	t := table{}
	full := table{} // what the reader will see: root with t laid over it
	for s, w := range root {
		full[s] = w
	}
	set := func(s string) error {
		w, err := weigh(c, s)
		if err != nil {
			return fmt.Errorf("%+q: %w", s, err)
		}
		if !full.of(s).equal(w) || utf8.RuneCountInString(s) > 1 && !in(full, s) {
			t[s], full[s] = w, w
		}
		return nil
	}
	for r := rune(1); r <= unicode.MaxRune; r++ {
		switch {
		case r > 0x1FFFF && r < 0xE0000 || r > 0xE01FF || 0x3400 <= r && r <= 0x4DBF || 0x4E00 <= r && r <= 0x9FFF:
			continue // ideographs and what no table names
		case 0xAC00 <= r && r <= 0xD7A3 || 0xD800 <= r && r <= 0xDFFF:
			continue // NFD leaves no Hangul syllable; a surrogate is no character
		case !norm.NFD.IsNormalString(string(r)):
			continue // weighed as what it is composed of
		}
		if err := set(string(r)); err != nil {
			return nil, err
		}
	}
	for _, s := range contractions(c) {
		if err := set(s); err != nil {
			return nil, err
		}
	}
	return t, nil
}

func in(t table, s string) bool { _, ok := t[s]; return ok }

// of weighs s by t, the longest contraction first.
func (t table) of(s string) weights {
	var w weights
	for rs := []rune(s); len(rs) > 0; {
		n := min(len(rs), 8)
		for n > 1 && !in(t, string(rs[:n])) {
			n--
		}
		v, ok := t[string(rs[:n])]
		if !ok {
			v = weights{[]int{implicit(rs[0])}, []int{0x20}, []int{2}}
		}
		w, rs = w.plus(v), rs[n:]
	}
	return w
}

// implicit is the weight of a character that no table names.
func implicit(r rune) int {
	switch {
	case !unicode.Is(unicode.Ideographic, r):
		return int(r) + 0x50000
	case 0x4E00 <= r && r <= 0x9FFF, 0xF900 <= r && r <= 0xFAFF:
		return int(r) + 0x10000
	}
	return int(r) + 0x20000
}

var buffer collate.Buffer

// weigh takes a key apart.
func weigh(c *collate.Collator, s string) (weights, error) {
	var w weights
	buffer.Reset()
	k := c.KeyFromString(&buffer, s)
	for len(k) > 1 && (k[0] != 0 || k[1] != 0) {
		if k[0]&0x80 == 0 {
			w.p, k = append(w.p, int(k[0])<<8|int(k[1])), k[2:]
		} else {
			w.p, k = append(w.p, int(k[0]&0x7F)<<16|int(k[1])<<8|int(k[2])), k[3:]
		}
	}
	if len(k) < 4 {
		return w, fmt.Errorf("unknown form of key")
	}
	for k = k[2:]; len(k) > 1 && (k[0] != 0 || k[1] != 0); k = k[2:] {
		w.s = append(w.s, int(k[0])<<8|int(k[1]))
	}
	if len(k) < 2 {
		return w, fmt.Errorf("unknown form of key")
	}
	for _, b := range k[2:] {
		w.t = append(w.t, int(b))
	}
	return w, nil
}

// contractions lists, in NFD, the sequences that c weighs as one.
func contractions(c *collate.Collator) []string {
	t := reflect.ValueOf(c).Elem().FieldByName("options").FieldByName("t").Elem().Elem()
	ints := func(v reflect.Value) []int {
		list := make([]int, v.Len())
		for i := range list {
			list[i] = int(v.Index(i).Uint())
		}
		return list
	}
	trie := t.FieldByName("Index")
	index0, values0 := ints(trie.FieldByName("Index0")), ints(trie.FieldByName("Values0"))
	index, values := ints(trie.FieldByName("Index")), ints(trie.FieldByName("Values"))
	lookup := func(s string) int {
		if len(s) == 1 {
			return values0[s[0]]
		}
		i := index0[s[0]]
		for _, b := range []byte(s[1 : len(s)-1]) {
			i = index[i<<6+int(b)]
		}
		return values[i<<6+int(s[len(s)-1])]
	}
	type state struct{ low, high, n, i int }
	states := make([]state, t.FieldByName("ContractTries").Len())
	for i := range states {
		v := t.FieldByName("ContractTries").Index(i)
		states[i] = state{int(v.Field(0).Uint()), int(v.Field(1).Uint()), int(v.Field(2).Uint()), int(v.Field(3).Uint())}
	}
	found := map[string]bool{}
	var walk func(prefix string, at, n int)
	walk = func(prefix string, at, n int) {
		for _, e := range states[at : at+n] {
			if e.n == 0 {
				for b := e.low; b <= max(e.low, e.high); b++ {
					found[norm.NFD.String(prefix+string([]byte{byte(b)}))] = true
				}
				continue
			}
			next := prefix + string([]byte{byte(e.low)})
			if e.i != 0xFF {
				found[norm.NFD.String(next)] = true
			}
			walk(next, at+e.high+n, e.n)
		}
	}
	for r := rune(1); r <= unicode.MaxRune; r++ {
		if !utf8.ValidRune(r) {
			continue
		}
		if ce := lookup(string(r)); ce >= 0xC0000000 && ce <= 0xDFFFFFFF {
			walk(string(r), ce>>4&0xFFF, ce&0xF)
		}
	}
	list := make([]string, 0, len(found))
	for s := range found {
		if utf8.ValidString(s) && utf8.RuneCountInString(s) > 1 {
			list = append(list, s)
		}
	}
	// The shortest first: what a longer one is compared with is then known.
	slices.SortFunc(list, func(a, b string) int {
		if d := len(a) - len(b); d != 0 {
			return d
		}
		return strings.Compare(a, b)
	})
	return list
}

// append writes a table column by column, for like stands beside like then and packs well: the characters as the distance
// from the one before, contractions after them, the primary weights as the distance from the one before.
func (t table) append(out []byte, lang string) []byte {
	var single, many []string
	for s := range t {
		if utf8.RuneCountInString(s) == 1 {
			single = append(single, s)
		} else {
			many = append(many, s)
		}
	}
	slices.Sort(single)
	slices.Sort(many)
	out = append(binary.AppendUvarint(out, uint64(len(lang))), lang...)
	out = binary.AppendUvarint(out, uint64(len(single)))
	out = binary.AppendUvarint(out, uint64(len(many)))
	last := rune(0)
	for _, s := range single {
		r, _ := utf8.DecodeRuneInString(s)
		out = binary.AppendUvarint(out, uint64(r-last))
		last = r
	}
	for _, s := range many {
		out = append(binary.AppendUvarint(out, uint64(len(s))), s...)
	}
	all := slices.Concat(single, many)
	for _, s := range all {
		out = append(out, byte(len(t[s].p)))
	}
	for _, s := range all {
		out = append(out, byte(len(t[s].s)))
	}
	for _, s := range all {
		out = append(out, byte(len(t[s].t)))
	}
	before := 0
	for _, s := range all {
		for _, p := range t[s].p {
			out = binary.AppendVarint(out, int64(p-before))
			before = p
		}
	}
	for _, s := range all {
		for _, v := range t[s].s {
			out = binary.AppendUvarint(out, uint64(v))
		}
	}
	for _, s := range all {
		for _, v := range t[s].t {
			out = append(out, byte(v))
		}
	}
	return out
}

package collation

import (
	"bytes"
	"compress/gzip"
	_ "embed"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"maps"
	"sync"
	"unicode/utf8"
)

// packed is written by tools/collation.
//
//go:embed tables.bin.gz
var packed []byte

// weights are all there are: each entry is three counts of bytes and then the bytes that it adds to the three parts of a key.
var weights entries //nolint:gochecknoglobals // written once, by tables

type entries []byte

// split returns what the first entry adds to each part of a key.
func (e entries) split() (primary, secondary, tertiary []byte) {
	p, s, t := 3+int(e[0]), int(e[1]), int(e[2])
	return e[3:p], e[p : p+s], e[p+s : p+s+t]
}

// A table tells where in weights the entry of a character or a contraction begins. What it does not name, its base does.
type table struct {
	base         *table
	pages        map[rune]*[256]uint32
	contractions map[string]uint32
	longest      map[rune]int // the most characters a contraction has that begins with this one; a language's has the root's too
}

func (t *table) single(r rune) uint32 {
	for ; t != nil; t = t.base {
		if page := t.pages[r>>8]; page != nil && page[r&0xFF] != 0 {
			return page[r&0xFF]
		}
	}
	return 0
}

func (t *table) contraction(s string) uint32 {
	for ; t != nil; t = t.base {
		if e := t.contractions[s]; e != 0 {
			return e
		}
	}
	return 0
}

// tables are those of all languages, the root order under "". They are unpacked when the first key is made.
var tables = sync.OnceValue(func() map[string]*table { //nolint:gochecknoglobals // constant
	all, err := unpack(packed)
	if err != nil {
		panic(fmt.Sprintf("collation: the embedded tables are damaged: %v", err)) // a test reads them
	}
	return all
})

var errShort = errors.New("too short")

// A reader reads what the generator wrote. After the first error everything is zero.
type reader struct {
	b   []byte
	err error
}

func (r *reader) take(n int) []byte {
	if n < 0 || n > len(r.b) {
		r.err, r.b = errShort, nil
		return nil
	}
	part := r.b[:n]
	r.b = r.b[n:]
	return part
}

func (r *reader) uint() int {
	v, n := binary.Uvarint(r.b)
	if n <= 0 || v > 1<<24 {
		r.err, r.b = errShort, nil
		return 0
	}
	r.b = r.b[n:]
	return int(v)
}

func (r *reader) int() int {
	v, n := binary.Varint(r.b)
	if n <= 0 {
		r.err, r.b = errShort, nil
		return 0
	}
	r.b = r.b[n:]
	return int(v)
}

func unpack(packed []byte) (map[string]*table, error) {
	z, err := gzip.NewReader(bytes.NewReader(packed))
	if err != nil {
		return nil, err
	}
	b, err := io.ReadAll(z)
	if err != nil {
		return nil, err
	}
	r := &reader{b: b}
	weights = make(entries, 1, len(b)) // no entry begins at zero
	all := map[string]*table{}
	for n := r.uint(); n > 0 && r.err == nil; n-- {
		lang := string(r.take(r.uint()))
		all[lang] = r.table(all[""])
	}
	return all, r.err
}

// table reads one table, column by column.
func (r *reader) table(base *table) *table {
	singles, many := r.uint(), r.uint()
	t := &table{base: base, pages: map[rune]*[256]uint32{}, contractions: make(map[string]uint32, many), longest: map[rune]int{}}
	if base != nil {
		maps.Copy(t.longest, base.longest)
	}
	if singles+many > len(r.b) { // each takes some bytes
		r.err = errShort
		return t
	}
	runes, texts := make([]rune, singles), make([]string, many)
	last := 0
	for i := range runes {
		last += r.uint()
		runes[i] = rune(last)
	}
	for i := range texts {
		texts[i] = string(r.take(r.uint()))
	}
	count := singles + many
	np, ns, nt := r.take(count), r.take(count), r.take(count)
	if r.err != nil {
		return t
	}
	primaries, before := make([][]byte, count), 0
	for i := range primaries {
		for range np[i] {
			before += r.int()
			primaries[i] = appendPrimary(primaries[i], before)
		}
	}
	secondaries := make([][]byte, count)
	for i := range secondaries {
		for range ns[i] {
			v := r.uint()
			secondaries[i] = append(secondaries[i], byte(v>>8), byte(v))
		}
	}
	for i := range count {
		tertiary := r.take(int(nt[i]))
		at := uint32(len(weights))
		weights = append(weights, byte(len(primaries[i])), byte(len(secondaries[i])), byte(len(tertiary)))
		weights = append(append(append(weights, primaries[i]...), secondaries[i]...), tertiary...)
		if i >= singles {
			s := texts[i-singles]
			first, _ := utf8.DecodeRuneInString(s)
			t.contractions[s] = at
			t.longest[first] = max(t.longest[first], utf8.RuneCountInString(s))
			continue
		}
		page := t.pages[runes[i]>>8]
		if page == nil {
			page = new([256]uint32)
			t.pages[runes[i]>>8] = page
		}
		page[runes[i]&0xFF] = at
	}
	return t
}

package opportunity

import (
	"hash/fnv"
	"slices"
	"strconv"
	"time"

	"kith/internal/capture"
	"kith/internal/practice"
)

// draw returns the suggestions of one day, the one to show first first.
//
// The deck is walked in blocks of as many days as it has cards, in which each card comes perDay times: the block is that
// many passes through the whole deck, each in another order. first is the day on which the walk began; from it and the
// seed alone every block can be laid out, so nothing has to be stored.
func draw(deck []*practice.Practice, seed string, first, day time.Time) []*practice.Practice {
	if len(deck) == 0 {
		return nil
	}
	n := int(day.Sub(first).Hours()) / 24
	block, at := n/len(deck), n%len(deck)
	if at < 0 {
		block, at = block-1, at+len(deck)
	}
	return lay(deck, seed+"/"+strconv.Itoa(block), day.AddDate(0, 0, -at))[at]
}

// rules say what a layout holds to; they are given up one after the other where the deck does not allow them.
type rules struct{ kinds, weekends bool }

// tries is how many orders are tried before a rule is given up. The whole library needs one.
const tries = 16

// lay lays out a block that begins on the day start: for each of its days the cards, the lead first.
func lay(deck []*practice.Practice, seed string, start time.Time) [][]*practice.Practice {
	each := min(perDay, len(deck))
	for _, r := range []rules{{true, true}, {true, false}, {false, true}, {false, false}} {
		for try := range tries {
			if days := r.lay(deck, each, seed+"/"+strconv.Itoa(try), start); days != nil {
				lead(days)
				return days
			}
		}
	}
	panic("opportunity: a deck cannot be laid out even without rules") // the last rules refuse nothing
}

// lay tries one order and returns nil if it leads into a dead end.
func (r rules) lay(deck []*practice.Practice, each int, seed string, start time.Time) [][]*practice.Practice {
	var (
		days   = make([][]*practice.Practice, len(deck))
		pass   = 0
		rest   = shuffle(deck, seed+"/0")
		counts = kindCounts(rest)
	)
	for d := range days {
		weekday := start.AddDate(0, 0, d).Weekday()
		free := weekday == time.Saturday || weekday == time.Sunday
		for len(days[d]) < each {
			if len(rest) == 0 {
				pass++
				rest = shuffle(deck, seed+"/"+strconv.Itoa(pass))
				counts = kindCounts(rest)
			}
			best, most := -1, 0
			for i, p := range rest {
				work := p.Context == capture.Professional
				if r.weekends && free && work || r.kinds && has(days[d], p.Kind) || hasID(days[d], p.ID) {
					continue
				}
				// The kind of which most is left goes first, else the end of the pass would be all of that kind; work
				// goes early in the week, else the pass would end in it on a Saturday.
				weight := 2 * counts[p.Kind]
				if work {
					weight += 3
				}
				if weight > most {
					best, most = i, weight
				}
			}
			if best < 0 {
				return nil
			}
			counts[rest[best].Kind]--
			days[d] = append(days[d], rest[best])
			rest = slices.Delete(rest, best, best+1)
		}
	}
	return days
}

// lead puts the shortest of each day first, for a first step should be tiny, but not the kind that led the day before.
func lead(days [][]*practice.Practice) {
	before := ""
	for _, day := range days {
		slices.SortStableFunc(day, func(a, b *practice.Practice) int {
			if (a.Kind == before) != (b.Kind == before) {
				if a.Kind == before {
					return 1
				}
				return -1
			}
			return a.Seconds - b.Seconds
		})
		before = day[0].Kind
	}
}

func has(day []*practice.Practice, kind string) bool {
	return slices.ContainsFunc(day, func(p *practice.Practice) bool { return p.Kind == kind })
}

func hasID(day []*practice.Practice, id string) bool {
	return slices.ContainsFunc(day, func(p *practice.Practice) bool { return p.ID == id })
}

func kindCounts(list []*practice.Practice) map[string]int {
	m := map[string]int{}
	for _, p := range list {
		m[p.Kind]++
	}
	return m
}

// shuffle orders the deck by a hash of the seed and each id: unlike a random source, that stays the same in every version
// of Go, and a card that goes leaves the order of the others as it is.
func shuffle(deck []*practice.Practice, seed string) []*practice.Practice {
	type card struct {
		rank uint64
		p    *practice.Practice
	}
	cards := make([]*card, len(deck))
	for i, p := range deck {
		h := fnv.New64a()
		_, _ = h.Write([]byte(seed + "/" + p.ID)) // a hash never fails
		cards[i] = &card{mix(h.Sum64()), p}
	}
	slices.SortFunc(cards, func(a, b *card) int {
		switch {
		case a.rank < b.rank:
			return -1
		case a.rank > b.rank:
			return 1
		}
		return 0
	})
	list := make([]*practice.Practice, len(cards))
	for i, c := range cards {
		list[i] = c.p
	}
	return list
}

// mix spreads a hash of short, alike texts over all 64 bits (the finaliser of SplitMix64).
func mix(x uint64) uint64 {
	x = (x ^ x>>30) * 0xbf58476d1ce4e5b9
	x = (x ^ x>>27) * 0x94d049bb133111eb
	return x ^ x>>31
}

package opportunity

import (
	"hash/fnv"
)

// Facts are what a candidate's place among the others is decided by.
type Facts struct {
	Source  string
	Late    float64 // how far past its time, in whole cadences or rhythms
	Ring    string  // how near the person is; empty is unknown
	Ahead   int     // days until a date
	Lead    int     // days before it is worth a thought
	Waiting int     // days since a follow-up was due, or something was finished
	Same    int     // how many of this source stand before it today
	Turn    bool    // whether today is the day for suggestions like this
	Chance  float64 // 0 to 1, another one each day: among equals nobody is always first
}

// Reason is one named part of a score.
type Reason struct {
	Name   string
	Points float64
}

// Score says what speaks for a candidate, and what against it. The sum decides: what was promised and what has its day
// comes before what can wait, nobody is owed more for having been left longer than two cadences, and people, practices and
// memories take turns, so that no morning opens like the one before.
func Score(f Facts) []Reason {
	var list []Reason
	add := func(name string, points float64) {
		if points != 0 {
			list = append(list, Reason{name, points})
		}
	}
	switch f.Source {
	case SourceFollowUp:
		add("you wanted to ask", 8)
		add("it has waited", -min(float64(f.Waiting), 28)/7) // it fades rather than nags
	case SourceDate:
		add("a date ahead", 4)
		add("it is near", 4*(1-float64(f.Ahead)/float64(max(f.Lead, 1))))
		if f.Ahead == 0 {
			add("it is today", 6)
		}
	case SourceFinished:
		add("they finished something", 7)
		add("it was some days ago", -min(float64(f.Waiting), finishedFor)/2)
	case SourceDue:
		add("a cadence has passed", 4)
		add("for a while", min(f.Late, 2))
		add("how near they are", nearness(f.Ring))
	case SourceGap:
		add("you are free for a while", 5)
		add("it has been long", min(f.Late, 2))
		add("how near they are", nearness(f.Ring))
	case SourceDrift:
		add("quieter than usual", 3)
		add("for a while", min(f.Late/3, 1))
	case SourceEvent:
		add("it was with somebody", 6)
	case SourcePractice:
		add("it needs nothing", 4)
	case SourceMemory:
		add("worth a second look", 4)
	}
	if f.Turn {
		add("its turn", 5)
	}
	add("chance", f.Chance)
	add("there is one like it", -4*float64(f.Same))
	return list
}

func nearness(ring string) float64 {
	switch ring {
	case "inner":
		return 1.5
	case "close":
		return 1
	case "friends":
		return 0.5
	}
	return 0
}

// Points is the sum of reasons.
func Points(list []Reason) float64 {
	sum := 0.0
	for _, r := range list {
		sum += r.Points
	}
	return sum
}

// rank orders candidates by their points and takes the best, each person once.
func rank(list []Candidate, most int) []Candidate {
	var (
		out    []Candidate
		same   = map[string]int{}
		people = map[string]bool{}
		taken  = make([]bool, len(list))
	)
	for len(out) < most {
		best, points := -1, 0.0
		for i, c := range list {
			if taken[i] || c.Person != "" && people[c.Person] {
				continue
			}
			c.Facts.Same = same[c.Source]
			if p := Points(Score(c.Facts)); best < 0 || p > points {
				best, points = i, p
			}
		}
		if best < 0 {
			return out
		}
		c := list[best]
		c.Facts.Same = same[c.Source]
		c.Reasons = Score(c.Facts)
		taken[best], people[c.Person] = true, true
		same[c.Source]++
		out = append(out, c)
	}
	return out
}

// turn is whose day it is: a number from 0 to 1 that follows from the words.
func turn(words string) float64 {
	h := fnv.New64a()
	_, _ = h.Write([]byte(words)) // a hash never fails
	return float64(mix(h.Sum64())>>11) / (1 << 53)
}

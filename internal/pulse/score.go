package pulse

import "kith/internal/fault"

// Score is one figure of a filled-in scale, with what it stands on.
type Score struct {
	ID    string   `json:"id"`
	Value *float64 `json:"value,omitempty"` // nil when too much was left out
	N     int      `json:"n"`               // answers it was made of
	Of    int      `json:"of"`              // answers there could be
}

// Score scores answers exactly as the definition says. What was left out is made up for only where the definition allows.
func (s *Scale) Score(answers map[string]int) ([]Score, error) {
	for id, v := range answers {
		r, ok := s.answersOf(id)
		if !ok {
			return nil, fault.Invalid("unknown_item", "answers", "This scale has no such question.")
		}
		if v < r.From || v > r.To {
			return nil, fault.Invalid("answer_range", "answers", "An answer to this question goes from %d to %d.", r.From, r.To).With("min", r.From).With("max", r.To)
		}
	}
	if len(answers) == 0 {
		return nil, fault.Invalid("answers_missing", "answers", "Answer at least one of the questions.")
	}
	list := make([]Score, len(s.Scores))
	for i, r := range s.Scores {
		if r.Rule == RuleDifference {
			list[i] = difference(r, list[:i])
		} else {
			list[i] = s.scoreItems(r, answers)
		}
	}
	return list, nil
}

func (s *Scale) scoreItems(r Rule, answers map[string]int) Score {
	out := Score{ID: r.ID, Of: len(r.Items)}
	sum := 0.0
	for _, id := range r.Items {
		v, ok := answers[id]
		if !ok {
			continue
		}
		for _, reversed := range r.Reverse {
			if reversed == id {
				set, _ := s.answersOf(id)
				v = set.From + set.To - v
			}
		}
		sum += float64(v)
		out.N++
	}
	if out.N == 0 || out.Of-out.N > r.Missing {
		return out
	}
	value := sum / float64(out.N)
	if r.Rule != RuleMean {
		value = sum * float64(out.Of) / float64(out.N) // the mean of the others stands for what was left out
	}
	out.Value = r.shown(value)
	return out
}

func difference(r Rule, before []Score) Score {
	out := Score{ID: r.ID}
	var parts [2]*float64
	for _, b := range before {
		for i, id := range r.Of {
			if b.ID == id {
				out.N, out.Of, parts[i] = out.N+b.N, out.Of+b.Of, b.Value
			}
		}
	}
	if parts[0] != nil && parts[1] != nil {
		out.Value = r.shown(*parts[0] - *parts[1])
	}
	return out
}

// shown is a raw value as the scale publishes it.
func (r Rule) shown(value float64) *float64 {
	value *= r.factor()
	if len(r.Table) == 0 {
		return &value
	}
	for _, pair := range r.Table {
		if near(pair[0], value) {
			return &pair[1]
		}
	}
	return nil
}

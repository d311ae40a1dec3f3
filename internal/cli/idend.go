package cli

import "strings"

// idEnd is the end of an id as somebody typed it. A shorter one, or none, as from a variable that is not set, could be
// that of something else.
func idEnd(typed string) (string, error) {
	end := strings.ToLower(strings.TrimSpace(typed))
	if len(end) < 4 {
		return "", usagef("an id needs at least its last four characters")
	}
	return end, nil
}

// byEnd is the one of a list whose id ends as somebody typed it. these says after a number what there are none or several of.
func byEnd[T any](list []T, id func(T) string, typed, these string) (one T, err error) {
	end, err := idEnd(typed)
	if err != nil {
		return one, err
	}
	n := 0
	for _, v := range list {
		if strings.HasSuffix(id(v), end) {
			one = v
			n++
		}
	}
	if n != 1 {
		var none T
		return none, usagef("%d %s", n, these)
	}
	return one, nil
}

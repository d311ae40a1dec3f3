package job

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"kith/internal/fault"
)

// maxReason bounds the text that is kept with a job.
const maxReason = 200

// reason is what is kept of an error: the words of our own code, which hold none of a person's. Of an error of another
// making, whose text may repeat what it was given, it is the type.
func reason(err error) string {
	text := ours(err)
	if len(text) > maxReason {
		text = strings.ToValidUTF8(text[:maxReason], "")
	}
	return text
}

// plain is the type of errors.New and of fmt.Errorf without %w.
var plain = fmt.Sprintf("%T", errors.New(""))

func ours(err error) string {
	switch {
	case errors.Is(err, context.DeadlineExceeded):
		return "took too long"
	case errors.Is(err, context.Canceled):
		return "was stopped"
	}
	if f, ok := err.(*fault.Error); ok { //nolint:errorlint // the chain is walked here, link by link
		return f.Code
	}
	if inner := errors.Unwrap(err); inner != nil {
		if before, ok := strings.CutSuffix(err.Error(), inner.Error()); ok && isWrap(err) {
			return before + ours(inner)
		}
	}
	if fmt.Sprintf("%T", err) == plain {
		return err.Error()
	}
	return fmt.Sprintf("%T", err)
}

func isWrap(err error) bool { return fmt.Sprintf("%T", err) == "*fmt.wrapError" }

package dav

import (
	"errors"
	"net/http"

	"kith/internal/fault"
	"kith/internal/ical"
)

// failure is why a sync stopped, in words for its owner. line is where in the calendar, or 0; item is what an event or a
// card is called on its server.
//
// What the codes stand for is kept by code and line, and worded when it is shown.
func failure(code string, line int, item string) *fault.Error {
	switch code {
	case "":
		return nil
	case ical.NotCalendar:
		return fault.Invalid("calendar_unreadable", "url", "The other server answers with something that is no calendar, perhaps a web page for signing in. Copy the address of the calendar itself, often called iCal or ICS.")
	case ical.Truncated:
		return fault.Busy("calendar_truncated", "What the other server sent ended in the middle. What was known stays; it is tried again.")
	case ical.BadNesting:
		return fault.Invalid("calendar_broken_parts", "url", "The calendar is damaged in line %d. What was known stays. Export it anew, or tell whoever runs it.", line).With("line", line)
	case ical.BadDate:
		return fault.Invalid("calendar_date", "url", "Line %d of the calendar has a date that cannot be, such as one of the year 1. What was known stays. Correct or remove that event, then sync again.", line).With("line", line)
	case ical.BadZone:
		return fault.Invalid("calendar_zone", "url", "Line %d of the calendar names a time zone nobody knows and does not describe it. What was known stays. Give that event another time zone, then sync again.", line).With("line", line)
	case ical.BadRule:
		return fault.Invalid("calendar_rule", "url", "Line %d of the calendar has a recurrence that cannot be read. What was known stays. Correct or remove that event, then sync again.", line).With("line", line)
	case ical.TooMuch:
		return fault.TooLarge("calendar_too_large", "url", "There is more than is read: too many entries, or an event that recurs without end. What was known stays. Follow something smaller.")
	case "calendar_refused":
		return fault.Invalid("calendar_refused", "password", "The other server does not accept the name and password. Enter them anew; some servers want a password made for apps.")
	case "calendar_missing":
		return fault.Invalid("calendar_missing", "url", "There is nothing at this address on the other server any more. Copy the address again, or look at the account again.")
	case "calendar_stopped":
		return fault.Busy("calendar_stopped", "You stopped it. What was known stays.")
	case "calendar_wait":
		return fault.Busy("calendar_wait", "The other server asks to be left alone for a while. What was known stays; it is tried again by itself.")
	case "calendar_condition":
		return fault.Busy("calendar_condition", "The other server keeps refusing a request that should be right (412). What was known stays; it is tried again. If it stays so, remove the calendar and add it again.")
	case "calendar_server_full":
		return fault.Busy("calendar_server_full", "The other server says that its storage is full (507). What was known stays. Make room there, or tell whoever runs it.")
	case "calendar_server_error":
		return fault.Busy("calendar_server_error", "The other server has a fault of its own. What was known stays; it is tried again by itself.")
	case "calendar_server_odd":
		return fault.Invalid("calendar_server_odd", "url", "The other server answers in a way no server of calendars or address books does. Check the address.")
	case "calendar_unreachable":
		return fault.Busy("calendar_unreachable", "The connection to the other server broke, or is not secure. What was known stays; it is tried again by itself.")
	case "event_broken":
		return fault.Invalid("event_broken", "url", "The event “%s” is damaged. What was known stays. Remove it or enter it anew, then sync again.", item).With("item", item)
	case "event_date":
		return fault.Invalid("event_date", "url", "The event “%s” has a date that cannot be, such as one of the year 1. What was known stays. Correct or remove it, then sync again.", item).With("item", item)
	case "event_zone":
		return fault.Invalid("event_zone", "url", "The event “%s” names a time zone nobody knows. What was known stays. Give it another one, then sync again.", item).With("item", item)
	case "event_rule":
		return fault.Invalid("event_rule", "url", "The event “%s” has a recurrence that cannot be read. What was known stays. Correct or remove it, then sync again.", item).With("item", item)
	case "book_unreadable":
		return fault.TooLarge("book_unreadable", "url", "The address book cannot be taken over: it holds more than is read, or something else than cards. What was known stays.")
	case "account_unreadable":
		return fault.Invalid("account_unreadable", "address", "The other server answers with something that is no CalDAV or CardDAV, perhaps a web page for signing in. Check the address.")
	case "account_empty":
		return fault.Invalid("account_empty", "address", "There is neither a calendar nor an address book at this address.")
	case "too_many_redirects":
		return fault.Invalid(code, "url", "This address sends on more than %d times. Enter the address it ends at.", maxHops).With("max", maxHops)
	case "redirect_not_secure":
		return fault.Invalid(code, "url", "This address sends on from https to http, where others can read along. Enter one that stays on https.")
	case "address_not_public":
		return fault.Denied(code, "This address leads into a private or reserved network, which Kith does not enter by itself. Whoever runs this Kith can add it to the outgoing addresses that are allowed.")
	case "destination_slow":
		return fault.Busy(code, "The other server did not answer in time. Try again later.")
	case "destination_closed":
		return fault.Busy(code, "Nothing answers at this address. Check the port, or try again when the other server runs.")
	case "host_unknown":
		return fault.Invalid(code, "url", "There is no server of this name. Check the spelling.")
	case "response_too_large":
		return fault.TooLarge(code, "url", "The other server answers with more than %s, which is more than is read.", "32 MiB").With("max", "32 MiB")
	}
	return fault.Invalid("calendar_server_odd", "url", "The other server answers in a way no server of calendars or address books does. Check the address.")
}

// stop ends a sync with a failure for its owner. after is how many seconds the other server wants to be left alone.
type stop struct {
	code  string
	line  int
	item  string // what the event or card is called on its server
	after int
	err   error
}

func (s *stop) Error() string { return "sync stopped: " + s.code }

// Unwrap returns the cause.
func (s *stop) Unwrap() error { return s.err }

// stopped says what an error of a sync means for its owner; nil where it means nothing to them.
func stopped(err error) *stop {
	var (
		own *stop
		bad *ical.Problem
	)
	switch {
	case errors.As(err, &own):
		return own
	case errors.As(err, &bad):
		return &stop{code: bad.Code, line: bad.Line, err: err}
	}
	return nil
}

// refusal is what a status means.
func refusal(status, after int) *stop {
	s := &stop{after: after}
	switch {
	case status == http.StatusUnauthorized || status == http.StatusForbidden || status == http.StatusProxyAuthRequired:
		s.code = "calendar_refused"
	case status == http.StatusNotFound || status == http.StatusGone:
		s.code = "calendar_missing"
	case status == http.StatusTooManyRequests || status == http.StatusServiceUnavailable:
		s.code = "calendar_wait"
	case status == http.StatusPreconditionFailed:
		s.code = "calendar_condition"
	case status == http.StatusInsufficientStorage:
		s.code = "calendar_server_full"
	case status >= http.StatusInternalServerError:
		s.code = "calendar_server_error"
	default:
		s.code = "calendar_server_odd"
	}
	return s
}

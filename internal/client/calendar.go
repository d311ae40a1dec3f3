package client

import (
	"context"
	"net/http"
	"net/url"
	"time"

	"kith/internal/api"
)

// Calendars returns all calendars that are followed.
func (c *Client) Calendars(ctx context.Context) (list api.List[api.Calendar], err error) {
	err = c.Do(ctx, http.MethodGet, v1("calendars"), nil, &list)
	return list, err
}

// Calendar returns one calendar, and how far its reading is.
func (c *Client) Calendar(ctx context.Context, id string) (v api.Calendar, err error) {
	err = c.Do(ctx, http.MethodGet, v1("calendars", id), nil, &v)
	return v, err
}

// FollowCalendar follows a calendar and reads it.
func (c *Client) FollowCalendar(ctx context.Context, d api.CalendarDraft) (v api.Calendar, err error) {
	err = c.Do(ctx, http.MethodPost, v1("calendars"), d, &v)
	return v, err
}

// ChangeCalendar changes a calendar. revision is what was read; 0 accepts any.
func (c *Client) ChangeCalendar(ctx context.Context, id string, d api.CalendarChange, revision int64) (v api.Calendar, err error) {
	err = c.do(ctx, http.MethodPatch, v1("calendars", id), nil, revision, d, &v)
	return v, err
}

// SyncCalendar reads a calendar now.
func (c *Client) SyncCalendar(ctx context.Context, id string) (v api.Calendar, err error) {
	err = c.Do(ctx, http.MethodPost, v1("calendars", id, "sync"), nil, &v)
	return v, err
}

// DeleteCalendar follows a calendar no longer.
func (c *Client) DeleteCalendar(ctx context.Context, id string) error {
	return c.Do(ctx, http.MethodDelete, v1("calendars", id), nil, nil)
}

// MakeCalendarFeed makes the secret link to birthdays and follow-ups.
func (c *Client) MakeCalendarFeed(ctx context.Context) (v api.CalendarFeed, err error) {
	err = c.Do(ctx, http.MethodPost, v1("calendar-feed"), nil, &v)
	return v, err
}

// EndCalendarFeed makes the link useless.
func (c *Client) EndCalendarFeed(ctx context.Context) error {
	return c.Do(ctx, http.MethodDelete, v1("calendar-feed"), nil, nil)
}

// BusyTimes returns when one is busy.
func (c *Client) BusyTimes(ctx context.Context, from, to time.Time) (list api.List[api.BusyTime], err error) {
	q := url.Values{"from": {from.UTC().Format(time.RFC3339)}, "to": {to.UTC().Format(time.RFC3339)}}
	err = c.do(ctx, http.MethodGet, v1("busy-times"), q, 0, nil, &list)
	return list, err
}

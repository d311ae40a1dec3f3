package client

import (
	"context"
	"net/http"

	"kith/internal/api"
)

// CalendarAccounts returns all accounts of CalDAV and CardDAV.
func (c *Client) CalendarAccounts(ctx context.Context) (list api.List[api.CalendarAccount], err error) {
	err = c.Do(ctx, http.MethodGet, v1("calendar-accounts"), nil, &list)
	return list, err
}

// AddCalendarAccount signs in where calendars are.
func (c *Client) AddCalendarAccount(ctx context.Context, d api.CalendarAccountDraft) (v api.CalendarAccount, err error) {
	err = c.Do(ctx, http.MethodPost, v1("calendar-accounts"), d, &v)
	return v, err
}

// ChangeCalendarAccount changes an account. revision is what was read; 0 accepts any.
func (c *Client) ChangeCalendarAccount(ctx context.Context, id string, d api.CalendarAccountChange, revision int64) (v api.CalendarAccount, err error) {
	err = c.do(ctx, http.MethodPatch, v1("calendar-accounts", id), nil, revision, d, &v)
	return v, err
}

// FollowOfCalendarAccount chooses what of an account is followed.
func (c *Client) FollowOfCalendarAccount(ctx context.Context, id string, ids []string) (v api.CalendarAccount, err error) {
	err = c.Do(ctx, http.MethodPut, v1("calendar-accounts", id, "followed"), api.CalendarsFollowed{IDs: ids}, &v)
	return v, err
}

// LookAtCalendarAccount looks for new calendars in an account.
func (c *Client) LookAtCalendarAccount(ctx context.Context, id string) (v api.CalendarAccount, err error) {
	err = c.Do(ctx, http.MethodPost, v1("calendar-accounts", id, "look"), nil, &v)
	return v, err
}

// DeleteCalendarAccount removes an account.
func (c *Client) DeleteCalendarAccount(ctx context.Context, id string) error {
	return c.Do(ctx, http.MethodDelete, v1("calendar-accounts", id), nil, nil)
}

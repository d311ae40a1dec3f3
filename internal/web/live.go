package web

import (
	"fmt"
	"net/http"
	"time"
)

const (
	livePing  = 25 * time.Second // keeps proxies from closing a quiet line
	liveWrite = 10 * time.Second
)

// liveEvents tells an open page that something of its owner changed elsewhere. It carries no words.
func (h *Handler) liveEvents(w http.ResponseWriter, r *http.Request, v *visit) error {
	events, cancel := h.Live.Subscribe(v.User.ID)
	defer cancel()
	out := http.NewResponseController(w)
	w.Header().Set("Content-Type", "text/event-stream")
	w.WriteHeader(http.StatusOK)
	send := func(text string) bool {
		_ = out.SetWriteDeadline(time.Now().Add(liveWrite))
		if _, err := fmt.Fprint(w, text); err != nil {
			return false
		}
		return out.Flush() == nil
	}
	ping := time.NewTicker(livePing)
	defer ping.Stop()
	ok := send("retry: 3000\n\n")
	for ok {
		select {
		case <-r.Context().Done():
			return nil
		case e, open := <-events:
			if !open {
				return nil
			}
			ok = send("event: " + e.Name + "\ndata: {}\n\n")
		case <-ping.C:
			ok = send(": still here\n\n")
		}
	}
	return nil
}

package main

import (
	"context"
	"fmt"
	"io"
	"net/http"
	"slices"
	"sync"
	"sync/atomic"
	"time"
)

// result is what a load saw.
type result struct { //nolint:recvcheck // filled by pointer, printed by value
	took   time.Duration
	waits  []time.Duration // of what succeeded
	failed int
}

func ms(d time.Duration) float64 { return float64(d.Microseconds()) / 1000 }

func (r result) print(name string) {
	if len(r.waits) == 0 {
		fmt.Printf("%-34s nothing succeeded, %d failed\n", name, r.failed)
		return
	}
	slices.Sort(r.waits)
	at := func(q float64) float64 { return ms(r.waits[int(q*float64(len(r.waits)-1))]) }
	fmt.Printf("%-34s %9.0f/s  p50 %8.2f ms  p95 %8.2f ms  p99 %8.2f ms  failed %d\n",
		name, float64(len(r.waits))/r.took.Seconds(), at(.5), at(.95), at(.99), r.failed)
}

// closed has clients that each send the next request when they have the answer to the last.
func closed(ctx context.Context, clients int, d time.Duration, next func(i int) *http.Request) result {
	end := time.Now().Add(d)
	return run(ctx, clients, next, func(int64) bool { return time.Now().Before(end) })
}

// count is closed for a number of requests.
func count(ctx context.Context, clients, total int, next func(i int) *http.Request) result {
	return run(ctx, clients, next, func(i int64) bool { return i < int64(total) })
}

func run(_ context.Context, clients int, next func(i int) *http.Request, more func(i int64) bool) result {
	c := client(clients)
	defer c.CloseIdleConnections()
	var (
		r  result
		mu sync.Mutex
		n  atomic.Int64
		wg sync.WaitGroup
	)
	began := time.Now()
	for range clients {
		wg.Go(func() {
			var own result
			for i := n.Add(1) - 1; more(i); i = n.Add(1) - 1 {
				sent := time.Now()
				own.add(do(c, next(int(i))), time.Since(sent))
			}
			mu.Lock()
			defer mu.Unlock()
			r.waits, r.failed = append(r.waits, own.waits...), r.failed+own.failed
		})
	}
	wg.Wait()
	r.took = time.Since(began)
	return r
}

// open offers a fixed rate, whatever the answers; a wait counts from when the request was due, so a stall is not hidden.
func open(_ context.Context, rate int, d time.Duration, next func(i int) *http.Request) result {
	c := client(256)
	defer c.CloseIdleConnections()
	var (
		r  result
		mu sync.Mutex
		wg sync.WaitGroup
	)
	began := time.Now()
	for i := range int(float64(rate) * d.Seconds()) {
		due := began.Add(time.Duration(i) * time.Second / time.Duration(rate))
		time.Sleep(time.Until(due))
		wg.Go(func() {
			ok := do(c, next(i))
			wait := time.Since(due)
			mu.Lock()
			defer mu.Unlock()
			r.add(ok, wait)
		})
	}
	wg.Wait()
	r.took = time.Since(began)
	return r
}

func (r *result) add(ok bool, wait time.Duration) {
	if ok {
		r.waits = append(r.waits, wait)
	} else {
		r.failed++
	}
}

func client(conns int) *http.Client {
	// Nothing is compressed: on the machine itself that costs both sides more than it saves.
	return &http.Client{Timeout: 30 * time.Second, Transport: &http.Transport{
		MaxConnsPerHost: conns, MaxIdleConnsPerHost: conns, DisableCompression: true,
	}}
}

func do(c *http.Client, r *http.Request) bool {
	res, err := c.Do(r)
	if err != nil {
		return false
	}
	_, err = io.Copy(io.Discard, res.Body)
	_ = res.Body.Close()
	return err == nil && res.StatusCode/100 == 2
}

package cli

import (
	"context"
	"fmt"
	"math"
	"os"
	"strings"
	"time"

	"github.com/charmbracelet/x/term"
	"github.com/google/uuid"

	"kith/internal/api"
	"kith/internal/client"
	"kith/internal/presence"
)

type breatheCmd struct {
	Pattern string `arg:"" optional:"" help:"cyclic-sigh, slow-six, box, 4-7-8, or seconds in, hold, out and hold such as 4-2-6-0."`
	Minutes *int   `placeholder:"N" help:"For how long; what is usual for the pattern if left out."`
	Log     bool   `help:"Keep it as a moment when it is over."`

	jsonFlag    `embed:""`
	personFlags `embed:""`
}

// breathPlan is what --json prints.
type breathPlan struct {
	Pattern string        `json:"pattern"`
	Seconds int           `json:"seconds"`
	Rounds  int           `json:"rounds"`
	Phases  []breathPhase `json:"phases"`
	Caution string        `json:"caution"`
}

type breathPhase struct {
	Phase   string  `json:"phase"`
	Seconds float64 `json:"seconds"`
}

const breathCaution = "Stop when you feel dizzy. In pregnancy, with heart or lung disease or with panic, do not hold your breath."

// Run guides a breath. Where nobody watches it prints the plan.
func (c *breatheCmd) Run(ctx context.Context, a *app) error {
	p, err := presence.ParsePattern(c.Pattern)
	if err != nil {
		return usagef("%v", err)
	}
	length := p.Usual
	if c.Minutes != nil {
		if *c.Minutes < 1 || *c.Minutes > 60 {
			return usagef("--minutes must be between 1 and 60")
		}
		length = time.Duration(*c.Minutes) * time.Minute
	}
	rounds := p.Rounds(length)
	plan := breathPlan{Pattern: p.ID, Rounds: rounds, Seconds: int((time.Duration(rounds) * p.Round()).Seconds()), Caution: breathCaution}
	for _, f := range p.Phases {
		plan.Phases = append(plan.Phases, breathPhase{f.Name, f.Seconds})
	}
	if c.JSON {
		return a.printJSON(plan)
	}
	a.screen.paragraph(0, quiet(breathCaution))
	if f, ok := a.out.(*os.File); !ok || !term.IsTerminal(f.Fd()) || a.getenv("TERM") == "dumb" {
		for _, f := range plan.Phases {
			a.screen.line(fmt.Sprintf("%-14s %g s", breathWords(f.Phase), f.Seconds))
		}
		a.screen.line(fmt.Sprintf("%d breaths, %d s", plan.Rounds, plan.Seconds))
		return nil
	}
	began := a.now()
	if err := c.draw(ctx, a, p, time.Duration(plan.Seconds)*time.Second); err != nil {
		return err
	}
	if !c.Log {
		return nil
	}
	return c.keep(ctx, a, p, plan.Seconds, began)
}

// draw shows a line of motes that opens and closes, until the time is over or it is stopped, which is as good.
func (c *breatheCmd) draw(ctx context.Context, a *app, p presence.Pattern, length time.Duration) error {
	const frame = 80 * time.Millisecond
	fmt.Fprint(a.out, "\x1b[?25l")
	defer fmt.Fprint(a.out, "\r\x1b[K\x1b[?25h")
	began := time.Now()
	beat := time.NewTicker(frame)
	defer beat.Stop()
	for {
		at := time.Since(began)
		if at >= length {
			return nil
		}
		name, left, open := breathAt(p, at)
		wide := int(math.Round(open * float64(min(a.screen.width-30, 40)) / 2))
		motes := strings.Repeat("·", max(0, 20-wide)) + strings.Repeat("●", 2*wide+1)
		fmt.Fprintf(a.out, "\r\x1b[K  %-14s %2d  %s", breathWords(name), int(math.Ceil(left)), a.screen.painted(tint(ember, motes)))
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-beat.C:
		}
	}
}

// breathAt is where a breath is: the phase, the seconds left of it, and how open it is from 0 to 1.
func breathAt(p presence.Pattern, at time.Duration) (name string, left, open float64) {
	into := math.Mod(at.Seconds(), p.Round().Seconds())
	from := 0.0
	for i, f := range p.Phases {
		to := from
		switch f.Name {
		case presence.In:
			if to = 1; i+1 < len(p.Phases) && p.Phases[i+1].Name == presence.Top {
				to = 0.8
			}
		case presence.Top:
			to = 1
		case presence.Out:
			to = 0
		}
		if into < f.Seconds {
			eased := (1 - math.Cos(math.Pi*into/f.Seconds)) / 2
			return f.Name, f.Seconds - into, from + (to-from)*eased
		}
		into -= f.Seconds
		from = to
	}
	return presence.In, 0, 0
}

func breathWords(phase string) string {
	return map[string]string{
		presence.In: "Breathe in", presence.Top: "A little more", presence.Hold: "Hold", presence.Out: "Breathe out", presence.Rest: "Stay empty",
	}[phase]
}

func (c *breatheCmd) keep(ctx context.Context, a *app, p presence.Pattern, seconds int, began time.Time) error {
	id, err := uuid.NewV7()
	if err != nil {
		return err
	}
	return c.with(ctx, a, func(k *client.Client) error {
		v, err := k.StartPresence(ctx, api.PresenceDraft{ID: id.String(), Kind: presence.Breath, Pattern: p.ID, PlannedSeconds: seconds, StartedAt: &began})
		if err != nil {
			return err
		}
		v, err = k.EndPresence(ctx, v.ID, api.PresenceEnd{Line: fmt.Sprintf("Breathed for %d min", max(1, (seconds+30)/60))})
		if err == nil {
			a.screen.line("Kept: " + presenceWords(v) + ", " + presenceLength(v))
		}
		return err
	})
}

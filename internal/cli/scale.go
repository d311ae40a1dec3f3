package cli

import (
	"bufio"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"strconv"
	"strings"

	"github.com/google/uuid"

	"kith/internal/api"
	"kith/internal/client"
	"kith/internal/fault"
)

type scaleCmd struct {
	List    scaleListCmd    `cmd:"" help:"List the scales there are, and when you answered them."`
	Take    scaleTakeCmd    `cmd:"" help:"Answer a scale, question by question."`
	History scaleHistoryCmd `cmd:"" help:"Show your answers over time."`
	Import  scaleImportCmd  `cmd:"" help:"Bring a scale you hold a licence for, as a JSON file."`
}

type scaleListCmd struct {
	jsonFlag    `embed:""`
	personFlags `embed:""`
}

// Run lists the scales.
func (c *scaleListCmd) Run(ctx context.Context, a *app) error {
	return c.with(ctx, a, func(k *client.Client) error {
		page, err := k.Scales(ctx)
		if err != nil {
			return err
		}
		if c.JSON {
			return a.printJSON(page)
		}
		for _, s := range page.Items {
			when := "not answered yet"
			switch {
			case s.Mine.Again:
				when = fmt.Sprintf("last %s, %d in all; can be answered again", s.Mine.Last, s.Mine.N)
			case s.Mine.Last != "":
				when = fmt.Sprintf("last %s, %d in all", s.Mine.Last, s.Mine.N)
			}
			a.screen.line(fmt.Sprintf("%-16s ", s.ID), clean(s.Name))
			a.screen.paragraph(17, quiet(fmt.Sprintf("%d questions · %s", len(s.Items), when)))
		}
		return nil
	})
}

// findScale is the one scale of this name or id.
func findScale(ctx context.Context, k *client.Client, name string) (api.Scale, error) {
	page, err := k.Scales(ctx)
	if err != nil {
		return api.Scale{}, err
	}
	for _, s := range page.Items {
		if s.ID == name || strings.EqualFold(s.Name, name) {
			return s, nil
		}
	}
	return api.Scale{}, fault.NotFound("scale")
}

type scaleTakeCmd struct {
	Name    string `arg:"" help:"Its id, as kith scale list shows it."`
	Answers string `placeholder:"N,N,..." help:"All answers at once, in the order of the questions; leave one empty to skip it."`

	jsonFlag    `embed:""`
	personFlags `embed:""`
}

// Run asks the questions, or takes the answers given.
func (c *scaleTakeCmd) Run(ctx context.Context, a *app) error {
	return c.with(ctx, a, func(k *client.Client) error {
		s, err := findScale(ctx, k, c.Name)
		if err != nil {
			return err
		}
		d := api.ScaleAnswers{Answers: map[string]int{}}
		if c.Answers != "" {
			given := strings.Split(c.Answers, ",")
			if len(given) != len(s.Items) {
				return usagef("this scale has %d questions, and --answers has %d", len(s.Items), len(given))
			}
			for i, text := range given {
				if err := take(d.Answers, s.Items[i], text); err != nil {
					return usagef("%s", err.Error())
				}
			}
		} else if err := ask(a, s, d.Answers); err != nil {
			return err
		}
		id, err := uuid.NewV7()
		if err != nil {
			return err
		}
		d.ID = id.String()
		got, err := k.AnswerScale(ctx, s.ID, d)
		if err != nil {
			return err
		}
		if c.JSON {
			return a.printJSON(got)
		}
		a.screen.line()
		a.screen.scores(s, got)
		a.screen.paragraph(0, quiet(clean(s.Credit)))
		return a.screen.help(ctx, k)
	})
}

func take(into map[string]int, it api.ScaleItem, text string) error {
	if text = strings.TrimSpace(text); text == "" {
		return nil
	}
	n, err := strconv.Atoi(text)
	if err != nil || n < it.From || n > it.To {
		return fmt.Errorf("an answer here is a number from %d to %d", it.From, it.To)
	}
	into[it.ID] = n
	return nil
}

// ask puts one question after the other and reads a line for each. The end of the input ends it without a trace.
func ask(a *app, s api.Scale, into map[string]int) error {
	in := bufio.NewScanner(a.in)
	a.screen.line(bold(clean(s.Name)))
	a.screen.paragraph(0, clean(s.Intro))
	a.screen.paragraph(0, quiet("Return alone skips a question."))
	for i, it := range s.Items {
		a.screen.line()
		a.screen.paragraph(0, fmt.Sprintf("%d/%d  %s", i+1, len(s.Items), clean(it.Text)))
		if len(it.Labels) > 0 {
			for n, l := range it.Labels {
				a.screen.line(quiet(fmt.Sprintf("  %3d  %s", it.From+n, clean(l))))
			}
		} else {
			a.screen.line(quiet(fmt.Sprintf("  %d %s … %d %s", it.From, clean(it.Low), it.To, clean(it.High))))
		}
		for {
			a.screen.printf("> ")
			if !in.Scan() {
				return errors.New("nothing was kept: not all questions were gone through")
			}
			err := take(into, it, in.Text())
			if err == nil {
				break
			}
			a.screen.line(err.Error())
		}
	}
	return nil
}

// scores prints the figures of one filled-in scale, each with what it stands on.
func (s *screen) scores(sc api.Scale, a api.ScaleAnswer) {
	for _, got := range a.Scores {
		name := got.ID
		span := ""
		for _, f := range sc.Scores {
			if f.ID == got.ID {
				name, span = f.Name, fmt.Sprintf(", %g to %g", f.Min, f.Max)
			}
		}
		value := "not scored: too much was left out"
		if got.Value != nil {
			value = strconv.FormatFloat(*got.Value, 'g', 4, 64)
		}
		s.line("  ", fmt.Sprintf("%-36s ", clean(name)), bold(value), quiet(fmt.Sprintf("  (n = %d of %d%s)", got.N, got.Of, span)))
	}
}

type scaleHistoryCmd struct {
	Name  string `arg:"" optional:"" help:"Only of this scale."`
	Limit int    `default:"20" placeholder:"N" help:"At most so many (20)."`

	jsonFlag    `embed:""`
	personFlags `embed:""`
}

// Run shows one's own answers over time: no norms, no verdict.
func (c *scaleHistoryCmd) Run(ctx context.Context, a *app) error {
	if c.Limit < 1 || c.Limit > 200 {
		return usagef("--limit must be between 1 and 200")
	}
	return c.with(ctx, a, func(k *client.Client) error {
		page, err := k.ScaleAnswers(ctx, c.Name, c.Limit, "")
		if err != nil {
			return err
		}
		if c.JSON {
			return a.printJSON(page)
		}
		all, err := k.Scales(ctx)
		if err != nil {
			return err
		}
		if len(page.Items) == 0 {
			a.screen.line("Nothing answered yet. See what there is: kith scale list")
		}
		for _, got := range page.Items {
			sc := api.Scale{ID: got.Scale, Name: got.Scale}
			for _, s := range all.Items {
				if s.ID == got.Scale {
					sc = s
				}
			}
			a.screen.line(bold(dayName(got.Day, a.now())), "  ", clean(sc.Name))
			a.screen.scores(sc, got)
		}
		return nil
	})
}

type scaleImportCmd struct {
	File     string `arg:"" help:"The JSON file; - reads it from the input."`
	Licensed bool   `name:"i-hold-the-licence" help:"Your word that you may use this scale."`

	jsonFlag    `embed:""`
	personFlags `embed:""`
}

// Run brings a scale.
func (c *scaleImportCmd) Run(ctx context.Context, a *app) error {
	const most = 1 << 20
	var (
		b   []byte
		err error
	)
	if c.File == "-" {
		b, err = io.ReadAll(io.LimitReader(a.in, most))
	} else {
		b, err = os.ReadFile(c.File)
	}
	if err != nil {
		return fmt.Errorf("%s cannot be read", clean(c.File))
	}
	if !json.Valid(b) {
		return fmt.Errorf("%s is not JSON", clean(c.File))
	}
	return c.with(ctx, a, func(k *client.Client) error {
		s, err := k.ImportScale(ctx, api.ScaleImport{Definition: b, Licensed: c.Licensed})
		if err != nil {
			return err
		}
		if c.JSON {
			return a.printJSON(s)
		}
		a.screen.paragraph(0, fmt.Sprintf("Here it is: %s, %d questions. Answer it with: kith scale take %s", clean(s.Name), len(s.Items), s.ID))
		return nil
	})
}

// Package cli is the command line and the place where everything is put together.
//
// One struct is the grammar (grammar.go reads it); each command is a file of its own with a Run method. config.go holds what can be
// configured and by which environment variable, serve.go builds the house in floor order, jobs.go lists every job and
// its clock. Commands of daily use speak to Kith through package client alone, in one of three ways (door.go): a remote
// server, the socket of the server that holds the data folder, or a house opened in this process. Commands of operation
// (users, tokens, doctor) speak to the operator routes, which exist on the socket and in process and never on TCP.
//
// It holds no rules about moments or people, and no SQL.
//
// Exit codes: 0 done, 1 failed, 2 the command line was wrong. What a program reads is on stdout, everything else on stderr.
package cli

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/signal"
	"reflect"
	"strings"
	"syscall"
	"time"

	"kith/internal/fault"
)

// Exit codes of every command.
const (
	exitDone   = 0
	exitFailed = 1
	exitUsage  = 2
)

// grammar is the whole command line.
type grammar struct {
	Serve     serveCmd     `cmd:"" group:"run" help:"Run Kith: pages, API and jobs in one process. The first start prints a one-time set-up link."`
	Demo      demoCmd      `cmd:"" group:"run" help:"Look at Kith on a made-up year: signed in, nothing to set up, gone when you stop it."`
	Add       addCmd       `cmd:"" group:"daily" help:"Log a moment in one line."`
	Today     todayCmd     `cmd:"" group:"daily" help:"Show today: the day line, the intention, a suggestion, the moments."`
	Intend    intendCmd    `cmd:"" group:"daily" help:"Set today's one intention."`
	Guess     guessCmd     `cmd:"" group:"daily" help:"Guess how welcome reaching somebody will be, before you do."`
	Landed    landedCmd    `cmd:"" group:"daily" help:"Say how welcome it was, and see how your guesses land."`
	Breathe   breatheCmd   `cmd:"" group:"daily" help:"Be guided through a breath; where nobody watches, print its plan."`
	Calendars calendarsCmd `cmd:"" group:"daily" help:"Calendars, to be left alone when you are busy: list, add, change, sync, busy, remove."`
	Hooks     hooksCmd     `cmd:"" group:"daily" help:"Code forges that tell what people finished: list, add, change, work, author, remove."`
	Presence  presenceCmd  `cmd:"" group:"daily" help:"Undivided attention: start, end, list."`
	Why       whyCmd       `cmd:"" group:"daily" help:"Say why a suggestion of today is made, and answer it."`
	Practice  practiceCmd  `cmd:"" group:"daily" help:"Show the practices, or one with the study behind it; switch it off or on."`
	Search    searchCmd    `cmd:"" group:"daily" help:"Find moments by their words, people, kind, context, tag, felt or days."`
	Show      showCmd      `cmd:"" group:"daily" help:"Show one moment; without ID, the last one logged."`
	Edit      editCmd      `cmd:"" group:"daily" help:"Give a moment a new line."`
	Delete    deleteCmd    `cmd:"" group:"daily" help:"Delete a moment; undo brings it back for ten minutes."`
	Undo      undoCmd      `cmd:"" group:"daily" help:"Take back the last thing: a deletion, or the moment just logged."`
	Repeat    repeatCmd    `cmd:"" group:"daily" help:"Log a moment again, now; without ID, the last one."`
	Pulse     pulseCmd     `cmd:"" group:"daily" help:"Say how you feel in two numbers and a word, or show the last two weeks."`
	Scale     scaleCmd     `cmd:"" group:"daily" help:"Questionnaires every few weeks: list, take, history, import."`
	Reflect   reflectCmd   `cmd:"" group:"daily" help:"Write the evening: good things and one line, for today or a day that has been."`
	Day       dayCmd       `cmd:"" group:"daily" help:"Turn to a day: what happened, what was meant, what you wrote."`
	Week      weekCmd      `cmd:"" group:"daily" help:"Look back on a week, and keep a line to carry on."`
	Digest    digestCmd    `cmd:"" group:"daily" help:"The week by mail: read it, send it, choose whether and when it comes."`
	People    peopleCmd    `cmd:"" group:"daily" help:"List the people you know."`
	Person    personCmd    `cmd:"" group:"daily" help:"Show a person and the moments with them."`

	Account userCmd    `cmd:"" name:"user" group:"operation" help:"Accounts: add, list, reset a password, erase."`
	Token   tokenCmd   `cmd:"" group:"operation" help:"API tokens: new, list, revoke."`
	Export  exportCmd  `cmd:"" group:"operation" help:"Write everything you keep into one archive, or the people into a vCard file."`
	Import  importCmd  `cmd:"" group:"operation" help:"Read an archive that export wrote, or an address book: vCard, or CSV of Google Contacts or Outlook. Doing it twice changes nothing; import undo takes an address book back."`
	Doctor  doctorCmd  `cmd:"" group:"operation" help:"Check the data folder and the database, and say what to do."`
	Migrate migrateCmd `cmd:"" group:"operation" help:"Bring the database schema up to date."`
	Keys    keysCmd    `cmd:"" group:"operation" help:"Keys that seal private words."`
	MCP     mcpCmd     `cmd:"" name:"mcp" group:"operation" help:"Answer an assistant that started this program, by the Model Context Protocol."`
	Version versionCmd `cmd:"" group:"operation" help:"Print the version, or the licences of what is inside."`
}

// app is what a command runs with.
type app struct {
	in       io.Reader
	out, err io.Writer // plain streams
	screen   *screen   // out, with colour and width where it is a terminal
	now      func() time.Time
	getenv   func(string) string
	named    func(flag string) bool // whether the flag stood on the command line itself, not in the environment
}

// usageError is an error of the command line: exit code 2.
type usageError struct{ text string }

func (e *usageError) Error() string { return e.text }

// stoppedError is a command that its user stopped, with what became of it.
type stoppedError struct{ text string }

func (e *stoppedError) Error() string { return e.text }

func (e *stoppedError) Unwrap() error { return context.Canceled }

func usagef(format string, args ...any) error { return &usageError{fmt.Sprintf(format, args...)} }

// Main runs one command and returns its exit code.
func Main(args []string, stdin io.Reader, stdout, stderr io.Writer) int {
	a := &app{in: stdin, out: stdout, err: stderr, now: time.Now, getenv: os.Getenv}
	spendMemory(a.getenv)
	a.screen = newScreen(stdout, os.Getenv)

	root := readGrammar("kith", "kith", reflect.ValueOf(&grammar{}).Elem(), vars())
	root.help = "Notice, create and remember the small moments that people are made of."
	if len(args) == 0 {
		args = []string{"--help"}
	}
	c, rest := root.find(args)
	flags, help, err := c.parse(rest, a.getenv)
	switch {
	case help:
		c.printHelp(a)
		return exitDone
	case err != nil:
		return usageFailed(stderr, c, err)
	}
	a.named = flags.Changed

	// A terminal that goes away must not end the server; SIGINT and SIGTERM end everything in order.
	signal.Ignore(syscall.SIGHUP)
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()

	run, ok := c.value.(runner)
	if !ok {
		panic("cli: a command without Run: " + c.path) // the grammar itself is wrong; a test looks at every command
	}
	return a.exitCode(ctx, run.Run(ctx, a), c)
}

// exitCode says what went wrong, once, and what the program ends with.
func (a *app) exitCode(ctx context.Context, err error, c *command) int {
	if err == nil {
		return exitDone
	}
	text := strings.TrimRight(err.Error(), "\n")
	if f := fault.As(err); f != nil {
		text = f.Message
		if f.Field != "" && f.Field != "text" {
			text = f.Field + ": " + text
		}
	}
	if ctx.Err() != nil && errors.Is(err, context.Canceled) {
		text = "stopped"
		if s, ok := errors.AsType[*stoppedError](err); ok {
			text = s.text
		}
	}
	fmt.Fprintf(a.err, "kith: %s\n", text)
	if _, ok := errors.AsType[*usageError](err); ok {
		fmt.Fprintln(a.err, c.hint())
		return exitUsage
	}
	return exitFailed
}

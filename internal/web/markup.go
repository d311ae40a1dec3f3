package web

import (
	"context"
	"io"

	"github.com/a-h/templ"
	templruntime "github.com/a-h/templ/runtime"
)

// What every component of a page does, once. tools/lean rewrites what templ generates to stand on this.

type renderContext = context.Context

// component is a templ component: write gets a buffer that keeps its first error, and the component's children, which are
// never nil.
func component(write func(renderContext, *templruntime.Buffer, templ.Component) error) templ.Component {
	return templ.ComponentFunc(func(ctx context.Context, w io.Writer) error {
		if err := ctx.Err(); err != nil {
			return err
		}
		ctx = templ.InitializeContext(ctx)
		children := templ.GetChildren(ctx)
		if children == nil {
			children = templ.NopComponent
		}
		ctx = templ.ClearChildren(ctx)
		return buffered(w, func(b *templruntime.Buffer) error { return write(ctx, b, children) })
	})
}

// block is what stands between the braces of a component's call. It keeps the children of where it is called.
func block(write func(renderContext, *templruntime.Buffer) error) templ.Component {
	return templ.ComponentFunc(func(ctx context.Context, w io.Writer) error {
		ctx = templ.InitializeContext(ctx)
		return buffered(w, func(b *templruntime.Buffer) error { return write(ctx, b) })
	})
}

// buffered writes to w's own buffer if it is one, and else to a new one that is flushed at the end.
func buffered(w io.Writer, write func(*templruntime.Buffer) error) (err error) {
	b, shared := templruntime.GetBuffer(w)
	if !shared {
		defer func() {
			if flushed := templruntime.ReleaseBuffer(b); err == nil {
				err = flushed
			}
		}()
	}
	return write(b)
}

// markup and escaped drop the error: the buffer keeps it, refuses what follows, and returns it when it is flushed.
//
//go:noinline
func markup(b *templruntime.Buffer, text string) { _, _ = b.WriteString(text) }

//go:noinline
func escaped(b *templruntime.Buffer, text string) { _, _ = b.WriteString(templ.EscapeString(text)) }

// Command assets builds what browsers get: one style sheet and one script, from internal/web/assets into
// internal/web/static/dist. It is run by scripts/generate, and what it writes is committed, so that building Kith needs
// Go alone.
package main

import (
	"fmt"
	"os"

	"github.com/evanw/esbuild/pkg/api"
)

const (
	from = "../internal/web/assets/"
	to   = "../internal/web/static/dist"
)

func main() {
	result := api.Build(api.BuildOptions{
		EntryPoints:       []string{from + "kith.css", from + "kith.ts"},
		Outdir:            to,
		Bundle:            true,
		Format:            api.FormatESModule,
		Target:            api.ES2022,
		Engines:           []api.Engine{{Name: api.EngineChrome, Version: "123"}, {Name: api.EngineFirefox, Version: "120"}, {Name: api.EngineSafari, Version: "17.5"}},
		MinifyWhitespace:  true,
		MinifyIdentifiers: true,
		MinifySyntax:      true,
		Charset:           api.CharsetUTF8,
		LegalComments:     api.LegalCommentsNone,
		LogLevel:          api.LogLevelWarning,
		Write:             true,
	})
	if len(result.Errors) > 0 {
		fmt.Fprintln(os.Stderr, "The assets were not built.")
		os.Exit(1)
	}
}

// Command assets builds what browsers get: one style sheet and one script for every page, a pair for each area that has
// pages of its own, the service worker and the icons, from internal/web/assets into internal/web/static/dist. It is run by
// scripts/generate, and what it writes is committed, so that building Kith needs Go alone.
package main

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"github.com/evanw/esbuild/pkg/api"
)

const (
	from = "../internal/web/assets/"
	to   = "../internal/web/static/dist"
)

func main() {
	entries, err := filepath.Glob(from + "*.ts") // each with its style sheet of the same name
	if err != nil {
		fmt.Fprintln(os.Stderr, "The assets were not found.")
		os.Exit(1)
	}
	for _, script := range entries {
		entries = append(entries, strings.TrimSuffix(script, ".ts")+".css")
	}
	if !build(entries, api.FormatESModule) || !build([]string{from + "worker/sw.ts"}, api.FormatIIFE) {
		fmt.Fprintln(os.Stderr, "The assets were not built.")
		os.Exit(1)
	}
	mark, err := os.ReadFile(from + "mark.svg")
	if err == nil {
		err = os.WriteFile(filepath.Join(to, "mark.svg"), mark, 0o644)
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, "The mark was not copied:", err)
		os.Exit(1)
	}
	if err := drawIcons(to); err != nil {
		fmt.Fprintln(os.Stderr, "The icons were not drawn:", err)
		os.Exit(1)
	}
}

func build(entries []string, format api.Format) bool {
	result := api.Build(api.BuildOptions{
		EntryPoints:       entries,
		Outdir:            to,
		Bundle:            true,
		Format:            format,
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
	return len(result.Errors) == 0
}

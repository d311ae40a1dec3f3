package cli

import (
	"context"
	"runtime"
	"runtime/debug"

	"kith/internal/licenses"
)

// version is set when a release is built: -ldflags "-X kith/internal/cli.version=1.2.3".
var version string

type versionCmd struct {
	Licenses bool `help:"Print the licences of everything that is inside."`
	jsonFlag `embed:""`
}

type versionInfo struct {
	Version string `json:"version"`
	Commit  string `json:"commit,omitempty"`
	Go      string `json:"go"`
	System  string `json:"system"`
}

func thisVersion() versionInfo {
	v := versionInfo{Version: version, Go: runtime.Version(), System: runtime.GOOS + "/" + runtime.GOARCH}
	if info, ok := debug.ReadBuildInfo(); ok {
		for _, s := range info.Settings {
			if s.Key == "vcs.revision" {
				v.Commit = s.Value[:min(12, len(s.Value))]
			}
		}
	}
	if v.Version == "" {
		v.Version = "development"
	}
	return v
}

func (c *versionCmd) Run(_ context.Context, a *app) error {
	if c.Licenses {
		return licenses.WriteTo(a.out)
	}
	v := thisVersion()
	if c.JSON {
		return a.printJSON(v)
	}
	a.screen.printf("kith %s", v.Version)
	if v.Commit != "" {
		a.screen.printf(" (%s)", v.Commit)
	}
	a.screen.printf(", %s, %s\n", v.Go, v.System)
	return nil
}

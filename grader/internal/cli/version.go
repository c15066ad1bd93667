package cli

import (
	"fmt"
	"runtime"
	"runtime/debug"
)

type versionCommand struct{}

// Run prints what is known of the build: the module's version or the commit, and Go's version.
func (c *versionCommand) Run(a *app) error {
	version := "of a checkout"
	if info, ok := debug.ReadBuildInfo(); ok {
		version = built(info)
	}
	return show(a.stdout, fmt.Sprintf("grader %s, %s on %s/%s\n", version, runtime.Version(), runtime.GOOS, runtime.GOARCH))
}

func built(info *debug.BuildInfo) string {
	set := map[string]string{}
	for _, s := range info.Settings {
		set[s.Key] = s.Value
	}
	switch revision := set["vcs.revision"]; {
	case revision == "" && (info.Main.Version == "" || info.Main.Version == "(devel)"):
		return "of a checkout"
	case revision == "":
		return info.Main.Version
	case set["vcs.modified"] == "true":
		return "of commit " + revision + ", with changes"
	default:
		return "of commit " + revision
	}
}

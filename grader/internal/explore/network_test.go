package explore

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// Package net is compiled anew only for code that does more than name its errors.
func TestUsesNetwork(t *testing.T) {
	dir := t.TempDir()
	write := func(name, text string) string {
		require.NoError(t, os.WriteFile(filepath.Join(dir, name), []byte("package x\n\n"+text), 0o644))
		return name
	}
	errs := write("errs.go", "var closed = net.ErrClosed\nvar local = net.IPv4(127, 0, 0, 1)\n")
	for name, c := range map[string]struct {
		p    listed
		want bool
	}{
		"errors":     {listed{GoFiles: []string{errs}, Imports: []string{"net"}}, false},
		"listens":    {listed{GoFiles: []string{errs, write("listens.go", "var l, _ = net.Listen(\"tcp\", \":0\")")}, Imports: []string{"net"}}, true},
		"test dials": {listed{GoFiles: []string{errs}, XTestGoFiles: []string{write("x_test.go", "var d stdnet.Dialer")}, Imports: []string{"net"}}, true},
		"http":       {listed{GoFiles: []string{errs}, Imports: []string{"net/http"}}, true},
		"standard":   {listed{Standard: true, Imports: []string{"net/http"}}, false},
		"testify":    {listed{Module: &module{Path: "github.com/stretchr/testify"}, Imports: []string{"net/http"}}, false},
	} {
		c.p.Dir = dir
		assert.Equal(t, c.want, c.p.usesNetwork(), name)
	}
}

// A version of Go whose package net is not what it is today keeps the real network.
func TestNetworkOfAnotherGo(t *testing.T) {
	real := &listed{Dir: t.TempDir(), GoFiles: []string{"dial.go"}}
	files, err := networkFiles(real)
	require.NoError(t, err)
	assert.Nil(t, files)

	theirs := networkFile
	defer func() { networkFile = theirs }()
	for what, broken := range map[string]string{
		"net":             theirs + "\nvar heisenkataUnknown = unknown\n",
		"what imports it": strings.ReplaceAll(theirs, "HeisenkataMutex) Lock()", "HeisenkataMutex) lock()"),
	} {
		networkFile = broken
		s := prepared(t, "judged", "network", Options{Budget: Budget{Schedules: 1, Time: Normal.Time, Steps: Normal.Steps}})
		require.NoError(t, s.Ready())
		assert.False(t, s.networked, "%s does not compile", what)
	}
}

// A lock in a file is replaced, however the file names what it imports.
func TestWithLocks(t *testing.T) {
	for text, want := range map[string]string{
		"// Package x.\npackage x // sync\n\nimport \"sync\"\n\ntype t struct{ sync.Mutex }\n": "// Package x.\npackage x; import heisenkata \"net\" // sync\n\nimport \"sync\"\n\ntype t struct{ heisenkata.HeisenkataMutex }\n\nvar _ sync.Mutex\n",
		"package x\n\nimport \"sync\"\n\nvar mu sync.RWMutex\n":                                "",
		"package x\n": "",
	} {
		assert.Equal(t, want, withLocks(text))
	}
}

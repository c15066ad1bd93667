package instrument

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
)

// What the rewriter adds is called nothing that any file of the package has in it,
// in whatever place: a name, a part of one, a comment or a string.
func TestNamesAreNew(t *testing.T) {
	for name, sources := range map[string][]string{
		"nothing like it":  {"package p"},
		"a variable":       {"package p; var hk__ int"},
		"a part of a name": {"package p; var myhk__i1 int"},
		"in another file":  {"package p", "package p; func hk__testing() {}"},
		"the next one too": {"package p; type hk__tests struct{}", "package p; var hk1__, hk2__ int"},
		"in a comment":     {"package p // hk__ hk1__ hk2__ hk3__"},
	} {
		var files []File
		for _, s := range sources {
			files = append(files, File{Source: []byte(s)})
		}
		n := namesFor(files)
		for _, added := range []string{n.prefix, n.rt, n.rtTest, n.testsType} {
			assert.True(t, strings.HasPrefix(added, n.prefix), name)
			assert.NotContains(t, strings.Join(sources, "\n"), added, name)
		}
	}
}

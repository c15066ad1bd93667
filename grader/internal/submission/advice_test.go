package submission

import (
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// Imports that people will try have a reason of their own.
func TestImportReasons(t *testing.T) {
	for name, want := range map[string]string{
		"C": "memory model", "unsafe": "sync/atomic", "reflect": "Reflection", "runtime": "GOMAXPROCS", "runtime/debug": "GOMAXPROCS",
		"testing": "tested", "testing/synctest": "tested", "os": "process", "os/signal": "process", "syscall": "acts on the process", "net/url": "no network in it, but", "net/netip": "no network in it",
		"plugin": "of its files", "net/http": "no network", "log": "locks", "log/slog": "locks", "math/rand": "math/rand/v2",
		"heisenkata/exercises/internal/oracle": "belong to the tests", "go.uber.org/goleak": "leaks",
		"./x": "full path", "sync/": "full path", "../x": "full path", "regexp": "sync, sync/atomic,",
	} {
		found := checkSource(exercise, "import _ \""+name+"\"")
		require.NotEmpty(t, found, name)
		assert.Contains(t, found[0].Meaning+" "+found[0].Advice, want, name)
	}
}

// What a list of values leads to has another way, too.
func TestListAdvice(t *testing.T) {
	found := checkSource(exercise, `import "container/list"; func F[T any](l *list.List) (v T) { v, _ = l.Front().Value.(T); return }`)
	require.Len(t, found, 1)
	assert.Contains(t, found[0].Advice, "use a slice or a list of your own")
	assert.Empty(t, checkSource(exercise, `import "container/list"; func F[T any](l *list.List) T { return *l.Front().Value.(*T) }`))
}

// What the race detector does not see can be done in another way, which the finding says.
func TestUnseenAdvice(t *testing.T) {
	for source, want := range map[string]string{
		`import "bytes"; func F(b []byte) int { return bytes.Count(b, nil) }`: "Use strings, bytes.Buffer, or write the loop",
	} {
		found := checkSource(exercise, source)
		require.Len(t, found, 1, source)
		assert.Contains(t, found[0].Advice, want, source)
	}
}

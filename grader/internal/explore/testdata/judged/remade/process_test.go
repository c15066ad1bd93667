package remade

import (
	"expvar"
	"flag"
	"net/http"
	"os"
	"sync"
	"testing"
)

// What a test changes of its process is as before in the next schedule.

func use() {
	var wg sync.WaitGroup
	var mu sync.Mutex
	for range 2 {
		wg.Go(func() { mu.Lock(); defer mu.Unlock() })
	}
	wg.Wait()
}

// What package expvar knows stays known.
//
// want: unexplorable: it fails only where it has run before
func TestExpvar(t *testing.T) {
	expvar.NewInt("process")
	use()
}

// want: pass
func TestFlag(t *testing.T) {
	flag.Int("some", 1, "")
	use()
}

// want: pass
func TestEnv(t *testing.T) {
	if os.Getenv("JUDGED_X") != "" {
		t.Fatal("JUDGED_X is set before")
	}
	os.Setenv("JUDGED_X", "1")
	use()
}

// want: pass
func TestDefaultClient(t *testing.T) {
	if http.DefaultClient.Timeout != 0 {
		t.Fatal("DefaultClient was changed before")
	}
	http.DefaultClient.Timeout = 5
	use()
}

// want: pass
func TestArgs(t *testing.T) {
	if len(os.Args) > 0 && os.Args[0] == "changed" {
		t.Fatal("Args were changed before")
	}
	os.Args = []string{"changed"}
	use()
}

// want: pass
func TestChdir(t *testing.T) {
	if _, err := os.Stat("remade_test.go"); err != nil {
		t.Fatal(err)
	}
	os.Chdir(os.TempDir())
	use()
}

// want: pass
func TestCommandLine(t *testing.T) {
	if flag.CommandLine.Name() == "changed" {
		t.Fatal("CommandLine was changed before")
	}
	flag.CommandLine = flag.NewFlagSet("changed", flag.PanicOnError)
	use()
}

package page

import (
	"context"
	"html"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"heisenkata/grader/internal/explored"
)

// chromium runs a page in a browser, with a script of the test's own that the page's policy
// allows, and returns the page as it is afterwards and what was said on the console. It
// skips the test where there is none.
func chromium(t *testing.T, page, script string) (dom, console string) {
	t.Helper()
	program := ""
	for _, name := range []string{"chromium", "chromium-browser", "google-chrome"} {
		if found, err := exec.LookPath(name); err == nil && program == "" {
			program = found
		}
	}
	if program == "" {
		t.Skip("NOT TESTED: stepping through a page needs Chromium, which is not on the PATH")
	}
	page = strings.Replace(page, "script-src ", "script-src "+html.EscapeString(hash(script))+" ", 1)
	page = strings.Replace(page, "</body>", "<script>"+script+"</script></body>", 1)
	file := filepath.Join(t.TempDir(), "page.html")
	require.NoError(t, os.WriteFile(file, []byte(page), 0o600))
	var out, said strings.Builder
	profile, err := os.MkdirTemp("", "browser-")
	require.NoError(t, err)
	defer func() { _ = os.RemoveAll(profile) }() // a process of the browser's may still write there
	ctx, cancel := context.WithTimeout(t.Context(), 2*time.Minute)
	defer cancel()
	c := exec.CommandContext(ctx, program, "--headless", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage", "--no-first-run",
		"--disable-background-networking", "--user-data-dir="+profile, "--enable-logging=stderr", "--dump-dom", "file://"+file)
	c.Stdout, c.Stderr, c.WaitDelay = &out, &said, time.Second
	if err := c.Run(); err != nil || !strings.Contains(out.String(), "</html>") {
		t.Skipf("NOT TESTED: %s does not run here (%v): %.300s", program, err, said.String())
	}
	for line := range strings.Lines(said.String()) {
		if strings.Contains(line, ":CONSOLE") {
			console += line
		}
	}
	return out.String(), console
}

// noting is a script that notes what the page shows, after each of some keys.
func noting(keys []string) string {
	return `const of = (what) => [...document.querySelectorAll(what)].map((n) => n.textContent.trim()).join("|");
for (const key of ["` + strings.Join(keys, `","`) + `"]) {
  document.body.dispatchEvent(new KeyboardEvent("keydown", { key, bubbles: true, cancelable: true }));
  const p = document.createElement("p");
  p.textContent = "shown: " + [of(".now"), of("tr[aria-current] th"), of("li.here .n"), of("dl dt")].join(" / ");
  document.body.append(p);
}`
}

// noted is what such a script has noted.
func noted(dom string) (texts []string) {
	for _, m := range regexp.MustCompile(`<p>shown: ([^<]*)</p>`).FindAllStringSubmatch(dom, -1) {
		texts = append(texts, html.UnescapeString(m[1]))
	}
	return texts
}

func deadlock() explored.Test {
	step := func(g, line int, object, source string) explored.Step {
		return explored.Step{Goroutine: g, Operation: "lock", Object: object, File: "bank/bank.go", Line: line, Source: source}
	}
	second := step(2, 7, "b", "b.Lock()")
	second.Switch = true
	wait := func(g, line int, object string, by int) explored.Waiting {
		return explored.Waiting{Goroutine: g, Operation: "lock", Object: object, File: "bank/bank.go", Line: line, Source: object + ".Lock()", HeldBy: by}
	}
	t := explored.Test{Name: "TestDeadlock", Verdict: explored.Deadlock, Schedules: 3, Schedule: "4~x",
		Trace: []explored.Step{step(1, 3, "a", "a.Lock()"), second}, Waiting: []explored.Waiting{wait(1, 4, "b", 2), wait(2, 8, "a", 1)}}
	t.Summary = explored.Summarise(t, "")
	return t
}

// The keys go forwards and back, and the whole page goes with them: what is read out, the
// table, the source and what is known. The console stays empty.
func TestAPageIsSteppedThroughByKeyboard(t *testing.T) {
	page := pageOf(t, Explained("bank", explored.Report{}, explored.Package{}, deadlock()))
	steps := []struct{ key, shows string }{
		{"ArrowLeft", `^Step 1 of 3: g1, bank\.go:3: a\.Lock\(\)\. .*/ 1 / 3 / g1\|a$`}, // there is none before it
		{"a", `^Step 1 of 3`},
		{"ArrowRight", `^Step 2 of 3: ◀ here g2 takes over; .* g2, bank\.go:7: b\.Lock\(\)\. .*/ 2 / 7 / g1\|g2\|a\|b$`},
		{"ArrowRight", `^Step 3 of 3: ✗ deadlock: no goroutine can go on\..*/ 3 / 4\|8 / `},
		{"ArrowRight", `^Step 3 of 3`},
		{"ArrowLeft", `^Step 2 of 3`},
		{"Home", `^Step 1 of 3.*/ g1\|a$`},
		{"End", `^Step 3 of 3`},
	}
	var keys []string
	for _, s := range steps {
		keys = append(keys, s.key)
	}
	dom, console := chromium(t, page, noting(keys))
	assert.Empty(t, console)
	shown := noted(dom)
	require.Len(t, shown, len(steps))
	for i, s := range steps {
		assert.Regexp(t, s.shows, shown[i], "%d: %s", i+1, s.key)
	}
}

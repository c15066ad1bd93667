package cli

import (
	"math/rand/v2"
	"strings"
	"testing"

	"charm.land/lipgloss/v2"
	"github.com/stretchr/testify/assert"

	"heisenkata/grader/internal/harmless/attack"
)

// plainText is a page without its colours.
func plainText(t *testing.T, columns int, write func(*page)) string {
	t.Helper()
	p := &page{columns: columns}
	write(p)
	var b strings.Builder
	assert.NoError(t, p.show(&b))
	return b.String()
}

const sampleReadme = "# A title\n\nA paragraph of `c.total++` and **`for`**, *all* of it, with a ([link](https://go.dev/x)); another\nline follows here.\n\n" +
	"- An [item](testdata/right), which\n  goes on.\n- Another.\n\n1. One.\n\n    code  as it is\n\n```go\nfenced   too\n```\n\nThe end."

func TestReadme(t *testing.T) {
	assert.Equal(t, `A title

A paragraph of c.total++ and for, all of
it, with a (link: https://go.dev/x);
another line follows here.

- An item (testdata/right), which goes
  on.
- Another.

1. One.

    code  as it is

    fenced   too

The end.
`, plainText(t, 40, func(p *page) { p.readme(sampleReadme) }))
}

func TestColourSaysAgainWhatIsThere(t *testing.T) {
	p := &page{columns: 40}
	p.readme(sampleReadme)
	for _, colour := range []string{"\x1b[1mA title", "\x1b[36mc.total++", "\x1b[1mfor", "\x1b[2mhttps://go.dev/x", "\x1b[36mfenced   too"} {
		assert.Contains(t, p.String(), colour)
	}
}

// Prose is broken between words, never in one, and a line has as many as fit.
func TestProseIsBrokenBetweenWords(t *testing.T) {
	random := rand.New(rand.NewPCG(1, 2))
	for range 1000 {
		first := []string{"", "- ", "next: "}[random.IntN(3)]
		columns := 20 + random.IntN(80)
		var words []string
		for range 1 + random.IntN(40) {
			words = append(words, strings.Repeat("ä◆-x", 3)[:4+random.IntN(11)])
		}
		text := strings.ToValidUTF8(strings.Join(words, " "), "")
		p := &page{columns: columns}
		p.prose(first, text, plain)
		lines := strings.Split(strings.TrimRight(p.String(), "\n"), "\n")
		assert.Equal(t, strings.Fields(first+text), strings.Fields(p.String()))
		for i, line := range lines {
			assert.LessOrEqual(t, lipgloss.Width(line), columns)
			if i > 0 {
				next := strings.Fields(line)[0]
				assert.Greater(t, lipgloss.Width(lines[i-1])+1+lipgloss.Width(next), columns, "%q has room for %q", lines[i-1], next)
			}
		}
	}
}

func TestLongErrorsAreBrokenBetweenWordsAndCommands(t *testing.T) {
	const short = "a  b\n    code   as it is"
	assert.Equal(t, short, broken(short, 40))
	assert.Equal(t, "there is no exercise x; see\n`grader list`, which shows them\nall", broken("there is no exercise x; see `grader list`, which shows them all", 32))
	assert.Equal(t, "see\n`grader list of all exercises`", broken("see `grader list of all exercises`", 12))
}

// Files may come from anywhere.
func TestPagesAreHarmless(t *testing.T) {
	for what, text := range attack.Texts {
		text = text[:min(len(text), 4<<10)]
		for _, write := range []func(*page){
			func(p *page) { p.readme(text) }, func(p *page) { p.prose("x ", text, bold) }, func(p *page) { p.source(text, text) },
			func(p *page) { p.readme("- [" + text + "](" + text + ") `" + text + "`") }, func(p *page) { p.do("edit", text) },
		} {
			assert.Empty(t, attack.Found(plainText(t, 80, write), "\t"), what)
		}
	}
}

package harmless_test

import (
	"strings"
	"testing"

	"charm.land/lipgloss/v2"
	"github.com/stretchr/testify/assert"

	"heisenkata/grader/internal/harmless"
	"heisenkata/grader/internal/harmless/attack"
)

func TestLine(t *testing.T) {
	for text, want := range map[string]string{
		"a\tb": "a   b", "日本\tb": "日本    b", "\tx": "    x", "a\nb\r": `a\nb\r`, "\x1b[31m": `\x1b[31m`, "\u009b": `\u009b`, "\u202e": `\u202e`,
		"\xff": `\xff`, "\uFFFD": "\uFFFD", "\U000e0041": `\U000e0041`, "né": "né", "\u200b": `\u200b`, "##[x]": `#\x23[x]`, "###[x": `##\x23[x`,
		"::x": `\::x`, " \u00a0::x": " \u00a0" + `\::x`, "a::x": "a::x", "e\u0301": "e\u0301", "\u0301:\u0301:x": "\u0301\\:\u0301:x",
		"#\u0301#[x": "#\u0301\\x23[x", "⚠\ufe0f": `⚠\ufe0f`, "\u3164": `\u3164`,
	} {
		assert.Equal(t, want, harmless.Line(text))
	}
}

func TestText(t *testing.T) {
	for text, want := range map[string]string{
		"a\tb\n\tc": "a\tb\n\tc", "a\r\nb\rc": "a\nb" + `\rc`, "a\n\t ::b": "a\n\t " + `\::b`, "a\u2028::b": `a\u2028::b`, "##\n[x": "##\n[x",
	} {
		assert.Equal(t, want, harmless.Text(text))
	}
}

// Colours stand between, and are taken out later.
func TestUncommandingSeesThroughColours(t *testing.T) {
	assert.Equal(t, "  \x1b[1;31m\\::x\x1b[m", harmless.Uncommanding("  \x1b[1;31m::x\x1b[m"))
	assert.Equal(t, "\\:\x1b[m:x", harmless.Uncommanding(":\x1b[m:x"))
	assert.Equal(t, "#\x1b[m\\x23[x", harmless.Uncommanding("#\x1b[m#[x"))
}

func TestLimits(t *testing.T) {
	for _, c := range []struct {
		limit      harmless.Limit
		text, want string
	}{
		{harmless.Limit{Lines: 1, Length: 3}, "abc\n", "abc…"},
		{harmless.Limit{Lines: 1, Length: 3}, "abcd", "abcd"}, // the mark would be as long
		{harmless.Limit{Lines: 1, Length: 3}, "abcde", "abc…"},
		{harmless.Limit{Lines: 2, Length: 99}, "a\nb\n[…]", "a\nb\n[…]"},
		{harmless.Limit{Lines: 2, Length: 99}, "a\nb\nc\nd", "a\nb\n[…]"},
		{harmless.Limit{Lines: 9, Length: 5}, "a\nb\nc\nd\ne\nf", "a\nb\nc\n[…]"},
		{harmless.Limit{Lines: 9, Length: 9999}, "a\n" + strings.Repeat("é", 2000), "a\n" + strings.Repeat("é", 1000) + "…"},
	} {
		assert.Equal(t, c.want, c.limit.Of(c.text))
	}
}

func TestCut(t *testing.T) {
	for columns, want := range map[int]string{9: "日本語ab", 8: "日本語ab", 7: "日本語…", 6: "日本…", 2: "…", 1: "…", 0: "", -1: ""} {
		assert.Equal(t, want, harmless.Cut("日本語ab", columns))
		assert.LessOrEqual(t, lipgloss.Width(harmless.Cut("日本語ab", columns)), max(columns, 0))
	}
	assert.Less(t, len(harmless.Cut("a"+strings.Repeat("\u0301", 1<<20), 80)), 80*16+4, "what has no width is cut too")
}

// The fence around a text is longer than any in it.
func TestFencesHold(t *testing.T) {
	for _, text := range []string{"a", "```", "````\n```"} {
		block := harmless.Fenced("text", text)
		fence, _, _ := strings.Cut(block, "text\n")
		assert.Equal(t, 2, strings.Count(block, fence), text)
	}
	for text, want := range map[string]string{"": "", "a": "`a`", "`a`": "`` `a` ``", "``": "``` `` ```"} {
		assert.Equal(t, want, harmless.Code(text))
	}
}

func TestInline(t *testing.T) {
	for text, want := range map[string]string{
		"plain, text (ok): a/b.go:1": "plain, text (ok): a/b.go:1", "a\n b": "a b", "- a": `\- a`, "12. a": `12\. a`, "<b>|": `&lt;b&gt;\|`, "a_b*": `a\_b\*`,
	} {
		assert.Equal(t, want, harmless.Inline(text))
	}
}

func TestCopy(t *testing.T) {
	type inner struct{ Name string }
	type outer struct {
		Texts []string
		Inner *inner
		None  []inner
	}
	from := outer{Texts: []string{"a"}, Inner: &inner{"b"}}
	to := harmless.Copy(from, func(field, text string) string { return field + " " + text })
	assert.Equal(t, outer{Texts: []string{"Texts a"}, Inner: &inner{"Name b"}}, to)
	assert.Equal(t, outer{Texts: []string{"a"}, Inner: &inner{"b"}}, from)
	assert.Panics(t, func() { harmless.Copy(map[string]string{}, func(_, text string) string { return text }) }, "no string is passed over in silence")
}

func FuzzText(f *testing.F) {
	for _, text := range attack.Texts {
		if len(text) < 10_000 {
			f.Add(text)
		}
	}
	f.Fuzz(func(t *testing.T, text string) {
		for _, made := range []func(string) string{harmless.Line, harmless.Text, harmless.Limit{Lines: 3, Length: 40}.Of, harmless.Limit{Lines: 1, Length: 40}.Of} {
			got := made(text)
			assert.Empty(t, attack.Found(got, "\t"), "%q", text)
			assert.Equal(t, got, made(got), "what is harmless stays as it is: %q", text)
		}
		assert.NotContains(t, harmless.Line(text), "\n")
		assert.LessOrEqual(t, lipgloss.Width(harmless.Cut(harmless.Line(text), 20)), 20, "%q", text)
		assert.Empty(t, attack.Markup(harmless.Inline(text)), "%q", text)
		assert.Empty(t, attack.Markup(harmless.Code(harmless.Line(text))), "%q", text)
		assert.Empty(t, strings.Join(attack.Prose(harmless.Fenced("text", text)), ""), "%q", text)
	})
}

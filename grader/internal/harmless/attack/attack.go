// Package attack is for tests of packages that print text written by
// learners: it has the worst such texts, puts them into every string of a
// value, and checks what gets through. It does not know package harmless,
// which it tests.
package attack

import (
	"reflect"
	"strings"
)

// Texts are payloads, by what they try to do.
var Texts = map[string]string{
	"clear the screen":     "a\x1b[2J\x1b[1;1Hb\x1bc",
	"colour":               "\x1b[31mred\x1b[0m",
	"title and link":       "\x1b]0;owned\a\x1b]8;;http://evil.example\x1b\\click\x1b]8;;\x1b\\",
	"C1":                   "\u009b2J\u0085\u009d0;x\u009c",
	"overwrite":            "bad\rgood\b\b\b\b\v\f\x7f",
	"command":              "::error::x",
	"indented command":     " \t \u00a0\u3000::add-mask::x",
	"command after marks":  "\u0301\ufe0f::add-mask::x\n\u0591:\u0591:error::x",
	"command in the text":  strings.Repeat("word ", 10) + strings.Repeat(" ::error::x", 40),
	"colons":               strings.Repeat(":", 500),
	"one colon":            ":",
	"older command":        "##[add-mask]x ##[error]y ###[z",
	"older, split":         "#\ufe0f#\u0301[add-mask]x ##\n[x ##\t[y ##\x1b[0m[z",
	"its end":              "x##",
	"its beginning":        "[add-mask]x",
	"output":               "x\n::set-output name=points::100\npoints=100\n",
	"forged lines":         "x\n29 of 29 points, 1 of 1 exercises pass\r\n✓ all",
	"XML":                  "</failure></testcase>]]><!-- &amp; \x00\x01\ufffe\uffff\" '",
	"fences":               "```\n````\n~~~\n``````` ` `` `",
	"HTML":                 "</details><img src=x onerror=alert(1)><script>x</script><!--",
	"table":                "| a | b |\n|---|---|\n\\| c",
	"mention":              "@someone and @some/team, #1, a@b.example",
	"link":                 "[x](http://evil.example) ![x](http://evil.example/x.png) www.evil.example <http://evil.example>",
	"blocks":               "- a\n# b\n> c\n1. d\n===\n---\n    e",
	"bidi":                 "a\u202eb\u2066c\u2069\u200f\u061c",
	"ends of lines":        "a\u2028::error::b\u2029::error::c\u0085::error::d",
	"invisible":            "a\u200b\u200d\ufeff\u2060\u00ad\u034f\u115f\u3164\uffa0\ufe0f\U000e0041\U000e0100b",
	"no UTF-8":             "\xff\xfe\xc3\x28 \xed\xa0\x80 \xf4\x90\x80\x80",
	"a long line":          strings.Repeat("x", 1<<20),
	"a long line of marks": "a" + strings.Repeat("\u0301", 1<<17),
	"one long letter":      strings.Repeat("\u1100", 1<<17),
	"many lines":           strings.Repeat("x\n", 100_000),
	"many empty lines":     strings.Repeat("\n", 100_000),
	"many escapes":         strings.Repeat("\U000e0041", 50_000),
	"empty":                "",
}

// Fill returns a value in which nothing is empty: lists have that many entries, and
// each string is text.
func Fill[T any](text string, entries int) (value T) {
	fill(reflect.ValueOf(&value).Elem(), text, entries)
	return value
}

func fill(v reflect.Value, text string, entries int) {
	switch v.Kind() {
	case reflect.String:
		v.SetString(text)
	case reflect.Int:
		v.SetInt(1)
	case reflect.Uint64:
		v.SetUint(1)
	case reflect.Float64:
		v.SetFloat(1)
	case reflect.Struct:
		for i := range v.NumField() {
			fill(v.Field(i), text, entries)
		}
	case reflect.Pointer:
		v.Set(reflect.New(v.Type().Elem()))
		fill(v.Elem(), text, entries)
	case reflect.Slice:
		v.Set(reflect.MakeSlice(v.Type(), entries, entries))
		for i := range entries {
			fill(v.Index(i), text, entries)
		}
	case reflect.Bool:
	default:
		panic("attack: cannot fill a " + v.Type().String())
	}
}

package explored

import (
	"bytes"
	_ "embed"
	"encoding/json"
	"fmt"
	"io"
	"regexp"
	"unicode"
	"unicode/utf16"

	"heisenkata/grader/internal/harmless"
)

// JSONSchema is the JSON Schema of what WriteJSON writes.
//
//go:embed explore.schema.json
var JSONSchema []byte

// WriteJSON writes the whole report, for programs: heisenkata/explore/v1.
func WriteJSON(w io.Writer, r Report) error {
	var b bytes.Buffer
	enc := json.NewEncoder(&b)
	enc.SetEscapeHTML(false)
	enc.SetIndent("", "  ")
	if err := enc.Encode(complete(bounded(r))); err != nil {
		return err
	}
	_, err := w.Write(printable(b.Bytes()))
	return err
}

// firstSteps and lastSteps are how many steps of a long schedule are written: with many
// goroutines it may have 70,000, which are ten megabytes.
const firstSteps, lastSteps = 500, 1500

// ends is a copy of the beginning and the end of a trace, if it is long.
func ends(trace []Step) (kept []Step, omitted int) {
	if omitted = len(trace) - firstSteps - lastSteps; omitted <= 0 {
		return append([]Step{}, trace...), 0
	}
	return append(append([]Step{}, trace[:firstSteps]...), trace[len(trace)-lastSteps:]...), omitted
}

// complete gives a report its format's name, and lists instead of nulls.
func complete(r Report) Report {
	r.Schema = Schema
	r.Packages = append([]Package{}, r.Packages...)
	for i := range r.Packages {
		p := &r.Packages[i]
		p.Tests = append([]Test{}, p.Tests...)
		for j := range p.Tests {
			t := &p.Tests[j]
			kept, omitted := ends(t.Trace)
			t.Trace, t.Omitted = kept, t.Omitted+omitted
		}
	}
	return r
}

// bracket ends what begins a command of the older form.
var bracket = regexp.MustCompile(`#([\p{M}\x{0640}]*\[)`)

// printable escapes what JSON need not but a terminal might obey, or GitHub's
// runner. Such characters stand only within strings.
func printable(text []byte) []byte {
	var b bytes.Buffer
	for _, r := range bracket.ReplaceAllString(string(text), `\u0023${1}`) {
		switch {
		case r < 0x7f || harmless.Prints(r) && r != unicode.ReplacementChar: // the encoder escapes it only at times
			b.WriteRune(r)
		case r > 0xFFFF:
			high, low := utf16.EncodeRune(r)
			fmt.Fprintf(&b, `\u%04x\u%04x`, high, low)
		default:
			fmt.Fprintf(&b, `\u%04x`, r)
		}
	}
	return b.Bytes()
}

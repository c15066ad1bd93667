// Package workflow writes what a step of a GitHub Actions workflow prints: text in which
// the runner obeys no command, and commands that annotate lines of source.
package workflow

import (
	"crypto/sha256"
	"fmt"
	"io"
	"strings"
)

// AnnotationLimit is how many annotations of a kind GitHub shows for a step.
const AnnotationLimit = 10

// LogWidth is how many columns a step's log shows without breaking a line.
const LogWidth = 100

// Annotation is a remark about a line.
type Annotation struct {
	File    string // relative to the repository's root; empty if it is about no file
	Line    int    // 0 stands for the first
	Title   string
	Message string
}

// Write writes text, in which no workflow command is obeyed, and after it as many
// annotations as GitHub shows. The token of the fence is a hash over the whole text, so
// that nothing in the text can contain it.
func Write(w io.Writer, text string, annotations []Annotation) error {
	token := fmt.Sprintf("%x", sha256.Sum256([]byte(text)))
	if _, err := fmt.Fprintf(w, "::stop-commands::%s\n%s\n::%s::\n", token, text, token); err != nil {
		return err
	}
	for _, a := range annotations[:min(len(annotations), AnnotationLimit)] {
		if _, err := fmt.Fprintln(w, a); err != nil {
			return err
		}
	}
	return nil
}

var (
	property = strings.NewReplacer("%", "%25", "\r", "%0D", "\n", "%0A", ":", "%3A", ",", "%2C")
	data     = strings.NewReplacer("%", "%25", "\r", "%0D", "\n", "%0A")
)

// String is the command; what it quotes is escaped as GitHub's toolkit does.
func (a Annotation) String() string {
	where := ""
	if a.File != "" {
		where = fmt.Sprintf("file=%s,line=%d,", property.Replace(a.File), max(a.Line, 1))
	}
	return fmt.Sprintf("::error %stitle=%s::%s", where, property.Replace(a.Title), data.Replace(a.Message))
}

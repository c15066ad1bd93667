package instrument

import (
	"fmt"
	"go/ast"
	"strings"
)

// clocks are functions of the runtime that some packages link to past package time, and
// what stands for them: they tell the real time, and all else under control another one.
var clocks = map[string]string{
	"time.now":         "%s.Clock()",
	"runtime.nanotime": "%s.Nanotime()",
	"runtime.walltime": "%s.Walltime()",
}

// clock gives a function that is linked to one of the clocks a body.
func (f *file) clock(x *ast.FuncDecl) {
	if x.Body != nil || x.Recv != nil {
		return
	}
	for _, group := range f.AST.Comments {
		for _, c := range group.List {
			words := strings.Fields(c.Text)
			if len(words) != 3 || words[0] != "//go:linkname" || words[1] != x.Name.Name || clocks[words[2]] == "" {
				continue
			}
			f.replace(c.Pos(), c.End(), "//")
			f.dropDirectives(x.Doc, c)
			f.after(x.End(), fmt.Sprintf(" { return "+clocks[words[2]]+" }", f.rt))
		}
	}
}

// dropDirectives drops those of a function that it may have without a body only.
func (f *file) dropDirectives(doc *ast.CommentGroup, but *ast.Comment) {
	if doc == nil {
		return
	}
	for _, c := range doc.List {
		if c != but && strings.HasPrefix(c.Text, "//go:") {
			f.replace(c.Pos(), c.End(), "//")
		}
	}
}

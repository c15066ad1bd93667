package verify

import (
	"go/ast"
	"go/parser"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"heisenkata/grader/internal/kata"
)

// A test that passes reaches its end: a return is for a failure, or of a function in it.
func TestReturnsEarly(t *testing.T) {
	for body, early := range map[string]bool{
		`f(); g()`:                                  false,
		`if err == nil { f(); return }; g()`:        true,
		`for range 3 { if n > 1 { return } }`:       true,
		`if err == nil { f() } else { g() }`:        false,
		`if t.Failed() { return }; g()`:             false,
		`if !assert.Equal(t, 1, n) { return }; g()`: false,
		`if got != want { t.Error(); return }`:      false,
		`go func() { return }()`:                    false,
		`if !ok { f() } else { return }`:            true,
	} {
		f, err := parser.ParseExpr("func() { " + body + " }")
		require.NoError(t, err, body)
		assert.Equal(t, early, returnsEarly(f.(*ast.FuncLit).Body), body)
	}
}

// No exercise has anything to correct that can be seen without running it.
func TestTreesAreAsTheyShouldBe(t *testing.T) {
	k, err := kata.Load("../../..")
	require.NoError(t, err)
	for _, e := range k.Exercises {
		_, problems := Tree(k, e)
		assert.Empty(t, problems, e.ID)
	}
}

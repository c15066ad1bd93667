package explore

import (
	"go/ast"
	"go/parser"
	"go/token"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// A function that takes a function and starts a goroutine, itself or by way of another,
// makes its package take part. Options of a constructor are none, nor are goroutines of
// which no function of the caller's is part.
func TestStarters(t *testing.T) {
	f, err := parser.ParseFile(token.NewFileSet(), "pool.go", `package pool

type Job func() error
type Option func(*Pool)
type Pool struct{ work chan func() }

func New(options ...Option) *Pool { p := new(Pool); go p.run(); return p }
func (p *Pool) run()              { for f := range p.work { f() } }
func (p *Pool) Go(j Job)          { p.start(j) }
func (p *Pool) start(j Job)       { go j() }
func (p *Pool) Close()            { go p.drain() }
func (p *Pool) drain()            {}
func Each(f func())               { f() }
func After(f func())              { func() { go f() }() }
`, 0)
	require.NoError(t, err)
	assert.ElementsMatch(t, []string{"Go", "After"}, startersIn([]*ast.File{f}))
}

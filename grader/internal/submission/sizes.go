package submission

import (
	"fmt"
	"go/ast"
	"go/constant"
	"go/parser"
	"go/token"
	"maps"
	"math"
	"slices"
	"strings"
	"time"

	"heisenkata/grader/internal/kata"
)

// minSize is the smallest number in a fix that may be a limit: what is smaller is tried by
// every test.
const minSize = 3

// maxCount is the largest number that is likely to be one of things or of calls. Larger
// ones are amounts, durations in nanoseconds, or the constants of a hash.
const maxCount = 1 << 20

// How many numbers of a fix are told to its tests, up to maxCount and above. Most fixes have
// a few.
const (
	maxSizes = 16
	maxLarge = 8
)

// Sizes returns the integer constants in a fix that the starter does not have, in
// ascending order: how long a table may get before it is treated in another way, how
// many attempts are made, how many locks there are. Tests draw sizes around them, since
// a fix that is wrong from there on passes every test of another size. A duration counts
// in nanoseconds.
//
// If there are too many, it returns some from all over the range.
func Sizes(fix, starter Submission) []int {
	found := integers(fix)
	for n := range integers(starter) {
		delete(found, n)
	}
	sizes := slices.Sorted(maps.Keys(found))
	large, _ := slices.BinarySearch(sizes, maxCount+1)
	return append(some(sizes[:large], maxSizes), some(sizes[large:], maxLarge)...)
}

// some returns at most so many of the sizes, from all over their range.
func some(sizes []int, most int) (some []int) {
	if len(sizes) <= most {
		return slices.Clone(sizes)
	}
	for i := range most {
		some = append(some, sizes[i*(len(sizes)-1)/(most-1)])
	}
	return some
}

// sizesVariable is life.LimitsVariable of the exercises.
const sizesVariable = "HEISENKATA_SIZES"

// SizesEnv is the environment that tells the tests of an exercise the Sizes of a fix;
// official is the root of the tree that has the starter. It is empty if there are none,
// or if a fix is a suite of tests, whose numbers are those of its cases.
func SizesEnv(official string, e kata.Exercise, fix Submission) []string {
	starter, err := Read(official, e, e.Starter())
	if err != nil || e.Suite {
		return nil // whether the tree is whole is for others to say
	}
	sizes := Sizes(fix, starter)
	if len(sizes) == 0 {
		return nil
	}
	return []string{sizesVariable + "=" + strings.Trim(strings.ReplaceAll(fmt.Sprint(sizes), " ", ","), "[]")}
}

// integers are the values of the constant expressions in a fix, and of their parts,
// and how many values fit in the bits that it shifts by, in those that are left of a
// word, and in its small types.
func integers(s Submission) map[int]bool {
	found := map[int]bool{}
	for _, text := range s.Files {
		file, err := parser.ParseFile(token.NewFileSet(), "", text, 0)
		if err != nil {
			continue // the policy says so
		}
		for n := range ast.Preorder(file) {
			for _, size := range sizesIn(n) {
				if size, ok := constant.Int64Val(constant.ToInt(size)); ok && size >= minSize {
					found[int(size)] = true
				}
			}
		}
	}
	return found
}

// smallTypes have so many bits for numbers that are not negative.
var smallTypes = map[string]uint{"int8": 7, "uint8": 8, "int16": 15, "uint16": 16}

func sizesIn(n ast.Node) []constant.Value {
	switch n := n.(type) {
	case *ast.BasicLit:
		if n.Kind == token.CHAR && len(n.Value) == len("'a'") {
			return nil // a letter
		}
	case *ast.Ident:
		if bits, ok := smallTypes[n.Name]; ok {
			return []constant.Value{constant.Shift(constant.MakeInt64(1), token.SHL, bits)}
		}
	case *ast.BinaryExpr:
		if n.Op == token.SHL || n.Op == token.SHR {
			if size := value(n, maxDepth); size.Kind() == constant.Int {
				return []constant.Value{size, binary(constant.MakeInt64(1), token.SHL, value(n.Y, maxDepth))}
			}
			return besides(value(n.Y, maxDepth))
		}
	case *ast.AssignStmt:
		if n.Tok == token.SHL_ASSIGN || n.Tok == token.SHR_ASSIGN {
			return besides(value(n.Rhs[0], maxDepth))
		}
	}
	if x, ok := n.(ast.Expr); ok {
		return []constant.Value{value(x, maxDepth)}
	}
	return nil
}

// besides returns how many values two numbers have that share a word, one of them
// shifted by so many bits: of the lower one, and of the upper one in 32 or 64 bits.
func besides(bits constant.Value) (sizes []constant.Value) {
	one := constant.MakeInt64(1)
	sizes = append(sizes, binary(one, token.SHL, bits))
	for _, word := range []int64{32, 64} {
		if upper := binary(constant.MakeInt64(word), token.SUB, bits); upper.Kind() == constant.Int && constant.Sign(upper) > 0 {
			sizes = append(sizes, binary(one, token.SHL, upper))
		}
	}
	return sizes
}

// maxShift is the longest shift that is computed.
const maxShift = 64

// maxDepth is how deep a value is computed from others.
const maxDepth = 6

// value is that of a number, of a constant of the same file, or of something computed
// from those; unknown for any other expression.
func value(x ast.Expr, depth int) constant.Value {
	if depth < 0 {
		return constant.MakeUnknown()
	}
	switch x := x.(type) {
	case *ast.BasicLit:
		if x.Kind == token.INT || x.Kind == token.CHAR || x.Kind == token.FLOAT && len(x.Value) < 8 {
			return constant.MakeFromLiteral(x.Value, x.Kind, 0)
		}
	case *ast.Ident:
		if declared := constantOf(x); declared != nil {
			return value(declared, depth-1)
		}
	case *ast.SelectorExpr:
		if id, ok := x.X.(*ast.Ident); ok {
			return exported(id.Name + "." + x.Sel.Name)
		}
	case *ast.ParenExpr:
		return value(x.X, depth-1)
	case *ast.CallExpr:
		return called(x, depth)
	case *ast.UnaryExpr:
		if n := constant.ToInt(value(x.X, depth-1)); n.Kind() == constant.Int && (x.Op == token.SUB || x.Op == token.XOR || x.Op == token.ADD) {
			return constant.UnaryOp(x.Op, n, 0)
		}
	case *ast.BinaryExpr:
		return binary(value(x.X, depth-1), x.Op, value(x.Y, depth-1))
	}
	return constant.MakeUnknown()
}

// exported is the value of a constant of packages time and math, unknown for other names.
func exported(name string) constant.Value {
	if n, ok := constants[name]; ok {
		return constant.MakeInt64(n)
	}
	return constant.MakeUnknown()
}

var constants = map[string]int64{
	"time.Nanosecond": int64(time.Nanosecond), "time.Microsecond": int64(time.Microsecond), "time.Millisecond": int64(time.Millisecond),
	"time.Second": int64(time.Second), "time.Minute": int64(time.Minute), "time.Hour": int64(time.Hour),
	"math.MaxInt8": math.MaxInt8, "math.MaxInt16": math.MaxInt16, "math.MaxInt32": math.MaxInt32,
	"math.MaxUint8": math.MaxUint8, "math.MaxUint16": math.MaxUint16, "math.MaxUint32": math.MaxUint32,
	"math.MaxInt64": math.MaxInt64, "math.MaxInt": math.MaxInt64,
}

// called is the value of len("text"), or of int(n) or another conversion.
func called(call *ast.CallExpr, depth int) constant.Value {
	if len(call.Args) != 1 {
		return constant.MakeUnknown()
	}
	if id, ok := call.Fun.(*ast.Ident); ok && id.Name == "len" {
		if text, ok := literal(call.Args[0], true); ok {
			return constant.MakeInt64(int64(len(text)))
		}
	}
	return value(call.Args[0], depth-1)
}

func binary(x constant.Value, op token.Token, y constant.Value) constant.Value {
	x, y = constant.ToInt(x), constant.ToInt(y)
	n, exact := constant.Uint64Val(y)
	if x.Kind() != constant.Int || !exact || constant.BitLen(x) > maxShift {
		return constant.MakeUnknown()
	}
	switch op {
	case token.SHL, token.SHR:
		if n <= maxShift {
			return constant.Shift(x, op, uint(n))
		}
	case token.ADD, token.SUB, token.MUL, token.AND, token.OR, token.XOR, token.AND_NOT:
		return constant.BinaryOp(x, op, y)
	case token.QUO, token.REM:
		if n == 0 {
			return constant.MakeUnknown()
		}
		if op == token.QUO {
			op = token.QUO_ASSIGN // of integers
		}
		return constant.BinaryOp(x, op, y)
	}
	return constant.MakeUnknown()
}

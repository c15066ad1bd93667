package instrument

import (
	"fmt"
	"maps"
	"math/rand/v2"
	"slices"
	"strconv"
	"strings"
)

// A generator writes programs by a grammar. A rule has alternatives, each of
// which comes up once before any comes up again. In their text, guillemets hold:
//
//	«name»    an alternative of a rule; below the deepest level, of name0
//	«?a|b»    one of those given
//	«#»       a number of the alternative's own
//	«n»       a new line, or none
//	«S»       statements; «F» those of another function; «X» with variables of its own
//	«J»       a jump that is allowed here, or nothing
//	«j:a|b»   from here to the alternative's end a and b are allowed jumps
//	«+v»      from here to «-» or the alternative's end v is an int variable
//	«time»    how the file names the package, with its dot
type generator struct {
	*rand.Rand
	rules  map[string][]string
	queues map[string][]int
	used   map[string]int // alternatives that came up

	packages map[string]string
	scope
	number, depth int
}

// scope is what an alternative may use.
type scope struct{ vars, jumps []string }

const deepest = 4

func newGenerator(seed uint64, lang string) *generator {
	g := &generator{Rand: rand.New(rand.NewPCG(seed, 0)), rules: map[string][]string{}, queues: map[string][]int{}, used: map[string]int{}}
	for _, part := range []map[string][]string{expressions, channelRules, selectRules, rangeRules, goRules, memoryRules, libraryRules} {
		for name, alternatives := range part {
			if newer, ok := strings.CutSuffix(name, "@1.22"); ok {
				if compareLang(lang, "go1.22") < 0 {
					continue
				}
				name = newer
			}
			g.rules[name] = append(g.rules[name], alternatives...)
		}
	}
	for _, name := range slices.Sorted(maps.Keys(g.rules)) {
		slices.Sort(g.rules[name]) // maps have no order
	}
	return g
}

// program is a function that returns what it has said.
func (g *generator) program(name string) string {
	g.scope = scope{vars: []string{"x", "y"}}
	var body strings.Builder
	for range 4 {
		body.WriteString(g.rule("statement") + "\n")
	}
	return "func " + name + "() (said string) {\no := &out{}\ndefer func() { said = o.b.String() + fmt.Sprintln(recover()) }()\n" + locals + body.String() + "o.say(x, y, ok, fl, b.n, p.n, s, m[\"a\"])\nreturn\n}\n\n"
}

// locals are variables of a program, or of a function literal in an expression,
// which must not change what else the expression reads.
const locals = `x, y, ok, fl := 1, 2, false, flag(true)
ip, s, arr := &y, []int{1, 2, 3}, [3]int{4, 5, 6}
m, p := map[string]int{"a": 1}, &box{n: 3, next: &box{n: 7}, f: twice}
b := *p
inc := func() { x++ }
_, _, _, _, _, _, _, _, _, _, _ = x, y, ok, fl, ip, s, arr, m, p, b, inc
`

func (g *generator) rule(name string) string {
	if g.depth >= deepest && g.rules[name+"0"] != nil {
		name += "0"
	}
	if g.rules[name] == nil {
		panic("no rule " + name)
	}
	if len(g.queues[name]) == 0 {
		g.queues[name] = g.Perm(len(g.rules[name]))
	}
	text := g.rules[name][g.queues[name][0]]
	g.queues[name] = g.queues[name][1:]
	g.used[text]++
	before := g.scope
	g.depth++
	defer func() { g.scope = before; g.depth-- }()
	g.number++
	return g.expand(text, g.number)
}

func (g *generator) expand(text string, number int) string {
	var b strings.Builder
	for {
		start := strings.Index(text, "«")
		if start < 0 {
			return b.String() + text
		}
		b.WriteString(text[:start])
		inner := text[start+len("«"):]
		end := closing(inner)
		text = inner[end+len("»"):]
		b.WriteString(g.directive(inner[:end], number))
	}
}

// closing is where the guillemet closes whose inside text begins with.
func closing(text string) int {
	for i, level := 0, 1; i < len(text); i++ {
		switch {
		case strings.HasPrefix(text[i:], "«"):
			level++
		case strings.HasPrefix(text[i:], "»"):
			if level--; level == 0 {
				return i
			}
		}
	}
	panic("unclosed: " + text)
}

func (g *generator) directive(d string, number int) string {
	switch {
	case d == "#":
		return strconv.Itoa(number)
	case d == "n":
		return []string{"", "", "\n"}[g.IntN(3)]
	case d == "S":
		return g.statements()
	case d == "F":
		before := g.jumps
		g.jumps = nil
		defer func() { g.jumps = before }()
		return g.statements()
	case d == "X":
		return locals + g.directive("F", number)
	case d == "J":
		return g.jump()
	case d == "V":
		return g.vars[g.IntN(len(g.vars))]
	case d[0] == '+':
		g.vars = append(slices.Clip(g.vars), g.expand(d[1:], number))
		return ""
	case strings.HasPrefix(d, "j:"):
		g.jumps = strings.Split(g.expand(d[2:], number), "|")
		return ""
	case d == "-":
		g.vars = g.vars[:len(g.vars)-1]
		return ""
	case d[0] == '?':
		choices := split(d[1:])
		return g.expand(choices[g.IntN(len(choices))], number)
	case g.packages[d] != "":
		return strings.TrimPrefix(g.packages[d], ".")
	}
	return g.rule(d)
}

// split divides alternatives, but not those inside guillemets.
func split(text string) (parts []string) {
	level, from := 0, 0
	for i := range text {
		switch {
		case strings.HasPrefix(text[i:], "«"):
			level++
		case strings.HasPrefix(text[i:], "»"):
			level--
		case text[i] == '|' && level == 0 && (i+1 == len(text) || text[i+1] != '|') && (i == 0 || text[i-1] != '|'):
			parts = append(parts, text[from:i])
			from = i + 1
		}
	}
	return append(parts, text[from:])
}

func (g *generator) statements() string {
	var list []string
	for range g.IntN(3) {
		list = append(list, g.rule("statement"))
	}
	return strings.Join(append(list, g.jump()), "\n")
}

func (g *generator) jump() string {
	if len(g.jumps) == 0 || g.IntN(3) == 0 {
		return ""
	}
	return fmt.Sprintf("if %s { %s }", g.rule("B"), g.jumps[g.IntN(len(g.jumps))])
}

// files writes a package of programs: the text of each file.
func (g *generator) files(count, programs int) []string {
	var files []string
	for i := range count {
		g.packages = spellings[i%len(spellings)]
		var b strings.Builder
		b.WriteString("package main\n\nimport (\n\t\"fmt\"\n")
		for _, path := range slices.Sorted(maps.Keys(imports)) {
			name := strings.TrimSuffix(g.packages[path], ".")
			if g.packages[path] == "." {
				name = "."
			}
			fmt.Fprintf(&b, "\t%s %q\n", name, imports[path])
		}
		b.WriteString(")\n\n" + g.expand(keepImports, 0) + "\n")
		b.WriteString(g.variables(i, count) + "func init() {\n")
		var all strings.Builder
		for j := range programs {
			name := fmt.Sprintf("p%d_%d", i, j)
			fmt.Fprintf(&b, "programs = append(programs, %s)\n", name)
			all.WriteString(g.program(name))
		}
		files = append(files, b.String()+"}\n\n"+all.String())
	}
	return append(files, mainFile)
}

// variables are package variables that depend on those of other files, and init
// functions.
func (g *generator) variables(file, count int) string {
	var b strings.Builder
	for j := range 3 {
		deps := "" // on later files and higher numbers only: no cycle
		for k := file + 1; k < count; k++ {
			if g.IntN(2) == 0 {
				deps += fmt.Sprintf(", v%d_%d", k, g.IntN(3))
			}
		}
		fmt.Fprintf(&b, "var v%d_%d =%s note(\"v%d_%d\"%s)\n", file, j, g.directive("n", 0), file, j, deps)
	}
	fmt.Fprintf(&b, "var (\nz%d int\nq%d = map[string]int{\"a\": v%d_0}\n)\nfunc init() { z%d = note(\"init a\", v%d_0, len(q%d)) }\n", file, file, file, file, file, file)
	fmt.Fprintf(&b, "func init() {\nz%d += note(\"init b\", z%d)\n z%d++ }\n", file, file, file)
	return b.String()
}

const mainFile = `package main

import "fmt"

var programs []func() string

func main() {
	fmt.Print(trace.b.String())
	for i, p := range programs {
		fmt.Printf("program %d\n%s", i, p())
	}
}
`

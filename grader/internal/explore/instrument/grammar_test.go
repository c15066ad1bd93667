package instrument

// imports are the packages that each generated file imports, by what the grammar
// calls them.
var imports = map[string]string{"time": "time", "sync": "sync", "atomic": "sync/atomic", "context": "context", "errors": "errors", "sort": "sort", "runtime": "runtime"}

// spellings are how files name them.
var spellings = []map[string]string{
	{"time": "time.", "sync": "sync.", "atomic": "atomic.", "context": "context.", "errors": "errors.", "sort": "sort.", "runtime": "runtime."},
	{"time": "tm.", "sync": "sy.", "atomic": "at_.", "context": "ctx_.", "errors": "er.", "sort": "so.", "runtime": "ru."},
	{"time": ".", "sync": ".", "atomic": "atomic.", "context": "context.", "errors": "errors.", "sort": "sort.", "runtime": "runtime."},
	{"time": "time.", "sync": "sync.", "atomic": ".", "context": ".", "errors": "errors.", "sort": "sort.", "runtime": "."},
}

// keepImports uses what a file may not.
const keepImports = `var _, _, _, _, _, _, _, _ = fmt.Sprint, «time»Unix, new(«sync»Mutex), «atomic»AddInt32, «context»Background, «errors»New, «sort»Ints, «runtime»Version`

var expressions = map[string][]string{
	// int values; what is evaluated is said, and changes nothing else
	"E0": {"1", "2", "«V»", "x", "b.n", "at(o, «V»)", "<-full(3)"},
	"E": {
		"«V»", "7", "at(o,«n» «E»)", "«E» +«n» «E»", "(«E» - «E»)", "<-«C»", "(<-«C»)", "<-<-full(«C»)", "<-<-full[<-chan int]((<-chan int)(«C»))",
		"func() int {\n«X»\nreturn «E»\n}()", "m[key(«E»)]", "s[idx(<-«C»)]", "arr[idx(«E»)]", "len(full(«E»,«n» «E»))", "cap(open(«E»))",
		"p.n", "(*p).n", "p.next.n", "*ip", "[]int{<-«C»,«n» «E»}[1]", "map[string]int{key(<-«C»): «E»}[\"a\"]", "(box{n: <-«C»}).n",
		"(<-full(twice))(<-«C»)", "(<-full(func(n int) int {\n«+n»«X»\nreturn n + «E»«-» }))(«E»)", "twice(<-«C»)", "sum(<-«C»,«n» «E»,«n» <-«C»,\n)", "sum([]int{«E», <-«C»}...)",
		"sum(two(<-«C»))", "p.get(o, <-«C»)", "getter(p).get(o, «E»)", "box.get(b, o, <-«C»)", "newPair(«E», «E»).take()", "(&pair[int]{c: open[int]()}).put(«E»).take()",
		"^<-«C»", "-<-«C»", "<-«C» * <-«C»", "int(<-full(int64(«E»)))", "len(<-full(«T»))", "(<-full(point{«E», 2})).x", "(<-full(p)).n", "(<-full(map[string]int{\"a\": «E»}))[\"a\"]",
		"(<-full([]int{1, «E»}))[1]", "(<-full[any](«E»)).(int)", "(<-full[getter](p)).get(o, 1)", "*<-full(&x)", "same(<-«C»)", "same[int](<-«C»)", "p.in.n", "v0_1",
	},
	"E@1.22": {"min(<-«C», «E»)", "max(«E»,«n» <-«C», 3)"},
	// string values
	"T0": {`"t"`, "key(«E»)"},
	"T":  {`"t"`, "key(«E»)", "<-full(«T»)", "at(o, «T»)", "«T» + «T»", "(<-full(box{s: «T»})).s", "string(<-full(word(«T»)))", "`a\nb` + «T»"},
	// conditions
	"B0": {"x > 1", "«V» != 2", "ok"},
	"B": {"«E» > «E»", "<-«C» == «E»", "<-full(true)", "!<-full(«B»)", "at(o, «B») && <-full(«B»)", "«B» ||«n» <-full(false)", "<-full(point{1, 2}) == (point{«E», 2})", "bool(fl)", "«T» == «T»",
		"<-full[any](«E») != nil", "(«B»)"},
	// channels that hold an int and are closed
	"C0": {"full(5)", "full(«V»)"},
	"C": {"full(«n»«E»)", "full(«E»,«n» «E»)", "ints(full(«E»))", "source(full(«E»))", "at(o, full(«E»))", "<-full(full(«E»))", "(full(«E»))", "alias(full(«E»))", "(<-chan int)(full(«E»))",
		"map[string]chan int{\"a\": full(«E»)}[\"a\"]", "[]source{full(«E»)}[0]", "func() chan int {\n«X»\nreturn full(«E»)\n}()", "(&box{c: full(«E»)}).c", "*at(o, &[]chan int{full(«E»)}[0])"},
	// channels to send ints to
	"O": {"open[int]()", "make(chan int, 2)", "ints(open[int]())", "sink(open[int]())", "at(o, open[int]())", "(open[int]())", "<-full(open[int]())", "(&box{c: make(chan int, 2)}).c", "[]sink{open[int]()}[0]"},
	// channels that are not used
	"N": {"chan int(nil)", "make(chan int)", "ints(nil)", "(&box{}).c", "at(o, make(chan int))", "(<-full(make(chan int)))"},
	// variables
	"L0": {"x", "b.n", "*ip"},
	"L":  {"x", "y", "b.n", "p.n", "(*p).n", "p.next.n", "s[0]", "s[idx(«E»)]", "arr[1]", "arr[idx(«E»)]", "m[\"a\"]", "m[key(<-«C»)]", "z0", "q0[\"b\"]", "*ip", "p.in.n", "(x)", "(&b).in.n", "*&s[1]", "at(o, p).n"},
	// statements
	"statement0": {"o.say(«E»)", "inc()", "x++"},
}

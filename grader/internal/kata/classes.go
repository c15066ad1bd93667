package kata

// Study is a published study of concurrency bugs or flaky tests, with the classes that
// it sorts them into.
type Study struct {
	ID      string // first part of a class as a manifest names it: tu/mutex
	Title   string
	URL     string
	Classes []Class
}

// Class is one class of a study.
type Class struct {
	ID   string // second part of a class as a manifest names it
	Name string
	Bugs int // of this class in the study; 0 where it is not counted here
}

// Studies lists the studies that the curriculum is measured by. The numbers of the first
// are from its published table of bugs.
var Studies = []Study{
	{"tu", "Tu, Liu, Song, Zhang: Understanding Real-World Concurrency Bugs in Go, ASPLOS 2019", "https://doi.org/10.1145/3297858.3304069", []Class{
		{"mutex", "blocking: Mutex", 28},
		{"rwmutex", "blocking: RWMutex", 5},
		{"wait", "blocking: Cond or WaitGroup", 3},
		{"channel", "blocking: channel", 29},
		{"channel-and-lock", "blocking: channel and lock", 16},
		{"blocking-library", "blocking: library", 4},
		{"traditional", "data race, atomicity, order", 46},
		{"anonymous-function", "anonymous function", 11},
		{"waitgroup", "WaitGroup", 6},
		{"shared-library", "library with shared memory", 6},
		{"channel-misuse", "misuse of a channel", 16},
		{"messaging-library", "library with messages", 1},
	}},
	{"uber", "Chabbi, Ramanathan: A Study of Real-World Data Races in Golang, PLDI 2022", "https://arxiv.org/abs/2204.00764", []Class{
		{"locking", "missing or partial locking", 0},
		{"slices", "slices", 0},
		{"api", "API thought to be safe", 0},
		{"parallel-tests", "parallel tests", 0},
		{"capture", "capture by reference", 0},
		{"atomics", "missing or partial atomics", 0},
		{"map", "map", 0},
		{"by-value", "copied lock", 0},
		{"messages", "messages and shared memory", 0},
		{"waitgroup", "WaitGroup", 0},
		{"read-lock", "write under a read lock", 0},
	}},
	{"leak", "Saioc, Shirchenko, Chabbi: Unveiling and Vanquishing Goroutine Leaks in Enterprise Microservices, CGO 2024", "https://arxiv.org/abs/2312.12002", []Class{
		{"timeout", "nothing receives after a timeout", 0},
		{"early-return", "early return", 0},
		{"senders", "many senders, one receive", 0},
		{"double-send", "second send", 0},
		{"range", "range over a channel that is never closed", 0},
		{"contract", "start without stop", 0},
	}},
	{"luo", "Luo, Hariri, Eloussi, Marinov: An Empirical Analysis of Flaky Tests, FSE 2014", "https://doi.org/10.1145/2635868.2635920", []Class{
		{"async-wait", "asynchronous wait", 0},
		{"concurrency", "concurrency", 0},
		{"order", "test order", 0},
	}},
}

// knownClass reports whether a manifest's class is one of a study.
func knownClass(name string) bool {
	for _, s := range Studies {
		for _, c := range s.Classes {
			if s.ID+"/"+c.ID == name {
				return true
			}
		}
	}
	return false
}

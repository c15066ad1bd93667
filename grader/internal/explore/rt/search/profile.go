package search

import "slices"

// learning is how many schedules the profile learns from: the first ones, which
// every process runs for itself, so that schedule i is the same in all of them.
const learning = 8

// maxPairs bounds what is learnt, and maxAccesses what is remembered of one object.
const (
	maxPairs    = 4096
	maxAccesses = 16
)

// pair is two places of the code whose events conflict; first ran before second.
type pair struct{ first, second int32 }

// profile is what the first schedules have shown: which places touch the same
// objects, and how often each goroutine comes to each place.
type profile struct {
	places map[uint64]int32 // numbered by appearance
	pairs  []pair
	known  map[pair]bool
	length int // steps of the first schedule

	counted  bool
	counts   map[uint64]map[int32]int // by goroutine's name, in the first schedule
	children map[uint64][]uint64

	lines    []*line
	arrivals map[arrival]int32 // the line of each

	objects map[uintptr][]access // of the schedule that runs, as what follows is
	at      map[uintptr]int32    // the line of each object
	come    map[arrival]int32    // how often goroutines have come to places
}

type access struct {
	Event
	place int32
}

func newProfile() *profile {
	return &profile{places: map[uint64]int32{}, known: map[pair]bool{}, counts: map[uint64]map[int32]int{}, children: map[uint64][]uint64{}, arrivals: map[arrival]int32{}}
}

func (p *profile) begin() {
	p.objects, p.at, p.come = map[uintptr][]access{}, map[uintptr]int32{}, map[arrival]int32{}
	for _, l := range p.lines {
		l.anew()
	}
}

// end learns a schedule's length from the first one alone.
func (p *profile) end(steps int) {
	if p.length == 0 {
		p.length = steps
	}
	p.counted = true
}

// place numbers a place of the code, if it is new and may be learnt.
func (p *profile) place(key uint64) int32 {
	n, ok := p.places[key]
	if !ok {
		return -1
	}
	return n
}

func (p *profile) ran(e Event) {
	place, ok := p.places[e.Key]
	if !ok {
		place = int32(len(p.places))
		p.places[e.Key] = place
	}
	if !p.counted {
		p.count(e, place)
	}
	if e.Obj == 0 {
		return
	}
	if e.queues() {
		p.comes(e, place)
	}
	seen := p.objects[e.Obj]
	for _, a := range seen {
		if a.Conflicts(e) {
			p.learn(pair{a.place, place})
		}
	}
	seen = slices.DeleteFunc(seen, func(a access) bool { return a.G == e.G && a.place == place })
	if len(seen) == maxAccesses {
		seen = slices.Delete(seen, 0, 1)
	}
	p.objects[e.Obj] = append(seen, access{e, place})
}

func (p *profile) learn(x pair) {
	if x.first > x.second {
		x.first, x.second = x.second, x.first
	}
	if !p.known[x] && len(p.pairs) < maxPairs {
		p.known[x] = true
		p.pairs = append(p.pairs, x)
	}
}

func (p *profile) count(e Event, place int32) {
	if p.counts[e.Name] == nil {
		p.counts[e.Name] = map[int32]int{}
		if e.From != 0 {
			p.children[e.From] = append(p.children[e.From], e.Name)
		}
	}
	p.counts[e.Name][place]++
}

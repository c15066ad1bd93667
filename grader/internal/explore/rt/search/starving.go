package search

// starving lets one goroutine take a single step each time that the others have
// taken a few. Whatever it has read has changed when it acts on it, again and again:
// that finds what gives up after some tries, however many, if the others have
// enough to do.
type starving struct {
	deaf
	draw
	victim int32
	turn   int // so many steps of the others for one of the victim's
	left   int // of this turn
}

// victims are the goroutines that are starved in turn, the first that a test starts
// most often. 0 is the test itself.
var victims = [...]int32{1, 2, 1, 2, 0, 3}

func (s *starving) Begin(i int) bool {
	s.begin(i)
	s.victim = victims[i/rare%len(victims)]
	s.turn = 2 + s.r.IntN(2)*s.r.IntN(6)
	s.left = s.r.IntN(s.turn)
	return true
}

func (s *starving) Pick(v View) int {
	n, victim := len(v.Events), -1
	for i, e := range v.Fair() {
		if e.G == s.victim {
			victim = i
		}
	}
	switch {
	case victim < 0:
		return s.r.IntN(n)
	case s.left == 0 || n == 1:
		s.left = s.turn
		return victim
	}
	s.left--
	return (victim + 1 + s.r.IntN(n-1)) % n
}

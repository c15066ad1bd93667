package search

// replay follows a list of choices, and then always takes the first option.
type replay struct {
	deaf
	list []int32
	pos  int
}

// NewReplay repeats the choices of a schedule.
func NewReplay(list []int32) Strategy { return &replay{list: list} }

func (s *replay) Begin(int) bool { s.pos = 0; return true }

func (s *replay) next() int {
	if s.pos >= len(s.list) {
		return 0
	}
	s.pos++
	return int(s.list[s.pos-1])
}

func (s *replay) Pick(View) int  { return s.next() }
func (s *replay) Choose(int) int { return s.next() }

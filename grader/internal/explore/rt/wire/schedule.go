package wire

import (
	"fmt"
	"strconv"
	"strings"
)

// A schedule's text is its choices that are not the first option, each as the
// number of choices passed over since the last one and, after an x, which
// option if it is not 1, in base 32; then, after a tilde, a checksum of the
// trace, by which a replay knows that it ran the same steps. "-" is the schedule
// without a switch. Random numbers follow a z.
//
//	4.1x2.a~x9f0    z7.4~k20d

// A schedule with too many choices to paste is named by its number among those
// that a seed gives, after a y: y8.1~x9f0 is number 8 of seed 1. Where the random
// numbers of the first one are not 0, they follow.

// Schedule is what replays a run.
type Schedule struct {
	Numbered bool
	Number   uint64
	Seed     uint64

	Choices []int32
	Random  uint64
	Sum     string
}

// String writes a schedule as text, for people to paste.
func (s Schedule) String() string {
	if s.Numbered {
		text := fmt.Sprintf("y%s.%s", strconv.FormatUint(s.Number, base), strconv.FormatUint(s.Seed, base))
		if s.Random != 0 {
			text += "." + strconv.FormatUint(s.Random, base)
		}
		if s.Sum != "" {
			text += "~" + s.Sum
		}
		return text
	}
	var parts []string
	if s.Random != 0 {
		parts = append(parts, "z"+strconv.FormatUint(s.Random, base))
	}
	gap := 0
	for _, k := range s.Choices {
		if k == 0 {
			gap++
			continue
		}
		part := strconv.FormatInt(int64(gap), base)
		if k > 1 {
			part += "x" + strconv.FormatInt(int64(k), base)
		}
		parts = append(parts, part)
		gap = 0
	}
	if len(parts) == 0 {
		parts = []string{"-"}
	}
	text := strings.Join(parts, ".")
	if s.Sum != "" {
		text += "~" + s.Sum
	}
	return text
}

// base leaves x and z for other use.
const base = 32

// maxChoices bounds what a schedule's text may ask for.
const maxChoices = 10_000_000

// ParseSchedule reads what String wrote.
func ParseSchedule(text string) (s Schedule, err error) {
	body, sum, given := strings.Cut(text, "~")
	if given && (len(sum) != sumLength || strings.Trim(sum, digits) != "") {
		return s, badSchedule(text, "~"+sum)
	}
	s.Sum = sum
	if body == "-" {
		return s, nil
	}
	if numbered, ok := strings.CutPrefix(body, "y"); ok {
		number, rest, _ := strings.Cut(numbered, ".")
		seed, random, drawn := strings.Cut(rest, ".")
		s.Numbered = true
		s.Number, err = strconv.ParseUint(number, base, 62)
		if err == nil {
			s.Seed, err = strconv.ParseUint(seed, base, 64)
		}
		if err == nil && drawn {
			s.Random, err = strconv.ParseUint(random, base, 64)
		}
		if err != nil {
			return s, badSchedule(text, body)
		}
		return s, nil
	}
	for i, part := range strings.Split(body, ".") {
		if random, ok := strings.CutPrefix(part, "z"); ok && i == 0 {
			if s.Random, err = strconv.ParseUint(random, base, 64); err != nil {
				return s, badSchedule(text, part)
			}
			continue
		}
		gapText, choiceText, hasChoice := strings.Cut(part, "x")
		gap, gapErr := strconv.ParseUint(gapText, base, 31)
		choice := uint64(1)
		if hasChoice {
			choice, err = strconv.ParseUint(choiceText, base, 31)
		}
		if gapErr != nil || err != nil || choice == 0 || len(s.Choices)+int(gap) >= maxChoices {
			return s, badSchedule(text, part)
		}
		s.Choices = append(append(s.Choices, make([]int32, gap)...), int32(choice))
	}
	return s, nil
}

func badSchedule(text, part string) error {
	return fmt.Errorf("%q is no schedule: %q is not understood; copy it whole from a finding", text, part)
}

// A Sum has so many of these digits.
const (
	sumLength = 4
	digits    = "0123456789abcdefghijklmnopqrstuvwxyz"
)

// Sum shortens a trace's hash.
func Sum(hash uint64) string {
	var b [sumLength]byte
	for i := range b {
		b[i] = digits[hash%36]
		hash /= 36
	}
	return string(b[:])
}

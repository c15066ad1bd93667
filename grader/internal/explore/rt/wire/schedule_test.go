package wire

import (
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func TestScheduleText(t *testing.T) {
	for _, s := range []Schedule{
		{},
		{Choices: []int32{1}},
		{Choices: []int32{0, 0, 2, 0, 1}, Sum: "k3f9"},
		{Choices: []int32{40, 0, 1}, Random: 71, Sum: "0000"},
		{Random: 1},
		{Numbered: true, Number: 99, Seed: 1 << 63, Sum: "abcd"},
		{Numbered: true, Number: 99, Seed: 1 << 63, Random: 1 << 32, Sum: "abcd"},
	} {
		got, err := ParseSchedule(s.String())
		require.NoError(t, err, s.String())
		assert.Equal(t, s, got, s.String())
	}
	assert.Equal(t, "2x2.1~k3f9", Schedule{Choices: []int32{0, 0, 2, 0, 1, 0, 0}, Sum: "k3f9"}.String())
}

func TestScheduleTextOfEveryGapAndChoice(t *testing.T) {
	for gap := range 1100 {
		s := Schedule{Choices: append(make([]int32, gap), int32(gap+1), 1), Random: uint64(gap)}
		got, err := ParseSchedule(s.String())
		require.NoError(t, err, s.String())
		require.Equal(t, s, got, s.String())
	}
}

func TestBadSchedule(t *testing.T) {
	for _, text := range []string{"", "x", "1.", "1x0", "-1", "zzzzzz.zzzzzz", "1 2", "1x", "z", "y", "y1", "y.1", "y1.x", "y1.1.x", "5.z1", "1w", "1~", "-~ab1", "-~ab12c", "1~AB12", "y1.1~12"} {
		_, err := ParseSchedule(text)
		assert.Error(t, err, text)
	}
}

package check

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
)

// seeds are what the schedules of a fix are drawn from, and the programs that run
// under them.
type seeds struct{ schedules, programs uint64 }

// seedsOf are those of a fix with this hash: the same on every machine. With a
// secret, only those who have it can know them beforehand, and choose a fix by them.
func seedsOf(secret, hash string) seeds {
	if secret == "" {
		b, err := hex.DecodeString(hash)
		if err != nil || len(b) < 8 {
			return seeds{schedules: 1}
		}
		return seeds{schedules: binary.BigEndian.Uint64(b)}
	}
	h := hmac.New(sha256.New, []byte(secret))
	_, _ = h.Write([]byte(hash)) // which never fails
	sum := h.Sum(nil)
	return seeds{binary.BigEndian.Uint64(sum), uint64(binary.BigEndian.Uint32(sum[8:])) + 1}
}

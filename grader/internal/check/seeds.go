package check

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
)

// seeds determine the schedules of a fix and the programs that
// run under them.
type seeds struct{ schedules, programs uint64 }

// seedsOf returns the seeds for a fix with this hash, which are the same on every machine. With
// a secret, an author who does not know it cannot predict them and choose a fix accordingly.
func seedsOf(secret, hash string) seeds {
	if secret == "" {
		b, err := hex.DecodeString(hash)
		if err != nil || len(b) < 8 {
			return seeds{schedules: 1}
		}
		return seeds{schedules: binary.BigEndian.Uint64(b)}
	}
	h := hmac.New(sha256.New, []byte(secret))
	_, _ = h.Write([]byte(hash)) // never fails
	sum := h.Sum(nil)
	return seeds{binary.BigEndian.Uint64(sum), uint64(binary.BigEndian.Uint32(sum[8:])) + 1}
}

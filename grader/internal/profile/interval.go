package profile

import "math"

// confident is the quantile of the normal distribution for 95 % confidence.
const confident = 1.959964

// wilson bounds a rate of which so many failures in so many runs were seen: E. B. Wilson,
// "Probable Inference, the Law of Succession, and Statistical Inference", 1927. It holds
// for rates near 0 and 1 too, where others do not.
func wilson(failures, runs int) (low, high float64) {
	if runs == 0 {
		return 0, 1
	}
	n, p, z := float64(runs), float64(failures)/float64(runs), confident
	middle := p + z*z/(2*n)
	half := z * math.Sqrt(p*(1-p)/n+z*z/(4*n*n))
	scale := 1 + z*z/n
	return max(0, (middle-half)/scale), min(1, (middle+half)/scale)
}

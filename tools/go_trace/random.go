package main

// splitmix64 is the one generator of scenarios and key streams. The C++ side has the same.
type splitmix64 struct{ state uint64 }

func (r *splitmix64) next() uint64 {
	r.state += 0x9e3779b97f4a7c15
	z := r.state
	z = (z ^ z>>30) * 0xbf58476d1ce4e5b9
	z = (z ^ z>>27) * 0x94d049bb133111eb
	return z ^ z>>31
}

// below draws from [0, n). The bias of a remainder is far below what anyone could notice.
func (r *splitmix64) below(n int) int { return int(r.next() % uint64(n)) }

// percent is true p times in a hundred.
func (r *splitmix64) percent(p int) bool { return r.below(100) < p }

// shuffle is Fisher-Yates from the back.
func shuffle[T any](r *splitmix64, s []T) {
	for i := len(s) - 1; i > 0; i-- {
		j := r.below(i + 1)
		s[i], s[j] = s[j], s[i]
	}
}

package main

import "math"

var (
	plusZero  = math.Float64bits(0)
	minusZero = math.Float64bits(math.Copysign(0, -1))
)

func bitsOf(i uint64) uint64 { return math.Float64bits(float64(i)) }

// nanBits is a NaN with bits of its own.
func nanBits(i uint64) uint64 { return 0x7ff8000000000000 | i }

// zeroes shows that +0 and -0 are one key, and that the one written last stays.
func zeroes(r *recorder, _ *splitmix64) {
	for _, order := range [][2]uint64{{plusZero, minusZero}, {minusZero, plusZero}} {
		r.fresh(0)
		for i := uint64(1); i <= 12; i++ {
			r.set(bitsOf(i))
			r.set(order[i%2])
			r.get(order[0])
			r.get(order[1])
		}
		r.set(math.Float64bits(math.Inf(1)))
		r.set(math.Float64bits(math.Inf(-1)))
		r.remove(order[1])
		r.get(order[0])
		r.set(order[0])
		r.set(order[1])
		for i := uint64(13); i <= 60; i++ { // growths move the zero with its sign
			r.set(bitsOf(i))
			if i%8 == 0 {
				r.set(order[i/8%2])
			}
		}
	}
}

// nans mixes keys that differ from themselves with ordinary ones: each such insertion adds
// an entry, nothing finds or erases it, and growth sends it anywhere.
func nans(r *recorder, rng *splitmix64) {
	r.fresh(0)
	absent := uint64(1 << 20) // bits that no entry has
	for i := uint64(1); i <= 220; i++ {
		switch draw := rng.below(10); {
		case draw < 5:
			r.set(nanBits(i))
		case draw < 7:
			r.set(bitsOf(i))
		case draw < 8:
			r.remove(bitsOf(1 + rng.next()%i))
		case draw < 9:
			absent++
			r.remove(nanBits(absent))
		default:
			absent++
			r.get(nanBits(absent))
		}
	}
	for next := uint64(1000); !r.t.raw().growing(); next++ {
		r.set(nanBits(next))
	}
	for r.t.raw().growing() {
		absent++
		r.remove(nanBits(absent))
	}
}

// nanRange begins ranges before and during growths. While one may be under way, evacuation
// sends a NaN by the low bit of its tophash and draws a new tophash.
func nanRange(r *recorder, _ *splitmix64) {
	for _, during := range []bool{true, false} {
		r.fresh(0)
		for i := uint64(1); i <= 104; i++ {
			r.set(nanBits(i))
		}
		if !during {
			r.startRange(1)
		}
		next := uint64(105)
		for ; !r.t.raw().growing(); next++ {
			r.set(nanBits(next))
		}
		if during {
			r.startRange(1)
		}
		for i := uint64(0); i < 3; i++ {
			r.step(1)
			r.set(bitsOf(i + 1))
		}
		for r.step(1) {
			r.set(nanBits(next))
			next++
		}
	}
}

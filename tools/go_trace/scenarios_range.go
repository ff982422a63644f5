package main

// ranges iterates over tables that change meanwhile: entries erased, inserted and updated
// between the steps, growths of both kinds begun before, during and after the start. A
// trace records where Go's range began, so that its whole order can be repeated.
func ranges(r *recorder, rng *splitmix64) {
	for _, entries := range []uint64{5, 8, 20, 52, 104, 120} {
		r.detail = headers
		r.fresh(0)
		insertUpTo(r, 1, entries)
		r.dump()
		walkUnchanged(r)
		walkWhileWriting(r, rng, entries)
	}
	rangeInGrowth(r, rng)
	rangeInSameSizeGrowth(r, rng)
}

func walkUnchanged(r *recorder) {
	r.startRange(1)
	for r.step(1) {
	}
}

// walkWhileWriting makes one write after each step, inserting for the larger part.
func walkWhileWriting(r *recorder, rng *splitmix64, entries uint64) {
	next := entries + 1
	r.startRange(2)
	for r.step(2) {
		switch rng.below(4) {
		case 0:
			r.remove(1 + rng.next()%next)
		case 1:
			r.set(1 + rng.next()%next)
		default:
			r.set(next)
			next++
		}
	}
	r.dump()
}

// rangeInGrowth starts one range before a doubling and one in it, lets both go on while it
// ends, and into the next.
func rangeInGrowth(r *recorder, rng *splitmix64) {
	r.fresh(0)
	insertUpTo(r, 1, 104)
	r.startRange(1)
	next := insertUntilGrowth(r, 105)
	r.set(next)
	r.set(next + 1)
	r.startRange(2)
	r.dump()
	iterateTogether(r, rng, next+2)
}

func rangeInSameSizeGrowth(r *recorder, rng *splitmix64) {
	r.fresh(52)
	insertUpTo(r, 1, 52)
	var keys live
	for key := uint64(1); key <= 52; key++ {
		keys.add(key)
	}
	next := uint64(53)
	for ; !r.t.raw().growing() && next < 5000; next++ {
		if next == 100 {
			r.startRange(1)
		}
		r.remove(keys.draw(rng))
		r.set(next)
		keys.add(next)
	}
	r.startRange(2)
	r.dump()
	iterateTogether(r, rng, next)
}

// iterateTogether alternates ranges 1 and 2, with writes in between, until both have ended.
func iterateTogether(r *recorder, rng *splitmix64, next uint64) {
	going := []int{1, 2}
	for len(going) > 0 {
		i := rng.below(len(going))
		if !r.step(going[i]) {
			going = append(going[:i], going[i+1:]...)
		}
		if rng.percent(40) {
			r.remove(1 + rng.next()%next)
		} else if rng.percent(70) {
			r.set(next)
			next++
		}
	}
	r.dump()
}

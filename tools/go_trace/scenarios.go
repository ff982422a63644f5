package main

// scenario is one trace: a payload and what is done to it. What each one shows is described in
// README.md.
type scenario struct {
	name  string
	table func() table
	play  func(r *recorder, rng *splitmix64)
}

func (s scenario) record() []byte {
	r := newRecorder(s.name, s.table())
	s.play(r, &splitmix64{0x5eed})
	return r.finish()
}

func int64Table() table { return newTable(int64s, int64s) }

var scenarios = []scenario{
	{"int64_growth", int64Table, growth},
	{"int64_growth_points", int64Table, growthPoints},
	{"int64_hints", int64Table, hints},
	{"int64_churn", int64Table, churn},
	{"int64_same_size", int64Table, sameSize},
	{"int64_update", int64Table, evacuateByUpdate},
	{"int64_delete_absent", int64Table, evacuateByAbsent},
	{"int64_half_grown", int64Table, halfGrown},
	{"int64_mark_limit", int64Table, markLimit},
	{"int64_clear", int64Table, clears},
	{"int64_empty_rest", int64Table, emptyRest},
	{"int64_sampled", int64Table, sampled},
	{"int64_range", int64Table, ranges},
	{"float64_zeroes", func() table { return newTable(float64s, int64s) }, zeroes},
	{"float64_nan", func() table { return newTable(float64s, int64s) }, nans},
	{"float64_nan_range", func() table { return newTable(float64s, int64s) }, nanRange},
	{"string_mix", func() table { return newTable(texts, texts) }, mix},
	{"string_churn", func() table { return newTable(texts, int64s) }, churn},
	{"string_range", func() table { return newTable(texts, texts) }, ranges},
	{"int32_mix", func() table { return newTable(int32s, int32s) }, mix},
	{"value128_mix", func() table { return newTable(int64s, bytes128) }, mix},
	{"value129_mix", func() table { return newTable(int64s, bytes129) }, mix},
	{"key128_mix", func() table { return newTable(bytes128, int64s) }, mix},
	{"key129_mix", func() table { return newTable(bytes129, int64s) }, mix},
	{"both129_churn", func() table { return newTable(bytes129, bytes129) }, churn},
}

// insertUntilGrowth inserts next, next+1, ... until a growth is under way, and returns the
// first key not used.
func insertUntilGrowth(r *recorder, next uint64) uint64 {
	for !r.t.raw().growing() {
		r.set(next)
		next++
	}
	return next
}

func insertUpTo(r *recorder, first, last uint64) {
	for key := first; key <= last; key++ {
		r.set(key)
	}
}

// growthEvent describes what an operation did to the growth of a table.
type growthEvent int

const (
	nothing growthEvent = iota
	started
	halfway
	finished
)

// growthWatch reports the start, the middle and the end of each growth.
type growthWatch struct {
	B       uint8
	growing bool
	half    bool
}

func (w *growthWatch) look(m rawMap) growthEvent {
	was := *w
	w.B, w.growing = m.h.B, m.growing()
	w.half = w.growing && int(m.h.nevacuate) >= m.oldBucketCount()/2
	switch {
	case w.B != was.B || w.growing && !was.growing:
		return started
	case was.growing && !w.growing:
		return finished
	case w.half && !was.half:
		return halfway
	}
	return nothing
}

// growth goes to 100,000 entries. Buckets are shown while they are few; after that there
// are digests where a growth starts, is halfway and ends.
func growth(r *recorder, rng *splitmix64) {
	r.detail = quiet
	r.fresh(0)
	var watch growthWatch
	for key := uint64(1); key <= 100000; key++ {
		r.set(key)
		event := watch.look(r.t.raw())
		switch {
		case event == nothing && key%1000 == 0:
			r.header()
		case event != nothing && watch.B <= 6:
			r.dump()
		case event != nothing:
			r.digest()
			for i := 0; i < 50; i++ {
				r.get(1 + rng.next()%key)
			}
			r.digest()
		}
	}
	r.digest()
}

// growthPoints shows every bucket after every insertion up to 220 entries: the triggers of
// six growths, with what each write moves.
func growthPoints(r *recorder, _ *splitmix64) {
	r.fresh(0)
	insertUpTo(r, 1, 220)
}

// hints makes tables of many hints, and fills each over its capacity.
func hints(r *recorder, _ *splitmix64) {
	for _, hint := range []int{
		0, 1, 7, 8, 9, 13, 14, 26, 27, 52, 53, 104, 105, 1000, -1, -1 << 62, 1 << 45, 1 << 62,
	} {
		r.detail = buckets
		r.fresh(hint)
		insertUpTo(r, 1, 3)
		if hint > 0 && hint < 200 {
			r.detail = headers
			insertUpTo(r, 4, uint64(hint))
			r.detail = buckets
			insertUpTo(r, uint64(hint)+1, uint64(2*hint)+10)
		}
		r.dump()
	}
}

// churn inserts and deletes at random, in phases that let the table grow, rest, empty
// itself (which changes the seed) and fill again.
func churn(r *recorder, rng *splitmix64) {
	r.fresh(0)
	for _, phase := range []struct{ ops, sets int }{
		{200, 75}, {300, 50}, {250, 30}, {200, 60}, {250, 45},
	} {
		for i := 0; i < phase.ops; i++ {
			key := uint64(1 + rng.below(150))
			if rng.percent(phase.sets) {
				r.set(key)
			} else {
				r.remove(key)
			}
		}
	}
	for key := uint64(1); key <= 150; key++ {
		r.remove(key)
	}
	insertUpTo(r, 1, 40)
}

// live is a set of keys from which one can be drawn.
type live []uint64

func (l *live) add(key uint64) { *l = append(*l, key) }

func (l *live) draw(rng *splitmix64) uint64 {
	i := rng.below(len(*l))
	key := (*l)[i]
	(*l)[i] = (*l)[len(*l)-1]
	*l = (*l)[:len(*l)-1]
	return key
}

// sameSize keeps the number of entries and replaces them one by one: holes gather in long
// chains until the table makes a fresh array of equal size. At B = 1, 3 and 5.
func sameSize(r *recorder, rng *splitmix64) {
	for _, entries := range []uint64{13, 52, 208} {
		r.detail = headers
		r.fresh(int(entries))
		insertUpTo(r, 1, entries)
		var keys live
		for key := uint64(1); key <= entries; key++ {
			keys.add(key)
		}
		r.detail = buckets
		next := entries + 1
		var watch growthWatch
		watch.look(r.t.raw())
		for growths, ops := 0, 0; growths < 2 && ops < 3000; ops++ {
			r.remove(keys.draw(rng))
			r.set(next)
			keys.add(next)
			next++
			if watch.look(r.t.raw()) == finished {
				growths++
			}
		}
	}
}

// evacuateByUpdate lets a growth end by updates alone: of one key, then of random ones.
func evacuateByUpdate(r *recorder, rng *splitmix64) {
	r.detail = headers
	r.fresh(0)
	insertUpTo(r, 1, 208)
	r.detail = buckets
	next := insertUntilGrowth(r, 209)
	for r.t.raw().growing() {
		r.set(77)
	}
	r.detail = headers
	insertUpTo(r, next, 416)
	r.detail = buckets
	next = insertUntilGrowth(r, 417)
	for r.t.raw().growing() {
		r.set(1 + rng.next()%(next-1))
	}
}

// evacuateByAbsent does the same by deleting keys that are not there.
func evacuateByAbsent(r *recorder, rng *splitmix64) {
	r.detail = headers
	r.fresh(0)
	insertUpTo(r, 1, 208)
	r.detail = buckets
	next := insertUntilGrowth(r, 209)
	for r.t.raw().growing() {
		r.remove(1 << 40)
	}
	r.detail = headers
	insertUpTo(r, next, 416)
	r.detail = buckets
	insertUntilGrowth(r, 417)
	for r.t.raw().growing() {
		r.remove(1<<40 + rng.next()%1000)
	}
}

// halfGrown stops in the middle of a growth, where reads must find everything and move
// nothing, then erases and inserts there, and goes on to the next growth.
func halfGrown(r *recorder, rng *splitmix64) {
	r.detail = headers
	r.fresh(0)
	insertUpTo(r, 1, 208)
	r.detail = buckets
	next := insertUntilGrowth(r, 209)
	for i := 0; i < 5; i++ {
		r.set(next)
		next++
	}
	r.detail = headers
	for key := uint64(1); key < next+50; key++ {
		r.get(key)
	}
	r.detail = buckets
	r.dump()
	for i := 0; i < 25; i++ {
		r.remove(1 + rng.next()%next)
		r.get(1 + rng.next()%next)
	}
	for r.t.raw().growing() {
		r.set(next)
		next++
	}
	for i := 0; i < 150; i++ {
		r.remove(1 + rng.next()%next)
	}
	r.detail = headers
	for key := uint64(1); key < next; key++ {
		r.get(key)
	}
	insertUntilGrowth(r, next)
	r.dump()
}

// markLimit evacuates the upper half of 4096 old buckets by aimed writes while the mark
// crawls through the lower half. When it reaches the part that is done, it may skip no
// more than 1024 buckets at once.
func markLimit(r *recorder, _ *splitmix64) {
	r.detail = quiet
	r.fresh(26624)
	next := insertUntilGrowth(r, 1)
	r.digest()
	m := r.t.raw()
	chains := m.oldBucketCount()
	keyOf := make([]uint64, chains) // a key for each chain, absent ones where there are no others
	for key, missing := uint64(1), chains; missing > 0; key++ {
		chain := r.t.hash(key) & uint64(chains-1)
		if keyOf[chain] == 0 {
			keyOf[chain] = key
			missing--
		}
	}
	write := func(chain int) {
		if keyOf[chain] < next {
			r.set(keyOf[chain])
		} else {
			r.remove(keyOf[chain])
		}
	}
	r.detail = headers
	for chain := chains - 1; chain > int(m.h.nevacuate)+1; chain-- {
		write(chain)
	}
	r.digest()
	for m.growing() {
		write(chains - 1)
	}
	r.digest()
}

// clears empties tables in every state: new, small, with overflow buckets, in a doubling,
// in a same-size growth; and fills them again.
func clears(r *recorder, rng *splitmix64) {
	r.fresh(0)
	r.clear()
	insertUpTo(r, 1, 5)
	r.clear()
	r.clear()
	insertUpTo(r, 1, 60)
	r.clear()
	insertUpTo(r, 1, 60)
	r.detail = headers
	insertUpTo(r, 61, 208)
	r.detail = buckets
	r.dump()
	r.clear()
	r.detail = headers
	next := insertUntilGrowth(r, 1)
	r.dump()
	r.set(next)
	r.set(next + 1)
	r.clear()
	r.dump()
	insertUpTo(r, 1, 208)
	r.dump()
	clearInSameSizeGrowth(r, rng)
}

func clearInSameSizeGrowth(r *recorder, rng *splitmix64) {
	r.fresh(52)
	insertUpTo(r, 1, 52)
	var keys live
	for key := uint64(1); key <= 52; key++ {
		keys.add(key)
	}
	for next := uint64(53); !r.t.raw().growing() && next < 5000; next++ {
		r.remove(keys.draw(rng))
		r.set(next)
		keys.add(next)
	}
	r.detail = buckets
	r.dump()
	r.set(1)
	r.clear()
	insertUpTo(r, 1, 60)
}

// keysInChain finds n keys from `first` on whose hash ends in `index`.
func keysInChain(r *recorder, index, n int, first uint64) []uint64 {
	var keys []uint64
	mask := uint64(r.t.raw().bucketCount() - 1)
	for key := first; len(keys) < n; key++ {
		if r.t.hash(key)&mask == uint64(index) {
			keys = append(keys, key)
		}
	}
	return keys
}

// emptyRest builds one chain of four buckets and erases it in many orders, so that
// emptyRest spreads backwards across overflow buckets, and new entries fill the holes.
func emptyRest(r *recorder, rng *splitmix64) {
	r.fresh(50)
	other := keysInChain(r, 2, 1, 1)
	r.set(other[0]) // keeps the table from becoming empty, which would change the seed
	keys := keysInChain(r, 5, 30, 1000)
	fill := func() {
		for _, key := range keys {
			r.set(key)
		}
	}
	erase := func(order []uint64) {
		for _, key := range order {
			r.remove(key)
		}
	}
	reversed := make([]uint64, len(keys))
	for i, key := range keys {
		reversed[len(keys)-1-i] = key
	}
	for _, order := range [][]uint64{keys, reversed, everySecond(keys)} {
		fill()
		erase(order)
	}
	for round := 0; round < 6; round++ {
		fill()
		order := append([]uint64(nil), keys...)
		shuffle(rng, order)
		erase(order[:10+rng.below(20)])
	}
	erase(reversed)
}

// everySecond puts the even places before the odd ones.
func everySecond(keys []uint64) []uint64 {
	var order []uint64
	for start := 0; start < 2; start++ {
		for i := start; i < len(keys); i += 2 {
			order = append(order, keys[i])
		}
	}
	return order
}

// sampled has 65,536 buckets, where Go counts overflow buckets by chance only, and chains
// of up to seven buckets.
func sampled(r *recorder, rng *splitmix64) {
	r.detail = headers
	r.fresh(300000)
	var keys []uint64
	for chain := 0; chain < 4; chain++ {
		keys = append(keys, keysInChain(r, 40000+chain*7001, 50, uint64(chain)<<32)...)
	}
	shuffle(rng, keys)
	for _, key := range keys {
		r.set(key)
	}
	r.dump()
	shuffle(rng, keys)
	for _, key := range keys[:150] {
		r.remove(key)
	}
	r.dump()
	for _, key := range keys[:100] {
		r.set(key)
	}
	r.dump()
}

// mix does everything at once.
func mix(r *recorder, rng *splitmix64) {
	r.fresh(0)
	for i := 0; i < 900; i++ {
		key := uint64(1 + rng.below(140))
		switch draw := rng.below(1000); {
		case draw < 600:
			r.set(key)
		case draw < 900:
			r.remove(key)
		case draw < 996:
			r.get(key)
		default:
			r.clear()
		}
	}
	r.fresh(30)
	insertUpTo(r, 1, 120)
}

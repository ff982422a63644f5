package main

import (
	"flag"
	"fmt"
	"runtime"
	"runtime/debug"
	"sort"
	"strconv"
	"strings"
	"syscall"
	"unsafe"
)

// The time command measures map[int64]int64 on key streams that another program can
// repeat: maps/hmap/tests/go_compare.cpp is its twin, line by line where that is possible.
// Each result carries a checksum of the keys, of their order and of what was found.
//
// What would mislead, and is avoided: collections (off; run between passes instead), other
// goroutines (one processor, thread locked), a lookup order that the branch predictor
// learns by heart (every pass shuffles anew), regions shorter than the clock resolves
// (small tables are visited many times, in different orders), other processes (the
// thread's own CPU clock; medians).

type timing struct {
	n      int // entries of a table
	tables int // tables in a timed region
	passes int
	rng    splitmix64

	keys   []int64 // in the table
	others []int64 // not in the table
	maps   []map[int64]int64
}

func timeCommand(args []string) error {
	flags := flag.NewFlagSet("time", flag.ExitOnError)
	sizes := flags.String("n", "1000,100000,1000000", "entries, comma separated")
	ops := flags.String("ops", "insert,insert_hinted,hit,miss,update,delete,range,range_one", "operations")
	passes := flags.Int("passes", 5, "passes; the median is reported")
	region := flags.Int("region", 1<<17, "least operations in a timed region")
	seed := flags.Uint64("seed", 1, "of the key stream and of the orders")
	if err := flags.Parse(args); err != nil {
		return err
	}
	runtime.GOMAXPROCS(1)
	runtime.LockOSThread()
	debug.SetGCPercent(-1)
	for _, size := range strings.Split(*sizes, ",") {
		n, err := strconv.Atoi(size)
		if err != nil || n < 1 {
			return fmt.Errorf("not a size: %q", size)
		}
		t := newTiming(n, *passes, *region, *seed)
		for _, op := range strings.Split(*ops, ",") {
			if err := t.report(op); err != nil {
				return err
			}
		}
	}
	return nil
}

func newTiming(n, passes, region int, seed uint64) *timing {
	t := &timing{n: n, tables: (region + n - 1) / n, passes: passes, rng: splitmix64{seed}}
	for i := 0; i < n; i++ {
		t.keys = append(t.keys, int64(t.rng.next()))
	}
	for i := 0; i < n; i++ {
		t.others = append(t.others, int64(t.rng.next()))
	}
	t.maps = make([]map[int64]int64, t.tables)
	return t
}

func (t *timing) report(op string) error {
	pass, known := map[string]func(*mixer) int64{
		"insert":        func(sum *mixer) int64 { return t.insert(sum, 0) },
		"insert_hinted": func(sum *mixer) int64 { return t.insert(sum, t.n) },
		"hit":           func(sum *mixer) int64 { return t.lookup(sum, t.keys) },
		"miss":          func(sum *mixer) int64 { return t.lookup(sum, t.others) },
		"update":        t.update,
		"delete":        t.remove,
		"range":         func(sum *mixer) int64 { return t.iterate(sum, t.n) },
		"range_one":     func(sum *mixer) int64 { return t.iterate(sum, 1) },
	}[op]
	if !known {
		return fmt.Errorf("unknown operation %q", op)
	}
	var sum mixer
	var ns []float64
	for i := 0; i < t.passes; i++ {
		ns = append(ns, float64(pass(&sum))/float64(t.tables*t.n))
	}
	sort.Float64s(ns)
	median := ns[len(ns)/2]
	fmt.Printf("{\"op\":%q,\"n\":%d,\"ns\":%.3f,\"checksum\":\"%016x\"}\n", op, t.n, median, sum)
	return nil
}

// mixer folds numbers into one, order and all.
type mixer uint64

func (m *mixer) add(word uint64) {
	*m = mixer(uint64(*m)*0x100000001b3 ^ word)
}

// shuffled gives every table an order of its own, one behind the other.
func (t *timing) shuffled(keys []int64) []int64 {
	all := make([]int64, 0, t.tables*t.n)
	for i := 0; i < t.tables; i++ {
		all = append(all, keys...)
		shuffle(&t.rng, all[len(all)-t.n:])
	}
	return all
}

// refill gives back all tables and makes full ones.
func (t *timing) refill(tables int) {
	t.release()
	for i := 0; i < tables; i++ {
		m := make(map[int64]int64)
		for j, key := range t.keys {
			m[key] = int64(j)
		}
		t.maps[i] = m
	}
}

func (t *timing) release() {
	for i := range t.maps {
		t.maps[i] = nil
	}
	runtime.GC()
}

func (t *timing) insert(sum *mixer, hint int) int64 {
	order := t.shuffled(t.keys)
	t.release()
	start := threadClock()
	for i := range t.maps {
		m := make(map[int64]int64, hint)
		for j, key := range order[i*t.n : (i+1)*t.n] {
			m[key] = int64(j)
		}
		t.maps[i] = m
	}
	elapsed := threadClock() - start
	for i, m := range t.maps {
		sum.add(uint64(len(m)))
		for _, key := range order[i*t.n : (i+1)*t.n] {
			sum.add(uint64(key ^ m[key]))
		}
	}
	return elapsed
}

func (t *timing) lookup(sum *mixer, keys []int64) int64 {
	order := t.shuffled(keys)
	t.refill(1)
	m := t.maps[0]
	var total int64
	start := threadClock()
	for _, key := range order {
		if v, found := m[key]; found {
			total += v + 1
		}
	}
	elapsed := threadClock() - start
	sum.add(uint64(total))
	for _, key := range order {
		sum.add(uint64(key))
	}
	return elapsed
}

func (t *timing) update(sum *mixer) int64 {
	order := t.shuffled(t.keys)
	t.refill(1)
	m := t.maps[0]
	start := threadClock()
	for i, key := range order {
		m[key] = int64(i)
	}
	elapsed := threadClock() - start
	sum.add(uint64(len(m)))
	for _, key := range t.keys {
		sum.add(uint64(key ^ m[key]))
	}
	return elapsed
}

func (t *timing) remove(sum *mixer) int64 {
	order := t.shuffled(t.keys)
	t.refill(t.tables)
	start := threadClock()
	for i, m := range t.maps {
		for _, key := range order[i*t.n : (i+1)*t.n] {
			delete(m, key)
		}
	}
	elapsed := threadClock() - start
	for _, m := range t.maps {
		sum.add(uint64(len(m)))
	}
	for _, key := range order {
		sum.add(uint64(key))
	}
	return elapsed
}

// iterate ranges over a table of which only the first keys are left; per entry that there was.
func (t *timing) iterate(sum *mixer, left int) int64 {
	t.refill(1)
	m := t.maps[0]
	for _, key := range t.keys[left:] {
		delete(m, key)
	}
	var total int64
	start := threadClock()
	for i := 0; i < t.tables; i++ {
		for key, value := range m {
			total += key ^ value
		}
	}
	elapsed := threadClock() - start
	sum.add(uint64(total))
	return elapsed
}

// threadClock is the CPU time of this thread in nanoseconds.
func threadClock() int64 {
	const threadCPU = 3 // CLOCK_THREAD_CPUTIME_ID
	var now syscall.Timespec
	syscall.RawSyscall(syscall.SYS_CLOCK_GETTIME, threadCPU, uintptr(unsafe.Pointer(&now)), 0)
	return now.Nano()
}

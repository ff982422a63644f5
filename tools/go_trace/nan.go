package main

import (
	"fmt"
	"math"
	"strings"
)

func isNaN(key uint64) bool {
	f := math.Float64frombits(key)
	return f != f
}

// nanWatch finds out which hashes Go drew for keys that differ from themselves.
//
// Such a hash is random and used once: by the assignment or deletion at hand, or by the
// evacuation of the key's chain. What it decided can be read back from where things lie
// afterwards, and that is all a replay needs: the low bits are the chain that the key
// went to, the top byte is its tophash. Scenarios give every NaN bits of its own, so that
// each hash can be handed to the right key whatever the order of calls.
type nanWatch struct {
	t         table
	places    map[uint64]place
	evacuated []bool
	nevacuate int
}

// place is a chain, named by the bucket array's address: growth makes the same array the
// old one.
type place struct {
	array uintptr
	index int
	top   uint8
}

func (w *nanWatch) before() {
	m := w.t.raw()
	w.places = w.find()
	w.nevacuate = int(m.h.nevacuate)
	w.evacuated = w.evacuatedHeads()
}

// after gives the lines with the hashes of an operation on `key`.
func (w *nanWatch) after(key uint64) string {
	var lines strings.Builder
	found := w.find()
	for id, now := range found {
		if w.places[id] != now {
			lines.WriteString(hashLine(id, uint64(now.top)<<56|uint64(now.index)))
		}
	}
	if _, present := found[key]; isNaN(key) && !present {
		lines.WriteString(hashLine(key, w.hashOfAbsent()))
	}
	return lines.String()
}

func hashLine(id, hash uint64) string { return fmt.Sprintf("h %x %s\n", id, shortHash(hash)) }

// hashOfAbsent gives a hash that makes a deletion evacuate what this one did. A write
// evacuates the chain that it belongs to, and one at the progress mark. If only the
// latter has moved, the write's own chain had moved before.
func (w *nanWatch) hashOfAbsent() uint64 {
	now := w.evacuatedHeads()
	moved := func(i int) bool { return i < len(now) && now[i] || len(now) == 0 }
	for i, was := range w.evacuated {
		if !was && moved(i) && i != w.nevacuate {
			return uint64(i)
		}
	}
	for i, was := range w.evacuated {
		if was {
			return uint64(i)
		}
	}
	return 0
}

func (w *nanWatch) evacuatedHeads() []bool {
	m := w.t.raw()
	heads := make([]bool, m.oldBucketCount())
	for i := range heads {
		heads[i] = m.bucket(m.h.oldbuckets, i).evacuated()
	}
	return heads
}

func (w *nanWatch) find() map[uint64]place {
	found := map[uint64]place{}
	m := w.t.raw()
	if m.h.buckets == nil {
		return found
	}
	for i := 0; i < m.bucketCount(); i++ {
		w.findIn(m.bucket(m.h.buckets, i), place{uintptr(m.h.buckets), i, 0}, found)
	}
	for i := 0; i < m.oldBucketCount(); i++ {
		if b := m.bucket(m.h.oldbuckets, i); !b.evacuated() {
			w.findIn(b, place{uintptr(m.h.oldbuckets), i, 0}, found)
		}
	}
	return found
}

func (w *nanWatch) findIn(b rawBucket, at place, found map[uint64]place) {
	for more := true; more; b, more = b.overflow() {
		for i, top := range b.tophash() {
			if top < minTophash {
				continue
			}
			if id := w.t.keyAt(b.key(i)); isNaN(id) {
				at.top = top
				found[id] = at
			}
		}
	}
}

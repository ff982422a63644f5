package main

import (
	"bytes"
	"fmt"
	"strconv"
)

// detail says what a recorder writes after every operation.
type detail int

const (
	quiet   detail = iota // nothing
	headers               // the header
	buckets               // the header and every bucket that changed
)

// recorder drives one table and writes down what it was asked and what became of it.
// The value of every assignment is the number of the operation, so traces do not record it.
type recorder struct {
	t      table
	detail detail
	out    bytes.Buffer
	ops    uint64

	hash0  uint32          // the seed that `hashed` belongs to
	hashed map[uint64]bool // keys whose hash the trace has recorded
	last   image           // as of the last dump
	nans   *nanWatch       // set for keys that may differ from themselves
	ranges map[int]ranger

	line []byte // under construction
}

func newRecorder(name string, t table) *recorder {
	r := &recorder{t: t, detail: buckets, ranges: map[int]ranger{}}
	key, value := t.payload()
	fmt.Fprintf(&r.out, "hmap-trace 1 %s %s %s\n", name, key, value)
	if key == "float64" {
		r.nans = &nanWatch{t: t}
	}
	return r
}

// finish closes the trace with the number of its operations and gives all of it.
func (r *recorder) finish() []byte {
	fmt.Fprintf(&r.out, "q %d\n", r.ops)
	return r.out.Bytes()
}

// ---- operations

func (r *recorder) fresh(hint int) {
	r.t.fresh(hint)
	r.ops++
	r.last = image{}
	r.begin('m')
	r.line = append(r.line, ' ')
	r.line = strconv.AppendInt(r.line, int64(hint), 10)
	r.newEpoch()
	r.end()
}

func (r *recorder) set(key uint64) { r.write('s', key, func() { r.t.set(key, r.ops) }) }

func (r *recorder) remove(key uint64) { r.write('d', key, func() { r.t.remove(key) }) }

func (r *recorder) get(key uint64) {
	hash := r.hashIfNew(key)
	if r.nans != nil && isNaN(key) {
		r.out.WriteString(hashLine(key, 0)) // any will do: it is found nowhere
	}
	r.ops++
	value, found := r.t.get(key)
	r.begin('g')
	r.addWord(key)
	if found {
		r.addWord(value)
	} else {
		r.line = append(r.line, " -"...)
	}
	r.line = append(r.line, hash...)
	r.end()
}

func (r *recorder) clear() {
	r.ops++
	r.t.clear()
	r.begin('z')
	r.end()
}

// startRange begins range `slot` and takes its first step.
func (r *recorder) startRange(slot int) {
	r.ops++
	it := r.t.newRange()
	r.ranges[slot] = it
	key, value, ok := it.next()
	bucket, offset := it.start()
	r.begin('r')
	r.addWord(uint64(slot))
	r.addWord(bucket)
	r.addWord(uint64(offset))
	r.addStep(key, value, ok)
	r.end()
}

// step takes range `slot` one entry further; false at its end.
func (r *recorder) step(slot int) bool {
	r.ops++
	key, value, ok := r.ranges[slot].next()
	r.begin('i')
	r.addWord(uint64(slot))
	r.addStep(key, value, ok)
	r.end()
	return ok
}

func (r *recorder) write(op byte, key uint64, apply func()) {
	hash := r.hashIfNew(key)
	r.ops++
	if r.nans == nil {
		apply()
	} else {
		r.nans.before()
		apply()
		r.out.WriteString(r.nans.after(key))
	}
	r.begin(op)
	r.addWord(key)
	r.line = append(r.line, hash...)
	r.end()
}

// ---- lines

func (r *recorder) begin(op byte) { r.line = append(r.line[:0], op) }

func (r *recorder) addWord(word uint64) {
	r.line = append(r.line, ' ')
	r.line = strconv.AppendUint(r.line, word, 16)
}

func (r *recorder) addStep(key, value uint64, ok bool) {
	if !ok {
		r.line = append(r.line, " -"...)
		return
	}
	r.addWord(key)
	r.addWord(value)
}

func (r *recorder) end() {
	r.out.Write(append(r.line, '\n'))
	if r.t.raw().h.hash0 != r.hash0 {
		r.newEpoch()
		r.out.WriteString("e\n")
	}
	switch r.detail {
	case headers:
		r.header()
	case buckets:
		r.dump()
	}
}

func (r *recorder) newEpoch() {
	r.hash0 = r.t.raw().h.hash0
	r.hashed = map[uint64]bool{}
}

// hashIfNew gives the text of a key's hash the first time that an epoch meets the key.
func (r *recorder) hashIfNew(key uint64) string {
	if r.hashed[key] || r.nans != nil && isNaN(key) {
		return ""
	}
	r.hashed[key] = true
	return " " + shortHash(r.t.hash(key))
}

// shortHash keeps what a table of at most 2^24 buckets looks at: top byte and low bits.
func shortHash(hash uint64) string {
	return fmt.Sprintf("%02x%06x", hash>>56, hash&0xffffff)
}

// ---- checkpoints

func (r *recorder) header() {
	h := r.t.raw().h
	fmt.Fprintf(&r.out, "c %d %d %d %d %d %d %d\n", h.count, h.B,
		h.flags&(flagIterator|flagOldIterator|flagSameSize), h.noverflow, h.nevacuate,
		bit(h.oldbuckets != nil), bit(h.buckets != nil))
}

func bit(b bool) int {
	if b {
		return 1
	}
	return 0
}

// dump writes the header and the buckets that differ from the last dump.
func (r *recorder) dump() {
	r.header()
	now := imageOf(r.t)
	for _, at := range r.last.order {
		if _, still := now.text[at]; !still {
			r.out.Write(append(appendPosition([]byte("x"), at), '\n'))
		}
	}
	for _, at := range now.order {
		if r.last.text[at] != now.text[at] {
			r.out.WriteString(now.text[at])
		}
	}
	r.out.WriteString(".\n")
	r.last = now
}

// digest writes the header and a sum for each group of chains.
func (r *recorder) digest() {
	r.header()
	for _, d := range imageOf(r.t).digests() {
		line := appendPosition([]byte("f"), d.first)
		fmt.Fprintf(&r.out, "%s %x\n", line, d.sum)
	}
}

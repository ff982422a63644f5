package main

import "unsafe"

// The classic map as it lies in memory, for reading only. Field order and sizes are those
// of Go 1.19 to 1.23 on 64-bit machines.

const (
	flagIterator    = 1
	flagOldIterator = 2
	flagSameSize    = 8
)

const (
	cellsPerBucket = 8
	markX          = 2 // moved to the bucket of equal index
	markEmpty      = 4 // was empty when its bucket was evacuated
	minTophash     = 5
)

// header is what a map variable points to: 48 bytes.
type header struct {
	count      int
	flags      uint8
	B          uint8
	noverflow  uint16
	hash0      uint32
	buckets    unsafe.Pointer
	oldbuckets unsafe.Pointer
	nevacuate  uintptr
	extra      unsafe.Pointer
}

// typeHeader is the 48 bytes that every type descriptor starts with.
type typeHeader struct{ _ [48]byte }

// mapType is a map's type descriptor. The bucket's layout follows from it: eight tophash
// bytes, eight keys, eight values, and the overflow pointer in the last eight bytes.
type mapType struct {
	typeHeader
	key, elem, bucket *typeHeader
	hasher            func(key unsafe.Pointer, seed uintptr) uintptr
	keySize           uint8
	elemSize          uint8
	bucketSize        uint16
	flags             uint32
}

func (t *mapType) indirectKey() bool  { return t.flags&1 != 0 }
func (t *mapType) indirectElem() bool { return t.flags&2 != 0 }

// rawMap is one live map, seen from below.
type rawMap struct {
	t *mapType
	h *header
}

func rawOf[K comparable, V any](m map[K]V) rawMap {
	var boxed any = m
	words := (*[2]unsafe.Pointer)(unsafe.Pointer(&boxed)) // type descriptor, map
	return rawMap{t: (*mapType)(words[0]), h: (*header)(words[1])}
}

func (m rawMap) growing() bool { return m.h.oldbuckets != nil }

func (m rawMap) bucketCount() int { return 1 << m.h.B }

func (m rawMap) oldBucketCount() int {
	switch {
	case !m.growing():
		return 0
	case m.h.flags&flagSameSize != 0:
		return m.bucketCount()
	}
	return m.bucketCount() / 2
}

// hash is the map's own hash of a key under the seed in force.
func (m rawMap) hash(key unsafe.Pointer) uint64 {
	return uint64(m.t.hasher(key, uintptr(m.h.hash0)))
}

// rawBucket is one bucket of a rawMap.
type rawBucket struct {
	t    *mapType
	base unsafe.Pointer
}

func (m rawMap) bucket(array unsafe.Pointer, index int) rawBucket {
	return rawBucket{m.t, unsafe.Add(array, index*int(m.t.bucketSize))}
}

func (b rawBucket) tophash() [cellsPerBucket]uint8 { return *(*[cellsPerBucket]uint8)(b.base) }

func (b rawBucket) evacuated() bool {
	top := b.tophash()[0]
	return top >= markX && top <= markEmpty
}

func (b rawBucket) key(i int) unsafe.Pointer {
	p := unsafe.Add(b.base, cellsPerBucket+i*int(b.t.keySize))
	if b.t.indirectKey() {
		return *(*unsafe.Pointer)(p)
	}
	return p
}

func (b rawBucket) elem(i int) unsafe.Pointer {
	p := unsafe.Add(b.base, cellsPerBucket+cellsPerBucket*int(b.t.keySize)+i*int(b.t.elemSize))
	if b.t.indirectElem() {
		return *(*unsafe.Pointer)(p)
	}
	return p
}

func (b rawBucket) overflow() (next rawBucket, ok bool) {
	p := *(*unsafe.Pointer)(unsafe.Add(b.base, int(b.t.bucketSize)-8))
	return rawBucket{b.t, p}, p != nil
}

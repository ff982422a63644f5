package main

import (
	"hash/fnv"
	"strconv"
)

// position names a bucket: which array, which chain, how far along it.
type position struct {
	old   bool
	index int
	depth int
}

// image is the canonical text of every bucket that is worth a line, in order: the new
// array first, chains by index, buckets along the chain.
//
// Left out are heads that are all zero and alone: a large table is mostly those. Of an
// evacuated chain only the head is shown: its marks say where the cells went.
type image struct {
	order []position
	text  map[position]string
}

func imageOf(t table) image {
	im := image{text: map[position]string{}}
	m := t.raw()
	if m.h.buckets == nil {
		return im
	}
	for i := 0; i < m.bucketCount(); i++ {
		im.addChain(t, position{false, i, 0}, m.bucket(m.h.buckets, i))
	}
	for i := 0; i < m.oldBucketCount(); i++ {
		im.addChain(t, position{true, i, 0}, m.bucket(m.h.oldbuckets, i))
	}
	return im
}

func (im *image) addChain(t table, at position, b rawBucket) {
	next, more := b.overflow()
	if b.tophash() == [cellsPerBucket]uint8{} && !more {
		return
	}
	im.add(at, bucketText(t, at, b))
	if at.old && b.evacuated() {
		return
	}
	for more {
		at.depth++
		im.add(at, bucketText(t, at, next))
		next, more = next.overflow()
	}
}

func (im *image) add(at position, text string) {
	im.order = append(im.order, at)
	im.text[at] = text
}

func appendPosition(line []byte, at position) []byte {
	if at.old {
		line = append(line, " o "...)
	} else {
		line = append(line, " n "...)
	}
	line = strconv.AppendInt(line, int64(at.index), 10)
	line = append(line, ' ')
	return strconv.AppendInt(line, int64(at.depth), 10)
}

func bucketText(t table, at position, b rawBucket) string {
	const digits = "0123456789abcdef"
	line := appendPosition([]byte("b"), at)
	line = append(line, ' ')
	tops := b.tophash()
	for _, top := range tops {
		line = append(line, digits[top>>4], digits[top&15])
	}
	for i, top := range tops {
		if top >= minTophash {
			line = append(line, ' ')
			line = strconv.AppendUint(line, t.keyAt(b.key(i)), 16)
			line = append(line, '=')
			line = strconv.AppendUint(line, t.elemAt(b.elem(i)), 16)
		}
	}
	return string(append(line, '\n'))
}

// chainsPerDigest is how many chains one digest covers: few enough to find the bucket
// that differs, enough to keep large states small.
const chainsPerDigest = 256

type digest struct {
	first position
	sum   uint64
}

// digests gives the FNV-1a sum of the text of each group of chains. Groups without any
// text are left out.
func (im image) digests() []digest {
	var all []digest
	sum := fnv.New64a()
	for i, at := range im.order {
		sum.Write([]byte(im.text[at]))
		group := position{at.old, at.index / chainsPerDigest * chainsPerDigest, 0}
		last := i+1 == len(im.order)
		if !last {
			after := im.order[i+1]
			last = after.old != group.old || after.index >= group.index+chainsPerDigest
		}
		if last {
			all = append(all, digest{group, sum.Sum64()})
			sum.Reset()
		}
	}
	return all
}

package main

import (
	"encoding/binary"
	"fmt"
	"math"
	"strconv"
	"strings"
)

// A codec turns ids, which traces are written in, into keys or values, and back. Every
// object of a type is made from its id alone, so id() can check the whole object.
type codec[T any] struct {
	name string
	make func(id uint64) T
	id   func(object T) uint64
}

var (
	int64s = codec[int64]{"int64",
		func(id uint64) int64 { return int64(id) },
		func(v int64) uint64 { return uint64(v) }}
	int32s = codec[int32]{"int32",
		func(id uint64) int32 { return int32(id) },
		func(v int32) uint64 { return uint64(uint32(v)) }}
	float64s = codec[float64]{"float64", math.Float64frombits, math.Float64bits}
	texts    = codec[string]{"string", makeText, textID}
	bytes128 = codec[[128]byte]{"bytes128",
		func(id uint64) (b [128]byte) { fillBytes(b[:], id); return },
		func(b [128]byte) uint64 { return bytesID(b[:]) }}
	bytes129 = codec[[129]byte]{"bytes129",
		func(id uint64) (b [129]byte) { fillBytes(b[:], id); return },
		func(b [129]byte) uint64 { return bytesID(b[:]) }}
)

// makeText writes the id in decimal and pads it to lengths from 1 to about 50: Go treats
// keys of 32 bytes and more differently.
func makeText(id uint64) string {
	return strconv.FormatUint(id, 10) + strings.Repeat("x", int(id*7%48))
}

func textID(s string) uint64 {
	id, err := strconv.ParseUint(strings.TrimRight(s, "x"), 10, 64)
	if err != nil || makeText(id) != s {
		panic(fmt.Sprintf("damaged string %q", s))
	}
	return id
}

// fillBytes writes the id first, then bytes that depend on it.
func fillBytes(b []byte, id uint64) {
	binary.LittleEndian.PutUint64(b, id)
	r := splitmix64{id}
	for i := 8; i < len(b); i++ {
		b[i] = byte(r.next())
	}
}

func bytesID(b []byte) uint64 {
	id := binary.LittleEndian.Uint64(b)
	want := make([]byte, len(b))
	fillBytes(want, id)
	if string(want) != string(b) {
		panic(fmt.Sprintf("damaged bytes of id %d", id))
	}
	return id
}

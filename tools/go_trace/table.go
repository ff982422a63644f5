package main

import (
	"reflect"
	"unsafe"
)

// table is a real Go map whose keys and values are spoken of by their ids.
type table interface {
	fresh(hint int)
	set(key, value uint64)
	remove(key uint64)
	get(key uint64) (value uint64, found bool)
	clear()
	newRange() ranger

	raw() rawMap
	hash(key uint64) uint64
	keyAt(p unsafe.Pointer) uint64
	elemAt(p unsafe.Pointer) uint64
	payload() (key, value string)
}

// ranger is a range loop that pauses between its steps.
type ranger interface {
	// next gives the next entry, or false at the end.
	next() (key, value uint64, ok bool)
	// start returns where the range began, once next has been called.
	start() (bucket uint64, offset uint8)
}

type goMap[K comparable, V any] struct {
	keys   codec[K]
	values codec[V]
	m      map[K]V
}

func newTable[K comparable, V any](keys codec[K], values codec[V]) table {
	t := &goMap[K, V]{keys: keys, values: values}
	t.fresh(0)
	return t
}

func (t *goMap[K, V]) fresh(hint int)        { t.m = make(map[K]V, hint) }
func (t *goMap[K, V]) set(key, value uint64) { t.m[t.keys.make(key)] = t.values.make(value) }
func (t *goMap[K, V]) remove(key uint64)     { delete(t.m, t.keys.make(key)) }

func (t *goMap[K, V]) get(key uint64) (value uint64, found bool) {
	v, found := t.m[t.keys.make(key)]
	if found {
		value = t.values.id(v)
	}
	return value, found
}

// clear is the loop that Go's compiler knows and turns into one call.
func (t *goMap[K, V]) clear() {
	for k := range t.m {
		delete(t.m, k)
	}
}

func (t *goMap[K, V]) raw() rawMap { return rawOf(t.m) }

func (t *goMap[K, V]) hash(key uint64) uint64 {
	k := t.keys.make(key)
	return t.raw().hash(unsafe.Pointer(&k))
}

func (t *goMap[K, V]) keyAt(p unsafe.Pointer) uint64  { return t.keys.id(*(*K)(p)) }
func (t *goMap[K, V]) elemAt(p unsafe.Pointer) uint64 { return t.values.id(*(*V)(p)) }
func (t *goMap[K, V]) payload() (string, string)      { return t.keys.name, t.values.name }

func (t *goMap[K, V]) newRange() ranger {
	return &goRange[K, V]{t: t, it: reflect.ValueOf(t.m).MapRange()}
}

// goRange is reflect's iterator, the only one that can be held between steps; it calls the
// same runtime functions as a range loop.
type goRange[K comparable, V any] struct {
	t  *goMap[K, V]
	it *reflect.MapIter
}

func (r *goRange[K, V]) next() (key, value uint64, ok bool) {
	if !r.it.Next() {
		return 0, 0, false
	}
	k := r.it.Key().Interface().(K)
	v := r.it.Value().Interface().(V)
	return r.t.keys.id(k), r.t.values.id(v), true
}

// rangeState is the head of the runtime's iterator record, as it lies behind the
// reflect.Value in a reflect.MapIter.
type rangeState struct {
	_           reflect.Value
	_           [8]unsafe.Pointer
	startBucket uintptr
	offset      uint8
}

func (r *goRange[K, V]) start() (bucket uint64, offset uint8) {
	s := (*rangeState)(unsafe.Pointer(r.it))
	return uint64(s.startBucket), s.offset
}

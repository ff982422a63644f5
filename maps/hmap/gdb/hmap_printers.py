"""GDB pretty-printer for hmap tables.

    (gdb) source maps/hmap/gdb/hmap_printers.py
    (gdb) print m
    $1 = hmap::map, 9 entries, B = 1, doubling, 1 of 2 old buckets evacuated = {[0] = "zero", ...}

It reads header and buckets from memory alone: no function of the program is called, so it works
on core files. What it knows of the layout is in bucket.hpp, and a test holds the two together.
"""

import gdb
import gdb.printing

CELLS = 8
MIN_TOPHASH = 5
EVACUATED_MARKS = (2, 3, 4)
SAME_SIZE_GROW = 8
MAX_INLINE_BYTES = 128
POINTER = 8


def align_up(offset, alignment):
    return (offset + alignment - 1) // alignment * alignment


def derives_from(type_, name):
    return type_.name == name or any(
        derives_from(field.type, name) for field in type_.fields() if field.is_base_class
    )


class Column:
    """Eight cells of one type: in place, or behind pointers."""

    def __init__(self, type_, indirect):
        self.type = type_
        self.indirect = indirect
        self.size = POINTER if indirect else type_.sizeof
        self.alignment = POINTER if indirect else type_.alignof

    def object(self, cells, i):
        address = gdb.Value(cells + i * self.size)
        if self.indirect:
            return address.cast(self.type.pointer().pointer()).dereference().dereference()
        return address.cast(self.type.pointer()).dereference()


class SplitLayout:
    def __init__(self, key, value):
        self.keys = Column(key, key.sizeof > MAX_INLINE_BYTES)
        self.values = Column(value, value.sizeof > MAX_INLINE_BYTES)
        self.keys_offset = align_up(CELLS, self.keys.alignment)
        self.values_offset = align_up(self.keys_offset + CELLS * self.keys.size, self.values.alignment)
        alignment = max(self.keys.alignment, self.values.alignment, POINTER)
        self.size = align_up(self.values_offset + CELLS * self.values.size + POINTER, alignment)

    def entry(self, bucket, i):
        return (
            self.keys.object(bucket + self.keys_offset, i),
            self.values.object(bucket + self.values_offset, i),
        )


class PairedLayout:
    def __init__(self, key, value):
        pair = gdb.lookup_type(f"std::pair<{key.const()}, {value}>")
        indirect = max(key.sizeof, value.sizeof) > MAX_INLINE_BYTES
        self.slots = Column(pair, indirect)
        self.slots_offset = align_up(CELLS, self.slots.alignment)
        alignment = max(self.slots.alignment, POINTER)
        self.size = align_up(self.slots_offset + CELLS * self.slots.size + POINTER, alignment)

    def entry(self, bucket, i):
        pair = self.slots.object(bucket + self.slots_offset, i)
        return pair["first"], pair["second"]


class TablePrinter:
    """`hmap::map, 3 entries, B = 0` and the entries."""

    def __init__(self, value):
        self.name = value.type.strip_typedefs().name.split("<")[0]
        table = value
        while not table.type.strip_typedefs().name.startswith("hmap::basic_map<"):
            table = table.cast(table.type.strip_typedefs().fields()[0].type)
        core = table["c_"]
        self.header = core["h"]
        table_type = table.type.strip_typedefs()
        key, mapped = table_type.template_argument(0), table_type.template_argument(1)
        paired = derives_from(table_type.template_argument(5), "hmap::paired_traits")
        self.layout = (PairedLayout if paired else SplitLayout)(key, mapped)

    def to_string(self):
        count = int(self.header["count"])
        text = f"{self.name}, {count} {'entry' if count == 1 else 'entries'}, B = {int(self.header['B'])}"
        if self.old_buckets():
            kind = "same-size growth" if self.same_size() else "doubling"
            text += f", {kind}, {int(self.header['nevacuate'])} of {self.old_buckets()} old buckets evacuated"
        return text

    def children(self):
        n = 0
        for bucket in self.live_buckets():
            for i in range(CELLS):
                if self.tophash(bucket, i) >= MIN_TOPHASH:
                    key, value = self.layout.entry(bucket, i)
                    yield f"[{n}].key", key
                    yield f"[{n}].value", value
                    n += 1

    def display_hint(self):
        return "map"

    def same_size(self):
        return int(self.header["flags"]) & SAME_SIZE_GROW

    def old_buckets(self):
        if int(self.header["oldbuckets"]) == 0:
            return 0
        return 1 << (int(self.header["B"]) - (0 if self.same_size() else 1))

    def live_buckets(self):
        """Addresses of all buckets that hold entries, chain by chain."""
        if int(self.header["buckets"]):
            for i in range(1 << int(self.header["B"])):
                if not self.waits(i):
                    yield from self.chain(int(self.header["buckets"]) + i * self.layout.size)
        for i in range(self.old_buckets()):
            head = int(self.header["oldbuckets"]) + i * self.layout.size
            if self.tophash(head, 0) not in EVACUATED_MARKS:
                yield from self.chain(head)

    def waits(self, i):
        """Whether a bucket of the current array waits for its old chain: what it holds means nothing."""
        if not self.old_buckets():
            return False
        i %= self.old_buckets()
        if i < int(self.header["nevacuate"]):
            return False
        return self.tophash(int(self.header["oldbuckets"]) + i * self.layout.size, 0) not in EVACUATED_MARKS

    def chain(self, bucket):
        while bucket:
            yield bucket
            pointer = gdb.lookup_type("unsigned long").pointer()
            overflow = gdb.Value(bucket + self.layout.size - POINTER)
            bucket = int(overflow.cast(pointer).dereference())

    @staticmethod
    def tophash(bucket, i):
        return int(gdb.Value(bucket + i).cast(gdb.lookup_type("unsigned char").pointer()).dereference())


class HandlePrinter:
    """The table behind a handle, or nil."""

    def __init__(self, value):
        self.shared = value["shared_"]

    def to_string(self):
        if int(self.shared) == 0:
            return "hmap::handle, nil"
        return f"hmap::handle to {TablePrinter(self.shared['table']).to_string()}"

    def children(self):
        if int(self.shared):
            yield from TablePrinter(self.shared["table"]).children()

    def display_hint(self):
        return "map"


def register():
    printers = gdb.printing.RegexpCollectionPrettyPrinter("hmap")
    printers.add_printer("table", r"^hmap::(map|paired_map|basic_map)<", TablePrinter)
    printers.add_printer("handle", r"^hmap::handle<", HandlePrinter)
    gdb.printing.register_pretty_printer(None, printers, replace=True)


register()

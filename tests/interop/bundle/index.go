package main

import (
	"bytes"
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
	"os"
	"path/filepath"
	"sort"

	"golang.org/x/mod/sumdb/tlog"
)

// subject is a line of subjects.jsonl with the records shown of it, by seq.
type subject struct {
	Count     int64
	Head, Tag string
	Proof     []string

	chain []*record
}

func (b *bundle) readSubjects() {
	last := ""
	for _, line := range b.lines("data/ledger/subjects.jsonl") {
		made := &subject{}
		err := object(line, lineLimit, made, "count", "head", "proof", "tag")
		if err != nil || made.Tag <= last || !hexForm.MatchString(made.Tag) || !hexForm.MatchString(made.Head) {
			b.fault("subjects.jsonl after %q: %v", last, err)
			continue
		}
		last = made.Tag
		b.subjects[made.Tag] = made
	}
	for _, n := range b.numbers() {
		made := b.records[n]
		if made.Kind != "entry" {
			continue
		}
		if of := b.subjects[made.Tag]; of == nil && !made.companion {
			b.fault("record %d is of a subject without a line in subjects.jsonl", n)
		} else if of != nil && !made.companion {
			of.chain = append(of.chain, made)
		} else if of != nil {
			b.fault("record %d of a shown subject is a companion", n)
		}
	}
}

// numbers are the indexes of all records and companions, ascending.
func (b *bundle) numbers() []int64 {
	made := make([]int64, 0, len(b.records))
	for n := range b.records {
		made = append(made, n)
	}
	sort.Slice(made, func(i, j int) bool { return made[i] < made[j] })
	return made
}

// judgeChains asks CHAIN and the counts of COMPLETENESS (SPEC §4.4, §12).
func (b *bundle) judgeChains() {
	var last *record
	for _, n := range b.numbers() {
		made := b.records[n]
		if last != nil && made.At < last.At {
			b.fault("record %d is earlier than record %d", n, last.N)
		}
		if last != nil && last.N == n-1 && made.Chain != last.hex() {
			b.fault("record %d does not follow record %d", n, last.N)
		}
		last = made
	}
	for tag, of := range b.subjects {
		head := ""
		for seq, made := range of.chain {
			if made.Seq != int64(seq) || made.Prev != head {
				b.fault("record %d is not number %d of its subject %s", made.N, seq, tag)
			}
			head = made.hex()
		}
		if of.Head != head || of.Count != int64(len(of.chain)) {
			b.fault("subject %s: %d records and head %s are tallied", tag, of.Count, of.Head)
		}
	}
}

func hashed(parts ...[]byte) []byte {
	sum := sha256.Sum256(bytes.Join(parts, nil))
	return sum[:]
}

// value is what the index holds of a chain (SPEC §7.1).
func value(count int64, head string) []byte {
	raw, _ := hex.DecodeString(head)
	var number [8]byte
	binary.BigEndian.PutUint64(number[:], uint64(count))
	return hashed(number[:], raw)
}

func bit(tag []byte, depth int) byte { return tag[depth/8] >> (7 - uint(depth%8)) & 1 }

// judgeIndex leads the proof of each line of subjects.jsonl to the tally's index.
func (b *bundle) judgeIndex() {
	tally := b.records[b.size-1]
	if tally == nil || tally.Kind != "tally" {
		b.fault("record %d is no tally", b.size-1)
		return
	}
	for tag, of := range b.subjects {
		raw, _ := hex.DecodeString(tag)
		node := hashed([]byte{2}, raw, value(of.Count, of.Head))
		if len(of.Proof) > 256 || len(of.Proof) > 0 && of.Proof[len(of.Proof)-1] == zeros {
			b.fault("subject %s: proof that nobody makes", tag)
			continue
		}
		for depth := len(of.Proof) - 1; depth >= 0; depth-- {
			sibling, err := hex.DecodeString(of.Proof[depth])
			if err != nil || !hexForm.MatchString(of.Proof[depth]) {
				b.fault("subject %s: sibling %q", tag, of.Proof[depth])
			}
			if bit(raw, depth) == 1 {
				node = hashed([]byte{3}, sibling, node)
			} else {
				node = hashed([]byte{3}, node, sibling)
			}
		}
		if hex.EncodeToString(node) != tally.Index {
			b.fault("subject %s: the proof does not lead to the tally's index", tag)
		}
		b.counted["subjects"]++
	}
}

const zeros = "0000000000000000000000000000000000000000000000000000000000000000"

// total is T of SPEC §7.1 over entries with these tags.
func total(tags [][]byte, values map[string][]byte, depth int) []byte {
	switch len(tags) {
	case 0:
		return make([]byte, 32)
	case 1:
		return hashed([]byte{2}, tags[0], values[string(tags[0])])
	}
	var sides [2][][]byte
	for _, tag := range tags {
		sides[bit(tag, depth)] = append(sides[bit(tag, depth)], tag)
	}
	left, right := total(sides[0], values, depth+1), total(sides[1], values, depth+1)
	return hashed([]byte{3}, left, right)
}

// judgeMirror replays the blinded log, where it is there: C3.
func (b *bundle) judgeMirror() {
	if _, err := os.Stat(filepath.Join(b.folder, "data/ledger/mirror.jsonl")); err != nil {
		return
	}
	var leaves [][]byte
	chains, last := map[string]*record{}, &record{}
	for n, line := range b.lines("data/ledger/mirror.jsonl") {
		made, err := readRecord(line)
		if err != nil {
			b.fault("mirror, line %d: %v", n, err)
			return
		}
		if shown := b.records[int64(n)]; shown != nil && shown.hash != made.hash {
			b.fault("mirror, line %d: another record was shown", n)
		}
		if made.N != int64(n) || made.At < last.At || n > 0 && made.Chain != last.hex() {
			b.fault("mirror, line %d: does not follow", n)
		}
		if made.Kind == "entry" {
			if before := chains[made.Tag]; before == nil && made.Seq != 0 ||
				before != nil && (made.Seq != before.Seq+1 || made.Prev != before.hex()) {
				b.fault("mirror, line %d: does not follow in its chain", n)
			}
			chains[made.Tag] = made
		}
		if made.Kind == "tally" {
			b.compareTally(chains, made, n)
		}
		leaf := made.hash
		leaves, last = append(leaves, leaf[:]), made
	}
	if int64(len(leaves)) != b.size || !bytes.Equal(treeRoot(leaves), b.root[:]) {
		b.fault("mirror: has not the checkpoint's root")
	}
	b.counted["mirror"] = len(leaves)
	for tag, head := range chains {
		if of := b.subjects[tag]; of != nil && (of.Count != head.Seq+1 || of.Head != head.hex()) {
			b.fault("mirror: subject %s has %d records", tag, head.Seq+1)
		}
	}
}

// compareTally asks what the mirror's chains say against a tally after them.
func (b *bundle) compareTally(chains map[string]*record, tally *record, line int) {
	var tags [][]byte
	values := map[string][]byte{}
	for tag, head := range chains {
		raw, _ := hex.DecodeString(tag)
		tags = append(tags, raw)
		values[string(raw)] = value(head.Seq+1, head.hex())
	}
	root := hex.EncodeToString(total(tags, values, 0))
	if root != tally.Index || int64(len(tags)) != tally.Subjects {
		b.fault("mirror, line %d: the tally has another index", line)
	}
}

func treeRoot(leaves [][]byte) []byte {
	if len(leaves) == 0 {
		return hashed()
	}
	if len(leaves) == 1 {
		return leaves[0]
	}
	middle := 1
	for middle*2 < len(leaves) {
		middle *= 2
	}
	var left, right tlog.Hash
	copy(left[:], treeRoot(leaves[:middle]))
	copy(right[:], treeRoot(leaves[middle:]))
	node := tlog.NodeHash(left, right)
	return node[:]
}

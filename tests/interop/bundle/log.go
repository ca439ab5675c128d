package main

import (
	"bytes"
	"encoding/binary"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"golang.org/x/mod/sumdb/note"
	"golang.org/x/mod/sumdb/tlog"
)

const lineLimit = 1 << 20

// trust is what is needed of a trust file (SPEC §6.3).
type trust struct{ log, mldsa, genesis string }

func (b *bundle) readTrust(path string) {
	data, err := os.ReadFile(path)
	if err != nil {
		b.fault("trust file: %v", err)
	}
	for _, line := range strings.Split(string(data), "\n") {
		words := strings.Fields(line)
		switch {
		case len(words) > 1 && words[0] == "log":
			b.trust.log = words[1]
		case len(words) > 2 && words[0] == "witness" && words[1] == "log-mldsa":
			b.trust.mldsa = words[2]
		case len(words) > 2 && words[0] == "#!custody" && words[1] == "genesis":
			b.trust.genesis = words[2]
		}
	}
}

// record is a leaf (SPEC §4.1); the members that its kind does not have are zero.
type record struct {
	At, N, Seq, Subjects               int64
	Chain, Env, Kind, Prev, Tag, Index string

	hash      [32]byte
	companion bool
}

var recordMembers = map[string]string{
	"entry": "at chain env kind n prev seq tag v",
	"tally": "at chain index kind n subjects v",
}

func (r *record) hex() string { return hex.EncodeToString(r.hash[:]) }

func readRecord(data []byte) (*record, error) {
	made := &record{}
	if err := json.Unmarshal(data, made); err != nil {
		return nil, err
	}
	members, known := recordMembers[made.Kind]
	if !known {
		return nil, fmt.Errorf("kind %q", made.Kind)
	}
	var into struct{ V int64 }
	if err := object(data, 2048, &into, strings.Fields(members)...); err != nil {
		return nil, err
	}
	if into.V != 1 || (made.Seq == 0) != (made.Prev == "") && made.Kind == "entry" ||
		(made.N == 0) != (made.Chain == "") || made.At < 0 || made.N < 0 || made.Seq < 0 {
		return nil, fmt.Errorf("members that do not go together")
	}
	made.hash = tlog.RecordHash(data)
	return made, nil
}

func (b *bundle) readLog() {
	b.readCheckpoint()
	last := int64(-1)
	for _, line := range b.lines("data/ledger/records.jsonl") {
		made, err := readRecord(line)
		if err != nil || made.N <= last {
			b.fault("records.jsonl after %d: %v", last, err)
			continue
		}
		last = made.N
		b.records[made.N] = made
	}
	b.readProofs()
	b.readCompanions()
	b.readConsistency()
	if first := b.records[0]; first == nil || first.hex() != b.trust.genesis {
		b.fault("record 0 is not the one that the trust file names")
	}
}

// readProofs asks whether each record has its path, and each path its record.
func (b *bundle) readProofs() {
	paths := map[int64]bool{}
	for _, line := range b.lines("data/ledger/proofs.jsonl") {
		var proof struct {
			N    int64
			Path []string
		}
		if err := object(line, lineLimit, &proof, "n", "path"); err != nil {
			b.fault("proofs.jsonl: %v", err)
		}
		made := b.records[proof.N]
		if made == nil || paths[proof.N] {
			b.fault("path of %d without its record, or a second one", proof.N)
			continue
		}
		paths[proof.N] = true
		b.included(made, proof.Path)
	}
	if len(paths) != len(b.records) {
		b.fault("%d paths of %d records", len(paths), len(b.records))
	}
}

// readCheckpoint has x/mod judge the Ed25519 line, and leaves the ML-DSA-44 line as a question.
func (b *bundle) readCheckpoint() {
	data := b.file("data/ledger/checkpoint")
	verifier, err := note.NewVerifier(b.trust.log)
	if err != nil {
		b.fault("log key: %v", err)
		return
	}
	opened, err := note.Open(data, note.VerifierList(verifier))
	if err != nil {
		b.fault("checkpoint: %v", err)
		return
	}
	var root string
	_, err = fmt.Sscanf(opened.Text, "%s\n%d\n%s\n", &b.origin, &b.size, &root)
	hash, wrong := tlog.ParseHash(root)
	if err != nil || wrong != nil || opened.Text != fmt.Sprintf("%s\n%d\n%s\n", b.origin, b.size, root) {
		b.fault("checkpoint: three lines are wanted, not %q", opened.Text)
	}
	if b.origin != verifier.Name() {
		b.fault("checkpoint of %s signed by %s", b.origin, verifier.Name())
	}
	b.root = hash
	b.seen[b.size] = hex.EncodeToString(hash[:])
	b.askCosignature(opened)
}

// askCosignature puts the question whether the log's ML-DSA-44 line is good (SPEC §6.2, type 06).
func (b *bundle) askCosignature(opened *note.Note) {
	parts := strings.SplitN(b.trust.mldsa, "+", 3)
	if len(parts) != 3 {
		b.fault("the trust file names no ML-DSA-44 key of the log")
		return
	}
	public, err := bytesOf(parts[2])
	if err != nil || len(public) != 1+1312 || public[0] != 6 {
		b.fault("ML-DSA-44 key of the trust file")
		return
	}
	for _, each := range opened.UnverifiedSigs {
		raw, err := bytesOf(each.Base64)
		if each.Name != b.origin || fmt.Sprintf("%08x", each.Hash) != parts[1] || err != nil {
			continue
		}
		if len(raw) != 4+8+2420 {
			b.fault("ML-DSA-44 line of %d bytes", len(raw))
			return
		}
		var message bytes.Buffer
		named := string([]byte{byte(len(b.origin))}) + b.origin
		message.WriteString("subtree/v1\n\x00" + named)
		message.Write(raw[4:12])
		message.WriteString(named)
		binary.Write(&message, binary.BigEndian, [2]int64{0, b.size})
		message.Write(b.root[:])
		b.question("ML-DSA-44", public[1:], message.Bytes(), raw[12:])
		return
	}
	b.fault("the log's ML-DSA-44 line is not there")
}

// path turns base64 into hashes of x/mod.
func path(texts []string) ([]tlog.Hash, error) {
	made := make([]tlog.Hash, len(texts))
	for i, text := range texts {
		raw, err := bytesOf(text)
		if err != nil || len(raw) != 32 {
			return nil, fmt.Errorf("hash %q of a path", text)
		}
		copy(made[i][:], raw)
	}
	return made, nil
}

func (b *bundle) included(made *record, texts []string) {
	hashes, err := path(texts)
	if err == nil && made.N >= b.size {
		err = fmt.Errorf("not below the checkpoint's size %d", b.size)
	}
	if err == nil {
		err = tlog.CheckRecord(hashes, b.size, b.root, made.N, made.hash)
	}
	if err != nil {
		b.fault("inclusion of record %d: %v", made.N, err)
	}
	b.counted["inclusion"]++
}

func (b *bundle) readCompanions() {
	if _, err := os.Stat(filepath.Join(b.folder, "data/ledger/companions.jsonl")); err != nil {
		return
	}
	last := int64(-1)
	for _, line := range b.lines("data/ledger/companions.jsonl") {
		var companion struct {
			N      int64
			Path   []string
			Record json.RawMessage
		}
		err := object(line, lineLimit, &companion, "n", "path", "record")
		var made *record
		if err == nil {
			// The line is canonical, so the bytes of the member are those of the record.
			made, err = readRecord(companion.Record)
		}
		if err != nil || made.N != companion.N || made.N <= last || b.records[made.N] != nil {
			b.fault("companions.jsonl after %d: %v", last, err)
			continue
		}
		last, made.companion = made.N, true
		b.records[made.N] = made
		b.included(made, companion.Path)
	}
}

func (b *bundle) readConsistency() {
	if _, err := os.Stat(filepath.Join(b.folder, "data/ledger/consistency.jsonl")); err != nil {
		return
	}
	for _, line := range b.lines("data/ledger/consistency.jsonl") {
		var old struct {
			Size int64
			Root string
			Path []string
		}
		err := object(line, lineLimit, &old, "path", "root", "size")
		hashes, wrong := path(old.Path)
		raw, bad := hex.DecodeString(old.Root)
		if err != nil || wrong != nil || bad != nil || !hexForm.MatchString(old.Root) {
			b.fault("consistency.jsonl: %v %v %v", err, wrong, bad)
			continue
		}
		var root tlog.Hash
		copy(root[:], raw)
		if old.Size < 1 || old.Size >= b.size || b.seen[old.Size] != "" {
			b.fault("consistency with size %d, out of place", old.Size)
			continue
		}
		if err := tlog.CheckTree(hashes, b.size, b.root, old.Size, root); err != nil {
			b.fault("consistency with size %d: %v", old.Size, err)
		}
		b.seen[old.Size] = old.Root
		b.counted["consistency"]++
	}
}

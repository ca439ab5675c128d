// Command bundle judges an unzipped bundle by SPEC.md: a second implementation, with the standard
// library and golang.org/x/mod alone.
//
//	bundle SPEC.md TRUST FOLDER QUESTIONS
//
// It asks of the log (§6), the subject index (§7) and of what was signed and what was recorded
// (§2, §3, §4) what §12 says under CHECKPOINT, INCLUSION, CHAIN, COMPLETENESS (C1 and C3),
// STATEMENT, SIGNATURE, KEY, REDACTIONS and FRESHNESS. It does not replay rules (§9.2 ff.), and opens
// no value.
// What every act concerns and which members it has, it reads in the tables of SPEC.md itself.
//
// Standard output: how much of each kind was examined, as JSON; or the faults, a line each, and
// status 1. ML-DSA signatures are left to others: QUESTIONS gets a line for each, of the name of
// the parameters, key, message and signature, in base64.
package main

import (
	"encoding/base64"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"sort"
	"strings"
)

// bundle is what was read, and what is wrong with it.
type bundle struct {
	folder string
	spec   map[string]act
	trust  trust

	origin string
	size   int64
	root   [32]byte
	// What the signers may have seen: roots by size.
	seen map[int64]string

	records   map[int64]*record // of shown subjects, the tally, and companions
	subjects  map[string]*subject
	envelopes map[string]*envelope
	keys      map[string]map[string]*key
	runs      map[int64]string // statement ids by their first record
	questions []string
	faults    []string
	counted   map[string]int
	cases     int              // case keys opened
	opened    map[field]bool   // by envelope
	erased    map[field]string // by envelope and tag: the id of the entry that is gone
}

func (b *bundle) fault(format string, about ...interface{}) {
	b.faults = append(b.faults, fmt.Sprintf(format, about...))
}

// file is the content of a file of the bundle; nil, with a fault, if it is not there.
func (b *bundle) file(path string) []byte {
	data, err := os.ReadFile(filepath.Join(b.folder, path))
	if err != nil {
		b.fault("%s: cannot be read", path)
	}
	return data
}

// lines are the canonical lines of a .jsonl file.
func (b *bundle) lines(path string) [][]byte {
	data := b.file(path)
	if len(data) == 0 {
		return nil
	}
	if data[len(data)-1] != '\n' {
		b.fault("%s: the last line does not end", path)
	}
	lines := strings.Split(strings.TrimSuffix(string(data), "\n"), "\n")
	made := make([][]byte, len(lines))
	for i, each := range lines {
		made[i] = []byte(each)
	}
	return made
}

// object reads one canonical object with exactly these members.
func object(data []byte, limit int, into interface{}, members ...string) error {
	if len(data) > limit {
		return fmt.Errorf("%d bytes, at most %d", len(data), limit)
	}
	if err := canonical(data); err != nil {
		return err
	}
	var found map[string]json.RawMessage
	if err := json.Unmarshal(data, &found); err != nil {
		return err
	}
	if err := exactly(found, members); err != nil {
		return err
	}
	return json.Unmarshal(data, into)
}

func exactly(found map[string]json.RawMessage, members []string) error {
	names := make([]string, 0, len(found))
	for name := range found {
		names = append(names, name)
	}
	sort.Strings(names)
	sort.Strings(members)
	if strings.Join(names, " ") != strings.Join(members, " ") {
		return fmt.Errorf("members %v, not %v", names, members)
	}
	return nil
}

func base64ed(raw []byte) string { return base64.StdEncoding.EncodeToString(raw) }

func (b *bundle) question(parameters string, public, message, signature []byte) {
	line := []string{parameters, base64ed(public), base64ed(message), base64ed(signature)}
	b.questions = append(b.questions, strings.Join(line, " "))
}

func main() {
	if len(os.Args) != 5 {
		fmt.Println("usage: bundle SPEC.md TRUST FOLDER QUESTIONS")
		os.Exit(2)
	}
	b := &bundle{
		folder: os.Args[3], seen: map[int64]string{}, records: map[int64]*record{},
		subjects: map[string]*subject{}, envelopes: map[string]*envelope{},
		keys: map[string]map[string]*key{}, runs: map[int64]string{}, counted: map[string]int{},
		opened: map[field]bool{}, erased: map[field]string{},
	}
	b.readSpec(os.Args[1])
	b.readTrust(os.Args[2])
	b.readLog()
	b.readSubjects()
	b.readEnvelopes()
	if len(b.faults) == 0 {
		b.judge()
	}
	if len(b.faults) > 0 {
		fmt.Println(strings.Join(b.faults, "\n"))
		os.Exit(1)
	}
	text := strings.Join(append(b.questions, ""), "\n")
	if err := os.WriteFile(os.Args[4], []byte(text), 0o600); err != nil {
		fmt.Println(err)
		os.Exit(2)
	}
	told, _ := json.Marshal(b.counted)
	fmt.Println(string(told))
}

func (b *bundle) judge() {
	b.judgeChains()
	b.judgeIndex()
	b.judgeMirror()
	b.judgeStatements()
}

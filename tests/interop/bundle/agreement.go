package main

import (
	"encoding/json"
	"time"
)

// judgeStatements asks, in the order of the log, whether what was signed is what was recorded, and
// by whose keys.
func (b *bundle) judgeStatements() {
	shown, ids := map[string]*statement{}, map[string]int64{}
	first, belongs, gone := map[string]int64{}, map[int64]bool{}, map[string]*record{}
	b.findErased()
	for _, n := range b.numbers() {
		made := b.records[n]
		if made.Kind != "entry" || made.companion {
			continue
		}
		if entry := b.erased[field{made.Env, made.Tag}]; entry != "" {
			b.judgeGone(made, entry, ids, gone)
			continue
		}
		s, known := shown[made.Env]
		if !known {
			if s = b.open(made); s == nil {
				continue
			}
		}
		at, whole := b.run(made, s, belongs)
		if whole && !known {
			shown[made.Env], first[made.Env] = s, at
			b.judgeNew(s, made, at, ids)
		} else if whole && first[made.Env] != at {
			b.fault("envelope %s is recorded at %d and %d", made.Env, first[made.Env], at)
		}
	}
	b.judgeStrays(shown, belongs)
	b.judgePrevs(shown, first)
	b.judgeDisclosures(shown)
	b.counted["statements"] = len(shown)
	b.remember(shown, first)
}

// findErased finds the entries whose envelope is missing and which a later entry on the same
// subject says are erased (SPEC §8.4).
func (b *bundle) findErased() {
	for _, n := range b.numbers() {
		made := b.records[n]
		e := b.envelopes[made.Env]
		if made.Kind != "entry" || made.companion || e == nil {
			continue
		}
		s, err := b.readStatement(e)
		if err != nil || s.Act != "privacy.erased" {
			continue
		}
		for _, before := range b.numbers() {
			gone := b.records[before]
			missing := gone.Kind == "entry" && b.envelopes[gone.Env] == nil && gone.Env == s.text("envelope")
			if missing && before < n && gone.Tag == made.Tag {
				b.erased[field{gone.Env, gone.Tag}] = s.text("entry")
			}
		}
	}
}

// judgeGone asks whether a record that is passed over can be that of the entry that was erased: no
// other record is (SPEC §8.4).
func (b *bundle) judgeGone(made *record, entry string, ids map[string]int64, gone map[string]*record) {
	before := gone[made.Env]
	if other, known := ids[entry]; known && before == nil {
		b.fault("record %d was erased as the entry of record %d", made.N, other)
	}
	if before != nil && !(before.At == made.At && before.Tag < made.Tag) {
		b.fault("record %d repeats the erased envelope of record %d", made.N, before.N)
	}
	ids[entry], gone[made.Env] = made.N, made
}

// judgeStrays asks for envelopes and companions that nothing shown needs.
func (b *bundle) judgeStrays(shown map[string]*statement, belongs map[int64]bool) {
	for env := range b.envelopes {
		if shown[env] == nil {
			b.fault("envelope %s belongs to nothing shown", env)
		}
	}
	for n, made := range b.records {
		if made.companion && !belongs[n] {
			b.fault("companion %d belongs to nothing shown", n)
		}
	}
}

func (b *bundle) open(made *record) *statement {
	e := b.envelopes[made.Env]
	if e == nil {
		b.fault("record %d: its envelope %s is not there", made.N, made.Env)
		return nil
	}
	s, err := b.readStatement(e)
	if err != nil {
		b.fault("record %d: %v", made.N, err)
		return nil
	}
	return s
}

// run asks of all records of the statement what SPEC §4.3 says; the index of the first.
func (b *bundle) run(made *record, s *statement, belongs map[int64]bool) (int64, bool) {
	position := int64(-1)
	for i, each := range s.About {
		if each.Tag == made.Tag {
			position = int64(i)
		}
	}
	if position < 0 {
		b.fault("record %d is of a subject that its statement is not about", made.N)
		return 0, false
	}
	first := made.N - position
	for i, each := range s.About {
		n := first + int64(i)
		other := b.records[n]
		if other == nil || other.Env != made.Env || other.At != made.At || other.Tag != each.Tag {
			b.fault("record %d: its run has not record %d", made.N, n)
			return 0, false
		}
		if (other.Seq == 0) != (each.Prev == "") {
			b.fault("record %d: a beginning only here or only in its statement", n)
		}
		belongs[n] = true
	}
	return first, true
}

// judgeNew asks once of each statement: recorded once and in time, after what its signers saw, and
// signed with the keys that they had.
func (b *bundle) judgeNew(s *statement, made *record, first int64, ids map[string]int64) {
	if before, twice := ids[s.id]; twice {
		b.fault("statement %s is recorded at %d and %d", s.id, before, first)
	}
	ids[s.id] = first
	b.runs[first] = s.id
	if until, _ := time.Parse(timeForm, s.Until); made.At > until.Unix() {
		b.fault("record %d: recorded after %s", made.N, s.Until)
	}
	if s.Seen.Size > first || s.Seen.Size > 0 && b.seen[s.Seen.Size] != s.Seen.Root {
		b.fault("record %d: its signers saw %d records with root %s", first, s.Seen.Size, s.Seen.Root)
	}
	if err := b.enforce(s, first); err != nil {
		b.fault("record %d: %v", first, err)
	}
	var keys [][]byte
	for _, each := range s.Signers {
		found := b.keys[each.Actor][each.Key]
		if found == nil || found.since >= first || found.revoked >= 0 && found.revoked < first {
			b.fault("record %d: key %s is none of that actor then", first, each.Key)
			return
		}
		keys = append(keys, found.all()...)
	}
	if err := b.signedBy(b.envelopes[made.Env], keys); err != nil {
		b.fault("record %d: %v", first, err)
	}
}

// judgePrevs asks what SPEC §2.4 says of each place of a shown subject.
func (b *bundle) judgePrevs(shown map[string]*statement, first map[string]int64) {
	for tag, of := range b.subjects {
		lastChange, lost := 0, false
		for seq, made := range of.chain {
			if b.erased[field{made.Env, made.Tag}] != "" {
				b.counted["places"]++ // a touch, of which nothing is asked
				continue
			}
			s := shown[made.Env]
			position := made.N - first[made.Env]
			if s == nil || position >= int64(len(s.About)) {
				continue // which is a fault already
			}
			place := s.About[position]
			_, known := b.spec[s.Act]
			changes := b.changes(s, place.As)
			lost = lost || !known
			named := b.resolve(of.chain[:seq], place.Prev, s, shown)
			if seq > 0 && named < 0 {
				b.fault("record %d: prev %s is nothing on the chain of %s", made.N, place.Prev, tag)
			} else if !lost && (changes && named != seq-1 || named < lastChange && seq > 0) {
				b.fault("record %d: prev names number %d of %s", made.N, named, tag)
			}
			if changes {
				lastChange = seq
			}
			b.counted["places"]++
		}
	}
}

// resolve is the seq of the record that prev names, a hash first; -1 if there is none.
func (b *bundle) resolve(chain []*record, prev string, s *statement, shown map[string]*statement) int {
	for seq, each := range chain {
		if each.hex() == prev {
			return seq
		}
	}
	for seq, each := range chain {
		if b.erased[field{each.Env, each.Tag}] == prev && prev != "" && each.N >= s.Seen.Size {
			return seq // nobody knows any more who signed it
		}
		if cited := shown[each.Env]; cited != nil && cited.id == prev && each.N >= s.Seen.Size {
			for _, one := range cited.Signers {
				for _, other := range s.Signers {
					if one.Key == other.Key {
						return seq
					}
				}
			}
		}
	}
	return -1
}

// remember asks what the statement that prepared this export owes (SPEC §11.3).
func (b *bundle) remember(shown map[string]*statement, first map[string]int64) {
	signed, err := readEnvelope(b.file("signature.json"))
	if err != nil {
		b.fault("signature.json: %v", err)
		return
	}
	var told struct{ Export string }
	json.Unmarshal(signed.payload, &told)
	var keys struct{ Cases []json.RawMessage }
	json.Unmarshal(b.file("data/ledger/keys.json"), &keys)
	b.cases = len(keys.Cases)
	b.judgePrepared(shown, told.Export)
	b.judgeWithheld(shown, first, told.Export)
}

package main

import (
	"encoding/base64"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"sort"
	"strings"
	"time"
)

// statement is a payload (SPEC §2.1).
type statement struct {
	V                               int64
	Act, Ledger, Nonce, Time, Until string
	About                           []struct{ As, Prev, Tag string }
	Body, Signing                   json.RawMessage
	Sd                              map[string]string
	Seen                            struct {
		Root string
		Size int64
	}
	Signers []struct{ Actor, As, Key string }

	id, env string
}

var (
	nonceForm = regexp.MustCompile(`\A[0-9a-f]{32}\z`)
	sdForm    = regexp.MustCompile(`\A[A-Za-z0-9_-]{42}[AEIMQUYcgkosw048]\z`)
	prevForm  = regexp.MustCompile(`\A(?:[0-9a-f]{64})?\z`)
)

const timeForm = "2006-01-02T15:04:05Z"

// nothing is H of no bytes, the root of an empty tree.
const nothing = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"

func (s *statement) text(member string) string {
	var body map[string]json.RawMessage
	var text string
	if json.Unmarshal(s.Body, &body) == nil {
		json.Unmarshal(body[member], &text)
	}
	return text
}

func (s *statement) tagOf(kind string) string {
	for _, each := range s.About {
		if each.As == kind {
			return each.Tag
		}
	}
	return ""
}

// readEnvelopes reads the files in data/ledger/envelopes, each named by its digest.
func (b *bundle) readEnvelopes() {
	files, err := os.ReadDir(filepath.Join(b.folder, "data/ledger/envelopes"))
	if err != nil {
		b.fault("no envelopes: %v", err)
	}
	for _, each := range files {
		data := b.file("data/ledger/envelopes/" + each.Name())
		env := digest(data)
		if each.Name() != env+".json" {
			b.fault("envelope %s has the digest %s", each.Name(), env)
			continue
		}
		made, err := readEnvelope(data)
		if err != nil {
			b.fault("envelope %s: %v", env, err)
			continue
		}
		b.envelopes[env] = made
	}
}

// readStatement refuses a payload that is not as SPEC §2.1 to 2.6 say.
func (b *bundle) readStatement(e *envelope) (*statement, error) {
	if e.kind != statementKind {
		return nil, fmt.Errorf("an envelope of %s", e.kind)
	}
	made := &statement{id: digest(e.payload)}
	err := object(e.payload, payloadLimit, made, "v", "ledger", "act", "about", "seen", "time",
		"until", "nonce", "signers", "signing", "sd", "body")
	if err != nil {
		return nil, err
	}
	if err = b.general(made); err == nil {
		err = made.ordered()
	}
	if declaration, known := b.spec[made.Act]; known && err == nil {
		err = made.as(declaration)
	}
	return made, err
}

// general refuses what the table of SPEC §2.1 refuses, whatever the act.
func (b *bundle) general(s *statement) error {
	signed, err := time.Parse(timeForm, s.Time)
	until, wrong := time.Parse(timeForm, s.Until)
	valid := until.Sub(signed).Seconds()
	opened := s.Act == "ledger.opened"
	switch {
	case err != nil || wrong != nil || valid <= 0 || valid > 2678400:
		return fmt.Errorf("time %s until %s", s.Time, s.Until)
	case s.V != 1 || !nonceForm.MatchString(s.Nonce) || s.Ledger != b.origin:
		return fmt.Errorf("version %d, nonce %q, ledger %q", s.V, s.Nonce, s.Ledger)
	case (s.Seen.Size == 0) != opened || opened && s.Seen.Root != nothing:
		return fmt.Errorf("had seen %d records with root %s", s.Seen.Size, s.Seen.Root)
	case len(s.About) == 0 || len(s.About) > 256 || len(s.Signers) == 0 || len(s.Signers) > 16:
		return fmt.Errorf("%d places, %d signers", len(s.About), len(s.Signers))
	}
	for _, digest := range s.Sd {
		if !sdForm.MatchString(digest) {
			return fmt.Errorf("sd digest %q", digest)
		}
	}
	return nil
}

// ordered refuses places and signers out of their order.
func (s *statement) ordered() error {
	last := ""
	for _, each := range s.About {
		if each.Tag <= last || !hexForm.MatchString(each.Tag) || !prevForm.MatchString(each.Prev) {
			return fmt.Errorf("place %q after %q", each.Tag, last)
		}
		last = each.Tag
	}
	last = ""
	for _, each := range s.Signers {
		if each.Key <= last || !hexForm.MatchString(each.Key) || !hexForm.MatchString(each.Actor) {
			return fmt.Errorf("signer %q after %q", each.Key, last)
		}
		last = each.Key
	}
	return nil
}

// as refuses a statement that has not the members, places and signers which its act declares.
func (s *statement) as(declared act) error {
	names := make([]string, 0, len(s.Sd))
	for name := range s.Sd {
		names = append(names, name)
	}
	sort.Strings(names)
	wanted := append([]string{}, declared.sd...)
	sort.Strings(wanted)
	if strings.Join(names, " ") != strings.Join(wanted, " ") {
		return fmt.Errorf("%s with sd %v", s.Act, names)
	}
	var body map[string]json.RawMessage
	if err := json.Unmarshal(s.Body, &body); err != nil {
		return err
	}
	for name := range declared.body {
		if body[name] == nil {
			return fmt.Errorf("%s without %s", s.Act, name)
		}
	}
	for name := range body {
		if !declared.body[name] && !declared.mayBeAbsent[name] {
			return fmt.Errorf("%s with %s", s.Act, name)
		}
	}
	if err := s.placed(declared.places); err != nil {
		return err
	}
	return s.led(declared)
}

func (s *statement) placed(places []place) error {
	left := len(s.About)
	for _, each := range places {
		kind, count := "", 0
		for _, one := range s.About {
			if !each.takes(one.As) {
				continue
			}
			if kind != "" && kind != one.As {
				return fmt.Errorf("%s about %s and %s", s.Act, kind, one.As)
			}
			if (one.Prev == "") != (each.effect == "begins") {
				return fmt.Errorf("%s %s a subject with prev %q", s.Act, each.effect, one.Prev)
			}
			kind, count = one.As, count+1
		}
		if count < each.low || count > each.high {
			return fmt.Errorf("%s about %d of %v", s.Act, count, each.kinds)
		}
		left -= count
	}
	if left != 0 {
		return fmt.Errorf("%s about %d places too many", s.Act, left)
	}
	return nil
}

func (s *statement) led(declared act) error {
	capacity, leaders := map[string]string{}, map[string]bool{}
	for _, each := range s.Signers {
		if before := capacity[each.Actor]; before != "" && before != each.As || !declared.capacities[each.As] {
			return fmt.Errorf("%s signed as %s", s.Act, each.As)
		}
		capacity[each.Actor] = each.As
		if each.As == declared.leads {
			leaders[each.Actor] = true
		}
	}
	if len(leaders) != 1 {
		return fmt.Errorf("%s led by %d people", s.Act, len(leaders))
	}
	return nil
}

// judgeDisclosures asks whether what is opened stands in its statement (SPEC §8.1).
func (b *bundle) judgeDisclosures(shown map[string]*statement) {
	last := ""
	for _, line := range b.lines("data/ledger/disclosures.jsonl") {
		var one struct{ Disclosure, Env, Name string }
		err := object(line, lineLimit, &one, "disclosure", "env", "name")
		if place := one.Env + " " + one.Name; err != nil || place <= last {
			b.fault("disclosures.jsonl after %q: %v", last, err)
			continue
		} else {
			last = place
		}
		sum := base64.RawURLEncoding.EncodeToString(hashed([]byte(one.Disclosure)))
		if of := shown[one.Env]; of == nil || of.Sd[one.Name] != sum {
			b.fault("disclosure of %s: nobody signed it in %s", one.Name, one.Env)
		}
		if field, err := fieldOf(one.Disclosure); err != nil || field != one.Name {
			b.fault("disclosure of %s in %s is of %q: %v", one.Name, one.Env, field, err)
		}
		b.opened[field{one.Env, one.Name}] = true
		b.counted["disclosures"]++
	}
}

func fieldOf(disclosure string) (string, error) {
	raw, err := base64.RawURLEncoding.DecodeString(disclosure)
	if err != nil {
		return "", err
	}
	if err := canonical(raw); err != nil {
		return "", err
	}
	var parts []json.RawMessage
	if err := json.Unmarshal(raw, &parts); err != nil || len(parts) != 3 {
		return "", fmt.Errorf("%d parts: %v", len(parts), err)
	}
	var field string
	err = json.Unmarshal(parts[1], &field)
	return field, err
}

package main

import (
	"encoding/json"
	"os"
	"path/filepath"
	"sort"
)

// announced is what an export.prepared says of what it withholds, and where it stands.
type announced struct {
	Pack, Profile        string
	PackVersion          int64 `json:"pack_version"`
	Redacted, Restricted []string
	id                   string
	first                int64
	chosen, profiled     bool
	opens                map[string]bool // of the profile; nil where its pack is not shown
	restrictions         map[field]bool  // that stand
	enclosed             map[string]bool // tags of items with files
}

// field is a personal field of the statement of that id.
type field struct{ id, name string }

// correction is of what act and field a statement gives another value (SPEC §11.8).
type correction struct{ Act, Corrects, Field string }

// judgeWithheld asks whether what is open is what was announced (SPEC §11.8, §12, REDACTIONS).
func (b *bundle) judgeWithheld(shown map[string]*statement, first map[string]int64, id string) {
	ordered := make([]*statement, 0, len(shown))
	at := map[*statement]int64{}
	for env, s := range shown {
		s.env, at[s] = env, first[env]
		ordered = append(ordered, s)
	}
	sort.Slice(ordered, func(i, j int) bool { return at[ordered[i]] < at[ordered[j]] })
	said := b.announcement(ordered, at, id)
	if said == nil {
		return
	}
	erased := map[field]bool{}
	said.restrictions = map[field]bool{}
	for _, s := range ordered {
		var body struct {
			Entry  string
			Fields []string
			Lifted bool
		}
		json.Unmarshal(s.Body, &body)
		for _, name := range body.Fields {
			switch {
			case s.Act == "privacy.erased":
				erased[field{body.Entry, name}] = true
			case s.Act == "privacy.restricted" && at[s] < said.first:
				said.restrictions[field{body.Entry, name}] = !body.Lifted
			}
		}
	}
	said.read(ordered)
	if said.profiled && said.opens == nil {
		b.fault("the pack of the profile %s is not shown", said.Profile)
	}
	for _, s := range ordered {
		for name := range s.Sd {
			b.judgeField(said, s, name, erased[field{s.id, name}])
		}
	}
}

// announcement is what prepared the bundle, with the folders of items that are in it.
func (b *bundle) announcement(ordered []*statement, at map[*statement]int64, id string) *announced {
	for _, s := range ordered {
		if s.id != id || s.Act != "export.prepared" {
			continue
		}
		said := &announced{id: id, first: at[s], enclosed: map[string]bool{}}
		json.Unmarshal(s.Body, said)
		said.chosen = s.tagOf("item") != "" && b.cases == 0
		said.profiled = said.Profile != ""
		for _, each := range ordered {
			var body struct{ Number json.Number }
			json.Unmarshal(each.Body, &body)
			place := filepath.Join(b.folder, "data/items", body.Number.String())
			if _, err := os.Stat(place); each.Act == "item.registered" && err == nil {
				said.enclosed[each.tagOf("item")] = true
			}
		}
		return said
	}
	return nil
}

// read finds the profile: in the first pack of that name and version that has it.
func (a *announced) read(ordered []*statement) {
	for _, s := range ordered {
		var body struct {
			Pack struct {
				Name     string
				Version  int64
				Profiles []struct {
					Name  string
					Opens []string
				}
			}
		}
		if s.Act != "pack.loaded" || !a.profiled || a.opens != nil {
			continue
		}
		json.Unmarshal(s.Body, &body)
		for _, each := range body.Pack.Profiles {
			mine := body.Pack.Name == a.Pack && body.Pack.Version == a.PackVersion
			if mine && each.Name == a.Profile && a.opens == nil {
				a.opens = set(each.Opens)
			}
		}
	}
}

// judgeField asks of one field whether it is open or closed as was announced.
func (b *bundle) judgeField(said *announced, s *statement, name string, erased bool) {
	opened, why := b.opened[field{s.env, name}], said.why(s, name)
	announces := said.profiled || said.Redacted != nil
	switch {
	case opened && why != "":
		b.fault("%s of statement %s is opened: %s", name, s.id, why)
	case opened || why != "" || erased || !announces || said.profiled && said.opens == nil:
	case !s.shows(name) || said.chosen && b.ofCaseAlone(s):
	default:
		b.fault("%s of statement %s is withheld, and nothing says why", name, s.id)
	}
	if why != "" {
		b.counted["withheld"]++
	}
}

// why a field is withheld by 11.8, 2 to 4.
func (a *announced) why(s *statement, name string) string {
	if s.Act == "case.opened" && name == "reference" || s.id == a.id && name == "ground" {
		return ""
	}
	content := s.Act == "item.acquired" || s.Act == "item.received" || s.Act == "item.derived"
	digest := name == "content_sha256" || name == "content_blake3"
	if content && digest && a.enclosed[s.tagOf("item")] {
		return ""
	}
	plain, meant := []string{name, s.Act + "." + name}, []string{}
	restricted := a.restrictions[field{s.id, name}]
	if of := s.corrects(name); of != nil {
		meant = []string{of.Field, of.Act + "." + of.Field}
		restricted = restricted || a.restrictions[field{of.Corrects, of.Field}]
	}
	all := append(append([]string{}, plain...), meant...)
	switch {
	case restricted && !anyOf(all, set(a.Restricted)):
		return "restricted"
	case anyOf(all, set(a.Redacted)):
		return "redacted"
	}
	if len(meant) == 0 {
		meant = plain
	}
	if a.opens != nil && !anyOf(meant, a.opens) {
		return "profile"
	}
	return ""
}

// corrects is what a field of a correction stands for; nil of any other.
func (s *statement) corrects(name string) *correction {
	var body correction
	json.Unmarshal(s.Body, &body)
	if s.Act != "correction.recorded" || body.Field == "" || name != "value" && name != "values" {
		return nil
	}
	return &body
}

// shows tells whether any bundle opens the field, leaving aside what is announced.
func (s *statement) shows(name string) bool {
	for _, each := range s.About {
		if each.As != "actor" && each.As != "ledger" {
			return true
		}
	}
	if of := s.corrects(name); of != nil && name == "value" {
		name = of.Field
	}
	return name == "name" || name == "organisation"
}

// ofCaseAlone tells whether bundles of chosen items leave the whole statement closed.
func (b *bundle) ofCaseAlone(s *statement) bool {
	for _, each := range s.About {
		if (each.As == "item" || each.As == "source") && b.subjects[each.Tag] != nil {
			return false
		}
	}
	act := s.Act
	if act == "correction.recorded" {
		act = s.text("act")
	}
	return s.tagOf("case") != "" && act != "case.opened" && act != "authority.recorded"
}

func set(names []string) map[string]bool {
	made := map[string]bool{}
	for _, each := range names {
		made[each] = true
	}
	return made
}

func anyOf(names []string, among map[string]bool) bool {
	for _, each := range names {
		if among[each] {
			return true
		}
	}
	return false
}

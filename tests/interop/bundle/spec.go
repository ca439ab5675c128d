package main

import (
	"os"
	"regexp"
	"strconv"
	"strings"
)

// place is what an act declares of some of the subjects that it concerns (SPEC §2.3).
type place struct {
	effect    string // begins, changes, touches
	low, high int
	kinds     []string
}

// act is what SPEC §2.8 declares.
type act struct {
	places            []place
	leads             string
	capacities        map[string]bool
	body, mayBeAbsent map[string]bool
	sd                []string
}

var (
	heading   = regexp.MustCompile(`\A#### ([a-z]+\.[a-z_]+)\z`)
	declared  = regexp.MustCompile(`\APlaces: (.*)\. Leads: ([a-z]+)(?:; may co-sign: ([a-z, ]+))?\.\z`)
	oneOf     = regexp.MustCompile("(begins|changes|touches) ([0-9]+)(?:–([0-9]+))? (`[a-z` ]+`)")
	memberRow = regexp.MustCompile("\\A\\| `(body|sd)\\.([a-z0-9_]+)` \\| .* \\| (may be absent)?.* \\|\\z")
)

// readSpec reads the acts out of the tables of SPEC.md; what stands before the first heading of an
// act, every act has.
func (b *bundle) readSpec(file string) {
	data, err := os.ReadFile(file)
	if err != nil {
		b.fault("%v", err)
		return
	}
	text := string(data)
	text = text[strings.Index(text, "### 2.8 "):strings.Index(text, "### 2.9 ")]
	b.spec = map[string]act{}
	common := act{body: map[string]bool{}, mayBeAbsent: map[string]bool{}}
	name, now := "", common
	for _, line := range strings.Split(text, "\n") {
		if found := heading.FindStringSubmatch(line); found != nil {
			if name == "" {
				common = now
			}
			name, now = found[1], act{body: copied(common.body), mayBeAbsent: copied(common.mayBeAbsent)}
			now.sd = append(now.sd, common.sd...)
		}
		now.take(line)
		if name != "" {
			b.spec[name] = now
		}
	}
	b.counted["acts"] = len(b.spec)
}

// take takes what one line declares: places and capacities, or a member.
func (a *act) take(line string) {
	if found := declared.FindStringSubmatch(line); found != nil {
		a.leads = found[2]
		a.capacities = map[string]bool{found[2]: true}
		for _, each := range strings.Split(found[3], ", ") {
			a.capacities[each] = true
		}
		for _, one := range oneOf.FindAllStringSubmatch(found[1], -1) {
			low, _ := strconv.Atoi(one[2])
			high, err := strconv.Atoi(one[3])
			if err != nil {
				high = low
			}
			kinds := strings.Split(strings.ReplaceAll(one[4], "`", ""), " or ")
			a.places = append(a.places, place{one[1], low, high, kinds})
		}
	}
	found := memberRow.FindStringSubmatch(line)
	switch {
	case found == nil:
	case found[1] == "sd":
		a.sd = append(a.sd, found[2])
	case found[3] != "":
		a.mayBeAbsent[found[2]] = true
	default:
		a.body[found[2]] = true
	}
}

func copied(from map[string]bool) map[string]bool {
	made := map[string]bool{}
	for each := range from {
		made[each] = true
	}
	return made
}

func (p place) takes(kind string) bool {
	for _, each := range p.kinds {
		if each == kind {
			return true
		}
	}
	return false
}

// changes tells whether the statement changes the subject of a place, or only touches it, as an act
// does that is not known (§2.4, §2.5).
func (b *bundle) changes(s *statement, kind string) bool {
	verdict := s.text("verdict")
	switch {
	case s.Act == "seal.verified":
		return verdict != "intact" && verdict != "resealed"
	case s.Act == "integrity.checked":
		return verdict != "match"
	case s.Act == "item.derived" && kind == "source":
		found := s.text("parents_verified")
		return found == "mismatch" || found == "partial" || found == "unreadable"
	}
	for _, each := range b.spec[s.Act].places {
		if each.takes(kind) {
			return each.effect != "touches"
		}
	}
	return false
}

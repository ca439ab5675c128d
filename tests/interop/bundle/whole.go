package main

import (
	"encoding/json"
	"os"
	"path/filepath"
)

// judgePrepared asks whether everything is there that export.prepared announced, and that a bundle
// of a whole case or of chosen items must show (SPEC §12, COMPLETENESS).
func (b *bundle) judgePrepared(shown map[string]*statement, id string) {
	items := map[string]bool{}
	chosen, found := false, false
	for _, s := range shown {
		if s.id != id || s.Act != "export.prepared" {
			continue
		}
		found = true
		for _, each := range s.About {
			items[each.Tag] = true
			chosen = chosen || each.As == "item" && b.cases == 0
		}
		var body struct{ Mirror bool }
		json.Unmarshal(s.Body, &body)
		_, err := os.Stat(filepath.Join(b.folder, "data/ledger/mirror.jsonl"))
		if body.Mirror && err != nil {
			b.fault("export.prepared announced the mirror")
		}
	}
	if !found {
		b.fault("the export.prepared that signature.json names is not shown")
		return
	}
	for tag := range items {
		if b.subjects[tag] == nil {
			b.fault("export.prepared announced %s", tag)
		}
	}
	if !chosen && b.cases == 0 {
		b.fault("no key of the case")
	}
	for _, s := range shown {
		for _, each := range s.About {
			ofCase := each.As == "case" || each.As == "register" || each.As == "item"
			if b.subjects[each.Tag] == nil && (each.As == "source" || ofCase && !chosen) {
				b.fault("statement %s is about a %s that is not shown", s.id, each.As)
			}
		}
	}
}

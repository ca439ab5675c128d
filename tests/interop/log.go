// Command log checks a log made by custody with golang.org/x/mod alone.
//
// Standard input: one JSON object, base64 for bytes. Standard output: "ok", or why not.
package main

import (
	"encoding/json"
	"fmt"
	"os"

	"golang.org/x/mod/sumdb/note"
	"golang.org/x/mod/sumdb/tlog"
)

type input struct {
	Vkey    string
	Note    []byte
	Record  []byte
	Index   int64
	Path    [][]byte
	OldSize int64
	OldRoot []byte
	Between [][]byte
}

func hashes(raw [][]byte) []tlog.Hash {
	list := make([]tlog.Hash, len(raw))
	for i, each := range raw {
		copy(list[i][:], each)
	}
	return list
}

func check(in input) error {
	verifier, err := note.NewVerifier(in.Vkey)
	if err != nil {
		return fmt.Errorf("vkey: %w", err)
	}
	opened, err := note.Open(in.Note, note.VerifierList(verifier))
	if err != nil {
		return fmt.Errorf("note: %w", err)
	}
	var origin, root64 string
	var size int64
	if _, err := fmt.Sscanf(opened.Text, "%s\n%d\n%s\n", &origin, &size, &root64); err != nil {
		return fmt.Errorf("checkpoint: %w", err)
	}
	if origin != verifier.Name() {
		return fmt.Errorf("checkpoint of %s signed by %s", origin, verifier.Name())
	}
	root, err := tlog.ParseHash(root64)
	if err != nil {
		return fmt.Errorf("root: %w", err)
	}
	leaf := tlog.RecordHash(in.Record)
	if err := tlog.CheckRecord(tlog.RecordProof(hashes(in.Path)), size, root, in.Index, leaf); err != nil {
		return fmt.Errorf("inclusion: %w", err)
	}
	old := hashes([][]byte{in.OldRoot})[0]
	if err := tlog.CheckTree(tlog.TreeProof(hashes(in.Between)), size, root, in.OldSize, old); err != nil {
		return fmt.Errorf("consistency: %w", err)
	}
	return nil
}

func main() {
	var in input
	if err := json.NewDecoder(os.Stdin).Decode(&in); err != nil {
		fmt.Println("input:", err)
		os.Exit(2)
	}
	if err := check(in); err != nil {
		fmt.Println(err)
		os.Exit(1)
	}
	fmt.Println("ok")
}

package main

import (
	"bytes"
	"crypto/ecdsa"
	"crypto/ed25519"
	"crypto/elliptic"
	"crypto/sha256"
	"encoding/asn1"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"math/big"
	"regexp"
	"sort"
)

// key is what an actor's chain says of a primary key (SPEC §9.1); revoked is -1 while it is not.
type key struct {
	spki, partner  []byte
	since, revoked int64
}

// envelope is a DSSE file (SPEC §3.3).
type envelope struct {
	payload []byte
	kind    string
	sigs    []signature
}

type signature struct {
	keyid string
	raw   []byte
}

var (
	kindForm    = regexp.MustCompile(`\A[a-z0-9][a-z0-9.+/-]{0,126}\z`)
	ed25519Form = unhex("302a300506032b6570032100")
	p256Form    = unhex("3059301306072a8648ce3d020106082a8648ce3d03010703420004")
	mldsaForm   = unhex("308207b2300b0609608648016503040312038207a100")
)

const (
	statementKind = "application/vnd.custody.statement.v1+json"
	enrolmentKind = "application/vnd.custody.enrolment.v1+json"
	envelopeLimit = 524288
	payloadLimit  = 262144
)

func unhex(text string) []byte {
	raw, _ := hex.DecodeString(text)
	return raw
}

func digest(raw []byte) string {
	sum := sha256.Sum256(raw)
	return hex.EncodeToString(sum[:])
}

func readEnvelope(data []byte) (*envelope, error) {
	var read struct {
		Payload, PayloadType string
		Signatures           []json.RawMessage
	}
	if err := object(data, envelopeLimit, &read, "payload", "payloadType", "signatures"); err != nil {
		return nil, err
	}
	payload, err := bytesOf(read.Payload)
	if err != nil {
		return nil, err
	}
	if !kindForm.MatchString(read.PayloadType) || len(read.Signatures) == 0 {
		return nil, errors.New("payloadType, or no signature")
	}
	made, last := &envelope{payload: payload, kind: read.PayloadType}, ""
	for _, each := range read.Signatures {
		var one struct{ Keyid, Sig string }
		if err := object(each, envelopeLimit, &one, "keyid", "sig"); err != nil {
			return nil, err
		}
		raw, err := bytesOf(one.Sig)
		if err != nil || len(raw) == 0 || one.Keyid <= last || !hexForm.MatchString(one.Keyid) {
			return nil, fmt.Errorf("signature of %q after %q", one.Keyid, last)
		}
		last = one.Keyid
		made.sigs = append(made.sigs, signature{one.Keyid, raw})
	}
	return made, nil
}

func (e *envelope) pae() []byte {
	head := fmt.Sprintf("DSSEv1 %d %s %d ", len(e.kind), e.kind, len(e.payload))
	return append([]byte(head), e.payload...)
}

// signedBy asks whether the signatures are those of exactly these SubjectPublicKeyInfos, each once:
// two keys may have one partner.
func (b *bundle) signedBy(e *envelope, wanted [][]byte) error {
	sort.Slice(wanted, func(i, j int) bool { return digest(wanted[i]) < digest(wanted[j]) })
	var keys [][]byte
	for _, each := range wanted {
		if len(keys) == 0 || !bytes.Equal(keys[len(keys)-1], each) {
			keys = append(keys, each)
		}
	}
	if len(keys) != len(e.sigs) {
		return fmt.Errorf("%d signatures of %d keys", len(e.sigs), len(keys))
	}
	for i, each := range e.sigs {
		if each.keyid != digest(keys[i]) {
			return fmt.Errorf("signature of %s, not %s", each.keyid, digest(keys[i]))
		}
		if err := b.verify(keys[i], e.pae(), each.raw); err != nil {
			return fmt.Errorf("signature of %s: %w", each.keyid, err)
		}
		b.counted["signatures"]++
	}
	return nil
}

// verify judges Ed25519 and P-256 as SPEC §3.2 says, and asks others about ML-DSA-65.
func (b *bundle) verify(spki, message, raw []byte) error {
	switch {
	case bytes.HasPrefix(spki, ed25519Form) && len(spki) == len(ed25519Form)+32:
		if !ed25519.Verify(spki[len(ed25519Form):], message, raw) {
			return errors.New("does not verify")
		}
	case bytes.HasPrefix(spki, p256Form) && len(spki) == len(p256Form)+64:
		return verifyP256(spki[len(p256Form):], message, raw)
	case bytes.HasPrefix(spki, mldsaForm) && len(spki) == len(mldsaForm)+1952:
		if len(raw) != 3309 {
			return errors.New("has another length")
		}
		b.question("ML-DSA-65", spki[len(mldsaForm):], message, raw)
	default:
		return errors.New("no key of SPEC §3.1")
	}
	return nil
}

func verifyP256(point, message, raw []byte) error {
	curve := elliptic.P256()
	x, y := new(big.Int).SetBytes(point[:32]), new(big.Int).SetBytes(point[32:])
	if !curve.IsOnCurve(x, y) {
		return errors.New("no point of the curve")
	}
	var rs struct{ R, S *big.Int }
	if rest, err := asn1.Unmarshal(raw, &rs); err != nil || len(rest) > 0 {
		return errors.New("no DER")
	}
	again, err := asn1.Marshal(rs)
	half := new(big.Int).Rsh(curve.Params().N, 1)
	if err != nil || !bytes.Equal(again, raw) || rs.S.Cmp(half) > 0 {
		return errors.New("spelt otherwise")
	}
	sum := sha256.Sum256(message)
	if !ecdsa.Verify(&ecdsa.PublicKey{Curve: curve, X: x, Y: y}, sum[:], rs.R, rs.S) {
		return errors.New("does not verify")
	}
	return nil
}

// enrolment reads the request in a body (SPEC §2.7): the keys that it proves possession of.
func (b *bundle) enrolment(request json.RawMessage) (*key, error) {
	signed, err := readEnvelope(request)
	if err != nil {
		return nil, err
	}
	var asked struct{ Spki, Partner, Ledger string }
	if err := json.Unmarshal(signed.payload, &asked); err != nil {
		return nil, err
	}
	if err := canonical(signed.payload); err != nil || signed.kind != enrolmentKind || asked.Ledger != b.origin {
		return nil, fmt.Errorf("no enrolment for this ledger: %v", err)
	}
	made, err := keyOf(asked.Spki, asked.Partner)
	if err != nil {
		return nil, err
	}
	return made, b.signedBy(signed, made.all())
}

func keyOf(spki, partner string) (*key, error) {
	first, err := bytesOf(spki)
	other, wrong := bytesOf(partner)
	if err != nil || wrong != nil {
		return nil, errors.New("keys are no base64")
	}
	return &key{spki: first, partner: other, revoked: -1}, nil
}

func (k *key) all() [][]byte {
	if len(k.partner) == 0 {
		return [][]byte{k.spki}
	}
	return [][]byte{k.spki, k.partner}
}

// enforce keeps the keys of actors as the statement leaves them; n is its first record's.
func (b *bundle) enforce(s *statement, n int64) error {
	var body struct {
		Key, Partner, Replaces string
		Request                json.RawMessage
	}
	if err := json.Unmarshal(s.Body, &body); err != nil {
		return nil // of an act of a later version
	}
	var made *key
	var err error
	actor := s.tagOf("actor")
	switch s.Act {
	case "ledger.opened":
		made, err = keyOf(body.Key, body.Partner)
		n = -1
	case "actor.registered", "key.registered", "key.rotated":
		made, err = b.enrolment(body.Request)
	}
	if err != nil {
		return err
	}
	gone := map[string]string{"key.revoked": body.Key, "key.rotated": body.Replaces}[s.Act]
	if found := b.keys[actor][gone]; found != nil && found.revoked < 0 {
		found.revoked = n
	}
	if made != nil {
		made.since = n
		if b.keys[actor] == nil {
			b.keys[actor] = map[string]*key{}
		}
		b.keys[actor][digest(made.spki)] = made
	}
	return nil
}

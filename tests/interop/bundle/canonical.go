package main

import (
	"bytes"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"regexp"
	"strconv"
	"strings"
)

var (
	keyForm    = regexp.MustCompile(`\A[a-z][a-z0-9_.]*\z`)
	numberForm = regexp.MustCompile(`\A(0|-?[1-9][0-9]*)\z`)
	hexForm    = regexp.MustCompile(`\A[0-9a-f]{64}\z`)
)

// canonical refuses bytes that are not the one spelling of a JSON document (SPEC §1.1): it writes
// again what it reads, token by token, and compares.
func canonical(data []byte) error {
	reader := json.NewDecoder(bytes.NewReader(data))
	reader.UseNumber()
	var written bytes.Buffer
	if err := rewrite(reader, &written, 0); err != nil {
		return err
	}
	if !bytes.Equal(written.Bytes(), data) {
		return errors.New("not the one spelling of its JSON")
	}
	return nil
}

func rewrite(reader *json.Decoder, written *bytes.Buffer, open int) error {
	token, err := reader.Token()
	if err != nil {
		return err
	}
	switch value := token.(type) {
	case json.Delim:
		if open++; open > 8 {
			return errors.New("more than 8 containers are open")
		}
		return rewriteContainer(reader, written, open, value == '{')
	case string:
		return quote(written, value)
	case json.Number:
		number, err := strconv.ParseInt(value.String(), 10, 64)
		if err != nil || !numberForm.MatchString(value.String()) || number <= -1<<53 || number >= 1<<53 {
			return fmt.Errorf("number %s", value)
		}
		written.WriteString(value.String())
	case bool:
		written.WriteString(strconv.FormatBool(value))
	default:
		return errors.New("null")
	}
	return nil
}

func rewriteContainer(reader *json.Decoder, written *bytes.Buffer, open int, object bool) error {
	written.WriteByte("[{"[index(object)])
	last := ""
	for count := 0; reader.More(); count++ {
		if count > 0 {
			written.WriteByte(',')
		}
		if object {
			token, err := reader.Token()
			if err != nil {
				return err
			}
			name := token.(string)
			if name <= last || !keyForm.MatchString(name) && name != "payloadType" {
				return fmt.Errorf("key %q", name)
			}
			last = name
			fmt.Fprintf(written, `"%s":`, name)
		}
		if err := rewrite(reader, written, open); err != nil {
			return err
		}
	}
	if _, err := reader.Token(); err != nil {
		return err
	}
	written.WriteByte("]}"[index(object)])
	return nil
}

func index(condition bool) int {
	if condition {
		return 1
	}
	return 0
}

var escapes = strings.NewReplacer("\n", `\n`, `"`, `\"`, `\`, `\\`)

func quote(written *bytes.Buffer, text string) error {
	for _, each := range text {
		switch {
		case each < 0x20 && each != '\n', 0x7f <= each && each <= 0x9f,
			0x2028 <= each && each <= 0x202e, 0x2066 <= each && each <= 0x2069:
			return fmt.Errorf("character %U", each)
		}
	}
	written.WriteString(`"` + escapes.Replace(text) + `"`)
	return nil
}

// bytesOf reads base64 that re-encodes to itself (SPEC §1.3).
func bytesOf(text string) ([]byte, error) {
	raw, err := base64.StdEncoding.DecodeString(text)
	if err == nil && base64ed(raw) != text {
		err = errors.New("base64 that is written otherwise")
	}
	return raw, err
}

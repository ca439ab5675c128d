// Command mldsa verifies ML-DSA signatures (FIPS 204, pure, empty context) with Go's crypto/mldsa,
// which shares no code with OpenSSL. It needs Go 1.27.
//
// Standard input: a signature a line, as the name of the parameters, key, message and signature,
// the last three in base64. Standard output: "ok", or why not, a line each.
package main

import (
	"bufio"
	"crypto/mldsa"
	"encoding/base64"
	"errors"
	"io"
	"os"
	"strings"
)

func verify(words []string) error {
	if len(words) != 4 {
		return errors.New("four words are wanted")
	}
	var raw [3][]byte
	for i, word := range words[1:] {
		var err error
		if raw[i], err = base64.StdEncoding.DecodeString(word); err != nil {
			return err
		}
	}
	for _, parameters := range []mldsa.Parameters{mldsa.MLDSA44(), mldsa.MLDSA65()} {
		if parameters.String() != words[0] {
			continue
		}
		public, err := mldsa.NewPublicKey(parameters, raw[0])
		if err != nil {
			return err
		}
		return mldsa.Verify(public, raw[1], raw[2], nil)
	}
	return errors.New("no parameters of that name")
}

func main() {
	reader := bufio.NewReader(os.Stdin)
	for {
		line, err := reader.ReadString('\n')
		if err == io.EOF {
			return
		}
		answer := "ok"
		if err := verify(strings.Fields(line)); err != nil {
			answer = err.Error()
		}
		os.Stdout.WriteString(answer + "\n")
	}
}

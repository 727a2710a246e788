// Command circl times Cloudflare CIRCL's CP-ABE (abe/cpabe/tkn20), one operation a line: "keygen 10" on standard
// input is answered with the nanoseconds that one key for ten attributes took by the clock and on the processor,
// "sizes 10" with the bytes of a public key, a secret key and a ciphertext. A policy is the conjunction of all
// attributes. It ends with its input.
package main

import (
	"bufio"
	"bytes"
	"crypto/rand"
	"fmt"
	"log"
	"os"
	"runtime"
	"strings"
	"syscall"
	"time"

	"github.com/cloudflare/circl/abe/cpabe/tkn20"
)

type instance struct {
	attributes tkn20.Attributes
	policy     tkn20.Policy
	key        tkn20.AttributeKey
	ciphertext []byte
}

// message is as long as the key that Diptych's KEM gives.
var message = make([]byte, 32)

func main() {
	runtime.GOMAXPROCS(1)
	public, system, err := tkn20.Setup(rand.Reader)
	check(err)
	instances := map[int]*instance{}
	lines := bufio.NewScanner(os.Stdin)
	for lines.Scan() {
		var operation string
		var n int
		_, err := fmt.Sscan(lines.Text(), &operation, &n)
		check(err)
		if instances[n] == nil {
			instances[n] = prepare(&public, &system, n)
		}
		answer(&public, &system, instances[n], operation)
	}
	check(lines.Err())
}

func prepare(public *tkn20.PublicKey, system *tkn20.SystemSecretKey, n int) *instance {
	leaves := make([]string, n)
	held := make(map[string]string, n)
	for i := range leaves {
		label, value := fmt.Sprintf("label%d", i), fmt.Sprintf("value%d", i)
		leaves[i] = fmt.Sprintf("(%s: %s)", label, value)
		held[label] = value
	}
	made := &instance{}
	made.attributes.FromMap(held)
	check(made.policy.FromString(strings.Join(leaves, " and ")))
	var err error
	made.key, err = system.KeyGen(rand.Reader, made.attributes)
	check(err)
	made.ciphertext, err = public.Encrypt(rand.Reader, made.policy, message)
	check(err)
	return made
}

func answer(public *tkn20.PublicKey, system *tkn20.SystemSecretKey, made *instance, operation string) {
	var err error
	used := processorTime()
	start := time.Now()
	switch operation {
	case "keygen":
		_, err = system.KeyGen(rand.Reader, made.attributes)
	case "encapsulate":
		_, err = public.Encrypt(rand.Reader, made.policy, message)
	case "decapsulate":
		var opened []byte
		opened, err = made.key.Decrypt(made.ciphertext)
		if err == nil && !bytes.Equal(opened, message) {
			err = fmt.Errorf("it opened to another message")
		}
	case "sizes":
		printSizes(public, made)
		return
	default:
		err = fmt.Errorf("unknown operation %q", operation)
	}
	check(err)
	elapsed := time.Since(start)
	fmt.Println(elapsed.Nanoseconds(), processorTime()-used)
}

// processorTime is what this process has used so far, in nanoseconds, garbage collection included.
func processorTime() int64 {
	var usage syscall.Rusage
	check(syscall.Getrusage(syscall.RUSAGE_SELF, &usage))
	return usage.Utime.Nano() + usage.Stime.Nano()
}

func printSizes(public *tkn20.PublicKey, made *instance) {
	publicBytes, err := public.MarshalBinary()
	check(err)
	keyBytes, err := made.key.MarshalBinary()
	check(err)
	fmt.Println(len(publicBytes), len(keyBytes), len(made.ciphertext))
}

func check(err error) {
	if err != nil {
		log.Fatal(err)
	}
}

package platformtest_test

import (
	"flag"
	"os"
	"testing"
)

// Cases mostly wait: for faults, for webhooks, for an API's own pace. They need
// no core while they do.
const casesAtOnce = "48"

func TestMain(m *testing.M) {
	flag.Parse()
	if err := flag.Set("test.parallel", casesAtOnce); err != nil {
		panic(err)
	}
	os.Exit(m.Run())
}

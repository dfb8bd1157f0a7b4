package probe

import (
	"flag"
	"testing"
)

var (
	seedFlag  = flag.Uint64("probe.seed", 0, "seed of the one random server to scan")
	modelFlag = flag.Bool("probe.model", false, "scan model servers, too")
)

func modelSeed() uint64 { return *seedFlag }

func skipModel(t *testing.T) {
	if !*modelFlag && modelSeed() == 0 {
		t.Skip("run with -args -probe.model")
	}
}

package probe

import "flag"

var (
	seedFlag  = flag.Uint64("probe.seed", 0, "seed of the one random server to scan")
	modelFlag = flag.Bool("probe.model", false, "scan random servers for half a minute a test, other ones each time")
)

func modelSeed() uint64 { return *seedFlag }

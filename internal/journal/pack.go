package journal

import (
	"encoding/json"
	"fmt"

	"github.com/klauspost/compress/zstd"
)

// largest is how many bytes evidence about one domain or endpoint may have.
const largest = 64 << 20

// A packer turns values into compressed JSON and back. Several goroutines may use it.
type packer struct {
	encoder *zstd.Encoder
	decoder *zstd.Decoder
}

func newPacker() (*packer, error) {
	e, err := zstd.NewWriter(nil, zstd.WithEncoderLevel(zstd.SpeedFastest), zstd.WithWindowSize(128<<10), zstd.WithLowerEncoderMem(true))
	if err != nil {
		return nil, err
	}
	d, err := zstd.NewReader(nil, zstd.WithDecoderConcurrency(0), zstd.WithDecoderLowmem(true), zstd.WithDecoderMaxMemory(largest))
	return &packer{e, d}, err
}

func (p *packer) pack(v any) ([]byte, error) {
	text, err := json.Marshal(v)
	if err != nil {
		return nil, err
	}
	return p.encoder.EncodeAll(text, nil), nil
}

func (p *packer) unpack(b []byte, v any) error {
	text, err := p.decoder.DecodeAll(b, nil)
	if err == nil {
		err = json.Unmarshal(text, v)
	}
	if err != nil {
		return fmt.Errorf("reading the journal: %w", err)
	}
	return nil
}

package tlspeer

import (
	"crypto/mlkem"
	"fmt"
)

// mlkemKey is the client's decapsulation key (FIPS 203), 768 or 1024.
type mlkemKey struct {
	share       []byte
	decapsulate func(ciphertext []byte) ([]byte, error)
}

func (k mlkemKey) public() []byte { return k.share }

func (k mlkemKey) agree(peer []byte) ([]byte, error) {
	secret, err := k.decapsulate(peer)
	if err != nil {
		return nil, fmt.Errorf("%w: %w", errPeerShare, err)
	}
	return secret, nil
}

func mlkem768Exchange() exchange {
	return exchange{
		client: mlkem.EncapsulationKeySize768,
		server: mlkem.CiphertextSize768,
		generate: func() (private, error) {
			k, err := mlkem.GenerateKey768()
			if err != nil {
				return nil, err
			}
			return mlkemKey{k.EncapsulationKey().Bytes(), k.Decapsulate}, nil
		},
		respond: func(peer []byte) (share, secret []byte, err error) {
			k, err := mlkem.NewEncapsulationKey768(peer)
			if err != nil {
				return nil, nil, fmt.Errorf("%w: %w", errPeerShare, err)
			}
			secret, share = k.Encapsulate()
			return share, secret, nil
		},
	}
}

func mlkem1024Exchange() exchange {
	return exchange{
		client: mlkem.EncapsulationKeySize1024,
		server: mlkem.CiphertextSize1024,
		generate: func() (private, error) {
			k, err := mlkem.GenerateKey1024()
			if err != nil {
				return nil, err
			}
			return mlkemKey{k.EncapsulationKey().Bytes(), k.Decapsulate}, nil
		},
		respond: func(peer []byte) (share, secret []byte, err error) {
			k, err := mlkem.NewEncapsulationKey1024(peer)
			if err != nil {
				return nil, nil, fmt.Errorf("%w: %w", errPeerShare, err)
			}
			secret, share = k.Encapsulate()
			return share, secret, nil
		},
	}
}

package channel

import (
	"bytes"
	"context"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/netip"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"syscall"
	"time"

	"github.com/mailtls/mailtls/internal/notify"
	"github.com/mailtls/mailtls/internal/public"
)

const (
	hookTime     = 20 * time.Second // for one request, with all redirects
	maxRedirects = 3
	maxURL       = 2000
)

// Hooks sends requests to wherever somebody typed: to public addresses, and to those of networks that whoever runs the service named.
// That is looked at for each address that is about to be dialled, wherever a name or a redirect leads.
type Hooks struct {
	private []netip.Prefix
	client  *http.Client
}

// NewHooks returns hooks that may go to networks beside the public ones.
func NewHooks(private []netip.Prefix) *Hooks {
	h := &Hooks{private: private}
	dialer := &net.Dialer{Timeout: hookTime, ControlContext: h.admit}
	h.client = &http.Client{
		Timeout: hookTime,
		Transport: &http.Transport{DialContext: dialer.DialContext, DisableKeepAlives: true, TLSHandshakeTimeout: hookTime,
			MaxResponseHeaderBytes: 64 << 10}, // no proxy: it would dial for us
		CheckRedirect: func(req *http.Request, via []*http.Request) error {
			switch {
			case len(via) > maxRedirects:
				return errors.New("too many redirects")
			case req.Method != http.MethodPost: // it would arrive without what it has to say
				return http.ErrUseLastResponse
			}
			if req.URL.Scheme != via[0].URL.Scheme && req.URL.Scheme != "https" {
				return errors.New("it sends to where nothing is encrypted")
			}
			_, err := h.URL(req.URL.String())
			return err
		},
	}
	return h
}

// inTheClear marks the context of requests that are not encrypted.
type inTheClear struct{}

// admit refuses addresses that nobody may send us to, and public ones where what is sent is not encrypted.
func (h *Hooks) admit(ctx context.Context, _, address string, _ syscall.RawConn) error {
	a, err := netip.ParseAddrPort(address)
	switch {
	case err != nil:
		return fmt.Errorf("address %q: %w", address, err)
	case ctx.Value(inTheClear{}) != nil && public.Address(a.Addr()):
		return errors.New("its address is public: a webhook there needs https")
	case !public.Address(a.Addr()) && !slices.ContainsFunc(h.private, func(p netip.Prefix) bool { return p.Contains(a.Addr().Unmap()) }):
		return errors.New("its address is not public: this service leaves it alone")
	}
	return ofTheWeb(int(a.Port()))
}

// ofTheWeb refuses ports at which there are other services.
func ofTheWeb(port int) error {
	if port < 1 || port > 65535 || port != 80 && port != 443 && port < 1024 {
		return fmt.Errorf("port %d is none of the web: this service leaves it alone", port)
	}
	return nil
}

// URL reads where a request is to go. What is not encrypted goes to networks of one's own alone.
func (h *Hooks) URL(text string) (string, error) {
	u, err := url.Parse(text)
	switch {
	case err != nil || u.Host == "" || u.Opaque != "" || len(text) > maxURL || strings.ContainsFunc(text, func(r rune) bool { return r <= ' ' || r > '~' }):
		return "", fmt.Errorf("%.100q is no address of a webhook: want one such as https://example.org/hook", text)
	case u.User != nil:
		return "", errors.New("the address of a webhook has no name and password: its path can have a secret")
	case u.Scheme != "https" && (u.Scheme != "http" || len(h.private) == 0):
		return "", fmt.Errorf("%.100q: a webhook needs https", text)
	case u.Port() == "":
		return text, nil
	}
	port, err := strconv.Atoi(u.Port())
	if err == nil {
		err = ofTheWeb(port)
	}
	return text, err
}

// The headers of a signed request.
const (
	TimestampHeader = "Mailtls-Timestamp" // seconds since 1970
	SignatureHeader = "Mailtls-Signature" // see [Sign]
	DeliveryHeader  = "Mailtls-Delivery"  // the same if the same is sent again
)

// Sign is the signature of a request: "v1=" and the HMAC-SHA256 (RFC 2104), in hex, of the timestamp, a dot and the body, keyed by the
// text of the secret.
func Sign(secret, timestamp string, body []byte) string {
	mac := hmac.New(sha256.New, []byte(secret))
	mac.Write([]byte(timestamp + "."))
	mac.Write(body)
	return "v1=" + hex.EncodeToString(mac.Sum(nil))
}

// Signed sends a signed body of JSON.
func (h *Hooks) Signed(ctx context.Context, to, secret, id string, now time.Time, body []byte) error {
	timestamp := strconv.FormatInt(now.Unix(), 10)
	return h.post(ctx, to, body, http.Header{TimestampHeader: {timestamp}, SignatureHeader: {Sign(secret, timestamp, body)}, DeliveryHeader: {id}})
}

// maxSlack is how many bytes of text are sent to a chat.
const maxSlack = 3500

// Slack sends a message as chats take it that understand Slack's incoming webhooks: Slack, Mattermost, Rocket.Chat and others.
func (h *Hooks) Slack(ctx context.Context, to, id string, m notify.Message) error {
	body := m.Body
	if len(body) > maxSlack {
		body = strings.ToValidUTF8(body[:maxSlack], "") + "\n..."
	}
	quoted := strings.NewReplacer("&", "&amp;", "<", "&lt;", ">", "&gt;", "`", "'") // as Slack wants text that is none of its own signs
	text, err := json.Marshal(map[string]string{"text": "*" + strings.ReplaceAll(quoted.Replace(m.Subject), "*", "") + "*\n```\n" + quoted.Replace(body) + "\n```"})
	if err != nil {
		return fmt.Errorf("writing the message: %w", err)
	}
	return h.post(ctx, to, text, http.Header{DeliveryHeader: {id}})
}

func (h *Hooks) post(ctx context.Context, to string, body []byte, headers http.Header) error {
	if _, err := h.URL(to); err != nil {
		return err
	}
	if strings.HasPrefix(strings.ToLower(to), "http:") {
		ctx = context.WithValue(ctx, inTheClear{}, true)
	}
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, to, bytes.NewReader(body))
	if err != nil {
		return errors.New("the address of the webhook cannot be read")
	}
	req.Header = headers
	req.Header.Set("Content-Type", "application/json")
	req.Header.Set("User-Agent", "mailtls")
	res, err := h.client.Do(req)
	if err != nil {
		if e, ok := errors.AsType[*url.Error](err); ok { // its text has the whole address, and that may be a secret
			err = e.Err
		}
		return fmt.Errorf("webhook at %s: %w", req.URL.Host, err)
	}
	defer res.Body.Close()
	_, _ = io.CopyN(io.Discard, res.Body, 4<<10)
	if res.StatusCode/100 != 2 {
		return fmt.Errorf("webhook at %s: the server answers %d %s", req.URL.Host, res.StatusCode, http.StatusText(res.StatusCode))
	}
	return nil
}

package source

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"net"
	"strconv"
	"strings"
	"time"

	"golang.org/x/crypto/ssh"

	"siteward/appliance"
)

// dialLimit is how long a server may take to answer and to let us in.
const dialLimit = 20 * time.Second

// Login is how to prove ourselves to a server; the secrets are in place.
type Login struct {
	User       string
	Password   string
	Key        string // private key, PEM or OpenSSH
	Passphrase string // of Key
}

// KeyError says that a server showed a key that nobody has accepted, or another one than was accepted. Nothing was sent
// to that server but the user's name.
type KeyError struct {
	Host    string
	Shown   string // as in known_hosts: "ssh-ed25519 AAAA…"
	Print   string // as ssh-keygen -l prints it
	Changed bool
}

// Error is for the log.
func (e *KeyError) Error() string { return "the key of " + e.Host + " is not accepted: " + e.Print }

// Coded is the sentence for people.
func (e *KeyError) Coded() *appliance.Error {
	args := map[string]any{"host": e.Host, "print": e.Print}
	if e.Changed {
		return &appliance.Error{Code: appliance.CodeUnavailable, Err: e, Message: appliance.Message{Key: "source.error_key_changed", Args: args,
			English: fmt.Sprintf("%s shows another key than the one that was accepted (now %s). Was the server set up anew? Then accept the new key, else somebody may be in between.", e.Host, e.Print)}}
	}
	return &appliance.Error{Code: appliance.CodeUnavailable, Err: e, Message: appliance.Message{Key: "source.error_key_unknown", Args: args,
		English: fmt.Sprintf("%s shows the key %s, which nobody has accepted yet. Compare it with the server's and accept it.", e.Host, e.Print)}}
}

// dialSSH opens a connection to a server whose key was accepted.
func dialSSH(ctx context.Context, s appliance.Server, l Login) (*ssh.Client, error) {
	ctx, cancel := context.WithTimeout(ctx, dialLimit)
	defer cancel()
	config, key, err := clientConfig(s, l)
	if err != nil {
		return nil, err
	}
	address := net.JoinHostPort(s.Host, strconv.Itoa(portOf(s)))
	conn, err := (&net.Dialer{}).DialContext(ctx, "tcp", address)
	if err != nil {
		return nil, unreachable(s.Host, err)
	}
	stop := context.AfterFunc(ctx, func() { _ = conn.Close() })
	defer stop()
	c, channels, requests, err := ssh.NewClientConn(conn, address, config)
	if err != nil {
		_ = conn.Close()
		return nil, refused(s, l, *key, err)
	}
	return ssh.NewClient(c, channels, requests), nil
}

func portOf(s appliance.Server) int {
	if s.Port == 0 {
		return 22
	}
	return s.Port
}

// clientConfig offers the algorithms of the library's own choice, and of host keys the kind that was accepted first. The
// error that the host key leads to is kept in the second value, because the library does not wrap it.
func clientConfig(s appliance.Server, l Login) (*ssh.ClientConfig, **KeyError, error) {
	bad := new(*KeyError)
	c := &ssh.ClientConfig{User: l.User, Timeout: dialLimit, ClientVersion: "SSH-2.0-Siteward"}
	var accepted ssh.PublicKey
	if s.HostKey != "" {
		key, err := ParseHostKey(s.HostKey)
		if err != nil {
			return nil, nil, err
		}
		accepted = key
		c.HostKeyAlgorithms = hostKeyAlgorithms(key.Type())
	}
	c.HostKeyCallback = func(_ string, _ net.Addr, shown ssh.PublicKey) error {
		if accepted != nil && bytes.Equal(accepted.Marshal(), shown.Marshal()) {
			return nil
		}
		*bad = &KeyError{Host: s.Host, Shown: FormatHostKey(shown), Print: ssh.FingerprintSHA256(shown), Changed: accepted != nil}
		return *bad
	}
	if l.Key != "" {
		signer, err := signerOf(l)
		if err != nil {
			return nil, nil, err
		}
		c.Auth = append(c.Auth, ssh.PublicKeys(signer))
	}
	if l.Password != "" {
		c.Auth = append(c.Auth, ssh.Password(l.Password), ssh.KeyboardInteractive(func(_, _ string, questions []string, echos []bool) ([]string, error) {
			answers := make([]string, len(questions))
			for i := range questions {
				if !echos[i] {
					answers[i] = l.Password
				}
			}
			return answers, nil
		}))
	}
	return c, bad, nil
}

// hostKeyAlgorithms asks for the kind of key that was accepted, and for others last, so that a server that has changed
// its key is told as that.
func hostKeyAlgorithms(kind string) []string {
	first := []string{kind}
	if kind == ssh.KeyAlgoRSA {
		first = []string{ssh.KeyAlgoRSASHA512, ssh.KeyAlgoRSASHA256}
	}
	for _, a := range ssh.SupportedAlgorithms().HostKeys {
		if a != first[0] {
			first = append(first, a)
		}
	}
	return first
}

func signerOf(l Login) (ssh.Signer, error) {
	var signer ssh.Signer
	var err error
	if l.Passphrase != "" {
		signer, err = ssh.ParsePrivateKeyWithPassphrase([]byte(l.Key), []byte(l.Passphrase))
	} else {
		signer, err = ssh.ParsePrivateKey([]byte(l.Key))
	}
	if err != nil {
		return nil, &appliance.Error{Code: appliance.CodeInvalid, Field: "key", Err: err, Message: appliance.Message{Key: "source.error_private_key",
			English: "the private key of the credential cannot be used; is it complete, and is its passphrase right?"}}
	}
	return signer, nil
}

// ParseHostKey reads a key as it stands in known_hosts, with or without the host in front of it.
func ParseHostKey(line string) (ssh.PublicKey, error) {
	key, _, _, _, err := ssh.ParseAuthorizedKey([]byte(line))
	if err != nil {
		if _, rest, ok := strings.Cut(strings.TrimSpace(line), " "); ok {
			key, _, _, _, err = ssh.ParseAuthorizedKey([]byte(rest))
		}
	}
	if err != nil {
		return nil, &appliance.Error{Code: appliance.CodeInvalid, Field: "host_key", Err: err, Message: appliance.Message{Key: "source.error_host_key",
			English: "the host key cannot be read; it looks like ssh-ed25519 AAAA…, as ssh-keyscan prints it"}}
	}
	return key, nil
}

// FormatHostKey writes a key as it stands in known_hosts, without the host.
func FormatHostKey(k ssh.PublicKey) string {
	return strings.TrimSpace(string(ssh.MarshalAuthorizedKey(k)))
}

func unreachable(host string, err error) error {
	return &appliance.Error{Code: appliance.CodeUnavailable, Err: err, Message: appliance.Message{Key: "source.error_unreachable",
		Args:    map[string]any{"host": host, "why": err.Error()},
		English: fmt.Sprintf("%s does not answer: %v", host, err)}}
}

func refused(s appliance.Server, l Login, key *KeyError, err error) error {
	if key != nil {
		return key.Coded()
	}
	if said := err.Error(); strings.Contains(said, "unable to authenticate") || strings.Contains(said, "unexpected message type 51") { // of a server that offers no password
		return &appliance.Error{Code: appliance.CodeUnavailable, Err: err, Message: appliance.Message{Key: "source.error_login",
			Args:    map[string]any{"host": s.Host, "user": l.User},
			English: fmt.Sprintf("%s does not let %s in; is the credential right, and is its key in authorized_keys there?", s.Host, l.User)}}
	}
	if errors.Is(err, net.ErrClosed) {
		err = errors.New("it took too long")
	}
	return unreachable(s.Host, err)
}

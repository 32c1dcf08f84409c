package config

import (
	"crypto/rand"
	"net"
	"net/url"
	"slices"

	"siteward/appliance"
	"siteward/internal/lazyregexp"
)

// MaxConsumers bounds how often the same is kept.
const MaxConsumers = 5

var siteWord = lazyregexp.New(`^[A-Za-z0-9-]{1,60}$`)

// ValidateConsumer says what cannot be right about somebody who is told besides the provider. Fields: name, kind, url, site, user, secret.
func ValidateConsumer(c appliance.Consumer) []*appliance.Error {
	var p problems
	p.name(c.Name)
	choice(&p, "kind", c.Kind, appliance.ConsumerKinds)
	u, err := url.Parse(c.URL)
	if p.must(err == nil && u.Host != "" && len(c.URL) <= 500 && u.Fragment == "", "url", "url_malformed") {
		ip := net.ParseIP(u.Hostname())
		here := u.Hostname() == "localhost" || ip != nil && ip.IsLoopback()
		p.must(u.Scheme == "https" || u.Scheme == "http" && here, "url", "url_https")
		p.must(u.User == nil, "url", "url_secret")
	}
	if p.must(c.Site != "", "site", "empty") {
		p.must(siteWord.MatchString(c.Site), "site", "site_word", "value", clip(c.Site))
	}
	p.secret("secret", c.Secret)
	if c.Kind != appliance.ConsumerSamples {
		p.must(c.User == "", "user", "only_samples")
		p.must(c.Secret.File != "" || c.Secret.Env != "" || len(c.Secret.Value) >= 16, "secret", "shared_secret")
		return p
	}
	p.word("user", c.User, maxWord)
	p.must(c.User == "" || !c.Secret.IsZero(), "secret", "relay_password")
	return p
}

// FileConsumer is an entry of the section consumers. Its secret never holds a value.
type FileConsumer struct {
	At Position
	appliance.Consumer
	Kept bool // the secret that the appliance holds already
}

func (p *reader) consumer(n *node, path string) {
	before := len(p.problems)
	c := FileConsumer{At: n.at}
	p.mapping(n, path, fields{
		"name": p.text(&c.Name), "kind": p.text((*string)(&c.Kind)), "url": p.text(&c.URL), "site": p.text(&c.Site), "user": p.text(&c.User), "off": p.flag(&c.Off),
		"secret_file": p.text(&c.Secret.File), "secret_env": p.text(&c.Secret.Env), "secret_kept": p.flag(&c.Kept),
	})
	if n.kind != isMap {
		return
	}
	if c.Kind == "" {
		c.Kind = appliance.ConsumerReports
	}
	p.secretPlaces(path, "secret")
	probe := c.Consumer
	if c.Kept {
		probe.Secret.Value = keptSecret
	}
	p.rules(path, before, ValidateConsumer(probe))
	p.file.Consumers = append(p.file.Consumers, c)
}

func exportConsumer(c appliance.Consumer) FileConsumer {
	out := FileConsumer{Consumer: c, Kept: c.Secret.Value != ""}
	if out.Kept {
		out.Secret = appliance.Secret{}
	}
	return out
}

func (w *writer) consumer(c FileConsumer) {
	w.line(0, "name: %s", quoted(c.Name))
	w.line(0, "kind: %s", quoted(string(c.Kind)))
	w.word("url", c.URL)
	w.word("site", c.Site)
	w.word("user", c.User)
	w.held("secret", c.Secret, c.Kept)
	w.flag("off", c.Off)
}

// consumers plans the changes of those who are told besides the provider. A position goes on where it was; one that is told something else
// than before, or under another address, begins anew under another name.
func (p *planner) consumers() {
	n := len(p.f.Consumers)
	for _, old := range p.cur.Consumers {
		if _, named := find(p.f.Consumers, old.Name, func(f FileConsumer) string { return f.Name }); !named && old.Owner != p.f.Name {
			n++
		} else if !named {
			p.delete("consumer", old.Name, func(a *applier) error { return a.tx.DeleteConsumer(old.ID) })
		}
	}
	for _, want := range p.f.Consumers {
		old, known := find(p.cur.Consumers, want.Name, func(c appliance.Consumer) string { return c.Name })
		c := want.Consumer
		c.ID, c.Version, c.Owner, c.Outbox, c.Since = old.ID, old.Version, p.f.Name, old.Outbox, old.Since
		before := ""
		if known {
			before = lined(exportConsumer(old), (*writer).consumer)
			if old.Kind != c.Kind {
				p.say(want.At, appliance.CodeConflict, "kind", "the consumer %s is of the kind %s; a consumer keeps its kind, give this one another name", clip(want.Name), old.Kind)
			}
		}
		if want.Kept {
			if c.Secret = old.Secret; c.Secret.Value == "" {
				p.say(want.At, appliance.CodeInvalid, "secret_kept", "the appliance holds no such secret of %s; name a file with secret_file or enter it in the interface", clip(want.Name))
			}
		}
		p.put(want.At, "consumer", want.Name, old.Owner, before, lined(want, (*writer).consumer), !known, func(a *applier) error {
			if c.ID == 0 {
				c.Outbox, c.Since = rand.Text(), a.now
			}
			return a.tx.PutConsumer(&c)
		})
	}
	if n > MaxConsumers {
		p.say(slices.MaxFunc(p.f.Consumers, func(a, b FileConsumer) int { return a.At.Line - b.At.Line }).At, appliance.CodeInvalid, "consumers", "there would be more than %d consumers; take one away", MaxConsumers)
	}
}

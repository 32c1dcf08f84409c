package eventlog

import (
	"encoding/binary"
	"errors"
	"time"

	"siteward/appliance"
)

var errDamaged = errors.New("a message is damaged")

// encode appends one message. The text is nearly always the end of the raw message, and then only its length is written.
func encode(b []byte, m *appliance.LogMessage) []byte {
	b = binary.AppendVarint(b, m.At.UnixNano())
	stamp := int64(0)
	if !m.Stamp.IsZero() {
		stamp = m.Stamp.UnixNano()
	}
	b = binary.AppendVarint(b, stamp)
	b = binary.AppendUvarint(b, uint64(m.Device))
	b = binary.AppendVarint(b, int64(m.Facility))
	b = binary.AppendVarint(b, int64(m.Level))
	b = binary.AppendUvarint(b, m.Count)
	text := m.Text
	tail := len(text) <= len(m.Raw) && m.Raw[len(m.Raw)-len(text):] == text
	if tail {
		b = binary.AppendUvarint(b, uint64(len(text))+1)
		text = ""
	} else {
		b = binary.AppendUvarint(b, 0)
	}
	for _, s := range [...]string{m.Source, m.Via, m.Host, m.App, m.PID, m.MsgID, text, m.Raw} {
		b = binary.AppendUvarint(b, uint64(len(s)))
		b = append(b, s...)
	}
	b = binary.AppendUvarint(b, uint64(len(m.Rules)))
	for _, r := range m.Rules {
		b = binary.AppendUvarint(b, uint64(len(r)))
		b = append(b, r...)
	}
	return b
}

type decoder struct {
	b   []byte
	bad bool
}

func (d *decoder) unsigned() uint64 {
	v, n := binary.Uvarint(d.b)
	if n <= 0 {
		d.bad, d.b = true, nil
		return 0
	}
	d.b = d.b[n:]
	return v
}

func (d *decoder) signed() int64 {
	v, n := binary.Varint(d.b)
	if n <= 0 {
		d.bad, d.b = true, nil
		return 0
	}
	d.b = d.b[n:]
	return v
}

func (d *decoder) text() string {
	n := d.unsigned()
	if n > uint64(len(d.b)) {
		d.bad, d.b = true, nil
		return ""
	}
	s := string(d.b[:n])
	d.b = d.b[n:]
	return s
}

// decode reads a block's messages.
func decode(raw []byte, first uint64, count int) ([]appliance.LogMessage, error) {
	d := &decoder{b: raw}
	out := make([]appliance.LogMessage, 0, min(count, len(raw)/12+1))
	for i := 0; i < count && !d.bad; i++ {
		m := appliance.LogMessage{ID: first + uint64(i), At: time.Unix(0, d.signed())}
		if stamp := d.signed(); stamp != 0 {
			m.Stamp = time.Unix(0, stamp)
		}
		m.Device, m.Facility, m.Level, m.Count = appliance.ID(d.unsigned()), int(d.signed()), int(d.signed()), d.unsigned()
		tail := d.unsigned()
		for _, s := range [...]*string{&m.Source, &m.Via, &m.Host, &m.App, &m.PID, &m.MsgID, &m.Text, &m.Raw} {
			*s = d.text()
		}
		if tail > 0 && tail-1 <= uint64(len(m.Raw)) {
			m.Text = m.Raw[uint64(len(m.Raw))-(tail-1):]
		}
		for n := d.unsigned(); n > 0 && !d.bad; n-- {
			m.Rules = append(m.Rules, d.text())
		}
		if !d.bad {
			out = append(out, m)
		}
	}
	if d.bad || len(out) < count {
		return out, errDamaged
	}
	return out, nil
}

package listen

import (
	"net"
	"strings"
	"testing"
	"time"
)

// TestDropsAreCounted sends more than a small buffer holds while nobody reads: what was read and what is counted as dropped is what
// was sent.
func TestDropsAreCounted(t *testing.T) {
	c, err := UDP("127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close()
	if err := c.SetReadBuffer(8 << 10); err != nil {
		t.Fatal(err)
	}
	lost, err := Drops(c)
	if err != nil {
		t.Fatal(err)
	}
	out, err := net.Dial("udp", c.LocalAddr().String())
	if err != nil {
		t.Fatal(err)
	}
	defer out.Close()
	const sent = 500
	for range sent {
		if _, err := out.Write([]byte(strings.Repeat("x", 1000))); err != nil {
			t.Fatal(err)
		}
	}
	dropped, err := lost()
	if err != nil || dropped == 0 {
		t.Fatalf("%d are dropped, %v", dropped, err)
	}
	read := uint64(0)
	for buf := make([]byte, 2000); read+dropped < sent; read++ {
		_ = c.SetReadDeadline(time.Now().Add(time.Minute))
		if _, err := c.Read(buf); err != nil {
			t.Fatalf("%d read, %d dropped, %d sent: %v", read, dropped, sent, err)
		}
	}
	if again, err := lost(); err != nil || again != dropped {
		t.Errorf("dropped %d, then %d, %v", dropped, again, err)
	}
}

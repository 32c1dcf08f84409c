package discover

import (
	"bufio"
	"io"
	"net/netip"
	"os"
	"strconv"
	"strings"

	"siteward/appliance"
)

// maxARP bounds what is read of the kernel's table; it holds about a thousand entries.
const maxARP = 1 << 20

// readARP looks into this machine's table of hardware addresses: who answers no echo still has to answer there.
func (s *search) readARP() {
	f, err := os.Open(s.ARP)
	if err != nil {
		s.complain("discovery.note_arp", "this machine's neighbour table cannot be read: "+err.Error(), map[string]any{"why": err.Error()})
		return
	}
	defer f.Close()
	for _, e := range parseARP(io.LimitReader(f, maxARP)) {
		a, err := netip.ParseAddr(e.Address)
		if err != nil {
			continue
		}
		s.at(a, func(one *appliance.Sighting) {
			note(one, e.MAC, appliance.Message{Key: "proposal.why_arp", Args: map[string]any{"mac": e.MAC}, English: "its network card " + e.MAC + " answers in this network"})
		})
	}
}

// parseARP reads /proc/net/arp: entries that are complete (ATF_COM).
func parseARP(r io.Reader) []appliance.ARPEntry {
	const complete = 2
	var out []appliance.ARPEntry
	for lines := bufio.NewScanner(r); lines.Scan(); {
		f := strings.Fields(lines.Text())
		if len(f) < 4 {
			continue
		}
		flags, err := strconv.ParseUint(strings.TrimPrefix(f[2], "0x"), 16, 16)
		if err != nil || flags&complete == 0 || len(f[3]) != 17 || f[3] == "00:00:00:00:00:00" {
			continue
		}
		if a, err := netip.ParseAddr(f[0]); err == nil {
			out = append(out, appliance.ARPEntry{Address: a.String(), MAC: strings.ToLower(f[3])})
		}
	}
	return out
}

package profile

import (
	"slices"
	"strings"
	"testing"

	"siteward/appliance"
)

// house is a family of devices that small sites have: what stands for it here, what it is known as, and the families of
// numbers and states that it must tell. A name that begins with f/ is of testdata/families, any other is of the corpus.
type house struct {
	who, device string
	kind        appliance.Kind
	vendor      string
	tells       string
}

var houses = []house{
	{"APC UPS", "f/apc-ups", appliance.KindUPS, "APC", "ups"},
	{"APC PDU", "f/apc-pdu", appliance.KindPDU, "APC", "current"},
	{"APC NMC probes", "f/netbotz", appliance.KindSensor, "APC", "temperature"},
	{"Eaton XUPS", "f/eaton-xups", appliance.KindUPS, "Eaton", "ups"},
	{"Eaton MGE", "eaton-mgeups_5px", appliance.KindUPS, "Eaton", "ups"},
	{"CyberPower UPS", "cyberpower", appliance.KindUPS, "CyberPower", "ups"},
	{"Riello NetMan", "f/riello", appliance.KindUPS, "Riello", "ups"},
	{"Socomec", "socomec-ups", appliance.KindUPS, "Socomec", "ups"},
	{"Generex", "generex-ups_cs141", appliance.KindUPS, "Generex", "ups"},
	{"Delta", "f/delta", appliance.KindUPS, "Delta", "ups"},
	{"Tripp Lite", "poweralert_2", appliance.KindUPS, "Tripp Lite", "ups"},
	{"Megatec, PowerWalker", "f/megatec", appliance.KindUPS, "Megatec", "ups"},
	{"Huawei UPS", "f/huawei-ups", appliance.KindUPS, "Huawei", "ups"},
	{"Dell UPS", "f/dell-ups", appliance.KindUPS, "Dell", "ups"},
	{"Liebert, Vertiv", "f/liebert", appliance.KindUPS, "Vertiv", "ups"},
	{"ABB", "f/abb", appliance.KindUPS, "ABB", "ups"},
	{"ABB modular", "f/abb-modular", appliance.KindUPS, "ABB", "ups"},
	{"HP ProCurve", "procurve_e2910", appliance.KindSwitch, "HP", "if"},
	{"Aruba CX", "arubaos-cx_10.07", appliance.KindSwitch, "Aruba", "if"},
	{"Aruba Instant", "f/aruba-instant", appliance.KindAccessPoint, "Aruba", "wifi cpu memory"},
	{"Cisco IOS", "ios_2960x", appliance.KindSwitch, "Cisco", "if"},
	{"Cisco IOS-XE", "f/cisco-xe", appliance.KindSwitch, "Cisco", "temperature fan psu"},
	{"Cisco small business", "ciscosb_cbs350", appliance.KindSwitch, "Cisco", "if"},
	{"Juniper EX", "junos_ex", appliance.KindSwitch, "Juniper", "temperature cpu memory"},
	{"MikroTik", "routeros_rb760igs", appliance.KindRouter, "MikroTik", "if"},
	{"Ubiquiti EdgeSwitch", "edgeswitch_us-8", appliance.KindSwitch, "Ubiquiti", "if"},
	{"Ubiquiti EdgeOS", "edgeos", appliance.KindRouter, "Ubiquiti", "if"},
	{"Ubiquiti UniFi", "unifi_nanohd", appliance.KindAccessPoint, "Ubiquiti", "if wifi memory"},
	{"D-Link", "dlink_dgs-1510-28", appliance.KindSwitch, "D-Link", "if"},
	{"TP-Link", "jetstream_sg2218p", appliance.KindSwitch, "TP-Link", "if"},
	{"Netgear", "netgear", appliance.KindSwitch, "Netgear", "temperature fan memory"},
	{"Zyxel", "zynos_gs1900-fdb", appliance.KindSwitch, "Zyxel", "if"},
	{"LANCOM", "f/lancom", appliance.KindRouter, "LANCOM", "temperature"},
	{"DrayTek", "f/draytek-modem", appliance.KindRouter, "DrayTek", "memory status"},
	{"Comware", "f/comware", appliance.KindSwitch, "HPE", "cpu"},
	{"Linux", "linux_lsi", appliance.KindServer, "", "storage memory"},
	{"Windows", "windows_svr_2019_1809", appliance.KindServer, "Microsoft", "storage memory"},
	{"VMware ESXi", "vmware-esxi", appliance.KindServer, "VMware", "storage memory"},
	{"Dell iDRAC", "drac_r640", appliance.KindServer, "Dell", "disk raid fan temperature"},
	{"Dell OpenManage", "f/openmanage", appliance.KindServer, "Dell", "disk raid fan"},
	{"HPE iLO", "f/ilo", appliance.KindServer, "HPE", "psu"},
	{"Supermicro", "supermicro-bmc_x11", appliance.KindServer, "Supermicro", "temperature psu fan power status voltage"},
	{"Lenovo XCC", "xclarity_sr665", appliance.KindServer, "Lenovo", "temperature voltage power status"},
	{"Lenovo IMM", "f/imm", appliance.KindServer, "IBM", "temperature"},
	{"Fujitsu iRMC", "fujitsuiRMC_rx300", appliance.KindServer, "Fujitsu", "temperature fan psu status sensor"},
	{"Cisco CIMC", "f/cisco-cimc", appliance.KindServer, "Cisco", "psu"},
	{"Synology", "dsm", appliance.KindNAS, "Synology", "disk raid temperature status fan psu"},
	{"QNAP", "qnap", appliance.KindNAS, "QNAP", "disk temperature fan cpu memory storage"},
	{"TrueNAS", "truenas", appliance.KindNAS, "iXsystems", "pool"},
	{"Areca", "f/areca", appliance.KindNAS, "Areca", "disk"},
	{"Promise", "f/promise", appliance.KindNAS, "Promise", "disk raid psu fan temperature battery"},
	{"Fortinet", "fortigate_60f", appliance.KindFirewall, "Fortinet", "cpu session"},
	{"Sophos", "sophos-xg", appliance.KindFirewall, "Sophos", "status session"},
	{"pfSense", "pfsense", appliance.KindFirewall, "pfSense", "if session memory"},
	{"OPNsense", "f/opnsense", appliance.KindFirewall, "OPNsense", "session status cpu memory"},
	{"WatchGuard", "f/watchguard", appliance.KindFirewall, "WatchGuard", "cpu"},
	{"SonicWall", "f/sonicwall", appliance.KindFirewall, "SonicWall", "cpu"},
	{"Zyxel firewall", "zywall_usg40w", appliance.KindFirewall, "Zyxel", "cpu"},
	{"AVM", "f/avm", appliance.KindRouter, "AVM", ""},
	{"HP printer", "jetdirect_m252dw", appliance.KindPrinter, "HP", "supply printer"},
	{"Brother", "brother", appliance.KindPrinter, "Brother", "supply printer"},
	{"Kyocera", "utax", appliance.KindPrinter, "", "supply printer"},
	{"Ricoh", "ricoh_mpc3002", appliance.KindPrinter, "Ricoh", "supply printer"},
	{"Konica", "konica_c250i", appliance.KindPrinter, "Konica Minolta", "supply printer"},
	{"Xerox", "f/xerox", appliance.KindPrinter, "Xerox", "supply"},
	{"Canon", "f/canon", appliance.KindPrinter, "Canon", "supply"},
	{"Lexmark", "f/lexmark", appliance.KindPrinter, "Lexmark", "supply"},
	{"Raritan", "f/raritan-px2", appliance.KindPDU, "Raritan", "temperature current voltage power"},
	{"Gude", "f/gude", appliance.KindPDU, "Gude", "current"},
	{"Bachmann", "f/bachmann", appliance.KindPDU, "Bachmann", "voltage current power"},
	{"AKCP", "akcp_serverprobe8", appliance.KindSensor, "AKCP", "temperature"},
	{"HWg", "hwg-ste2", appliance.KindSensor, "HW group", "temperature"},
}

// TestHouses walks the families that small sites have: each is known for what it is and tells what matters of its kind.
func TestHouses(t *testing.T) {
	set := mustLoad(t)
	for _, h := range houses {
		t.Run(h.who, func(t *testing.T) {
			vars := readRecordingOf(t, h.device).vars
			facts, reading := factsOf(t, set, vars), readingOf(t, set, vars)
			if facts.Kind != h.kind || h.vendor != "" && facts.Vendor != h.vendor {
				t.Errorf("%s of %q, want %s of %q (profiles %v)", facts.Kind, facts.Vendor, h.kind, h.vendor, facts.Profiles)
			}
			said := toldFamilies(reading)
			for _, family := range strings.Fields(h.tells) {
				if !slices.Contains(said, family) {
					t.Errorf("it tells nothing of %s, only of %v (profiles %v)", family, said, facts.Profiles)
				}
			}
		})
	}
}

func readRecordingOf(t *testing.T, device string) *recording {
	t.Helper()
	if name, own := strings.CutPrefix(device, "f/"); own {
		return newRecording(readFamily(t, "testdata/families/"+name+".rec").vars)
	}
	return readRecording(t, corpus(t, device))
}

func toldFamilies(r appliance.Reading) []string {
	var said []string
	add := func(name string) {
		family, _, _ := strings.Cut(name, ".")
		said = append(said, family)
	}
	for _, v := range r.Values {
		add(v.Metric)
	}
	for _, s := range r.Statuses {
		add(s.Name)
	}
	for _, x := range r.Texts {
		add(x.Name)
	}
	slices.Sort(said)
	return slices.Compact(said)
}

package main

// ratio is a part that compares with the other side.
func ratio(first, goal float64) part { return part{"", first, goal} }

// figures is the table of what the product has to reach, in its order.
var figures = []figure{
	{1, "requests for a steady poll of the 48-port switch, 16 columns", "snmp_exporter if_mib: 86", []part{{"", 18, 8}}},
	{2, "bytes on the wire for it", "snmp_exporter if_mib: 48.6 kB", []part{ratio(0.65, 0.35)}},
	{3, "CPU a poll, whole process, storing included", "snmp_exporter", []part{ratio(0.10, 0.03)}},
	{4, "allocations a varbind, steady polls", "-", []part{{"", 14, 0.1}}},
	{5, "wall time of a poll at 20 ms latency", "walking both tables", []part{ratio(0.25, 0.10)}},
	{6, "CPU of 1,000 echoes to 1,000 targets", "blackbox_exporter; fping -i 1", []part{ratio(0.35, 0.05)}},
	{7, "bytes a sample on disk, 500 series x 30 days", "Prometheus TSDB library", []part{ratio(0.65, 0.55)}},
	{8, "CPU a sample written", "Prometheus TSDB library", []part{ratio(0.4, 0.2)}},
	{9, "bytes written to disk a sample", "Prometheus TSDB library", []part{ratio(0.6, 0.4)}},
	{10, "read one series: last day; 30 days; a year", "Prometheus TSDB library", []part{ratio(1.5, 0.6), ratio(2, 1), ratio(1, 0.5)}},
	{11, "PSS at 20 switches and 100 pings each 60 s", "snmp_exporter, blackbox_exporter, 2 Prometheus", []part{ratio(0.40, 0.18)}},
	{12, "CPU a minute at that site", "the same four", []part{ratio(0.20, 0.05)}},
	{13, "idle RSS with the pages, no device", "beszel hub", []part{ratio(1.3, 0.7)}},
	{14, "idle CPU a minute", "zabbix-proxy idle", []part{ratio(2, 0.5)}},
	{15, "start to the first HTTP 200 with a 1 GB store", "Prometheus, empty", []part{ratio(1.5, 0.7)}},
	{16, "page of 200 rows, server CPU", "the same bytes, static", []part{ratio(20, 2)}},
	{17, "stripped binary", "Prometheus", []part{ratio(0.7, 0.5)}},
	{18, "CPU of 1,000 switches each 60 s", "snmp_exporter", []part{ratio(0.15, 0.03)}},
	{19, "kill -9 at random points: acknowledged lost; repairs by hand; ready again", "-", []part{{"", 0, 0}, {"", 0, 0}, {" s", 2, 2}}},
	{20, "power cuts: acknowledged lost", "-", []part{{"", 0, 0}}},
	{21, "disk full for a minute: crashes; acknowledged lost; writes back", "-", []part{{"", 0, 0}, {"", 0, 0}, {" s", 30, 30}}},
	{22, "8 evil agents beside 40 good ones: the good ones' cycle", "without them", []part{ratio(1.10, 1.02)}},
	{23, "exposure of the unit file", "best peer: 2.1", []part{{"", 1.5, 1.1}}},
}

// What was measured earlier, on two cores of a Debian 12 VM, of what is not installed here.
const (
	recordedRequests  = 86      // snmp_exporter, module if_mib, one poll of the switch
	recordedBytes     = 48600.0 // of it, both ways
	recordedExporter  = 0.0375  // s of CPU of it
	recordedThousand  = 0.62    // of a core, 1,000 switches each 60 s
	recordedSitePSS   = 201.0   // MB, snmp_exporter, blackbox_exporter and two Prometheus
	recordedSiteCPU   = 1.210   // s a minute
	recordedBeszelRSS = 29.0    // MB
	recordedZabbixCPU = 0.033   // s a minute
	prometheusBinary  = 49.9e6
)

package cli

import (
	"bufio"
	"fmt"
	"os"
	"runtime/debug"
	"strings"
	"syscall"
	"time"

	"golang.org/x/sys/unix"
)

// startUp is how long an appliance is given to start: until then it may use memory for speed.
const startUp = 10 * time.Second

// frugal makes the collector run a little earlier than usual once everything is running: beside other things on a small machine,
// memory is scarcer than the processor. While it starts it is the other way round, and what the start needed is given back afterwards:
// memory, and the pages of the program that only the start has run through. GOGC in the environment decides instead when it is set.
func frugal() {
	if os.Getenv("GOGC") != "" {
		return
	}
	debug.SetGCPercent(400)
	time.AfterFunc(startUp, func() {
		debug.SetGCPercent(60)
		debug.FreeOSMemory()
		unmapProgram()
	})
}

// unmapProgram tells the kernel that this process does not need the program's code and constants in memory now. They are pages of a
// file: what is used again is found in the page cache, or read anew. Most of what a start touches is never used again.
func unmapProgram() {
	self, err := os.Readlink("/proc/self/exe")
	if err != nil {
		return
	}
	maps, err := os.Open("/proc/self/maps")
	if err != nil {
		return
	}
	defer func() { _ = maps.Close() }() // only read
	for s := bufio.NewScanner(maps); s.Scan(); {
		var from, to uintptr
		var mode string
		if n, _ := fmt.Sscanf(s.Text(), "%x-%x %s", &from, &to, &mode); n == 3 && !strings.Contains(mode, "w") && strings.HasSuffix(s.Text(), " "+self) {
			_, _, _ = syscall.Syscall(syscall.SYS_MADVISE, from, to-from, unix.MADV_DONTNEED) // only advice
		}
	}
}

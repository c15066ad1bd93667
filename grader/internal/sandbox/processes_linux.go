package sandbox

import (
	"bytes"
	"fmt"
	"os"
	"slices"
	"strconv"
	"time"
)

// Process is a process as the system sees it at one moment.
type Process struct {
	PID, Parent, Group int
	Threads            int
	Memory             int64 // resident, in bytes
	CPU                time.Duration
	Stopped            bool // by a signal
	running            bool // or waiting for a processor
	asleep             bool // until something wakes it
}

// tick is the unit in which the kernel counts processor time.
const tick = 10 * time.Millisecond

// Look returns what the system says about one process; ok is false if it has ended.
func Look(pid int) (p Process, ok bool) {
	text, err := os.ReadFile(fmt.Sprintf("/proc/%d/stat", pid))
	if err != nil {
		return p, false
	}
	return parseStat(pid, text)
}

// parseStat reads /proc/PID/stat: the name in it may hold anything, so the
// fields count from its last parenthesis on. A zombie has ended.
func parseStat(pid int, text []byte) (p Process, ok bool) {
	at := bytes.LastIndexByte(text, ')')
	fields := bytes.Fields(text[at+1:])
	if at < 0 || len(fields) < 22 || fields[0][0] == 'Z' || fields[0][0] == 'X' {
		return p, false
	}
	number := func(i int) int {
		n, _ := strconv.Atoi(string(fields[i])) // the kernel writes digits
		return n
	}
	return Process{
		PID: pid, Parent: number(1), Group: number(2), Threads: number(17),
		Memory: int64(number(21)) * int64(os.Getpagesize()), Stopped: fields[0][0] == 'T',
		CPU: time.Duration(number(11)+number(12)) * tick, running: fields[0][0] == 'R', asleep: fields[0][0] == 'S',
	}, true
}

// threads returns the threads of a process, as far as they can be read.
func threads(pid int) (all []Process) {
	dir := fmt.Sprintf("/proc/%d/task", pid)
	entries, err := os.ReadDir(dir)
	if err != nil {
		return nil
	}
	for _, e := range entries {
		n, err := strconv.Atoi(e.Name())
		text, readErr := os.ReadFile(dir + "/" + e.Name() + "/stat")
		if err != nil || readErr != nil {
			continue
		}
		if p, alive := parseStat(n, text); alive {
			all = append(all, p)
		}
	}
	return all
}

// Busiest returns the thread of a process that computes, and has done so for the
// longest; ok is false if none does.
func Busiest(pid int) (thread int, ok bool) {
	var most Process
	for _, p := range threads(pid) {
		if p.running && p.CPU >= most.CPU {
			most, ok = p, true
		}
	}
	return most.PID, ok
}

// Asleep reports whether every thread of a process sleeps: none computes, waits for a
// processor, or waits for a disk.
func Asleep(pid int) bool {
	all := threads(pid)
	return len(all) > 0 && !slices.ContainsFunc(all, func(p Process) bool { return !p.asleep })
}

// Descendants returns the processes below one, without itself.
func Descendants(pid int) (below []Process) {
	entries, err := os.ReadDir("/proc")
	if err != nil {
		return nil
	}
	children := map[int][]Process{}
	for _, e := range entries {
		n, err := strconv.Atoi(e.Name())
		if err != nil {
			continue
		}
		if p, ok := Look(n); ok {
			children[p.Parent] = append(children[p.Parent], p)
		}
	}
	for queue := []int{pid}; len(queue) > 0; queue = queue[1:] {
		below = append(below, children[queue[0]]...)
		for _, p := range children[queue[0]] {
			queue = append(queue, p.PID)
		}
	}
	return below
}

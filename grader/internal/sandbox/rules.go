package sandbox

import (
	"fmt"
	"strconv"
	"strings"
)

// Rules say what a program may do. What they do not grant is refused with an
// error, not with a killed process, wherever the system can.
type Rules struct {
	Read  []string // files, and folders with all below them
	Write []string // folders in which it may make files and folders, but no links, pipes or devices
	Run   []string // programs that may be executed, or folders of them; they may be read too
	// Spawn lets it start processes, as a compiler has to. All of them end with it.
	Spawn bool

	FileSize  uint64 // of the largest file it may write, in bytes
	Data      uint64 // of its private writable memory, reserved or used, in bytes; 0: no limit
	Space     uint64 // of its addresses, in bytes; 0: no limit
	CPU       uint64 // seconds of processor time of a process
	OpenFiles uint64 // at once
}

// lists and numbers name the parts of rules in an argument list.
func (r *Rules) lists() map[string]*[]string {
	return map[string]*[]string{"read": &r.Read, "write": &r.Write, "run": &r.Run}
}

func (r *Rules) numbers() map[string]*uint64 {
	return map[string]*uint64{"file-size": &r.FileSize, "data": &r.Data, "space": &r.Space, "cpu": &r.CPU, "open-files": &r.OpenFiles}
}

// args writes rules as arguments, one each: a path may hold anything.
func (r Rules) args() (args []string) {
	for name, list := range r.lists() {
		for _, path := range *list {
			args = append(args, name+"="+path)
		}
	}
	for name, n := range r.numbers() {
		args = append(args, name+"="+strconv.FormatUint(*n, 10))
	}
	return append(args, "spawn="+strconv.FormatBool(r.Spawn))
}

// parseRules reads what args has written.
func parseRules(args []string) (r Rules, err error) {
	lists, numbers := r.lists(), r.numbers()
	for _, arg := range args {
		name, value, _ := strings.Cut(arg, "=")
		switch {
		case lists[name] != nil:
			*lists[name] = append(*lists[name], value)
		case numbers[name] != nil:
			*numbers[name], err = strconv.ParseUint(value, 10, 64)
		case name == "spawn":
			r.Spawn, err = strconv.ParseBool(value)
		default:
			err = fmt.Errorf("there is no rule %q", name)
		}
		if err != nil {
			return r, err
		}
	}
	return r, nil
}

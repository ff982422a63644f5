// Command go_trace records what Go's classic map does, so that a port can be held against
// it, and times it on key streams that the port can repeat. See README.md.
package main

import (
	"flag"
	"fmt"
	"os"
	"runtime"
)

const usage = `usage: go_trace golden [-out DIR] [-only NAME]   record the scenarios
       go_trace time [flags]                       time operations, as JSON lines
       go_trace version                            say whether this Go has the classic map
`

func main() {
	if err := run(os.Args[1:]); err != nil {
		fmt.Fprintln(os.Stderr, "go_trace:", err)
		os.Exit(1)
	}
}

func run(args []string) error {
	if len(args) == 0 {
		fmt.Fprint(os.Stderr, usage)
		os.Exit(2)
	}
	if err := requireClassicMap(runtime.Version()); err != nil {
		return err
	}
	switch args[0] {
	case "golden":
		return golden(args[1:])
	case "time":
		return timeCommand(args[1:])
	case "version":
		fmt.Println(runtime.Version())
		return nil
	}
	return fmt.Errorf("unknown command %q", args[0])
}

// requireClassicMap refuses any Go whose maps are built differently: reading them with
// the structures of classic.go would read nonsense.
func requireClassicMap(version string) error {
	var minor int
	if _, err := fmt.Sscanf(version, "go1.%d", &minor); err != nil || minor < 19 || minor > 23 {
		return fmt.Errorf("needs Go 1.19 to 1.23 (classic map), this is %s", version)
	}
	return nil
}

func golden(args []string) error {
	flags := flag.NewFlagSet("golden", flag.ExitOnError)
	out := flags.String("out", ".", "directory for the archives")
	only := flags.String("only", "", "record this scenario alone")
	if err := flags.Parse(args); err != nil {
		return err
	}
	found := false
	for _, s := range scenarios {
		if *only != "" && *only != s.name {
			continue
		}
		found = true
		text := s.record()
		size, err := writeArchive(*out, s.name, text)
		if err != nil {
			return err
		}
		fmt.Printf("%-24s %9d bytes, %8d compressed\n", s.name, len(text), size)
	}
	if !found {
		return fmt.Errorf("no scenario %q", *only)
	}
	return nil
}

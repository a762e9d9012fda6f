package main

import (
	"fmt"

	"zhuanhua/plan/book"
)

// planBook prints the whole plan as HTML, in both languages. A pack with faults, or one whose trials do
// not come out as expected, makes no book: nobody should sign it.
func planBook(io stdio, o *planFlags, args []string) error {
	if err := o.folder("book", args); err != nil {
		return err
	}
	if o.out == "" {
		return errUsage{fmt.Errorf("plan book needs --out DIR, the folder to write the book to")}
	}
	p, err := o.load(io)
	if faults := faultsOf(err); faults != nil {
		return o.refused(io, faults)
	}
	if err != nil {
		return err
	}
	results := p.RunTrials()
	if faults := trialFaults(results); len(faults) > 0 {
		return o.refused(io, faults)
	}
	stories, err := ownStories()
	if err != nil {
		return err
	}
	files, err := book.Write(io.path(o.out), book.Input{Pack: p, Results: results, Stories: stories})
	if err != nil {
		return err
	}
	for _, name := range files {
		fmt.Fprintln(io.out, name)
	}
	return nil
}

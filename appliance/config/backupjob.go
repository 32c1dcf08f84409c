package config

import (
	"errors"
	"slices"
	"time"

	"siteward/appliance"
	"siteward/appliance/expect"
	"siteward/internal/lazyregexp"
)

var sha256Hex = lazyregexp.New(`^[0-9a-fA-F]{64}$`)

// ValidateBackupJob says what cannot be right about a backup job. Fields: name, data_set, status, places, restore_every, rules,
// and those of its schedule: kind, at, days, hours, text, grace.
func ValidateBackupJob(j appliance.BackupJob) []*appliance.Error {
	var p problems
	p.name(j.Name)
	p.word("data_set", j.DataSet, maxName)
	choice(&p, "status", j.Status, []appliance.JobStatus{appliance.JobProposed, appliance.JobAccepted, appliance.JobIgnored})
	for _, place := range j.Places {
		choice(&p, "places", place, appliance.CopyPlaces)
	}
	p.must(j.RestoreEvery >= 0 && j.RestoreEvery <= 60, "restore_every", "restore_every")
	r := j.Rules
	p.must(!slices.ContainsFunc([]int{r.Failures, r.OlderThan, r.Size, r.Longer, r.Unchanged}, func(n int) bool { return n < -1 || n > 100_000 }), "rules", "backup_rules")
	if err := expect.Validate(j.Plan()); err != nil {
		if e, ok := errors.AsType[*appliance.Error](err); ok {
			p = append(p, e)
		}
	}
	return p
}

// ValidateRestoreTest says what cannot be right about a restore test. Fields: at, proof, sha256.
func ValidateRestoreTest(t appliance.RestoreTest, now time.Time) []*appliance.Error {
	var p problems
	p.must(!t.At.IsZero() && !t.At.After(now.Add(24*time.Hour)), "at", "restore_at")
	if p.must(t.Proof != "", "proof", "empty") {
		p.word("proof", t.Proof, 2000)
	}
	p.must(t.SHA256 == "" || sha256Hex.MatchString(t.SHA256), "sha256", "sha256")
	return p
}
